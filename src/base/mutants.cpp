#include "peerlab/base/mutants.hpp"

#include <algorithm>
#include <cctype>

namespace peerlab {
namespace {

std::string spelled(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char character) {
    return character == '_' ? '-' : static_cast<char>(std::toupper(character));
  });
  return text;
}

}  // namespace

const std::array<MutantInfo, static_cast<std::size_t>(Mutant::count_)>& all_mutants() {
  static const std::array<MutantInfo, static_cast<std::size_t>(Mutant::count_)> table{{
#define PEERLAB_MUTANT(name, what) MutantInfo{Mutant::name, spelled(#name), what},
      PEERLAB_MUTANTS(PEERLAB_MUTANT)
#undef PEERLAB_MUTANT
  }};
  return table;
}

std::optional<Mutant> mutant_named(std::string_view name) {
  const std::string wanted = spelled(name);
  for (const MutantInfo& info : all_mutants()) {
    if (info.name == wanted) return info.mutant;
  }
  return std::nullopt;
}

}  // namespace peerlab
