#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace peerlab::peering {

/// Why the first PEM block of `pem` is no certificate, in Go's words (spec 1.4, steps 3 to 5);
/// nothing where it is one.
std::optional<std::string> fault_of_ca(std::string_view pem);

}  // namespace peerlab::peering
