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

/// A heap with four children to a node, the children of one node in one cache line.
class KeyHeap {
 public:
  KeyHeap() { grow(); }

  bool empty() const { return size_ == 0; }
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

/// Everything that is still to happen, in order.
///
/// The next few keys are kept sorted apart from the heap. So it is known early what comes up, and
/// what belongs to it can be fetched into the cache while other events are handled: in large
/// worlds nearly all of it has left the caches since it was last touched.
class EventQueue {
 public:
  bool empty() const { return near_ == 0 && heap_.empty(); }

  /// The queue must not be empty for these two.
  Key top() const { return near_ != 0 ? soon_[near_ - 1] : heap_.top(); }
  Key pop() { return near_ != 0 ? soon_[--near_] : heap_.pop(); }

  /// The key that comes up after `ahead` others, or 0 where that is not known.
  Key peek(std::size_t ahead) const { return ahead < near_ ? soon_[near_ - 1 - ahead] : Key{0}; }

  void push(Key key) {
    // Soon is what comes before the last of the sorted keys.
    if (near_ == 0 || soon_[0] < key) return heap_.push(key);
    if (near_ == most) {
      heap_.push(soon_[0]);
      for (std::size_t i = 1; i < near_; ++i) soon_[i - 1] = soon_[i];
      --near_;
    }
    std::size_t at = near_++;
    for (; at != 0 && soon_[at - 1] < key; --at) soon_[at] = soon_[at - 1];
    soon_[at] = key;
  }

  /// Sees to it that the next keys are known, as far as there are any. Calls `fetch` with each that
  /// was not known before.
  template <class Fetch>
  void look_ahead(Fetch fetch) {
    if (near_ >= few) return;
    std::array<Key, batch> next;
    std::size_t count = 0;
    while (count < batch && !heap_.empty()) {
      next[count] = heap_.pop();
      fetch(next[count]);
      ++count;
    }
    for (std::size_t i = near_; i != 0; --i) soon_[i - 1 + count] = soon_[i - 1];
    for (std::size_t i = 0; i < count; ++i) soon_[count - 1 - i] = next[i];
    near_ += count;
  }

 private:
  static constexpr std::size_t few = 8;
  static constexpr std::size_t batch = 8;
  static constexpr std::size_t most = 24;

  KeyHeap heap_;
  std::array<Key, most> soon_{};  // the last one is next
  std::size_t near_ = 0;
};

}  // namespace peerlab::engine
