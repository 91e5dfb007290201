#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace peerlab {

/// A probability or a share, exact.
struct Ratio {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;
  friend bool operator==(const Ratio&, const Ratio&) = default;
};

/// The only source of chance: a counter-based generator. Equal seeds give equal draws on every
/// platform; the std:: distributions, which do not, stay unused.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  /// A generator of its own for the user called `name`. What one user draws never shifts what
  /// another sees, so adding a link leaves the fate of all other links as it was. Forking draws
  /// nothing: equal names give equal generators.
  Random fork(std::string_view name) const;

  /// 64 uniform bits.
  std::uint64_t next();

  /// Uniform in [0, bound). `bound` must be positive.
  std::uint64_t below(std::uint64_t bound);

  bool chance(Ratio probability) { return below(probability.denominator) < probability.numerator; }

  /// A random UUID in Consul's spelling: 8-4-4-4-12 lower-case hex digits. Consul fills all bits at
  /// random and sets neither version nor variant, and so do we.
  std::string uuid();

 private:
  std::uint64_t key_;          // from the seed and the fork's name
  std::uint64_t counter_ = 0;  // draws so far: draw n needs no draw before it
};

}  // namespace peerlab
