#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "peerlab/mesh/balancer.hpp"
#include "peerlab/mesh/gateway.hpp"
#include "peerlab/mesh/sidecar.hpp"
#include "peerlab/trust/verify.hpp"

/// One hop of a call, each as one function (traffic spec 3.2 to 3.5):
///
///   dial_upstream      the caller's sidecar chooses where to dial and what to expect there
///   pass_through       a gateway reads the SNI and chooses where the bytes go
///   accept_client      a listener that ends TLS judges the certificate of its client
///   accept_server      a dialer judges the certificate of the server
///   forward_exported   the exporting gateway sends an HTTP request on, naming the caller
///   admit              the far sidecar judges the caller by its intentions
///   dial_app           the far sidecar dials its application
///
/// Bytes that a gateway only passes on meet `accept_*` at the two sidecars. Every function gives
/// what comes next, or a Refusal.
namespace peerlab::mesh {

/// Why a call ended at a hop.
enum class Refused {
  no_listener,          ///< nobody listens for the upstream: connection refused
  no_healthy_upstream,  ///< the cluster has no endpoint that may be used
  unreachable,          ///< the next hop refused the connection, or did not answer in time
  no_sni,               ///< the gateway cannot tell where to
  unknown_sni,          ///< no filter chain and no cluster bears the name
  tls,                  ///< a certificate was refused; the other end gets an alert
  intention,            ///< an intention or the default policy denies the caller
};

std::string_view to_text(Refused why);

struct Refusal {
  Refused why;
  std::string detail;  ///< for people: the names concerned
};

template <class T>
using Hop = tl::expected<T, Refusal>;

/// What an HTTP caller gets when a hop of its sidecar or of a gateway refuses.
struct HttpAnswer {
  int status = 200;
  std::string body;
  friend bool operator==(const HttpAnswer&, const HttpAnswer&) = default;
};

/// 503 for everything on the way, 403 with the proxy's literal text for intentions. Callers of tcp
/// just see the connection closed.
HttpAnswer http_answer(const Refusal& refusal);

/// The next connection.
struct Dial {
  std::string cluster;
  Address next;
  std::optional<ClientTls>
      tls;            ///< none: the bytes go on as they are, or in clear to the application
  bool http = false;  ///< requests are judged one by one
  bool http2 = false;
  Duration connect_timeout{0};
};

/// The caller's sidecar, for a new connection of its application. (T-049, T-051, T-052)
Hop<Dial> dial_upstream(const ProxyConfig& sidecar, const UpstreamId& upstream, Balancer& balancer);

/// What a gateway does with a connection: whom it serves, where the bytes go, and, when TLS ends
/// here, what it demands of the client.
struct Passage {
  GatewayRoute route;
  Dial dial;
  const ServerTls* terminates = nullptr;  ///< points into the configuration; null: pass-through
};

/// A mesh gateway, for a new connection with that SNI. (T-063 to T-067, T-073, T-081)
Hop<Passage> pass_through(const ProxyConfig& gateway, std::string_view sni, Balancer& balancer);

/// Parsed roots by their PEM texts, so that each is parsed once. Keep one for each proxy.
class RootCache {
 public:
  /// Texts that are no certificates give anchors that accept nobody.
  const trust::Anchors& anchors(const std::vector<std::string>& root_pems);

 private:
  std::map<std::vector<std::string>, trust::Anchors> parsed_;
};

/// A listener judges its client: the trust domain selects the roots. (T-038 to T-040, T-065)
Hop<trust::SpiffeId> accept_client(const ServerTls& tls, const trust::CertificateChain& client,
                                   Instant now, RootCache& roots);

/// A dialer judges the server: roots and one of the accepted names. (T-043, T-044, T-074)
Hop<trust::SpiffeId> accept_server(const ClientTls& tls, const trust::CertificateChain& server,
                                   Instant now, RootCache& roots);

/// The header with which the exporting gateway names the verified caller: any that came in is
/// dropped. `caller` is the client's chain. (T-089, T-090)
std::string xfcc_of(const trust::SpiffeId& gateway, const trust::CertificateChain& caller);

/// The header after the far sidecar has appended the gateway, as its application sees it; empty
/// where the sidecar sanitizes. (T-090 to T-092)
std::string xfcc_for_app(const ProxyConfig& sidecar, const std::string& received,
                         const trust::SpiffeId& own, const trust::CertificateChain& client);

/// The exporting gateway, for a request on a connection that it terminates: the caller's identity
/// goes into the header, and the connection to the instance shows the gateway's own. (T-064, T-087)
HttpRequest forward_exported(HttpRequest request, const trust::SpiffeId& gateway,
                             const trust::CertificateChain& caller, const Mutants& mutants = {});

/// The far sidecar, for a connection (`request` null) or for each request. `Refused::intention`
/// tells in its detail which rule decided. (T-103 ff.)
Hop<void> admit(const ProxyConfig& sidecar, const trust::SpiffeId& client,
                const HttpRequest* request, const Mutants& mutants = {});

/// The far sidecar to its application, in clear.
Hop<Dial> dial_app(const ProxyConfig& sidecar, Balancer& balancer);

}  // namespace peerlab::mesh
