#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "peerlab/base/random.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/checks/count.hpp"
#include "peerlab/scenario/form.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::scenario {

/// Whether two places have something in common.
bool overlap(text::Span one, text::Span other);

/// Adds a finding if the scalar `node` is not of `kind` (integer, count, duration, size, ...).
void check_value(const text::Node& node, Form::Kind kind, text::Diagnostics& diagnostics);

/// The values of scalars that check_value has accepted.
std::uint64_t whole_number(const text::Node& node);
Duration duration(const text::Node& node);
std::uint64_t bytes(const text::Node& node);
std::uint64_t bits_per_second(const text::Node& node);
Ratio percent(const text::Node& node);

/// A count of things or of bytes.
checks::Count count(const text::Node& node);

/// The tree as JSON, for the bodies of requests.
std::string to_json(const text::Node& node);

/// The items of a list; of anything else, itself alone.
std::span<const text::Node> elements(const text::Node& node);

}  // namespace peerlab::scenario
