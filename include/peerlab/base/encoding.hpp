#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace peerlab {

/// Standard alphabet with padding (RFC 4648, section 4).
std::string to_base64(std::string_view bytes);

/// Decodes as Go's base64.StdEncoding does: padding is required, carriage returns and newlines
/// are skipped. Nothing where the text is not base64; `bad_offset` (if given) then tells where
/// Go's CorruptInputError would point.
std::optional<std::string> from_base64(std::string_view text, std::size_t* bad_offset = nullptr);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

}  // namespace peerlab
