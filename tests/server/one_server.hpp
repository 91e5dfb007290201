#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "peerlab/base/assert.hpp"
#include "peerlab/server/api/call.hpp"
#include "peerlab/server/members.hpp"
#include "peerlab/store/watch.hpp"
#include "peerlab/trust/entropy.hpp"

namespace peerlab::tests {

/// One server that leads a cluster of its own: what is proposed is applied at once, and calls that
/// block are woken by it.
class OneServer {
 public:
  using Outcome = server::api::Outcome;

  /// With partitions beside `default` it is of the enterprise edition.
  explicit OneServer(const std::vector<PartitionName>& partitions = {}) : state(partitions) {
    if (!partitions.empty()) settings.edition = Edition::enterprise;
  }

  server::State state;
  server::Settings settings;
  server::Situation situation{true, true, true, true, {}, "127.0.0.1:8300", {"127.0.0.1:8300"}};
  Mutants mutants;
  peering::StreamTracker streams;
  Instant now{};
  server::api::AgentCache cache;
  Random random{7};
  store::RaftIndex index = 0;
  std::function<const acl::Authorizer*(std::string_view)> authorizer = [](std::string_view) {
    return &acl::allow_all();
  };
  /// Answers what a call wants to dial.
  std::function<server::api::Dialled(const server::api::Dial&)> dial;
  /// Told of each change of the state.
  std::function<void(const store::Commit&)> changed = [](const store::Commit&) {};

  server::api::View view() {
    return {state, settings, situation, streams, now, cache, random, mutants, authorizer};
  }

  /// What a fresh server of the recordings has written by itself, at the indexes seen there: its
  /// CA, something that was migrated in the config entries, and its own node, in two steps.
  void boot(const std::string& cluster_id) {
    trust::EntropyScope entropy(random);
    trust::CaConfig config;
    config.cluster_id = cluster_id;
    index = 8;
    apply(server::CaCommand(server::SetCa{trust::make_ca(config, now)}));
    catalog::ServiceDefaults entry;
    entry.name = "migrated";
    apply(server::CatalogCommand{catalog::UpsertConfig{entry, {}}});
    apply(server::CatalogCommand{catalog::DeleteConfig{std::string(entry.kind), entry.name, {}}});
    index = 12;
    register_self(true);
    index = 16;
    register_self();
  }
  /// `bare`: as gossip knows the node, before the agent has told more.
  void register_self(bool bare = false) {
    server::Member member;
    member.node = settings.node;
    member.id = settings.node_id;
    member.address = settings.address;
    member.server = server::Member::Server{wan_address, settings.rpc_port, settings.grpc_port,
                                           settings.grpc_tls_port, false};
    auto command = server::reconcile(member, settings.node, settings.datacenter, state.catalog());
    if (!command) return;
    if (bare) {
      catalog::Node& node = std::get<catalog::Register>(*command).node;
      node.tagged_addresses.clear();
      node.meta.clear();
    }
    apply(server::CatalogCommand{*std::move(command)});
  }

  server::ApplyResult apply(const server::Command& command) {
    // Through the bytes of the log, as on a real server.
    auto change = state.apply(++index, server::encode(command), mutants, settings.node);
    last_commit = std::move(change.commit);
    const store::Commit commit = last_commit;
    for (const auto id : waiters_.wake(commit)) advance(id, server::api::Woken{});
    changed(commit);
    return change.result;
  }

  /// A call that may block. It is over, or waits until it is woken or its time has come.
  std::uint64_t start(server::api::Request request) {
    const std::uint64_t id = ++calls_made_;
    auto& running =
        calls_.emplace(id, Running{server::api::Call(std::move(request)), {}}).first->second;
    settle(id, running.call.start(view()));
    return id;
  }

  /// The answer of a call, nothing while it waits. A forwarded one never has one.
  const server::api::Answer* answer(std::uint64_t id) const {
    return std::get_if<server::api::Answer>(&calls_.at(id).outcome);
  }
  std::optional<Instant> deadline(std::uint64_t id) const {
    const auto* wait = std::get_if<server::api::Wait>(&calls_.at(id).outcome);
    return wait == nullptr ? std::nullopt : std::optional(wait->deadline);
  }
  /// The next instant at which a call must be looked at.
  std::optional<Instant> next_deadline() const {
    std::optional<Instant> next;
    for (const auto& [id, running] : calls_) {
      if (const auto due = deadline(id); due && (!next || *due < *next)) next = due;
    }
    return next;
  }
  /// Lets time pass up to `until`, ending the waits that are due.
  void pass(Instant until) {
    while (true) {
      const auto due = next_deadline();
      if (!due || *due > until) break;
      now = std::max(now, *due);
      for (const auto& [id, running] : calls_) {
        if (deadline(id) == due) {
          advance(id, server::api::Elapsed{});
          break;
        }
      }
    }
    now = std::max(now, until);
  }

  /// The answer of a call, whatever time it takes.
  server::api::Answer ask(server::api::Request request) {
    const auto id = start(std::move(request));
    while (const auto due = deadline(id)) pass(*due);
    PEERLAB_ASSERT(answer(id) != nullptr);
    return *answer(id);
  }
  server::api::Answer ask(std::string method, std::string_view target, std::string body = {}) {
    return ask(server::api::request(std::move(method), target, std::move(body)));
  }

  store::Commit last_commit;
  std::string wan_address;

 private:
  struct Running {
    server::api::Call call;
    Outcome outcome;
  };

  void advance(std::uint64_t id, const server::api::Input& input) {
    waiters_.forget(id);
    settle(id, calls_.at(id).call.step(view(), input));
  }

  /// Carries out what a call asks for, until it waits or ends.
  void settle(std::uint64_t id, Outcome outcome) {
    using namespace server::api;
    Call& call = calls_.at(id).call;
    while (true) {
      if (const auto* proposal = std::get_if<Propose>(&outcome)) {
        const auto result = apply(proposal->command);
        outcome = call.step(view(), Applied{index, result});
      } else if (std::holds_alternative<Verify>(outcome)) {
        outcome = call.step(view(), Verified{});
      } else if (const auto* wanted = std::get_if<Dial>(&outcome)) {
        PEERLAB_ASSERT(dial != nullptr);
        outcome = call.step(view(), dial(*wanted));
      } else {
        break;
      }
    }
    if (const auto* wait = std::get_if<Wait>(&outcome)) waiters_.wait(id, wait->watches);
    calls_.at(id).outcome = std::move(outcome);
  }

  store::Waiters waiters_;
  std::map<std::uint64_t, Running> calls_;
  std::uint64_t calls_made_ = 0;
};

}  // namespace peerlab::tests
