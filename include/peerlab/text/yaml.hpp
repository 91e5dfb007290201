#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/limits.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::text {

/// Reads one YAML document. Plain scalars get their kinds by the core schema of YAML 1.2; what
/// YAML 1.1 would read differently (`yes`, `on`, `010`, `<<`) is an error with a hint. So are
/// duplicate keys, keys that are no scalars, tags outside the core schema, a second document, and
/// an empty text. Aliases are copied in place, within limits.
///
/// Returns the tree unless the text is beyond repair; after lesser errors the tree holds what could
/// be read, so that its reader can look for more. Judge by `diagnostics`, not by the tree.
std::optional<Node> read_yaml(const Sources& sources, FileId file, Diagnostics& diagnostics,
                              const Limits& limits = {});

/// The kind of a scalar without quotes: section 10.3.2 (core schema) of the YAML 1.2.2
/// specification. For a text that is put in later, as the value of a variable.
Kind plain_kind(std::string_view text);

/// Reads any number of documents, as Kubernetes manifests have them. Empty documents are left out.
std::vector<Node> read_yaml_documents(const Sources& sources, FileId file, Diagnostics& diagnostics,
                                      const Limits& limits = {});

}  // namespace peerlab::text
