#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "peerlab/peering/redial.hpp"
#include "support/golden.hpp"
#include "wire/stream_replay.hpp"

/// State, StreamStatus and gauges over minutes, of peers that are silent, chatty and good.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::json;
using peerlab::tests::read_golden;

constexpr Duration tolerance = 20ms;

/// The tool asks just after what it waits for, and writes the time with two digits.
Instant polled_at(const json& line) { return at_ms(line["t_s"].get<double>() * 1000) + 3ms; }

/// `2026-11-24T02:21:19.606267579Z`, as time since midnight.
Duration time_of_day(const std::string& date) {
  const auto number = [&](std::size_t at, std::size_t length) {
    return std::atoll(date.substr(at, length).c_str());
  };
  std::string fraction = date.substr(20, date.size() - 21);
  fraction.resize(9, '0');
  return std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
         std::chrono::seconds(number(17, 2)) + std::chrono::nanoseconds(std::stoll(fraction));
}

/// Compares dates with instants; `zero` is the time of day of the recording's `t_s` 0.
struct Dates {
  Duration zero;

  void check(const json& recorded, std::optional<Instant> ours, bool never_is_year_1) const {
    const bool never = recorded.is_null() || recorded == "0001-01-01T00:00:00Z";
    BOOST_TEST((!never || recorded.is_null() == !never_is_year_1));
    BOOST_TEST(ours.has_value() == !never);
    if (never || !ours) return;
    const Instant then = Instant{} + (time_of_day(recorded.get<std::string>()) - zero);
    BOOST_TEST(std::max(then, *ours) - std::min(then, *ours) <= tolerance);
  }
  void check(const json& recorded, const StreamStatus& status) const {
    check(recorded["LastHeartbeat"], status.last_heartbeat, false);
    check(recorded["LastReceive"], status.last_receive(), true);
    check(recorded["LastSend"], status.last_send(), true);
    // Lists without content are null.
    BOOST_TEST((recorded["ImportedServices"].is_null() && status.imported_services.empty()));
    BOOST_TEST((recorded["ExportedServices"].is_null() && status.exported_services.empty()));
  }
};

/// The two gauges of one peering, each of which Consul emits under two names.
void check_gauges(const json& gauges, const std::string& peer, Instant now, const PeerId& id,
                  const StreamTracker& tracker) {
  int seen = 0;
  for (const json& gauge : gauges) {
    if (gauge["Labels"].value("peer_name", "") != peer) continue;
    const std::string name = gauge["Name"];
    const int value = gauge["Value"];
    BOOST_TEST_INFO_SCOPE(peer << ": " << name);
    if (name.ends_with(".healthy")) {
      BOOST_TEST(value == (tracker.healthy(now, id) ? 1 : 0));
    } else {
      BOOST_TEST(name.ends_with(".exported_services"));
      BOOST_TEST(static_cast<std::size_t>(value) == tracker.find(id)->exported_services.size());
    }
    ++seen;
  }
  // None before the first of them were emitted, 9 s after the leader began.
  BOOST_TEST((seen == 0 || seen == 4));
}

Response empty_list(const std::string& nonce) {
  const std::string url(type_url(ResourceType::exported_service_list));
  return {Nonce(nonce), url, "exported-service-list", Any{url, Resource(ExportedServiceList{})},
          Operation::upsert};
}

Request subscription(ResourceType type) {
  return {PeerId(), Nonce(), std::string(type_url(type)), std::nullopt};
}

/// A peer that says something in regular steps for as long as it is listened to.
struct Habit {
  Duration first;
  Duration every;
  ReplicationMessage message;
};

class Peer {
 public:
  Peer(ReplayedServer& server, PeerStream stream, const PeerId& peering, Instant began,
       std::optional<Habit> habit)
      : replay(server, std::move(stream), peering), habit_(std::move(habit)) {
    replay.feed(began, ResourceChanged{"exported-service-list", ExportedServiceList{}});
    replay.feed(began, ResourceChanged{"roots", PeeringTrustBundle{}});
    replay.feed(began, Opened{});
    if (habit_) next_ = Instant{} + habit_->first;
  }

  void advance(Instant now) {
    while (habit_ && next_ <= now) {
      replay.advance(next_);
      replay.feed(next_, Received{habit_->message});
      next_ += habit_->every;
    }
    replay.advance(now);
  }

  StreamReplay replay;

 private:
  std::optional<Habit> habit_;
  Instant next_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_status)

BOOST_AUTO_TEST_CASE(an_acceptor_tells_silent_chatty_and_good_peers_apart) {
  const Dates dates{time_of_day("2026-11-24T02:21:20.222800000Z")};
  ReplayedServer server;
  std::map<std::string, Peer> peers;
  std::map<std::string, PeerId> ids;
  const auto open = [&](const std::string& name, Duration began, std::optional<Habit> habit) {
    const PeerId id("00000000-0000-0000-0000-00000000000" + std::to_string(ids.size()));
    const EstablishmentSecret establishment("e" + id.value().substr(1));
    const StreamSecret secret("5" + id.value().substr(1));
    server.apply(WritePeering{in_state(acceptor_record(id, name), PeeringState::pending),
                              SecretsWrite{id, GenerateTokenWrite{establishment}}});
    server.apply(SecretsWrite{id, ExchangeSecretWrite{establishment, secret}});
    const Instant at = Instant{} + began;
    Peer peer(server, PeerStream::acceptor(server.tracker, {}, server.mutants), id, at, habit);
    peer.replay.feed(at, Received{Open{id, secret, std::nullopt}});
    peer.replay.feed(at, Received{subscription(ResourceType::exported_service)});
    peers.emplace(name, std::move(peer));
    ids.emplace(name, id);
  };
  open("hb-silent", -617ms, std::nullopt);
  open("hb-data", -304ms, Habit{6s, 20s, empty_list("n1")});
  open("hb-good", 0ms, Habit{15s, 15s, Heartbeat{}});

  read_golden("peering/status-over-time-acceptor.jsonl", [&](const json& line) {
    const Instant now = polled_at(line);
    if (line.contains("stream_end")) {
      const StreamReplay& replay = peers.at(line["peering"]).replay;
      BOOST_REQUIRE(replay.ended.has_value());
      BOOST_TEST(static_cast<int>(replay.ended->code) == line["stream_end"]["code"].get<int>());
      BOOST_TEST(replay.ended->message == line["stream_end"]["message"].get<std::string>());
      return true;
    }
    for (auto& [name, peer] : peers) peer.advance(now);
    if (line.contains("gauges")) {
      for (const auto& [name, id] : ids) {
        check_gauges(line["gauges"], name, now, id, server.tracker);
      }
      return true;
    }
    const std::string name = line["peering"];
    BOOST_TEST_INFO_SCOPE(name);
    const StreamStatus& status = *server.tracker.find(ids.at(name));
    BOOST_TEST(state_name(shown_state(server.peering(name), &status)) ==
               line["state"].get<std::string>());
    dates.check(line["stream_status"], status);
    return true;
  });
  BOOST_TEST((*peers.at("hb-silent").replay.ended_at == Instant{} + 119'383ms));
  BOOST_TEST((*peers.at("hb-data").replay.ended_at == Instant{} + 119'696ms));
  BOOST_TEST(!peers.at("hb-good").replay.ended);
}

/// The recorded dialer `nohb` and its peer, which subscribes at once, sends the same list every 40
/// s and never a heartbeat. The second stream gets nothing at all.
struct DialerRun {
  const PeerId id{"f104601a-eddc-1da9-9581-19fbd9fe6734"};
  ReplayedServer server;
  std::optional<Peer> first;
  std::optional<Peer> second;
  Redial redial{as_recorded};
  bool subscribed = false;

  DialerRun() {
    server.apply(WritePeering{in_state(dialer_record(id, "nohb"), PeeringState::establishing), {}});
    server.tracker.track(id);
    first.emplace(server, dialer(), id, Instant{}, Habit{40'003ms, 40s, empty_list("n1")});
  }

  PeerStream dialer() {
    const DialerIdentity identity{
        id, PeerId("12345678-1234-1234-1234-000000000001"), StreamSecret("5"), {"", "dc2", {}}};
    return PeerStream::dialer(server.tracker, identity, {}, server.mutants);
  }

  void advance(Instant now) {
    if (!subscribed && now >= at_ms(4)) {
      subscribed = true;
      first->replay.feed(at_ms(4), Received{subscription(ResourceType::exported_service)});
      first->replay.feed(at_ms(4), Received{subscription(ResourceType::trust_bundle)});
    }
    first->advance(now);
    if (!second && first->replay.ended) {
      const Instant again = *first->replay.ended_at + 2s;
      if (again <= now) {
        BOOST_TEST(redial.failed(first->replay.ended->code, 120s) == 2s);
        second.emplace(server, dialer(), id, again, std::nullopt);
      }
    }
    if (second) second->advance(now);
  }
};

void check_received(DialerRun& run, std::size_t& next, const json& line) {
  const bool is_first = line["id"] == "N.1";
  const Instant began = is_first ? Instant{} : at_ms(122'000);
  const Instant recorded = began + std::chrono::milliseconds(line["rel"].get<int>());
  run.advance(recorded + tolerance);
  BOOST_REQUIRE((is_first || run.second));
  const StreamReplay& replay = is_first ? run.first->replay : run.second->replay;
  BOOST_REQUIRE(next < replay.sent.size());
  const StreamReplay::Sent& sent = replay.sent[next++];
  std::string kind(kind_of(sent.message));
  kind[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(kind[0])));
  BOOST_TEST(kind == line["msg"].get<std::string>());
  BOOST_TEST(std::max(recorded, sent.at) - std::min(recorded, sent.at) <= tolerance);
}

BOOST_AUTO_TEST_CASE(a_dialer_leaves_a_peer_without_heartbeats_and_comes_back) {
  const Dates dates{time_of_day("2026-11-24T02:28:27.803000000Z")};
  DialerRun observed;
  DialerRun received;  // events stand after the observations in the file, and begin anew
  std::map<std::string, std::size_t> taken;
  read_golden("peering/status-over-time-dialer.jsonl", [&](const json& line) {
    const std::string event = line.value("ev", "");
    const Instant now = polled_at(line);
    if (event.empty()) {
      observed.advance(now);
      if (line.contains("gauges")) {
        check_gauges(line["gauges"], "nohb", now, observed.id, observed.server.tracker);
        return true;
      }
      const StreamStatus& status = *observed.server.tracker.find(observed.id);
      BOOST_TEST(state_name(shown_state(observed.server.peering("nohb"), &status)) ==
                 line["state"].get<std::string>());
      dates.check(line["stream_status"], status);
    } else if (event == "recv") {
      check_received(received, taken[line["id"]], line);
    } else if (event == "end") {
      received.advance(now);
      BOOST_TEST((received.first->replay.ended_at == at_ms(line["rel"].get<double>())));
    } else if (event == "h2") {
      BOOST_TEST(line["type"] != "DATA");  // frames without messages are not the stream's
    } else {
      // Of the transport: a call comes in, a connection or a context ends.
      BOOST_TEST((event == "accept" || event == "conn_read_err" || event == "ctx_done"));
    }
    return true;
  });
  BOOST_TEST(taken["N.1"] == received.first->replay.sent.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
