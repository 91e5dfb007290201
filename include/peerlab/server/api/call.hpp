#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/acl/authorizer.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/peering/names.hpp"
#include "peerlab/peering/status.hpp"
#include "peerlab/peering/tracker.hpp"
#include "peerlab/server/api/http.hpp"
#include "peerlab/server/command.hpp"
#include "peerlab/server/settings.hpp"
#include "peerlab/server/state.hpp"
#include "peerlab/store/watch.hpp"

namespace peerlab::server::api {

/// What the agent at the door has read before: it decides whether a read with `?cached` counts as a
/// hit. Entries are kept up to date in the background, so that a hit and a miss tell the same.
class AgentCache {
 public:
  /// How old the entry is; nothing where it is made by this call.
  std::optional<Duration> look(Instant now, const std::string& key) {
    const auto [entry, fresh] = made_.try_emplace(key, now);
    return fresh ? std::nullopt : std::optional(now - entry->second);
  }

 private:
  std::map<std::string, Instant> made_;
};

/// All that a call may look at, at one moment. Nothing in it is kept by the call.
struct View {
  const State& state;
  const Settings& settings;
  const Situation& situation;
  const peering::StreamTracker& streams;  ///< of this server; only a leader's has anything in it
  Instant now;                            ///< the host's own clock
  AgentCache& cache;                      ///< of this server
  Random& random;  ///< ids, secrets and jitter: what goes into the log is drawn here, before it
  const Mutants& mutants;
  /// The rights of a token, or nullptr for one that nobody knows. Never asked about an empty one
  /// unless ACLs are on.
  const std::function<const acl::Authorizer*(std::string_view token)>& authorizer;
};

// What a call wants next. It is then told by the input that each names.

/// Wake me when one of the watches fires (`Woken`), or at the deadline (`Elapsed`). Without watches
/// it is a pause.
struct Wait {
  store::WatchSet watches;
  Instant deadline;
};

/// Append this to the log (`Applied`, or `NotApplied` with the reason).
struct Propose {
  Command command;
};

/// Make sure of a quorum that this server still leads (`Verified` or `NotApplied`).
struct Verify {};

/// Not ours: the whole request belongs to another server. Whoever carries this out relays that
/// server's answer (`relayed`); the call is over.
struct Forward {
  DatacenterName datacenter;  ///< empty: to the leader of our own
  friend bool operator==(const Forward&, const Forward&) = default;
};

/// Present a token's secret at one address of the acceptor, by ExchangeSecret over TLS with the
/// roots and the server name of the token (`Dialled`).
struct Dial {
  std::string address;
  std::vector<std::string> ca;  ///< PEM; empty: plaintext
  std::string server_name;
  PeerId peer_id;
  peering::EstablishmentSecret secret;
};

using Outcome = std::variant<Answer, Wait, Propose, Verify, Forward, Dial>;

struct Woken {};      ///< a watch of the last Wait fired
struct Elapsed {};    ///< the deadline of the last Wait has come
struct Abandoned {};  ///< the store was replaced by a snapshot while the call waited
struct Applied {
  store::RaftIndex index = 0;
  ApplyResult result;
};
struct NotApplied {
  std::string why;  ///< `leadership lost while committing log`, `No cluster leader`, ...
};
struct Verified {};
struct Dialled {
  std::variant<peering::StreamSecret, peering::Status> outcome;
};
using Input = std::variant<Woken, Elapsed, Abandoned, Applied, NotApplied, Verified, Dialled>;

class Exchange;
struct Step;
using Continuation = std::function<Step(const View&, const Input&)>;

/// One request on its way to its answer: start() once, then step() with what each outcome asked
/// for, until an Answer or a Forward ends it. A value: it may be kept anywhere, and copied.
/// Equal views and inputs give equal outcomes.
class Call {
 public:
  explicit Call(Request request);

  const Request& request() const { return *request_; }

  Outcome start(const View& view);
  /// After a Wait, Propose, Verify or Dial only; an input of another kind is a fault of the caller.
  Outcome step(const View& view, const Input& input);

 private:
  Outcome take(const View& view, Step step);

  std::shared_ptr<const Request> request_;
  std::shared_ptr<const Exchange> exchange_;
  std::shared_ptr<const Continuation> next_;
};

/// Everything the API answers to, as `pattern`, a blank, and the methods, in the order of patterns.
std::vector<std::string> routes();

}  // namespace peerlab::server::api
