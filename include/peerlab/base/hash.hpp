#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace peerlab {

/// Mixes one value into a hash. The same function as in the reference worlds, so that a run's
/// fingerprint there and here can be compared.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15ULL + (hash << 6U) + (hash >> 2U);
  hash *= 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 32U);
}

/// A fingerprint of what it was fed, in order. Not for secrets.
class Hasher {
 public:
  void add(std::uint64_t value) { state_ = mix(state_, value); }
  void add(std::string_view bytes);
  std::uint64_t digest() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

/// The hash of a name: equal on every platform, unlike std::hash.
std::uint64_t hash_of(std::string_view bytes);

/// Sixteen lower-case hex digits.
std::string hash_text(std::uint64_t hash);

}  // namespace peerlab
