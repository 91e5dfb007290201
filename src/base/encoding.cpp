#include "peerlab/base/encoding.hpp"

#include <array>
#include <cstdint>

namespace peerlab {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::uint8_t byte_of(char character) { return static_cast<std::uint8_t>(character); }

/// The six bits of a base64 digit, or nothing.
std::optional<unsigned> six_bits(char digit) {
  const std::size_t at = base64_digits.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

std::optional<unsigned> four_bits(char digit) {
  if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
  const std::size_t at = hex_digits.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

bool is_newline(char character) { return character == '\n' || character == '\r'; }

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8U) | (i < count ? byte_of(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? base64_digits[(group >> (18 - 6 * i)) & 63U] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text, std::size_t* bad_offset) {
  std::size_t ignored = 0;
  std::size_t& bad = bad_offset != nullptr ? *bad_offset : ignored;
  std::string bytes;
  std::size_t at = 0;
  const auto skip_newlines = [&] {
    while (at < text.size() && is_newline(text[at])) ++at;
  };
  for (;;) {
    skip_newlines();
    if (at == text.size()) return bytes;
    unsigned group = 0;
    std::size_t digits = 0;
    while (digits < 4) {
      skip_newlines();
      if (at == text.size()) {
        // Go points at the first character of the quantum that stayed incomplete.
        bad = at - digits;
        return std::nullopt;
      }
      const std::optional<unsigned> bits = six_bits(text[at]);
      if (!bits) break;
      group = (group << 6U) | *bits;
      ++digits;
      ++at;
    }
    if (digits < 4) {
      if (text[at] != '=' || digits < 2) {
        bad = at;
        return std::nullopt;
      }
      ++at;
      if (digits == 2) {
        skip_newlines();
        if (at == text.size() || text[at] != '=') {
          bad = at;
          return std::nullopt;
        }
        ++at;
      }
      skip_newlines();
      if (at != text.size()) {
        bad = at;
        return std::nullopt;
      }
      group <<= 6U * (4 - static_cast<unsigned>(digits));
    }
    const std::array<unsigned, 3> octets = {group >> 16U, (group >> 8U) & 255U, group & 255U};
    for (std::size_t i = 0; i + 1 < digits; ++i) bytes += static_cast<char>(octets.at(i));
    if (digits < 4) return bytes;
  }
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += hex_digits[byte_of(byte) >> 4U];
    text += hex_digits[byte_of(byte) & 15U];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const std::optional<unsigned> high = four_bits(text[at]);
    const std::optional<unsigned> low = four_bits(text[at + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>((*high << 4U) | *low);
  }
  return bytes;
}

}  // namespace peerlab
