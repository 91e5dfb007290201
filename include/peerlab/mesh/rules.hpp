#pragma once

#include <map>
#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/catalog/json.hpp"
#include "peerlab/mesh/intentions.hpp"
#include "peerlab/trust/bundle.hpp"
#include "peerlab/trust/spiffe.hpp"

namespace peerlab::mesh {

/// An intention with what the proxy knows of its source.
struct Rule {
  IntentionSource source;
  TrustDomain trust_domain;  ///< the own one, or that of the peer's bundle
  PartitionName partition;   ///< of the caller's identity: for a peer what its bundle says (T-109)
  bool by_header =
      false;  ///< the caller is named in the XFCC header, the certificate is a gateway's
  std::optional<Action> action;
  std::vector<Permission> permissions;

  friend bool operator==(const Rule&, const Rule&) = default;
};

/// All that the listener of one destination service needs to admit or refuse a caller. This is the
/// only place where intentions are enforced, and it is always in the destination's cluster. (T-127)
struct Rules {
  Action otherwise = Action::deny;  ///< what holds when nothing matches
  bool http = false;                ///< judged per request; tcp: once per connection
  TrustDomain own_trust_domain;
  PartitionName own_partition;
  std::vector<TrustDomain> peers;  ///< trust domains of the peers that may call
  std::vector<Rule> rules;         ///< the decisive ones first

  friend bool operator==(const Rules&, const Rules&) = default;
};

/// Rules of `destination` from all intentions. `peers` are the bundles of the peers that may call
/// it; an intention of any other peer is left out and comes into force when its bundle does.
/// (T-111, T-112)
Rules make_rules(const std::vector<Intention>& intentions, const trust::ServiceRef& destination,
                 const trust::TrustBundle& own, const std::vector<trust::TrustBundle>& peers,
                 Action otherwise, std::string_view protocol, const Mutants& mutants = {});

/// A request as rules look at it. The path may carry a query; header names are in lower case.
struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";
  std::map<std::string, std::string> headers;
  friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};

/// Who calls: the identity in the client certificate, and the header in which an exporting gateway
/// names the caller that it has verified itself (empty: none).
struct Caller {
  trust::SpiffeId certificate;
  std::string xfcc;
};

struct Verdict {
  Action action = Action::deny;
  std::string reason;  ///< for people: the intention that decided, or the default policy
};

/// The evaluation of traffic spec 4.4. `request` is null for a tcp connection, where an intention
/// with permissions acts as deny. (T-103 to T-108, T-117, T-118, T-122) A caller whom a gateway
/// names but whose cluster is unknown here is refused, also under default allow; the reference lets
/// it in (QT-14).
Verdict decide(const Rules& rules, const Caller& caller, const HttpRequest* request,
               const Mutants& mutants = {});

/// The URI of the first element of an XFCC header; empty when there is none. (T-107)
std::string first_uri(std::string_view xfcc);

/// The rule object that Consul hands to its proxies, to be compared with recordings: wider rules
/// with `AND NOT` narrower ones, those of the default action left out. (Traffic spec 4.6)
catalog::Json rule_object(const Rules& rules);

}  // namespace peerlab::mesh
