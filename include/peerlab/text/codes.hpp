#pragma once

#include <span>
#include <string_view>

#include "peerlab/text/code_table.hpp"

namespace peerlab::text {

/// A kind of finding. Its id is promised to users (`peerlab explain PL012`), and no id is used for
/// anything else later on.
struct Code {
  std::string_view id;
  std::string_view title;
  std::string_view explanation;  ///< one paragraph: what it means, why it is wrong, what to do
};

namespace codes {
#define PEERLAB_CODE(name, id, title, explanation) \
  inline constexpr Code name{id, title, explanation};
PEERLAB_CODES(PEERLAB_CODE)
#undef PEERLAB_CODE
}  // namespace codes

/// Every code there is, in the order of code_table.hpp.
std::span<const Code> all_codes();

/// The code with that id, in upper or lower case; nothing if there is none.
const Code* find_code(std::string_view id);

}  // namespace peerlab::text
