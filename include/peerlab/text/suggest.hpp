#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace peerlab::text {

/// The candidate that somebody who wrote `word` most likely meant: the same but for case, `_` and
/// `-`; one slip away; a synonym (`partition` for `cut`); two slips away, in a longer word. A slip
/// is a letter too much, too few, wrong, or swapped with its neighbour.
std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// Equal but for case, `_` and `-`: `mesh_gateway` and `MeshGateway`.
bool same_folded(std::string_view one, std::string_view other);

/// `a`, `b` and `c`, each quoted; after a dozen the rest are counted.
std::string enumerate(std::span<const std::string_view> words, std::string_view last = "and");

}  // namespace peerlab::text
