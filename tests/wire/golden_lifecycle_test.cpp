#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>

#include "peerlab/base/encoding.hpp"
#include "peerlab/wire/peerstream_codec.hpp"
#include "support/golden.hpp"
#include "wire/message_json.hpp"
#include "wire/stream_replay.hpp"

/// Whole recorded streams, replayed into our core: what it sends must be what Consul sent, in the
/// same order and at the same times. The exporter's part is played by the recording itself: its
/// values are handed in when they were sent, and those of the beginning before anybody has
/// subscribed, so that the stream has to hold them back.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::json;
using peerlab::tests::read_golden;

/// Between Consul's clock ticks, its scheduler and the tool.
constexpr Duration tolerance = 20ms;

class Lifecycle {
 public:
  Lifecycle(std::string name, ReplayedServer& server, PeerStream stream, const PeerId& peering,
            std::size_t initial_values)
      : name_("peering/" + std::move(name)), replay_(server, std::move(stream), peering) {
    std::size_t values = 0;
    read_golden(name_, [&](const json& line) {
      const auto response = response_of(line);
      if (response && values++ < initial_values) initial_.push_back(*response);
      return true;
    });
  }

  void run() {
    replay_.feed(at_ms(0), Opened{});
    for (const Response& response : initial_) offer(at_ms(0), response);
    read_golden(name_, [&](const json& line) {
      if (line.contains("step")) return step(line["step"].get<std::string>());
      const Instant now = at_ms(line["t_ms"].get<double>());
      now_ = now;
      replay_.advance(now);
      if (line["dir"] == "to_consul") {
        replay_.receive(now, from_hex(line["hex"].get<std::string>()).value());
      } else if (line.contains("end")) {
        BOOST_TEST(replay_.half_closed);
      } else {
        expect(now, line);
      }
      return true;
    });
    BOOST_TEST(compared_ == replay_.sent.size(), "sends more than was recorded");
  }

  StreamReplay& replay() { return replay_; }
  std::map<std::string, std::function<void(Instant)>> at_step;

 private:
  static std::optional<Response> response_of(const json& line) {
    if (!line.contains("hex") || line["dir"] != "from_consul") return std::nullopt;
    const auto message =
        wire::decode_replication_message(from_hex(line["hex"].get<std::string>()).value());
    const auto* response = std::get_if<Response>(&*message);
    return response == nullptr ? std::nullopt : std::optional(*response);
  }

  bool step(const std::string& text) {
    const auto found = at_step.find(text);
    if (found != at_step.end()) {
      found->second(now_);
      at_step.erase(found);
    }
    return true;
  }

  void offer(Instant now, const Response& response) {
    const Resource& resource = std::get<Resource>(response.resource->value);
    replay_.feed(now, ResourceChanged{response.resource_id, resource});
    if (const auto* list = std::get_if<ExportedServiceList>(&resource)) {
      const std::set<std::string> exported(list->services.begin(), list->services.end());
      for (const std::string& name : exported_) {
        if (exported.contains(name)) continue;
        for (const char* suffix : {"", "-sidecar-proxy"}) {
          replay_.feed(now, ResourceWithdrawn{ResourceType::exported_service, name + suffix});
        }
      }
      exported_ = exported;
    }
  }

  void expect(Instant now, const json& line) {
    const auto response = response_of(line);
    if (response && ++values_ > initial_.size()) offer(now, *response);
    if (line["msg_json"].contains("terminated")) replay_.feed(now, PeeringDeleted{});
    if (compared_ >= replay_.sent.size()) {
      // A heartbeat may have been recorded a moment early.
      replay_.advance(now + tolerance);
    }
    BOOST_REQUIRE_MESSAGE(compared_ < replay_.sent.size(), "nothing was sent here");
    const StreamReplay::Sent& sent = replay_.sent[compared_++];
    BOOST_TEST(to_json(sent.message) == line["msg_json"]);
    BOOST_TEST(std::max(now, sent.at) - std::min(now, sent.at) <= tolerance);
  }

  std::string name_;
  StreamReplay replay_;
  std::vector<Response> initial_;
  std::set<std::string> exported_;
  Instant now_;
  std::size_t values_ = 0;
  std::size_t compared_ = 0;
};

/// An acceptor whose token was exchanged for the secret that the recorded dialer shows.
struct RecordedAcceptor : ReplayedServer {
  const PeerId id;

  RecordedAcceptor(const char* recorded_id, const char* secret) : id(recorded_id) {
    const EstablishmentSecret establishment("e0000000-0000-0000-0000-000000000001");
    apply(WritePeering{in_state(acceptor_record(id), PeeringState::pending),
                       SecretsWrite{id, GenerateTokenWrite{establishment}}});
    apply(SecretsWrite{id, ExchangeSecretWrite{establishment, StreamSecret(secret)}});
  }
  PeerStream stream() { return PeerStream::acceptor(tracker, {}, mutants); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_lifecycle)

BOOST_AUTO_TEST_CASE(an_acceptor_from_open_to_terminated) {
  RecordedAcceptor server("1f11adfb-cbe5-5ba1-8c05-83392874f86f",
                          "12ed6502-ade8-7aa7-a383-f01d1f7d00fc");
  Lifecycle life("stream-acceptor-lifecycle.jsonl", server, server.stream(), server.id, 3);
  life.at_step["the dialer half-closes: Consul does not end the stream (waited 10 s)"] =
      [&](Instant now) {
        life.replay().feed(now, PeerClosed{});
        life.replay().advance(now + 10s);
        BOOST_TEST(!life.replay().ended);
      };
  life.run();
  BOOST_TEST(life.at_step.empty());
  BOOST_TEST(server.peering("b").remote.datacenter == "dc-tool");
}

BOOST_AUTO_TEST_CASE(an_acceptor_that_gets_all_subscriptions_at_once) {
  RecordedAcceptor server("8d9fc096-b053-929c-1924-16fe28b01efd",
                          "0955c7a8-42bb-848f-d89e-6e0d939e3333");
  Lifecycle("stream-acceptor-more.jsonl", server, server.stream(), server.id, 5).run();
}

BOOST_AUTO_TEST_CASE(a_dialer_from_open_to_terminated) {
  ReplayedServer server;
  const PeerId id("d0000000-0000-0000-0000-000000000001");
  server.apply(WritePeering{in_state(dialer_record(id), PeeringState::establishing), {}});
  server.tracker.track(id);
  auto stream = PeerStream::dialer(server.tracker,
                                   {id,
                                    PeerId("12345678-1234-1234-1234-123456789abc"),
                                    StreamSecret("5ec4e700-0000-0000-0000-000000000001"),
                                    {"", "dc2", {}}},
                                   {}, server.mutants);
  Lifecycle life("stream-dialer-lifecycle.jsonl", server, std::move(stream), id, 4);
  life.at_step["acceptor ends the stream with OK"] = [&](Instant now) {
    life.replay().feed(now, PeerClosed{});
    life.replay().advance(now + 3s);
    BOOST_TEST(!life.replay().ended);
  };
  life.run();
  BOOST_TEST(life.at_step.empty());
  BOOST_TEST((server.peering("b").state == PeeringState::terminated));
  BOOST_TEST(server.tracker.find(id)->imported_services ==
             (std::vector<std::string>{"web", "later"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
