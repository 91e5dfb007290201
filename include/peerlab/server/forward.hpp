#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/names.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/server/settings.hpp"

namespace peerlab::server {

/// What the pipeline looks at before it serves a call. (datacenter 1.9)
struct CallNature {
  std::string datacenter;  ///< as the caller named it; empty: ours
  bool stale_read = false;
};

struct ServeHere {};
struct ToLeader {};
struct ToDatacenter {
  DatacenterName datacenter;
};
/// The text of the error, which goes out as a 500.
struct Unroutable {
  std::string why;
};
using Direction = std::variant<ServeHere, ToLeader, ToDatacenter, Unroutable>;

/// Another datacenter first, then stale reads, then the leader. (datacenter 1.9; D-050 to D-053)
Direction direction(const CallNature& nature, const Settings& settings, const Situation& situation);

/// How a server that does not lead gets a call to the one that does, or gives up.
///
/// Start it, carry out what it asks for, tell it how that went, and so on until it asks no more
/// (`Relay`, `Serve` or `GiveUp` end it). While nobody leads it waits with growing, randomly
/// spread pauses; the time is looked at between two of them only, so that the answer comes late.
class LeaderSearch {
 public:
  struct Ask {
    std::string address;  ///< send the call there; then answered() or unreachable()
  };
  struct Pause {
    Instant until;  ///< then resume()
  };
  struct Serve {};  ///< this server has become the leader itself
  struct Relay {};  ///< what the leader said is the answer
  struct GiveUp {
    std::string why;
  };
  using Move = std::variant<Ask, Pause, Serve, Relay, GiveUp>;

  /// `hold` is the server's rpc_hold_timeout, for a blocking query plus how long it may wait.
  LeaderSearch(Instant now, Duration hold, bool read, Random random)
      : begun_(now), hold_(hold), read_(read), random_(random) {}

  Move start(Instant now, const Situation& situation) { return look(now, situation); }
  Move resume(Instant now, const Situation& situation) { return look(now, situation); }
  /// The leader answered; `error_text` is empty where it did not fail.
  Move answered(Instant now, std::string_view error_text);
  /// The connection broke, or never came up. `why` as the transport tells it; `at_end_of_stream`
  /// where it ended while the answer was awaited.
  Move unreachable(Instant now, bool at_end_of_stream, std::string why);

 private:
  Move look(Instant now, const Situation& situation);
  Move retry(Instant now, std::string why);

  Instant begun_;
  Duration hold_;
  bool read_;
  Random random_;
  int retries_ = 0;
  Duration last_pause_{0};
};

}  // namespace peerlab::server
