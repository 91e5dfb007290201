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

/// Whether a fault does something to one of the hosts or, if it lies between two sides, with
/// `both` to one of them on each side.
bool touches(const net::Fault& fault, const std::set<std::string>& hosts, bool both) {
  const auto any = [&](const net::HostGroup& group) {
    return std::any_of(hosts.begin(), hosts.end(),
                       [&](const std::string& host) { return meets(group.value(), host); });
  };
  const auto between = [&](const net::HostGroup& one, const net::HostGroup& other) {
    return both ? any(one) && any(other) : any(one) || any(other);
  };
  return std::visit(Overloaded{
                        [&](const net::Heal& f) { return between(f.from, f.to); },
                        [&](const net::ShapeLink& f) { return between(f.from, f.to); },
                        [&](const net::Cut& f) { return between(f.from, f.to); },
                        [&](const net::ResetConnections& f) { return between(f.one, f.other); },
                        [&](const net::HalfOpen& f) { return between(f.one, f.other); },
                        [&](const auto& f) { return any(f.hosts); },
                    },
                    fault);
}

RecordId before(RecordId id) { return RecordId(id.value() - 1); }

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
    for (RecordId id = before(record.id); id > record.cause; id = before(id)) {
      const Record& other = trace_[id];
      if (other.at != record.at || other.where != record.where) return;
      if (other.cause == record.cause && tells(other.fact)) found_.push_back(id);
    }
  }

  /// The hosts that a record is about.
  void involve(const Record& record) {
    hosts_.insert(trace_.name(record.where));
    if (const auto* ended = std::get_if<trace::StreamEnded>(&record.fact)) {
      if (const auto other = other_end(record, ended->stream)) hosts_.insert(*other);
    }
    if (const auto* call = std::get_if<trace::CallEnded>(&record.fact)) hosts_.insert(call->to);
    if (const auto* closed = std::get_if<trace::ConnectionClosed>(&record.fact)) {
      hosts_.insert(closed->peer);
    }
  }

  /// The host at the other end of a stream: of the last connection before the stream began.
  std::optional<std::string> other_end(const Record& end, std::uint64_t stream) const {
    bool began = false;
    for (RecordId id = before(end.id); id > RecordId{}; id = before(id)) {
      const Record& record = trace_[id];
      if (record.where != end.where) continue;
      const auto* begin = std::get_if<trace::StreamBegan>(&record.fact);
      if (begin != nullptr && begin->stream == stream) began = true;
      const auto* opened = std::get_if<trace::ConnectionOpened>(&record.fact);
      if (began && opened != nullptr) return trace_.name(opened->peer);
    }
    return std::nullopt;
  }

  /// The last fault among the hosts and the last of them that went down, if that is not over.
  std::vector<RecordId> disturbances() const {
    std::vector<RecordId> found;
    if (const auto fault = last_fault(true)) {
      found.push_back(*fault);
    } else if (const auto beside = last_fault(false)) {
      // The other side of it may be a host that no record names.
      found.push_back(*beside);
    }
    if (const auto down = last_down()) found.push_back(*down);
    return found;
  }

  std::optional<RecordId> last_fault(bool both) const {
    for (RecordId id = before(record_); id > RecordId{}; id = before(id)) {
      const auto* applied = std::get_if<trace::FaultApplied>(&trace_[id].fact);
      if (applied == nullptr || !touches(applied->fault, hosts_, both)) continue;
      if (heals(applied->fault)) return std::nullopt;
      return id;
    }
    return std::nullopt;
  }

  std::optional<RecordId> last_down() const {
    for (RecordId id = before(record_); id > RecordId{}; id = before(id)) {
      const Record& record = trace_[id];
      if (!hosts_.contains(trace_.name(record.where))) continue;
      if (std::holds_alternative<trace::HostStarted>(record.fact) ||
          std::holds_alternative<trace::HostResumed>(record.fact)) {
        return std::nullopt;
      }
      if (ends_life(record.fact) || std::holds_alternative<trace::HostPaused>(record.fact)) {
        return id;
      }
    }
    return std::nullopt;
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
