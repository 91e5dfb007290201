#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace peerlab::text {

/// Leads from libyaml's marks, which count code points, to spans, which count bytes. The text must
/// be UTF-8.
class YamlOffsets {
 public:
  explicit YamlOffsets(std::string_view text);

  /// Bytes of a byte-order mark at the front, which libyaml must not be shown.
  std::size_t bom() const { return bom_; }

  /// The byte at which code point `index` of the text behind the byte-order mark begins; the end
  /// of the text if there are not so many.
  std::uint32_t byte(std::size_t index) const;

 private:
  static constexpr std::size_t stride = 64;

  std::string_view text_;
  std::size_t bom_;
  bool ascii_ = true;
  std::vector<std::size_t> checkpoints_;  ///< the byte of every stride-th code point
};

}  // namespace peerlab::text
