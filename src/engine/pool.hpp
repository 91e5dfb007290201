#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace peerlab::engine {

/// Slots that keep their address and are used again, the last one given back first.
template <class T>
class Pool {
 public:
  T& operator[](std::uint32_t slot) { return chunks_[slot >> shift][slot & mask]; }
  const T& operator[](std::uint32_t slot) const { return chunks_[slot >> shift][slot & mask]; }

  /// A slot as it was given back, or as it was made.
  std::uint32_t take() {
    if (free_.empty()) grow();
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void give(std::uint32_t slot) { free_.push_back(slot); }

  /// How many slots there are; all have been made, not all are taken.
  std::uint32_t size() const { return static_cast<std::uint32_t>(chunks_.size() << shift); }

 private:
  static constexpr std::uint32_t shift = 6;
  static constexpr std::uint32_t mask = (1U << shift) - 1;

  void grow() {
    const std::uint32_t first = size();
    chunks_.push_back(std::make_unique<T[]>(std::size_t{1} << shift));
    for (std::uint32_t slot = size(); slot != first; --slot) free_.push_back(slot - 1);
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<std::uint32_t> free_;
};

}  // namespace peerlab::engine
