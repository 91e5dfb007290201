#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "peerlab/base/time.hpp"
#include "peerlab/mesh/endpoint.hpp"
#include "peerlab/mesh/rules.hpp"
#include "peerlab/trust/spiffe.hpp"

/// What a proxy is told to do: the parts of Consul's configuration for Envoy that decide on the
/// path of a connection. Plain values, compared with recordings of a running Consul.
namespace peerlab::mesh {

/// What a dialing proxy offers and expects. It presents its own leaf.
struct ClientTls {
  std::string sni;
  std::vector<std::string> root_pems;    ///< issuers it accepts
  std::vector<std::string> accept_sans;  ///< URI SANs of which one must match; empty: any

  friend bool operator==(const ClientTls&, const ClientTls&) = default;
};

/// What a listener demands of its clients. It presents its own leaf.
struct ServerTls {
  /// By trust domain of the client (SPIFFE map); with `any_name` the one entry holds for all.
  std::map<TrustDomain, std::vector<std::string>> root_pems;
  bool any_name = false;          ///< plain list of local roots: no peer may call
  std::vector<std::string> alpn;  ///< offered, in order

  friend bool operator==(const ServerTls&, const ServerTls&) = default;
};

/// How a proxy learns the endpoints of a cluster. A DNS cluster's endpoints are host names that the
/// proxy resolves itself: `logical_dns` uses one of them, `strict_dns` all.
enum class Discovery { pushed, fixed, logical_dns, strict_dns };

struct Cluster {
  std::string name;
  Discovery discovery = Discovery::pushed;
  std::vector<Endpoint> endpoints;
  std::optional<ClientTls> tls;  ///< none: bytes go out as they come in
  bool panics = false;           ///< uses unhealthy endpoints when fewer than half are healthy
  bool http2 = false;
  Duration connect_timeout = std::chrono::seconds(5);

  friend bool operator==(const Cluster&, const Cluster&) = default;
};

/// What becomes of the header that carries the caller's identity (traffic spec 2.6).
enum class Xfcc { sanitize, sanitize_set, append_forward };

struct TcpProxy {
  std::string cluster;
  friend bool operator==(const TcpProxy&, const TcpProxy&) = default;
};
/// Takes the SNI of the connection as the name of the cluster.
struct SniProxy {
  friend bool operator==(const SniProxy&, const SniProxy&) = default;
};
struct HttpProxy {
  std::string route;    ///< name of the route table
  std::string cluster;  ///< of its one route, which matches everything
  Xfcc xfcc = Xfcc::sanitize;
  friend bool operator==(const HttpProxy&, const HttpProxy&) = default;
};
using Forward = std::variant<TcpProxy, SniProxy, HttpProxy>;

/// Whom a filter chain of a mesh gateway serves.
enum class Serves { anything, exported_service, elsewhere, own_servers, peer_servers };

struct FilterChain {
  std::vector<std::string> server_names;  ///< SNI names it matches, `*.` for any labels; empty: any
  std::optional<ServerTls> tls;           ///< none: TLS is not terminated here
  std::optional<Rules> rules;             ///< public listeners only
  Forward forward;
  Serves serves = Serves::anything;
  std::string subject;  ///< the service or the peer that it serves

  friend bool operator==(const FilterChain&, const FilterChain&) = default;
};

struct Listener {
  std::string name;
  std::string address;  ///< `host:port` or `unix:<path>`
  std::vector<FilterChain> chains;

  friend bool operator==(const Listener&, const Listener&) = default;
};

struct ProxyConfig {
  std::map<std::string, Cluster> clusters;  ///< by name
  std::vector<Listener> listeners;
  std::vector<std::string> warnings;  ///< what the reference logs while it builds this

  const Listener* listener(std::string_view name) const;

  friend bool operator==(const ProxyConfig&, const ProxyConfig&) = default;
};

/// The listener for callers of a sidecar, or the first one of a gateway; null when there is none.
const Listener* inbound_listener(const ProxyConfig& config);

}  // namespace peerlab::mesh
