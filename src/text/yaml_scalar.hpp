#pragma once

#include <string_view>
namespace peerlab::text {

/// A boolean of YAML 1.1 that is a string in 1.2 and that people do write: yes, no, on, off.
bool is_yaml_11_boolean(std::string_view text);

/// Octal in YAML 1.1, decimal in 1.2: `010`.
bool is_ambiguous_number(std::string_view text);

}  // namespace peerlab::text
