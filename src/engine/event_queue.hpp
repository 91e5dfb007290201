#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/time.hpp"

namespace peerlab::engine {

/// The order of events in one number: time, then sequence number, then the slot that holds what
/// happens. Never zero, so that zero can stand for "not queued".
__extension__ using Key = unsigned __int128;

inline constexpr unsigned slot_bits = 26;
inline constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;
inline constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;

inline Key make_key(Instant time, std::uint64_t sequence, std::uint32_t slot) {
  const auto nanos = static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ sign_bit;
  return Key{nanos} << 64U | sequence << slot_bits | slot;
}
inline Instant time_of(Key key) {
  const auto nanos = static_cast<std::uint64_t>(key >> 64U) ^ sign_bit;
  return Instant(Duration(static_cast<std::int64_t>(nanos)));
}
inline std::uint32_t slot_of(Key key) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & slot_mask);
}

/// Everything that is still to happen: a heap with four children to a node, the children of one
/// node in one cache line. (Measured against binary heaps, pairing heaps and timing wheels; up to
/// some 100,000 pending events nothing was faster.)
class EventQueue {
 public:
  EventQueue() { grow(); }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  Key top() const { return keys_[0]; }

  void push(Key key) {
    if (size_ == capacity_) grow();
    std::size_t hole = size_++;
    while (hole != 0 && key < keys_[(hole - 1) / 4]) {
      keys_[hole] = keys_[(hole - 1) / 4];
      hole = (hole - 1) / 4;
    }
    keys_[hole] = key;
  }

  Key pop() {
    const Key first = keys_[0];
    const Key last = keys_[--size_];
    // Keys beyond the end are `never`, so that every family is complete.
    keys_[size_] = never;
    std::size_t hole = 0;
    for (std::size_t child = 1; child < size_; child = hole * 4 + 1) {
      const Key* family = &keys_[child];
      const auto left = static_cast<std::size_t>(family[1] < family[0]);
      const auto right = 2 + static_cast<std::size_t>(family[3] < family[2]);
      const std::size_t least = family[right] < family[left] ? right : left;
      if (last < family[least]) break;
      keys_[hole] = family[least];
      hole = child + least;
    }
    if (size_ != 0) keys_[hole] = last;
    return first;
  }

  /// In no particular order, for taking the queue down.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < size_; ++i) visit(keys_[i]);
  }

 private:
  static constexpr Key never = ~Key{0};
  struct alignas(64) Line {
    std::array<Key, 4> keys{never, never, never, never};
  };

  void grow() {
    lines_.resize(lines_.empty() ? 32 : lines_.size() * 2);
    // Key 0 is the last of its line, so that key 1, the first child, begins a line.
    keys_ = lines_[0].keys.data() + 3;
    capacity_ = lines_.size() * 4 - 8;
  }

  std::vector<Line> lines_;
  Key* keys_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace peerlab::engine
