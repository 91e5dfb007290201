#include <boost/test/unit_test.hpp>

#include "peerlab/base/encoding.hpp"
#include "peerlab/base/random.hpp"
#include "support/golden.hpp"
#include "wire/message_json.hpp"
#include "wire/stream_replay.hpp"

/// The recorded streams to a real acceptor, replayed into ours.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::json;
using peerlab::tests::read_golden;

std::string bytes_of(const json& message) {
  return from_hex(message["hex"].get<std::string>()).value();
}

/// The messages of one direction, in order.
std::vector<json> messages(const json& recorded, const std::string& direction) {
  std::vector<json> found;
  for (const json& message : recorded) {
    if (message["dir"] == direction) found.push_back(message);
  }
  return found;
}

std::vector<json> msg_json(const std::vector<json>& recorded) {
  std::vector<json> found;
  for (const json& message : recorded) found.push_back(message["msg_json"]);
  return found;
}

/// The tables and the older streams behind the cases of stream-acceptor-errors.jsonl, which were
/// recorded one after the other on one server.
struct ErrorCases : ReplayedServer {
  const PeerId id{"937019f8-e51e-1b1c-11ae-a018bbec0142"};
  const StreamSecret secret{"605b3fd9-ea01-f23b-743e-fdaa81350841"};
  Random random{1};
  std::vector<StreamReplay> running;  // streams that go on while later cases run

  ErrorCases() { exchange(id, "errors", secret); }

  /// A new acceptor peering whose token was exchanged.
  void exchange(const PeerId& peering, const std::string& name, const StreamSecret& stream) {
    const EstablishmentSecret establishment = make_token(peering, name);
    apply(SecretsWrite{peering, ExchangeSecretWrite{establishment, stream}});
  }
  EstablishmentSecret make_token(const PeerId& peering, const std::string& name) {
    const EstablishmentSecret establishment(random.uuid());
    apply(WritePeering{in_state(acceptor_record(peering, name), PeeringState::pending),
                       SecretsWrite{peering, GenerateTokenWrite{establishment}}});
    return establishment;
  }

  StreamReplay open_stream(Instant now) {
    StreamReplay replay(*this, PeerStream::acceptor(tracker, {}, mutants), id);
    replay.feed(now, Opened{});
    replay.feed(now, ResourceChanged{"exported-service-list", ExportedServiceList{}});
    return replay;
  }

  /// What happened on the server between the case before and this one.
  void prepare(const std::string& name, const json& messages, Instant now) {
    if (messages.empty()) return;
    const json open = messages[0]["msg_json"].is_object()
                          ? messages[0]["msg_json"].value("open", json())
                          : json();
    const PeerId peer(open.is_object() ? open.value("PeerID", "") : "");
    const StreamSecret shown(open.is_object() ? open.value("StreamSecretID", "") : "");
    // (A token made for a TERMINATED peering writes nothing.)
    if (name == "Open right after the delete of a TERMINATED peering") {
      apply(WritePeering{marked(*tables.by_id(id)), {}});
    } else if (name == "Open for a peering that is gone") {
      apply(RemovePeering{{}, PeerName("errors")});
    } else if (name == "the wrong end is dialed: peering of a dialer, wrong secret") {
      const StreamSecret other{"50000000-0000-0000-0000-000000000002"};
      apply(WritePeering{in_state(dialer_record(peer, "dialer"), PeeringState::establishing),
                         SecretsWrite{peer, EstablishWrite{other}}});
    } else if (name == "Open for a peering whose token was not exchanged") {
      make_token(peer, "unspent");
    } else if (name == "second stream while one is connected") {
      exchange(peer, "twice", shown);
      running.push_back(open_stream(now));
      running.back().feed(now, Received{Open{peer, shown, std::nullopt}});
      BOOST_TEST(running.back().stream().is_connected());
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_acceptor)

BOOST_FIXTURE_TEST_CASE(wrong_messages_get_the_recorded_answers, ErrorCases) {
  Instant now{};
  int cases = 0;
  read_golden("peering/stream-acceptor-errors.jsonl", [&](const json& line) {
    now += 1s;
    const std::string name = line["case"];
    BOOST_TEST_INFO_SCOPE(name);
    prepare(name, line["messages"], now);
    StreamReplay replay = open_stream(now);
    for (const json& message : messages(line["messages"], "to_consul")) {
      replay.receive(now, bytes_of(message));
    }
    if (line["half_close_after"] == true) replay.feed(now, PeerClosed{});
    BOOST_TEST(replay.sent_json() == msg_json(messages(line["messages"], "from_consul")));
    BOOST_TEST(replay.ended.has_value() == !line["end"].is_null());
    if (replay.ended && !line["end"].is_null()) {
      BOOST_TEST(static_cast<int>(replay.ended->code) == line["end"]["code"].get<int>());
      BOOST_TEST(code_name(replay.ended->code) == line["end"]["code_name"].get<std::string>());
      BOOST_TEST(replay.ended->message == line["end"]["message"].get<std::string>());
      BOOST_TEST(!replay.ended->leader_address);
    }
    // The tool then went away.
    replay.feed(now, ReceiveFailed{{GrpcCode::cancelled, "context canceled", {}}});
    ++cases;
    return true;
  });
  BOOST_TEST(cases == 60);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
