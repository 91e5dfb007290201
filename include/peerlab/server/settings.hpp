#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "peerlab/base/edition.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/catalog/types.hpp"

namespace peerlab::server {

/// What a server's configuration says, as far as answers depend on it. Defaults are Consul's.
struct Settings {
  Edition edition = Edition::community;
  DatacenterName datacenter{"dc1"};
  std::set<DatacenterName> federated;  ///< further datacenters that this server can route to
  NodeName node{"server"};
  std::string node_id;
  std::optional<catalog::Locality> locality = {};
  std::string cluster_id = {};        ///< of the CA, a UUID; drawn where the configuration has none
  std::string address = "127.0.0.1";  ///< where the other servers reach this one
  std::uint16_t rpc_port = 8300;
  int grpc_port = -1;  ///< plaintext; negative: off
  int grpc_tls_port = 8503;
  bool grpc_has_certificate =
      false;  ///< TLS on the plaintext port, by a certificate of the operator
  bool connect_enabled = true;
  bool peering_enabled = true;
  bool acl_enabled = false;
  bool default_allow = true;  ///< `acl.default_policy`, and the verdict where no intention matches
  bool allow_peer_registrations = false;  ///< `peering.test_allow_peer_registrations`
  Duration default_query_time = std::chrono::seconds(300);
  Duration max_query_time = std::chrono::seconds(600);
  Duration rpc_hold_timeout = std::chrono::seconds(7);
  std::uint64_t kv_max_value_size = 524288;
};

/// Where a server stands in its cluster at the moment. Kept by the server's role.
struct Situation {
  bool leader = false;        ///< this server leads
  bool ready = false;         ///< it leads and has finished establishing (datacenter 1.5, step 13)
  bool leader_known = false;  ///< somebody leads, as far as this server knows
  bool leader_ever_known = false;  ///< stale reads are served from then on
  Duration last_contact{0};        ///< since it last heard from the leader; 0 on the leader itself
  std::string leader_address;      ///< `ip:port` of the leader's RPC, empty when unknown
  std::vector<std::string> server_addresses;  ///< of all voters
};

}  // namespace peerlab::server
