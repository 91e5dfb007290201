#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "peerlab/checks/expectation.hpp"
#include "peerlab/checks/knowledge.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// Whether a check holds, what is seen, and since when it has been so.
struct Sight {
  bool holds = false;
  std::string seen;
  Instant since{};
};

/// What a trace has shown so far, folded record by record.
class Observed {
 public:
  void add(const trace::Trace& trace, const trace::Record& record);

  /// Judges a check that needs no action, at `now`. The check must not be an active one.
  Sight look(const Check& check, Instant now) const;

  /// The host that leads a cluster, as far as the trace tells.
  std::optional<std::string> leader(const std::string& cluster) const;

  /// Which proxy was the first to end a call, and why; empty if none did.
  std::string why_ended(std::uint64_t call) const;

 private:
  struct Leadership {
    std::string host;
    std::uint64_t term = 0;
    Instant since{};
  };
  struct Stream {
    std::string peering;
    Instant began{};
  };
  /// Of the streams of one peering, at all servers of its cluster.
  struct Contact {
    Instant heard{};      ///< the last heartbeat, or the begin of a stream
    std::string because;  ///< how the last stream that ended did
    Instant changed{};
  };
  struct Message {
    std::string cluster;
    trace::PeerMessage what;
    Instant at{};
  };
  struct Write {
    std::string cluster;
    std::uint64_t bytes = 0;
    Instant at{};
  };
  struct Begin {
    std::size_t messages = 0;
    std::size_t writes = 0;
    Instant at{};
  };
  using Id = std::pair<std::string, std::string>;  // cluster and peering

  void add_leadership(const std::string& host, const trace::Record& record);
  void add_stream(const std::string& host, const trace::Record& record);
  void add_knowledge(const std::string& host, const trace::Record& record);
  const Leadership* latest(const std::string& cluster) const;
  const Knowledge& knowledge(const std::string& cluster) const;
  std::size_t open_streams(const Id& id) const;
  Begin begin_of(const std::optional<std::string>& step) const;
  std::optional<Sight> look_for_leader(const Check& check) const;

  Sight look(const LeaderCheck& check) const;
  Sight look(const PeeringCheck& check, Instant now) const;
  Sight look(const ServicesCheck& check) const;
  Sight look(const InstancesCheck& check) const;
  Sight look(const RootsCheck& check) const;
  Sight look(const MessagesCheck& check) const;
  Sight look(const WorkCheck& check, Instant now) const;

  std::map<std::string, Leadership> leaders_;  // by host: who believes to lead
  std::map<std::string, Instant> changed_;     // by cluster: when leadership last changed
  std::map<std::string, Knowledge> known_;     // by cluster
  std::map<std::pair<std::string, std::uint64_t>, Stream> streams_;  // open; by host and number
  std::map<Id, Contact> contacts_;
  std::map<Id, std::string> peers_;  // what a peering is called
  std::vector<Message> messages_;
  std::vector<Write> writes_;
  std::map<std::string, Begin> begins_;  // by title of the step: where its latest begin stands
  std::map<std::uint64_t, std::string> refusals_;  // by call: the first
};

/// What stands at a JSON pointer (RFC 6901) of a text, a string without its quotes; nothing where
/// there is nothing, or the text is no JSON.
std::optional<std::string> value_at(const std::string& json, const std::string& pointer);

/// Judges the outcome of an action; nothing if `record` is not the end of `check` numbered `call`.
std::optional<Sight> outcome(const Check& check, std::uint64_t call, const trace::Record& record,
                             const Observed& observed);

}  // namespace peerlab::checks
