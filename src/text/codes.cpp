#include "peerlab/text/codes.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace peerlab::text {

namespace {

constexpr Code table[] = {
#define PEERLAB_CODE(name, id, title, explanation) codes::name,
    PEERLAB_CODES(PEERLAB_CODE)
#undef PEERLAB_CODE
};

constexpr bool ids_grow() {
  for (std::size_t i = 1; i < std::size(table); ++i) {
    if (table[i - 1].id >= table[i].id) return false;
  }
  return true;
}
static_assert(ids_grow(), "code_table.hpp is sorted by id, and no id stands in it twice");

}  // namespace

std::span<const Code> all_codes() { return table; }

const Code* find_code(std::string_view id) {
  const auto same = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
  };
  const auto* found = std::find_if(std::begin(table), std::end(table), [&](const Code& code) {
    return std::equal(code.id.begin(), code.id.end(), id.begin(), id.end(), same);
  });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace peerlab::text
