#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/net/frame.hpp"

namespace peerlab::trace {

/// The fingerprint of a run: over (time, receiver, kind, payload bytes) of every event, in order,
/// and never the seed. Each event is folded by itself and then mixed in, so that the long chain
/// has one short link for each event. Not for secrets.
class RollingHash {
 public:
  std::uint64_t value() const { return value_; }

  void add(Instant time, std::uint64_t receiver, std::uint64_t kind, std::uint64_t payload = 0) {
    value_ = mix(value_, fold(head(time, receiver), payload ^ key_b ^ (kind << 17U)));
  }

  void add(Instant time, std::uint64_t receiver, const net::Frame& frame) {
    std::uint64_t event = head(time, receiver) + static_cast<std::uint64_t>(frame.kind());
    const auto bytes = frame.raw_bytes();
    if (bytes.empty()) {
      Hasher hasher;
      frame.hash_into(hasher);
      event = fold(event ^ hasher.digest(), key_c);
    } else {
      event = fold_bytes(event, bytes);
    }
    value_ = mix(value_, event);
  }

 private:
  static constexpr std::uint64_t key_a = 0x9E3779B97F4A7C15ULL;
  static constexpr std::uint64_t key_b = 0xbf58476d1ce4e5b9ULL;
  static constexpr std::uint64_t key_c = 0x94d049bb133111ebULL;

  static std::uint64_t fold(std::uint64_t left, std::uint64_t right) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  static std::uint64_t head(Instant time, std::uint64_t receiver) {
    return fold(static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ key_a,
                receiver ^ key_b);
  }

  static std::uint64_t word(const std::byte* at, std::size_t bytes = 8) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, bytes);
    return value;
  }

  static std::uint64_t fold_bytes(std::uint64_t event, std::span<const std::byte> bytes) {
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 16; left -= 16, at += 16) event = fold(event ^ word(at), word(at + 8) ^ key_c);
    if (left >= 8) {
      event = fold(event ^ word(at), key_b);
      left -= 8;
      at += 8;
    }
    if (left != 0) event = fold(event ^ word(at, left), key_a);
    return event;
  }

  std::uint64_t value_ = 0;
};

}  // namespace peerlab::trace
