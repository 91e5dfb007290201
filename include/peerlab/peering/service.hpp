#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/acl/authorizer.hpp"
#include "peerlab/base/edition.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/peering/addresses.hpp"
#include "peerlab/peering/command.hpp"
#include "peerlab/peering/remote.hpp"
#include "peerlab/peering/status.hpp"
#include "peerlab/peering/tables.hpp"
#include "peerlab/peering/token.hpp"
#include "peerlab/peering/tracker.hpp"

/// Consul's PeeringService as functions: a request and the state of a server in, a status or the
/// next thing to do out (spec section 3). A method has two parts. `check` is done by the server
/// that got the call, before it forwards a write to its leader; the rest runs on the leader.
namespace peerlab::peering {

struct GenerateTokenRequest {
  PeerName peer_name;
  PartitionName partition;
  std::map<std::string, std::string> meta;
  std::vector<std::string> server_external_addresses;
};
struct EstablishRequest {
  PeerName peer_name;
  std::string peering_token;
  PartitionName partition;
  std::map<std::string, std::string> meta;
};
/// PeeringRead, PeeringDelete and TrustBundleRead.
struct NameRequest {
  PeerName name;
  PartitionName partition;
};
struct ListRequest {
  PartitionName partition;
};

/// What a server knows of itself and of its cluster, beside the tables of peering.
struct ClusterView {
  Edition edition = Edition::community;
  bool peering_enabled = true;
  bool connect_enabled = true;
  bool grpc_tls = true;  ///< the gRPC listener speaks TLS
  DatacenterName datacenter;
  std::optional<Locality> locality;

  std::optional<TrustDomain> trust_domain;  ///< nothing while the CA is not initialized
  std::vector<std::string> root_pems;       ///< every root that is still kept

  bool peer_through_gateways = false;  ///< the `mesh` entry of the default partition says so
  Instances servers;                   ///< service `consul`, local, by node name
  Instances gateways;                  ///< kind `mesh-gateway`, local, by node name
};

/// All that the functions below look at. Everything must outlive the call.
struct ServiceContext {
  const ClusterView& cluster;
  const PeeringTables& tables;
  const StreamTracker& tracker;
  const acl::Authorizer& authorizer;
  const Mutants& mutants;
};

/// The checks before forwarding; nothing where all is well. (spec 3.1, "Order")
std::optional<Status> check(const GenerateTokenRequest& request, const ClusterView& cluster,
                            const Mutants& mutants);
/// Gives the token as well, which Establish needs decoded.
std::variant<PeeringToken, Status> check(const EstablishRequest& request,
                                         const ClusterView& cluster, const Mutants& mutants);
std::optional<Status> check(const NameRequest& request, const ClusterView& cluster);
std::optional<Status> check(const ListRequest& request, const ClusterView& cluster);

/// A token is made in two parts: this is proposed, and the token is built once it was applied.
struct TokenProposal {
  WritePeering write;
  PeeringToken token;  ///< without its server addresses
};
/// Draws the ID of a new peering and the establishment secret. (spec 3.3)
std::variant<TokenProposal, Status> begin_token(const GenerateTokenRequest& request,
                                                const ServiceContext& context, Random& random);
/// After the write was applied: the text of the token. When there is no address to put into it the
/// call fails, and the record stays (spec 1.3).
std::variant<std::string, Status> finish_token(TokenProposal proposal, const ClusterView& cluster,
                                               const Mutants& mutants);
/// The answer when a proposal of GenerateToken, Establish or PeeringDelete was not applied.
Status write_failed(const Error& error);

/// A peering as a read shows it: the record, and its stream if this server ever tracked one.
struct ShownPeering {
  Peering peering;
  std::optional<StreamStatus> stream;
};
/// Fill `watches` for a blocking query; only stored changes wake it (C-062).
std::variant<std::optional<ShownPeering>, Status> read(const NameRequest& request,
                                                       const ServiceContext& context,
                                                       store::WatchSet* watches = nullptr);
std::variant<std::vector<ShownPeering>, Status> list(const ListRequest& request,
                                                     const ServiceContext& context,
                                                     store::WatchSet* watches = nullptr);
/// The JSON that the HTTP API answers with. An empty list is `[]`.
std::string to_json(const ShownPeering& shown, const Mutants& mutants);
std::string to_json(const std::vector<ShownPeering>& shown, const Mutants& mutants);

/// Marks the peering for deletion: a write to propose, or nothing where it is gone or marked
/// already. `now` becomes DeletedAt. (spec 3.6)
std::variant<std::optional<WritePeering>, Status> remove(Instant now, const NameRequest& request,
                                                         const ServiceContext& context);

/// Needs the right to write any service. (spec 3.8)
std::variant<std::optional<StoredTrustBundle>, Status> read_trust_bundle(
    const NameRequest& request, const ServiceContext& context, store::WatchSet* watches = nullptr);

/// The status of the HTTP API for a failed call; its body is the message. (spec 3.9)
int http_status(const Status& status);

}  // namespace peerlab::peering
