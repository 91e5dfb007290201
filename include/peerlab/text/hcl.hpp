#pragma once

#include <optional>
#include <string_view>

#include "peerlab/base/result.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/limits.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::text {

/// Reads HCL version 1 as Consul does (github.com/hashicorp/hcl v1.0.0), or JSON if the text begins
/// with a brace. The result is a map.
///
///   Mode = "local"                   {Mode: "local"}
///   MeshGateway { Mode = "local" }   {MeshGateway: {Mode: "local"}}
///   service "web" { policy = "read" }           {service: {web: {policy: "read"}}}
///   service "web" {} service "api" {}           {service: [{web: {}}, {api: {}}]}
///
/// Where HCL's decoder always shows a block as a list of maps, here a block that stands alone is a
/// map and only a repeated one a list (Node::is_blocks), since Consul takes either for the other.
/// Of two values for one key the last wins, with a warning. A key without a value at the very end,
/// which Consul drops without a word, is an error. Keys are given as written: Consul compares
/// them without regard to case and knows aliases, which depend on the kind of entry. `${...}` in a
/// string stays as it is.
///
/// A finding ends with Consul's own text for it. An empty text is an empty map.
std::optional<Node> read_hcl(const Sources& sources, FileId file, Diagnostics& diagnostics,
                             const Limits& limits = {});

/// The same with Consul's verdict: nothing is reported but what Consul reports, and the error is
/// `malformed_message` with Consul's text, as in "At 1:11: object expected closing RBRACE got:
/// EOF". For what reaches a server or the command line as text. The spans of the tree mean nothing.
Result<Node> parse_hcl(std::string_view text, const Limits& limits = {});

}  // namespace peerlab::text
