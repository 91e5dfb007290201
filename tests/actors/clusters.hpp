#pragma once

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/conductor.hpp"
#include "actors/operator_role.hpp"
#include "actors/server/server_role.hpp"
#include "peerlab/checks/invariant.hpp"
#include "peerlab/engine/engine.hpp"
#include "peerlab/trace/text.hpp"

namespace peerlab::actors {

/// Clusters of servers in one engine, worked with over HTTP.
class Clusters {
 public:
  struct Answer {
    int status = 0;
    std::string body;
  };

  explicit Clusters(std::uint64_t seed = 1, Mutants mutants = {})
      : engine_({.seed = seed}), seed_(seed), mutants_(mutants) {
    engine_.shape_link(net::HostGroup(""), net::HostGroup(""),
                       {.latency = std::chrono::milliseconds(5)});
    engine_.add_host(net::HostName(std::string(operator_name)),
                     [](engine::Host& host) { return std::make_unique<OperatorRole>(host); });
  }

  /// Whatever a test did, every invariant holds, unless it planted a bug.
  ~Clusters() {
    if (!mutants_.empty()) return;
    for (const checks::Invariant& invariant : checks::invariants()) {
      const auto violation = invariant.broken(trace());
      if (!violation) continue;
      BOOST_ERROR(fmt::format("{}: {}, at\n{}", invariant.id, violation->what,
                              trace::text(trace(), trace()[violation->record])));
    }
  }
  Clusters(const Clusters&) = delete;
  Clusters& operator=(const Clusters&) = delete;

  void add(const std::string& name, unsigned servers) {
    ++clusters_;
    consensus::Configuration founders;
    std::vector<server::Member> members;
    for (unsigned index = 0; index < servers; ++index) {
      const std::string address = fmt::format("10.{}.0.{}", clusters_, index + 1);
      founders.push_back(
          {consensus::ServerId(index + 1), fmt::format("{}:{}", address, rpc_port), true});
      server::Member& member = members.emplace_back();
      member.node = NodeName(fmt::format("{}-server-{}", name, index));
      member.id = Random(seed_).fork(name).fork(std::to_string(index)).uuid();
      member.address = address;
      member.server.emplace().grpc_tls_port = grpc_tls_port;
    }
    for (unsigned index = 0; index < servers; ++index) {
      ServerConfig& config = configs_.emplace_back();
      config.settings.datacenter = DatacenterName(name);
      config.settings.node = members[index].node;
      config.settings.node_id = members[index].id;
      config.settings.address = members[index].address;
      config.id = founders[index].id;
      config.founders = founders;
      config.timings = *consensus::Timings::with_multiplier(1);
      config.members = members;
      config.mutants = mutants_;
      const net::HostName host(fmt::format("{}/server/{}", name, index));
      engine_.add_host(
          host, [&config](engine::Host& its) { return std::make_unique<ServerRole>(its, config); });
      engine_.set_address(members[index].address, host);
    }
  }

  engine::Engine& engine() { return engine_; }
  const trace::Trace& trace() const { return engine_.trace(); }

  void pass(Duration time) {
    const engine::Outcome outcome = engine_.run({.until = engine_.now() + time});
    if (outcome.reason == engine::StopReason::failed) BOOST_FAIL(engine::text(*engine_.failure()));
  }

  /// Sends a request and does not wait.
  std::uint64_t send(const std::string& server, const std::string& method,
                     const std::string& target, const nlohmann::json& body = nullptr) {
    const std::string text = body.is_null() ? std::string() : body.dump();
    engine_.command(net::HostName(std::string(operator_name)),
                    MakeRequest{++calls_,
                                {server, http_port},
                                server::api::request(method, target, text),
                                std::chrono::seconds(30)});
    return calls_;
  }

  Answer http(const std::string& server, const std::string& method, const std::string& target,
              const nlohmann::json& body = nullptr) {
    const std::uint64_t call = send(server, method, target, body);
    std::size_t read = engine_.trace().records().size();
    for (;;) {
      while (read < engine_.trace().records().size()) {
        const trace::Record& record = engine_.trace().records()[read++];
        const auto* end = std::get_if<trace::HttpEnded>(&record.fact);
        if (end != nullptr && end->call == call) return {end->status, end->body};
      }
      if (!engine_.step()) BOOST_FAIL("the request has no end");
      if (engine_.failure()) BOOST_FAIL(engine::text(*engine_.failure()));
    }
  }

  nlohmann::json get(const std::string& server, const std::string& target) {
    const Answer answer = http(server, "GET", target);
    BOOST_REQUIRE_MESSAGE(answer.status == 200, target + ": " + answer.body);
    return nlohmann::json::parse(answer.body);
  }

  /// A token of `acceptor` used by `dialer`, each named after the other cluster.
  void peer(const std::string& acceptor, const std::string& dialer) {
    const Answer token =
        http(acceptor + "/server/0", "POST", "/v1/peering/token", {{"PeerName", dialer}});
    BOOST_REQUIRE_MESSAGE(token.status == 200, token.body);
    const Answer established =
        http(dialer + "/server/0", "POST", "/v1/peering/establish",
             {{"PeerName", acceptor},
              {"PeeringToken", nlohmann::json::parse(token.body)["PeeringToken"]}});
    BOOST_REQUIRE_MESSAGE(established.status == 200, established.body);
  }

  std::string state(const std::string& cluster, const std::string& peer) {
    const Answer answer = http(leader(cluster), "GET", "/v1/peering/" + peer);
    return answer.status == 200 ? nlohmann::json::parse(answer.body)["State"].get<std::string>()
                                : std::to_string(answer.status);
  }

  std::string leader(const std::string& cluster) {
    const auto& records = engine_.trace().records();
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      const std::string& host = engine_.trace().name(record->where);
      if (std::holds_alternative<trace::LeadershipGained>(record->fact) &&
          host.starts_with(cluster + "/")) {
        return host;
      }
    }
    return cluster + "/server/0";
  }

 private:
  engine::Engine engine_;
  std::uint64_t seed_;
  Mutants mutants_;
  std::deque<ServerConfig> configs_;
  unsigned clusters_ = 0;
  std::uint64_t calls_ = 0;
};

}  // namespace peerlab::actors
