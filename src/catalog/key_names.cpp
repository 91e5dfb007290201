#include "catalog/key_names.hpp"

#include <algorithm>

namespace peerlab::catalog {

namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
char lowered(char c) { return upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_key(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lowered, lowered);
}

std::string key_alias(std::string_view field) {
  if (field == "Peer") return "peer_name";
  std::string alias;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool starts_word =
        i > 0 &&
        (upper(field[i]) ? !upper(field[i - 1]) || (i + 1 < field.size() && lower(field[i + 1]))
                         : digit(field[i]) && lower(field[i - 1]));
    if (starts_word) alias += '_';
    alias += lowered(field[i]);
  }
  return alias;
}

std::string join_path(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : std::string(path) + "." + std::string(key);
}

}  // namespace peerlab::catalog
