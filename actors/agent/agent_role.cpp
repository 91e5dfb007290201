#include "actors/agent/agent_role.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "actors/agent/frames.hpp"

namespace peerlab::actors {
namespace {

using std::chrono::seconds;

constexpr std::string_view virtual_address = "consul-virtual";

/// `from + uniform[0, spread)`, to the millisecond.
Duration between(Random& random, Duration from, Duration spread) {
  const auto steps = std::chrono::duration_cast<std::chrono::milliseconds>(spread).count();
  return from + std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(steps)));
}

/// Whether the catalog's row is what the agent holds; the catalog adds indexes and virtual
/// addresses.
bool agrees(const catalog::Service& ours, catalog::Service theirs) {
  theirs.indexes = ours.indexes;
  theirs.tagged_addresses.erase(std::string(virtual_address));
  return theirs == ours;
}

bool agrees(const catalog::Node& ours, catalog::Node theirs) {
  theirs.indexes = ours.indexes;
  return theirs == ours;
}

bool agrees(const catalog::Check& ours, const catalog::Check& theirs) {
  return theirs.status == ours.status && theirs.output == ours.output;
}

int badness(std::string_view status) {
  if (status == catalog::health::critical) return 2;
  return status == catalog::health::warning ? 1 : 0;
}

}  // namespace

/// A check that connects to a port. (Datacenter 4.3)
class AgentRole::Prober final : public ConnectionUser {
 public:
  Prober(AgentRole& agent, std::size_t check) : agent_(agent), check_(check) {
    again_after(between(agent.random_, Duration{0}, definition().interval));
  }

  void on_connected() override {
    const std::string to = net::text(*agent_.setup_.checks[check_].probes);
    agent_.host_.close(connection_);
    end(catalog::health::passing, fmt::format("TCP connect {}: Success", to));
  }
  void on_frame(net::Frame&&) override {}
  void on_closed(net::Closing why) override {
    const std::string to = net::text(*agent_.setup_.checks[check_].probes);
    end(catalog::health::critical, fmt::format("dial tcp {}: connect: connection {}", to,
                                               why == net::Closing::refused ? "refused" : "lost"));
  }

 private:
  const catalog::CheckDefinition& definition() const { return agent_.rows_[check_].definition; }

  void again_after(Duration pause) {
    timer_ = agent_.timers_.at(agent_.host_.now() + pause, [this] { run(); });
  }

  void run() {
    const net::Address& to = *agent_.setup_.checks[check_].probes;
    connection_ = agent_.host_.connect(to);
    agent_.users_.add(connection_, *this);
    timer_ = agent_.timers_.at(agent_.host_.now() + definition().timeout, [this, to] {
      agent_.host_.abort(connection_);
      end(catalog::health::critical, fmt::format("dial tcp {}: i/o timeout", net::text(to)));
    });
  }

  void end(std::string_view status, std::string output) {
    agent_.users_.remove(connection_);
    agent_.timers_.cancel(timer_);
    again_after(definition().interval);
    agent_.turn(check_, status, std::move(output));
  }

  AgentRole& agent_;
  std::size_t check_;
  engine::ConnectionId connection_{};
  Timers::Id timer_ = 0;
};

AgentRole::AgentRole(engine::Host& host, const AgentSetup& setup)
    : host_(host),
      setup_(setup),
      timers_(host),
      random_(host.random("agent")),
      servers_(host, timers_, users_, setup.servers) {
  for (const LocalCheck& check : setup.checks) rows_.push_back(check.row);
}

AgentRole::~AgentRole() = default;

void AgentRole::start() {
  for (std::size_t i = 0; i < setup_.services.size(); ++i) services_differ_.insert(i);
  for (std::size_t i = 0; i < setup_.checks.size(); ++i) {
    if (setup_.checks[i].probes) probers_.push_back(std::make_unique<Prober>(*this, i));
  }
  look_at_aliases();
  full_sync();
}

void AgentRole::on(net::Frame&& frame, engine::ConnectionId from) {
  users_.bury();
  if (ConnectionUser* user = users_.find(from)) user->on_frame(std::move(frame));
}

void AgentRole::on(const engine::Due& due) {
  users_.bury();
  timers_.fire(due);
}

void AgentRole::on(const engine::Connected& connected) {
  if (ConnectionUser* user = users_.find(connected.id)) user->on_connected();
}

void AgentRole::on(const engine::Closed& closed) {
  users_.bury();
  if (ConnectionUser* user = users_.find(closed.id)) user->on_closed(closed.why);
}

// --- anti-entropy (datacenter 4.2) ---

void AgentRole::again_after(Duration pause) {
  timers_.cancel(timer_);
  timer_ = timers_.at(host_.now() + pause, [this] {
    timer_ = 0;
    full_sync();
  });
}

void AgentRole::full_sync() {
  // A retry stands in wait for a server that does not answer.
  again_after(between(random_, seconds(60), seconds(60)));
  servers_.call(NodeRead{setup_.partition, setup_.node.node}, [this](net::Frame&& reply) {
    const auto* rows = reply.empty() ? nullptr : reply.get_if<NodeRows>();
    if (rows == nullptr) return written("no server answers", [] {});
    compare(*rows);
    push();
  });
}

void AgentRole::compare(const NodeRows& rows) {
  const NodeName& node = setup_.node.node;
  node_differs_ = !rows.node || !agrees(setup_.node, *rows.node);
  const auto find = [](const auto& list, const auto& id) {
    return std::ranges::find_if(list, [&](const auto& row) { return row.id == id; });
  };
  for (std::size_t i = 0; i < setup_.services.size(); ++i) {
    const auto theirs = find(rows.services, setup_.services[i].id);
    const bool same = theirs != rows.services.end() && agrees(setup_.services[i], *theirs);
    if (!same) services_differ_.insert(i);
    if (same) services_differ_.erase(i);
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto theirs = find(rows.checks, rows_[i].id);
    const bool same = theirs != rows.checks.end() && agrees(rows_[i], *theirs);
    if (!same) checks_differ_.insert(i);
    if (same) checks_differ_.erase(i);
  }
  strangers_.clear();
  for (const catalog::Service& theirs : rows.services) {
    const bool known = find(setup_.services, theirs.id) != setup_.services.end();
    if (!known && theirs.id.value() != "consul") strangers_.push_back({node, theirs.id, {}, {}});
  }
  for (const catalog::Check& theirs : rows.checks) {
    const bool known = find(rows_, theirs.id) != rows_.end();
    if (!known && theirs.id.value() != "serfHealth") {
      strangers_.push_back({node, {}, theirs.id, {}});
    }
  }
}

bool AgentRole::in_sync() const {
  return !node_differs_ && services_differ_.empty() && checks_differ_.empty() && strangers_.empty();
}

/// What to tell the catalog next; only to be asked where something differs.
AgentRole::Write AgentRole::next_write() {
  if (!strangers_.empty()) {
    return {strangers_.back(), [this] { strangers_.pop_back(); }};
  }
  catalog::Register command;
  command.node = setup_.node;
  if (node_differs_) return {command, [this] { node_differs_ = false; }};
  if (!services_differ_.empty()) {
    const std::size_t i = *services_differ_.begin();
    command.service = setup_.services[i];
    return {std::move(command), [this, i] { services_differ_.erase(i); }};
  }
  const std::size_t i = *checks_differ_.begin();
  command.skip_node_update = true;
  command.checks = {rows_[i]};
  return {std::move(command), [this, i, sent = rows_[i]] {
            if (agrees(sent, rows_[i])) checks_differ_.erase(i);
          }};
}

/// Tells the catalog of one difference after the other.
void AgentRole::push() {
  if (pushing_) return;
  if (in_sync()) {
    ever_synced_ = true;
    return look_whether_ready();
  }
  pushing_ = true;
  Write write = next_write();
  servers_.call(CatalogWrite{setup_.partition, std::move(write.command)},
                [this, agreed = std::move(write.agreed)](net::Frame&& reply) {
                  const auto* done = reply.empty() ? nullptr : reply.get_if<CatalogWritten>();
                  written(done == nullptr ? "no server answers" : done->error, agreed);
                });
}

void AgentRole::written(const std::string& error, const std::function<void()>& agreed) {
  pushing_ = false;
  if (error.empty()) {
    agreed();
    return push();
  }
  // A new agent looks for servers soon, later on less so.
  again_after(ever_synced_ ? between(random_, seconds(15), seconds(15))
                           : between(random_, Duration{0}, seconds(3)));
}

// --- checks ---

void AgentRole::turn(std::size_t check, std::string_view status, std::string output) {
  checks_run_.insert(check);
  catalog::Check& row = rows_[check];
  if (row.status != status || row.output != output) {
    row.status = status;
    row.output = std::move(output);
    host_.record(trace::CheckTurned{row.id.value(), row.status});
    checks_differ_.insert(check);
    look_at_aliases();
    push();
  }
  look_whether_ready();
}

void AgentRole::look_at_aliases() {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& of = setup_.checks[i].alias_of;
    if (!of) continue;
    checks_run_.insert(i);
    std::string_view worst = catalog::health::passing;
    for (const catalog::Check& other : rows_) {
      if (other.service_id == *of && badness(other.status) > badness(worst)) worst = other.status;
    }
    if (rows_[i].status == worst) continue;
    rows_[i].status = worst;
    rows_[i].output =
        worst == catalog::health::passing ? "All checks passing." : "Aliased checks failing.";
    checks_differ_.insert(i);
  }
}

void AgentRole::look_whether_ready() {
  if (was_ready_ || !in_sync() || checks_run_.size() < rows_.size()) return;
  was_ready_ = true;
  host_.record(trace::AgentReady{});
}

}  // namespace peerlab::actors
