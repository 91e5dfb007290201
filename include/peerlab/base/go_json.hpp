#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace peerlab {

/// A JSON value with what Go's encoding/json needs to know about it: members in the order written,
/// duplicates included, and numbers as text.
struct GoJson {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::string text;              ///< of a string (decoded) or a number (as written)
  std::vector<GoJson> elements;  ///< of an array
  std::vector<std::pair<std::string, GoJson>> members;  ///< of an object
};

/// What Go calls the kind in `json: cannot unmarshal <kind> into ...`.
std::string_view go_json_kind(GoJson::Kind kind);

/// How much of the text must be JSON.
enum class GoJsonExtent {
  whole,  ///< all of it, as json.Unmarshal wants; a cut is `unexpected end of JSON input`
  first   ///< the first value, as json.Decoder wants; nothing is `EOF`, a cut `unexpected EOF`
};

/// Reads JSON with the verdicts and the error texts of Go's encoding/json, which Consul hands to
/// its users (a peering token, the bodies of the HTTP API). Any bytes are safe. The error is the
/// text alone, without a prefix. Differs from Go in one limit: nesting ends at 1,000 levels and
/// not at 10,000, so that reading never exhausts a stack.
tl::expected<GoJson, std::string> read_go_json(std::string_view text, GoJsonExtent extent);

/// A string in quotes as Go's json.Marshal writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped,
/// bytes that are not UTF-8 replaced by U+FFFD.
std::string go_json_quote(std::string_view text);

}  // namespace peerlab
