#include "url.hpp"

#include <cstdint>

#include "peerlab/base/encoding.hpp"

namespace peerlab::server::api {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Go's url.QueryEscape.
std::string query_escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

bool is_unprintable(char32_t rune) {
  return rune < 0x20 || (rune >= 0x7F && rune <= 0xA0) || rune == 0xAD ||
         (rune >= 0x2000 && rune <= 0x200F) || (rune >= 0x2028 && rune <= 0x202F) ||
         (rune >= 0x205F && rune <= 0x206F) || rune == 0x3000 || rune == 0xFEFF ||
         (rune >= 0xD800 && rune <= 0xF8FF);
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[at] != '%') {
      out += text[at];
    } else {
      const int high = at + 2 < text.size() ? digit(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return out;
}

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    if (pair.find(';') != std::string_view::npos) return std::nullopt;
    const std::size_t equals = pair.find('=');
    const auto name = percent_decoded(pair.substr(0, equals), true);
    const auto value = percent_decoded(
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    query.values_[*name].push_back(*value);
  }
  return query;
}

std::string Query::get(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second.front();
}

const std::vector<std::string>& Query::all(const std::string& name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

std::string Query::encoded() const {
  std::string out;
  for (const auto& [name, values] : values_) {
    for (const std::string& value : values) {
      if (!out.empty()) out += '&';
      out += query_escaped(name) + "=" + query_escaped(value);
    }
  }
  return out;
}

std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool trailing = path.ends_with('/');
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    out += '/';
    out += part;
  }
  if (out.empty() || trailing) out += '/';
  return out;
}

bool has_unprintable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t rune = length == 1 ? lead : lead & (0x7Fu >> length);
    bool valid = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4 && at + length <= text.size());
    for (std::size_t i = 1; valid && i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      valid = (next & 0xC0) == 0x80;
      rune = (rune << 6) | (next & 0x3Fu);
    }
    if (valid && is_unprintable(rune)) return true;
    at += valid ? length : 1;
  }
  return false;
}

}  // namespace peerlab::server::api
