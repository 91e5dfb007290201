#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace peerlab {

// Every bug that can be planted, in one table: name (HB_nnn as in the list of historic bugs of
// cluster peering, Qnn for a defect of the reference) and what it plants. Keep it sorted.
// clang-format off
#define PEERLAB_MUTANTS(X) \
  X(HB_011, "a token with a host name in its address list is refused") \
  X(HB_032, "two exchanges of one secret both win: no check when the log is applied") \
  X(HB_033, "exchanging a new secret drops the active one") \
  X(HB_053, "a message over 4 MiB ends the stream, and each one after it too") \
  X(HB_054, "a dialer sends messages of up to 4 MiB only, but takes 8 MiB") \
  X(HB_114, "a certificate is signed for a namespace or partition that is not the default") \
  /* end of the table */
// clang-format on

enum class Mutant : std::size_t {
#define PEERLAB_MUTANT(name, what) name,
  PEERLAB_MUTANTS(PEERLAB_MUTANT)
#undef PEERLAB_MUTANT
      count_,
};

/// The bugs planted in this run. Compiled always, empty unless a run asks for some.
class Mutants {
 public:
  Mutants() = default;
  Mutants(std::initializer_list<Mutant> planted) {
    for (const Mutant mutant : planted) plant(mutant);
  }

  void plant(Mutant mutant) { planted_.set(static_cast<std::size_t>(mutant)); }
  bool has(Mutant mutant) const { return planted_.test(static_cast<std::size_t>(mutant)); }
  bool empty() const { return planted_.none(); }

 private:
  std::bitset<static_cast<std::size_t>(Mutant::count_) + 1> planted_;
};

struct MutantInfo {
  Mutant mutant;
  std::string name;       ///< as people write it: `HB-044`
  std::string_view what;  ///< the behaviour it plants
};

/// The whole table, in its order.
const std::array<MutantInfo, static_cast<std::size_t>(Mutant::count_)>& all_mutants();

/// `HB-044`, `hb-044` and `HB_044` all name Mutant::HB_044.
std::optional<Mutant> mutant_named(std::string_view name);

}  // namespace peerlab
