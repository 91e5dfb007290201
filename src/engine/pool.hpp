#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace peerlab::engine {

/// Memory by the cache line, in chunks of 8 KB that keep their address. Pools that share it give
/// their slots numbers (cells) from one row, so that a cell's address can be told, and fetched into
/// the cache, before it is known what lies there.
class Cells {
 public:
  static constexpr std::uint32_t line = 64;
  static constexpr std::uint32_t shift = 7;
  static constexpr std::uint32_t lines_per_chunk = 1U << shift;

  void* address(std::uint32_t cell) const {
    return chunks_[cell >> shift] + std::size_t{cell & (lines_per_chunk - 1)} * line;
  }
  /// The number of the first cell of a chunk that the caller keeps alive.
  std::uint32_t add(void* chunk) {
    chunks_.push_back(static_cast<std::byte*>(chunk));
    return static_cast<std::uint32_t>((chunks_.size() - 1) << shift);
  }

 private:
  std::vector<std::byte*> chunks_;
};

/// Slots of one type in cells, used again, the last one given back first.
template <class T>
class CellPool {
 public:
  static_assert(sizeof(T) % Cells::line == 0 && alignof(T) == Cells::line);
  explicit CellPool(Cells& cells) : cells_(cells) {}

  T& operator[](std::uint32_t cell) { return *static_cast<T*>(cells_.address(cell)); }

  std::uint32_t take() {
    if (free_.empty()) grow();
    const std::uint32_t cell = free_.back();
    free_.pop_back();
    return cell;
  }
  void give(std::uint32_t cell) { free_.push_back(cell); }

  /// All slots, taken or not.
  template <class Visit>
  void for_each(Visit visit) {
    for (const auto& chunk : chunks_) {
      for (std::size_t i = 0; i < per_chunk; ++i) visit(chunk[i]);
    }
  }

 private:
  static constexpr std::uint32_t lines = sizeof(T) / Cells::line;
  static constexpr std::uint32_t per_chunk = Cells::lines_per_chunk / lines;

  void grow() {
    chunks_.push_back(std::make_unique<T[]>(per_chunk));
    const std::uint32_t first = cells_.add(chunks_.back().get());
    for (std::uint32_t i = per_chunk; i != 0; --i) free_.push_back(first + (i - 1) * lines);
  }

  Cells& cells_;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<std::uint32_t> free_;
};

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
