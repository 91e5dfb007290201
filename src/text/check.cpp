#include "check.hpp"

#include <fmt/format.h>

#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

bool check_text(const Sources& sources, FileId file, Diagnostics& diagnostics,
                const Limits& limits) {
  const std::string_view text = sources.text(file);
  if (text.size() > limits.bytes) {
    diagnostics
        .error(codes::too_large, {file, 0, 0},
               fmt::format("the text has {} bytes, and {} are allowed", text.size(), limits.bytes))
        .help("say repeated things once: `generate`, `matrix`, `include`");
    return false;
  }
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text.substr(at));
    const auto begin = static_cast<std::uint32_t>(at);
    const Span span{file, begin, static_cast<std::uint32_t>(at + point.bytes)};
    if (!point.valid) {
      const auto byte = static_cast<unsigned>(point.value);
      auto& finding = diagnostics.error(codes::not_utf8, span, "the text is not UTF-8")
                          .label(fmt::format("byte 0x{:02x} cannot stand here", byte));
      if (at == 0 && (byte == 0xFF || byte == 0xFE)) finding.help("this looks like UTF-16");
      return false;
    }
    const char32_t c = point.value;
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      auto& finding = diagnostics.error(
          codes::control_character, span,
          fmt::format("the text holds the control character U+{:04X}", static_cast<unsigned>(c)));
      if (c == 0) finding.help("is this a binary file?");
      return false;
    }
    at += point.bytes;
  }
  return true;
}

}  // namespace peerlab::text
