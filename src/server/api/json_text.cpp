#include "json_text.hpp"

namespace peerlab::server::api {

std::string indented(std::string_view compact) {
  std::string out;
  std::size_t depth = 0;
  const auto new_line = [&] { out += "\n" + std::string(depth * 4, ' '); };
  bool quoted = false;
  for (std::size_t at = 0; at < compact.size(); ++at) {
    const char c = compact[at];
    if (quoted) {
      out += c;
      if (c == '\\') out += compact[++at];
      quoted = c != '"';
      continue;
    }
    const char next = at + 1 < compact.size() ? compact[at + 1] : '\0';
    switch (c) {
      case '{':
      case '[':
        out += c;
        if (next == '}' || next == ']') {
          out += next;
          ++at;
        } else {
          ++depth;
          new_line();
        }
        break;
      case '}':
      case ']':
        --depth;
        new_line();
        out += c;
        break;
      case ',':
        out += c;
        new_line();
        break;
      case ':':
        out += ": ";
        break;
      default:
        quoted = c == '"';
        out += c;
    }
  }
  return out;
}

}  // namespace peerlab::server::api
