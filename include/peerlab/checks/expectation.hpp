#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/base/time.hpp"
#include "peerlab/checks/count.hpp"
#include "peerlab/mesh/rules.hpp"

namespace peerlab::checks {

/// A part of a cluster with services, exports and peerings of its own.
struct Tenant {
  std::string cluster;
  std::string partition = "default";
  friend auto operator<=>(const Tenant&, const Tenant&) = default;
};
/// `dc1`, or `dc1@web` for another partition than `default`.
std::string text(const Tenant& tenant);

/// A call from one service instance to a service, and what must come of it.
struct CallCheck {
  std::string from;        ///< host of the caller: `dc1/service/client/0`
  std::string to;          ///< service: `dc2/service/web`, or one instance of it; or an upstream
  bool direct = false;     ///< past every proxy
  std::uint16_t port = 0;  ///< of the upstream at the caller's sidecar
  std::optional<mesh::HttpRequest> http = {};  ///< what is sent; nothing for tcp
  Duration timeout = std::chrono::seconds(15);
  std::string result = "answered";          ///< empty: whatever it is
  std::optional<int> status = {};           ///< of HTTP
  std::optional<std::string> because = {};  ///< a part of why a proxy on the way ended it
  std::optional<std::string> answered_by;   ///< host, or the beginning of its path
  friend bool operator==(const CallCheck&, const CallCheck&) = default;
};

/// An HTTP request of the operator to a server, and what must be answered.
struct HttpCheck {
  std::string server;  ///< host, or `dc1/server/leader`
  std::string method = "GET";
  std::string target;  ///< `/v1/kv/a?raw`
  std::string request_body;
  std::optional<Tenant> by = {};  ///< who sends it; nothing for the operator
  Duration timeout = std::chrono::seconds(30);
  std::optional<int> status;        ///< any status below 300 unless given; 0 for no answer at all
  std::optional<std::string> body;  ///< the whole body
  std::optional<std::string> contains;  ///< a part of the body
  /// JSON pointers into the body with the text of the value there (a string without quotes).
  std::vector<std::pair<std::string, std::string>> json;
  friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};

/// One server of a cluster leads, or none does.
struct LeaderCheck {
  std::string cluster;
  bool exists = true;
  std::optional<std::string> is;      ///< the host that must lead
  std::optional<std::string> is_not;  ///< the host that must not
  friend bool operator==(const LeaderCheck&, const LeaderCheck&) = default;
};

/// What the leader of a cluster tells of a peering.
struct PeeringCheck {
  Tenant in = {};
  std::string peer = {};  ///< as it is called there
  bool exists = true;
  std::optional<std::string> state = {};
  /// `state` is a condition: in any other state (or without the peering) the check holds.
  bool only_if_state = false;
  std::optional<bool> connected = {};  ///< whether a stream of it is open at any server
  std::optional<std::string> because =
      {};  ///< a part of what the last stream that ended ended with
  std::optional<Duration> heartbeat_younger_than = {};
  std::optional<Count> imported = {};  ///< services
  std::optional<Count> exported = {};
  friend bool operator==(const PeeringCheck&, const PeeringCheck&) = default;
};

/// The services that a cluster imports from a peer, or exports to it.
struct ServicesCheck {
  enum class Way { imported, exported };
  Way way = Way::imported;
  Tenant in = {};
  std::string peer = {};
  std::optional<std::vector<std::string>> services = {};  ///< these and no others; sorted
  std::optional<Count> count = {};
  /// Imported is what the entry `exported-services` of this cluster names for this peer of it.
  std::optional<Tenant> exports_of = {};
  std::string as_peer = {};
  friend bool operator==(const ServicesCheck&, const ServicesCheck&) = default;
};

/// The instances of a service in the catalog of a cluster; none where nobody registered any.
struct InstancesCheck {
  Tenant in = {};
  std::string peer = {};  ///< from which it is imported; empty for a service of the cluster itself
  std::string service = {};
  std::optional<Count> total = {};
  std::optional<Count> passing = {};
  friend bool operator==(const InstancesCheck&, const InstancesCheck&) = default;
};

/// The root certificates of a cluster, or those that it knows of a peer.
struct RootsCheck {
  Tenant in = {};
  std::string of_peer = {};  ///< empty for its own
  std::optional<Count> count = {};
  std::optional<Tenant> equals_roots_of = {};
  friend bool operator==(const RootsCheck&, const RootsCheck&) = default;
};

/// How many messages the servers of a cluster have sent and received on peer streams.
struct MessagesCheck {
  std::string cluster = {};
  std::string peer = {};  ///< empty for all of them
  std::optional<bool> sent = {};
  std::optional<std::string> kind = {};
  std::optional<std::string> type = {};   ///< of the resource
  std::optional<std::string> error = {};  ///< a part of it
  Count count = {};
  std::optional<std::string> since = {};  ///< the title of the step from whose begin on they count
  friend bool operator==(const MessagesCheck&, const MessagesCheck&) = default;
};

/// What a cluster has written into its log.
struct WorkCheck {
  std::string cluster = {};
  std::optional<Count> log_entries = {};
  std::optional<Count> largest_log_entry = {};  ///< in bytes; holds where there is none
  std::optional<std::string> since = {};        ///< as above
  std::optional<Duration> last = {};            ///< only what was written so long before the moment
  friend bool operator==(const WorkCheck&, const WorkCheck&) = default;
};

/// Something that is true or not at an instant of a run. To add one: a struct above, its name here,
/// its row in scenario/vocabulary.cpp; the compiler then leads to `observed` and `resolve`.
using Check = std::variant<CallCheck, HttpCheck, LeaderCheck, PeeringCheck, ServicesCheck,
                           InstancesCheck, RootsCheck, MessagesCheck, WorkCheck>;

/// True for a check that is found out by doing something: a call or a request.
bool is_active(const Check& check);

/// The check in a few words: `dc1/service/client/0 calls dc2/service/web`.
std::string describe(const Check& check);

}  // namespace peerlab::checks
