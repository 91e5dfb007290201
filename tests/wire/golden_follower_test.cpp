#include <boost/test/unit_test.hpp>

#include "peerlab/peering/redial.hpp"
#include "peerlab/peering/token.hpp"
#include "support/golden.hpp"
#include "wire/stream_replay.hpp"

/// Followers, and leadership that moves, as recorded on an acceptor of three servers.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::json;
using peerlab::tests::read_golden;

const PeerId acceptor_id("31e07315-3fcc-2a25-945f-da10bad1f02d");
const PeerId dialer_id("d0000000-0000-0000-0000-000000000001");
const EstablishmentSecret establishment("4967f95c-8482-339c-e64c-3be2269df7b9");
const StreamSecret secret("90906302-158f-5a03-dc38-30a3639453d6");

/// A server of the acceptor. All three hold the same tables, each its own tracker.
struct AcceptorServer : ReplayedServer {
  AcceptorServer() {
    apply(WritePeering{in_state(acceptor_record(acceptor_id), PeeringState::pending),
                       SecretsWrite{acceptor_id, GenerateTokenWrite{establishment}}});
    apply(SecretsWrite{acceptor_id, ExchangeSecretWrite{establishment, secret}});
  }
  StreamReplay call(Instant now, const Leadership& leadership) {
    StreamReplay replay(*this, PeerStream::acceptor(tracker, {}, mutants));
    replay.feed(now, Opened{leadership});
    return replay;
  }
};

void check_end(const StreamReplay& replay, const json& end) {
  BOOST_REQUIRE(replay.ended.has_value());
  BOOST_TEST(static_cast<int>(replay.ended->code) == end["code"].get<int>());
  BOOST_TEST(replay.ended->message == end["message"].get<std::string>());
  BOOST_TEST(replay.ended->leader_address.value() ==
             end["details"][0]["json"]["address"].get<std::string>());
}

/// A dialer's stream to a leader, joined without delay; gives when the dialer saw the end of it
/// after the leadership moved at `moved`, and with which code.
std::pair<Instant, GrpcCode> lose_leader(Instant moved) {
  AcceptorServer leader;
  ReplayedServer dialing;
  StreamReplay acceptor = leader.call({}, {});
  const DialerIdentity identity{dialer_id, acceptor_id, secret, {}};
  StreamReplay dialer(dialing, PeerStream::dialer(dialing.tracker, identity, {}, as_recorded));
  dialer.feed({}, Opened{});
  std::size_t taken = 0;
  std::size_t given = 0;
  const auto exchange = [&](Instant now) {
    while (taken < dialer.sent.size() || given < acceptor.sent.size()) {
      while (taken < dialer.sent.size()) acceptor.feed(now, Received{dialer.sent[taken++].message});
      while (given < acceptor.sent.size()) {
        dialer.feed(now, Received{acceptor.sent[given++].message});
      }
    }
  };
  for (Instant now{}; !dialer.ended; now += 50ms) {
    if (now == moved) acceptor.feed(now, LeadershipChanged{{false, "127.0.1.33:8300"}});
    dialer.advance(now);
    acceptor.advance(now);
    exchange(now);
    if (acceptor.ended) dialer.feed(now, ReceiveFailed{*acceptor.ended});
  }
  return {*dialer.ended_at, dialer.ended->code};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_follower)

BOOST_AUTO_TEST_CASE(followers_and_former_leaders_answer_as_recorded) {
  AcceptorServer server;
  const Leadership led_elsewhere{false, "127.0.1.31:8300"};
  std::optional<StreamReplay> stream;
  Instant now{};
  read_golden("peering/stream-follower.jsonl", [&](const json& line) {
    now += 1s;
    const std::string name = line["case"];
    BOOST_TEST_INFO_SCOPE(name);
    if (name == "token made through a follower of a 3 server cluster") {
      // The token is that of the peering of all cases below.
      BOOST_TEST(line["token"]["PeerID"].get<std::string>() == acceptor_id.value());
      BOOST_TEST(line["token"]["EstablishmentSecret"].get<std::string>() == establishment.value());
    } else if (name == "ExchangeSecret on a follower: forwarded") {
      // Then any server has the secret.
      BOOST_TEST(line["code"] == 0);
      BOOST_TEST(line["response"]["StreamSecret"].get<std::string>() ==
                 server.tables.secrets(acceptor_id)->pending.value());
    } else if (name.starts_with("StreamResources on a follower")) {
      // Whatever is sent comes too late.
      check_end(server.call(now, led_elsewhere), line["end"]);
    } else if (name == "StreamResources on the leader") {
      stream.emplace(server.call(now, {}));
      BOOST_TEST(!stream->ended);
      stream->feed(now, Received{Open{acceptor_id, secret, std::nullopt}});
    } else if (name == "leadership moved away, no message sent for 3 s") {
      stream->feed(now, LeadershipChanged{{false, "127.0.1.33:8300"}});
      stream->advance(now + 3s);
      BOOST_TEST(!stream->ended);
    } else if (name == "leadership moved away, then a heartbeat is sent to the old leader") {
      stream->feed(now + 4s, Received{Heartbeat{}});
      check_end(*stream, line["end"]);
    } else if (name == "the same secret on the new leader") {
      // C-250
      AcceptorServer other;
      StreamReplay again = other.call(now, {});
      again.feed(now, Received{Open{acceptor_id, secret, std::nullopt}});
      BOOST_TEST(!again.ended);
      BOOST_TEST(again.stream().is_connected());
    } else if (name == "real dialer: leadership of the acceptor transferred") {
      // Noticed with the next heartbeat, which comes within 15 s, and dialed anew in milliseconds.
      const Instant moved = at_ms(17'050);
      const auto [failed, code] = lose_leader(moved);
      BOOST_TEST((failed - moved).count() > 0);
      BOOST_TEST(failed - moved == 12'950ms);
      BOOST_TEST(line["failing_seen_after_s"].get<double>() == 12.95);
      BOOST_TEST(Redial(as_recorded).failed(code, 30s) == 8ms);
    } else if (name == "real dialer: leader of the acceptor killed") {
      // A broken line at failure number six (QP-06): 64 s and more without a stream.
      BOOST_TEST(line["active_again_after_s"].is_null());
      Redial redial(as_recorded);
      for (int failure = 0; failure < 5; ++failure) {
        redial.failed(GrpcCode::failed_precondition, 0s);
      }
      BOOST_TEST(redial.failed(GrpcCode::unavailable, 1s) == 64s);
    } else {
      return false;
    }
    return true;
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
