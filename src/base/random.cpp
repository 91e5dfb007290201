#include "peerlab/base/random.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/hash.hpp"

namespace peerlab {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): turns a counter into uniform bits.
std::uint64_t scramble(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

}  // namespace

Random::Random(std::uint64_t seed) : key_(scramble(seed + 0x9E3779B97F4A7C15ULL)) {}

Random Random::fork(std::string_view name) const { return Random(mix(key_, hash_of(name))); }

std::uint64_t Random::next() {
  ++counter_;
  return scramble(key_ ^ scramble(counter_ * 0x9E3779B97F4A7C15ULL));
}

std::uint64_t Random::below(std::uint64_t bound) {
  PEERLAB_ASSERT(bound != 0);
  // Multiply-shift with rejection (Lemire 2019): exact, and almost never draws twice.
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(next()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = static_cast<Wide>(next()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64U);
}

std::string Random::uuid() {
  const std::uint64_t high = next();
  const std::uint64_t low = next();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xffffU, low >> 48U, low & 0xffff'ffff'ffffULL);
}

}  // namespace peerlab
