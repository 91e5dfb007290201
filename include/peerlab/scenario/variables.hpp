#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::scenario {

/// The value of each `${name}` in one case of a scenario.
using Variables = std::map<std::string, std::string, std::less<>>;

/// Replaces each `${name}` in the scalars below `node`; `$${` stands for `${` itself. A name
/// without a value is a finding. A scalar without quotes of its own becomes the boolean or number
/// that its new text spells. A step or check with `when: { name: [values] }` is taken out of its
/// list where a variable has none of the values.
void substitute(text::Node& node, const Variables& variables, text::Diagnostics& diagnostics);

/// The names of all variables that a file has (`vars`, `matrix`) or asks for (`${name}`, `when`).
std::set<std::string> variable_names(const text::Node& file);

/// Every combination of the values of `matrix` (a map of lists), the last variable changing first.
/// One empty combination if there is no matrix.
std::vector<Variables> combinations(const text::Node* matrix);

/// `side=dc1 mode=local`, in the order of the matrix; empty without one.
std::string row_label(const text::Node* matrix, const Variables& row);

}  // namespace peerlab::scenario
