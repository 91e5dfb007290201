#include <boost/test/unit_test.hpp>

#include "actors/agent/agent_role.hpp"
#include "actors/registrations.hpp"
#include "actors/service_role.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/engine/engine.hpp"

namespace peerlab::actors {
namespace {

using namespace std::chrono_literals;

/// What a server of the test knows, and what it was told.
struct Catalog {
  NodeRows rows;
  std::vector<catalog::Command> writes;
  std::size_t to_refuse = 0;  ///< the next writes that fail
};

/// Answers an agent as a server does.
class StubServer final : public engine::Role {
 public:
  StubServer(engine::Host& host, Catalog& catalog) : host_(host), catalog_(catalog) {}

  void start() override { host_.listen(8300); }
  void on(const engine::Accepted&) override {}
  void on(const engine::Closed&) override {}
  void on(net::Frame&& frame, engine::ConnectionId from) override {
    if (frame.is<NodeRead>()) return host_.send(from, catalog_.rows);
    if (catalog_.to_refuse > 0) {
      --catalog_.to_refuse;
      return host_.send(from, CatalogWritten{"No cluster leader"});
    }
    catalog_.writes.push_back(frame.take<CatalogWrite>().command);
    host_.send(from, CatalogWritten{});
  }
  using Role::on;

 private:
  engine::Host& host_;
  Catalog& catalog_;
};

/// A server and an agent with one service, whose application runs.
struct OneAgent {
  OneAgent() {
    const scenario::ServicePlan plan{ServiceName("web"), 1, true};
    setup.node.node = NodeName("n");
    setup.node.address = "10.1.1.1";
    const auto web = service_registration(setup.node.node, plan, 0, "10.1.16.1", "app");
    setup.services = {web.service};
    setup.checks = web.checks;
    setup.servers = {{"server", 8300}};
    engine.add_host(net::HostName("server"), [this](engine::Host& host) {
      return std::make_unique<StubServer>(host, catalog);
    });
    engine.add_host(net::HostName("app"),
                    [](engine::Host& host) { return std::make_unique<ServiceRole>(host); });
  }

  void run(Duration until) {
    if (!engine.has_host(net::HostName("agent"))) {
      engine.add_host(net::HostName("agent"), [this](engine::Host& host) {
        return std::make_unique<AgentRole>(host, setup);
      });
    }
    engine.run({.until = Instant{} + until});
    BOOST_REQUIRE(!engine.failure());
  }

  /// The statuses that the catalog was told of the check, one after the other.
  std::vector<std::string> statuses() const {
    std::vector<std::string> out;
    for (const catalog::Command& command : catalog.writes) {
      const auto* write = std::get_if<catalog::Register>(&command);
      if (write != nullptr && !write->checks.empty()) out.push_back(write->checks[0].status);
    }
    return out;
  }

  std::vector<std::string> deregistered() const {
    std::vector<std::string> out;
    for (const catalog::Command& command : catalog.writes) {
      const auto* gone = std::get_if<catalog::Deregister>(&command);
      if (gone != nullptr) out.push_back(gone->service_id.value() + gone->check_id.value());
    }
    return out;
  }

  engine::Engine engine;
  AgentSetup setup;
  Catalog catalog;
};

catalog::Service service(const std::string& id) {
  catalog::Service out;
  out.id = catalog::ServiceId(id);
  return out;
}

catalog::Check check(const std::string& id) {
  catalog::Check out;
  out.id = catalog::CheckId(id);
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_agent, OneAgent)

BOOST_AUTO_TEST_CASE(it_registers_what_it_holds_and_then_how_that_is) {
  run(11s);
  BOOST_REQUIRE(catalog.writes.size() == 4);
  BOOST_TEST(!std::get<catalog::Register>(catalog.writes[0]).service.has_value());
  BOOST_TEST(std::get<catalog::Register>(catalog.writes[1]).service->id.value() == "web-0");
  BOOST_TEST((statuses() == std::vector<std::string>{"critical", "passing"}));
}

// D-089
BOOST_AUTO_TEST_CASE(strangers_on_its_node_go_but_for_what_gossip_says,
                     *boost::unit_test::label("D-089")) {
  catalog.rows.services = {service("consul"), service("stranger")};
  catalog.rows.checks = {check("serfHealth"), check("odd")};
  run(11s);
  BOOST_TEST((deregistered() == std::vector<std::string>{"odd", "stranger"}));
}

BOOST_AUTO_TEST_CASE(a_refused_write_is_tried_again) {
  catalog.to_refuse = 2;
  run(20s);
  BOOST_TEST((statuses() == std::vector<std::string>{"critical", "passing"} ||
              statuses() == std::vector<std::string>{"passing"}));
}

BOOST_AUTO_TEST_CASE(a_service_that_dies_turns_critical) {
  run(11s);
  engine.apply(net::Kill{net::HostGroup("app")});
  run(22s);
  BOOST_TEST(statuses().back() == "critical");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::actors
