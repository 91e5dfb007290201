#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "peerlab/base/assert.hpp"
#include "peerlab/server/api/call.hpp"

namespace peerlab::tests {

/// One server that leads a cluster of its own: what is proposed is applied at once.
struct OneServer {
  server::State state;
  server::Settings settings;
  server::Situation situation{true, true, true, true, {}, "127.0.0.1:8300", {"127.0.0.1:8300"}};
  Mutants mutants;
  peering::StreamTracker streams;
  Instant now{};
  Random random{7};
  store::RaftIndex index = 0;
  std::function<const acl::Authorizer*(std::string_view)> authorizer = [](std::string_view) {
    return &acl::allow_all();
  };

  server::api::View view() {
    return {state, settings, situation, streams, now, random, mutants, authorizer};
  }

  server::ApplyResult apply(const server::Command& command) {
    // Through the bytes of the log, as on a real server.
    auto change = state.apply(++index, server::encode(command), mutants, settings.node);
    last_commit = std::move(change.commit);
    return change.result;
  }

  /// Runs a call until it waits, forwards or is answered.
  server::api::Outcome run(server::api::Call& call, server::api::Outcome outcome) {
    while (true) {
      if (const auto* proposal = std::get_if<server::api::Propose>(&outcome)) {
        const auto result = apply(proposal->command);
        outcome = call.step(view(), server::api::Applied{index, result});
      } else if (std::holds_alternative<server::api::Verify>(outcome)) {
        outcome = call.step(view(), server::api::Verified{});
      } else {
        return outcome;
      }
    }
  }

  /// The answer of a call that neither waits nor leaves this server.
  server::api::Answer ask(std::string method, std::string_view target, std::string body = {}) {
    server::api::Call call(server::api::request(std::move(method), target, std::move(body)));
    auto outcome = run(call, call.start(view()));
    auto* answer = std::get_if<server::api::Answer>(&outcome);
    PEERLAB_ASSERT(answer != nullptr);
    return std::move(*answer);
  }

  store::Commit last_commit;
};

}  // namespace peerlab::tests
