#include "yaml_offsets.hpp"

#include <algorithm>

#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

YamlOffsets::YamlOffsets(std::string_view text)
    : text_(text), bom_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {
  std::size_t points = 0;
  for (std::size_t at = bom_; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (points++ % stride == 0) checkpoints_.push_back(at);
  }
  ascii_ = points == text.size() - bom_;
}

std::uint32_t YamlOffsets::byte(std::size_t index) const {
  std::size_t at = index + bom_;
  if (!ascii_) {
    if (index / stride >= checkpoints_.size()) return static_cast<std::uint32_t>(text_.size());
    at = checkpoints_[index / stride];
    for (std::size_t left = index % stride; left > 0 && at < text_.size(); --left) {
      at += decode(text_.substr(at)).bytes;
    }
  }
  return static_cast<std::uint32_t>(std::min(at, text_.size()));
}

}  // namespace peerlab::text
