#pragma once

#include <optional>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/limits.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::text {

/// Reads one JSON value (RFC 8259) and nothing after it. A duplicate key is an error; the tree
/// then keeps the first. Nothing if the text is beyond repair.
std::optional<Node> read_json(const Sources& sources, FileId file, Diagnostics& diagnostics,
                              const Limits& limits = {});

}  // namespace peerlab::text
