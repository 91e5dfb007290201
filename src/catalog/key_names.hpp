#pragma once

#include <string>
#include <string_view>

/// How the keys of Consul's structs may be spelled.
namespace peerlab::catalog {

/// Equal without regard to the case of ASCII letters.
bool same_key(std::string_view a, std::string_view b);

/// The snake_case spelling of a field's name: `MutualTLSMode` is `mutual_tls_mode`. The one that
/// does not follow from the name is `peer_name` for `Peer`.
std::string key_alias(std::string_view field);

/// `path.key`, or the key alone at the top.
std::string join_path(std::string_view path, std::string_view key);

}  // namespace peerlab::catalog
