#include "peerlab/checks/cause.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "peerlab/base/overloaded.hpp"
#include "rules.hpp"

namespace peerlab::checks {
namespace {

using trace::Record;
using trace::RecordId;
using trace::Trace;

/// Whether it says something about the run to somebody who asks why.
bool tells(const trace::Fact& fact) {
  return std::visit(
      Overloaded{
          [](const trace::PeerMessage& message) {
            using Kind = trace::PeerMessage::Kind;
            return message.kind == Kind::terminated || !message.error.empty();
          },
          [](const trace::SecretJudged& judged) { return !judged.accepted; },
          [](const trace::ConnectionClosed& closed) { return closed.why != net::Closing::by_peer; },
          [](const trace::StepEnded&) { return false; },
          [](const trace::RunEnded&) { return false; },
          [](const trace::HostStarted&) { return false; },
          [](const trace::ConnectionOpened&) { return false; },
          [](const trace::FrameSent&) { return false; },
          [](const trace::FrameDelivered&) { return false; },
          [](const trace::TimerFired&) { return false; },
          [](const trace::CommandGiven&) { return false; },
          [](const trace::ServerReady&) { return false; },
          [](const trace::EntryApplied&) { return false; },
          [](const auto&) { return true; },
      },
      fact);
}

/// Whether two paths of hosts meet: `dc1` and `dc1/server/0`, but not `dc1` and `dc10`.
bool meets(std::string_view one, std::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  return one.empty() ||
         (other.starts_with(one) && (one.size() == other.size() || other[one.size()] == '/'));
}

bool heals(const net::Fault& fault) {
  return std::holds_alternative<net::Heal>(fault) || std::holds_alternative<net::Unmute>(fault) ||
         std::holds_alternative<net::Resume>(fault) || std::holds_alternative<net::Start>(fault);
}

bool touches(const net::Fault& fault, const std::set<std::string>& hosts) {
  const auto any = [&](const net::HostGroup& group) {
    return std::any_of(hosts.begin(), hosts.end(),
                       [&](const std::string& host) { return meets(group.value(), host); });
  };
  return std::visit(Overloaded{
                        [&](const net::Heal& f) { return any(f.from) && any(f.to); },
                        [&](const net::ShapeLink& f) { return any(f.from) && any(f.to); },
                        [&](const net::Cut& f) { return any(f.from) && any(f.to); },
                        [&](const net::ResetConnections& f) { return any(f.one) && any(f.other); },
                        [&](const net::HalfOpen& f) { return any(f.one) && any(f.other); },
                        [&](const auto& f) { return any(f.hosts); },
                    },
                    fault);
}

class Search {
 public:
  Search(const Trace& trace, RecordId record) : trace_(trace), record_(record) {}

  std::vector<RecordId> find(std::size_t most) {
    chain();
    for (const RecordId id : found_) involve(trace_[id]);
    involve(trace_[record_]);
    const std::vector<RecordId> shocks = disturbances();
    // What was done to the hosts comes before the remoter causes.
    std::set<RecordId> chosen{record_};
    for (const RecordId id : shocks) chosen.insert(id);
    for (const RecordId id : found_) {
      if (chosen.size() < most) chosen.insert(id);
    }
    return {chosen.begin(), chosen.end()};
  }

 private:
  static constexpr std::size_t furthest = 64;

  /// The record's own event and those that led to it, the nearest first.
  void chain() {
    bool has_step = false;
    RecordId id = record_;
    for (std::size_t steps = 0; id != RecordId{} && steps < furthest; ++steps) {
      const Record& record = trace_[id];
      const bool is_step = std::holds_alternative<trace::StepBegan>(record.fact);
      if (id != record_ && tells(record.fact) && !(is_step && has_step)) found_.push_back(id);
      has_step = has_step || is_step;
      same_event(record);
      id = record.cause;
    }
  }

  void same_event(const Record& record) {
    if (record.cause == RecordId{}) return;
    for (RecordId id(record.id.value() - 1); id > record.cause; id = RecordId(id.value() - 1)) {
      const Record& other = trace_[id];
      if (other.at != record.at || other.where != record.where) return;
      if (other.cause == record.cause && tells(other.fact)) found_.push_back(id);
    }
  }

  /// The hosts that a record is about.
  void involve(const Record& record) {
    hosts_.insert(trace_.name(record.where));
    if (const auto* call = std::get_if<trace::CallEnded>(&record.fact)) hosts_.insert(call->to);
    if (const auto* closed = std::get_if<trace::ConnectionClosed>(&record.fact)) {
      hosts_.insert(closed->peer);
    }
  }

  /// The last fault among the hosts and the last of them that went down, if that is not over.
  std::vector<RecordId> disturbances() const {
    std::vector<RecordId> found;
    bool fault_known = false, down_known = false;
    for (RecordId id(record_.value() - 1); id > RecordId{} && !(fault_known && down_known);
         id = RecordId(id.value() - 1)) {
      const Record& record = trace_[id];
      if (const auto* applied = std::get_if<trace::FaultApplied>(&record.fact)) {
        if (fault_known || !touches(applied->fault, hosts_)) continue;
        if (!heals(applied->fault)) found.push_back(id);
        fault_known = true;
      } else if (!down_known && hosts_.contains(trace_.name(record.where))) {
        const bool down =
            ends_life(record.fact) || std::holds_alternative<trace::HostPaused>(record.fact);
        const bool up = std::holds_alternative<trace::HostStarted>(record.fact) ||
                        std::holds_alternative<trace::HostResumed>(record.fact);
        if (down) found.push_back(id);
        down_known = down || up;
      }
    }
    return found;
  }

  const Trace& trace_;
  RecordId record_;
  std::vector<RecordId> found_;
  std::set<std::string> hosts_;
};

}  // namespace

std::vector<RecordId> cause_of(const Trace& trace, RecordId record, std::size_t most) {
  return Search(trace, record).find(most);
}

}  // namespace peerlab::checks
