#include <boost/test/unit_test.hpp>

#include "peerlab/base/encoding.hpp"
#include "peerlab/peering/redial.hpp"
#include "peerlab/wire/peerstream_codec.hpp"
#include "support/golden.hpp"
#include "wire/message_json.hpp"
#include "wire/stream_replay.hpp"

/// What a stream cannot take: messages that are too long, and instances that crash an importer.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using boost::unit_test::label;
using nlohmann::json;
using peerlab::tests::read_golden;
using peerlab::tests::Reading;

constexpr std::size_t mebibyte = 1024UL * 1024UL;

/// A response that takes just `size` bytes on the wire.
Response response_of_size(std::size_t size) {
  const std::string url(type_url(ResourceType::exported_service_list));
  Response response{Nonce("00000001"), url, "exported-service-list", std::nullopt,
                    Operation::upsert};
  std::size_t name = size;
  // Lengths are written in front of what they count, three times, so the rest is found by trying.
  for (;;) {
    response.resource = Any{url, Resource(ExportedServiceList{{std::string(name, 'x')}})};
    const std::size_t now = wire::encoded_size(response);
    if (now == size) return response;
    name -= now > size ? now - size : 0;
    name += now < size ? size - now : 0;
  }
}

struct PanicCases : ReplayedServer {
  const PeerId id{"d89db3d3-beae-39b7-95e8-06cc7e967ce2"};
  const StreamSecret secret{"50000000-0000-0000-0000-000000000001"};
  Instant now;

  PanicCases() {
    const EstablishmentSecret establishment("e0000000-0000-0000-0000-000000000001");
    apply(WritePeering{in_state(acceptor_record(id), PeeringState::pending),
                       SecretsWrite{id, GenerateTokenWrite{establishment}}});
    apply(SecretsWrite{id, ExchangeSecretWrite{establishment, secret}});
  }
  StreamReplay open_stream() {
    now += 1s;
    StreamReplay replay(*this, PeerStream::acceptor(tracker, {}, mutants), id);
    replay.feed(now, Opened{});
    replay.feed(now, Received{Open{id, secret, std::nullopt}});
    return replay;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_limits)

BOOST_FIXTURE_TEST_CASE(instances_that_crash_an_importer, PanicCases,
                        *label("QP-10") * label("QP-26")) {
  read_golden("peering/importer-panics.jsonl", [&](const json& line) {
    const std::string name = line["case"];
    BOOST_TEST_INFO_SCOPE(name);
    if (name == "dialer gets no Node") {
      ReplayedServer server;
      StreamReplay dialer(server,
                          PeerStream::dialer(server.tracker, {id, id, secret, {}}, {}, mutants));
      dialer.feed(now, Opened{});
      dialer.feed(
          now, Received{Response{Nonce("n1"), std::string(type_url(ResourceType::exported_service)),
                                 "web",
                                 Any{std::string(type_url(ResourceType::exported_service)),
                                     Resource(ExportedService{{Instance{}}})},
                                 Operation::upsert}});
      BOOST_TEST(dialer.crashed == !line["process_alive"].get<bool>());
      return true;
    }
    StreamReplay replay = open_stream();
    if (name == "first stream after a panic") {
      BOOST_TEST(replay.ended->message == line["answer"]["message"].get<std::string>());
      return true;
    }
    if (replay.ended) replay = open_stream();  // the tool tried again, too
    replay.sent.clear();
    replay.receive(now, from_hex(line["hex"].get<std::string>()).value());
    if (line["answer"].contains("request")) {
      BOOST_TEST(json(replay.sent_json()) == json::array({line["answer"]}));
    } else {
      BOOST_REQUIRE(replay.ended.has_value());
      BOOST_TEST(static_cast<int>(replay.ended->code) == line["answer"]["code"].get<int>());
      BOOST_TEST(replay.ended->message == line["answer"]["message"].get<std::string>());
    }
    BOOST_TEST(!replay.crashed == line["process_alive"].get<bool>());
    BOOST_TEST(state_name(shown_state(peering("b"), tracker.find(id))) ==
               line["state_read_afterwards"].get<std::string>());
    return true;
  });
}

BOOST_AUTO_TEST_CASE(a_message_of_8_MiB_passes_and_one_more_byte_does_not,
                     *label("C-230") * label("C-231")) {
  for (const std::size_t size : {8 * mebibyte - 1, 8 * mebibyte, 8 * mebibyte + 1}) {
    const ReplicationMessage message = response_of_size(size);
    const std::string bytes = wire::encode(message);
    BOOST_TEST(bytes.size() == size);
    const bool fits = size <= 8 * mebibyte;
    BOOST_TEST(too_large_to_send(Side::dialer, bytes.size()).has_value() == !fits);
    BOOST_TEST(too_large_to_receive(Side::dialer, bytes.size()).has_value() == !fits);
  }
}

BOOST_AUTO_TEST_CASE(long_messages_to_an_acceptor_end_as_recorded,
                     *label("C-230") * label("C-231") * label("C-232")) {
  int judged = 0;
  const auto read = [&](const json& line) -> Reading {
    const std::string name = line["case"];
    BOOST_TEST_INFO_SCOPE(name);
    const std::string about = "dialer sends a message of about ";
    if (name.starts_with(about)) {
      // The status of a refusal tells the size; the others were this much and passed.
      std::size_t size = std::stoul(name.substr(about.size())) * mebibyte;
      if (!line["end"].is_null()) size = 53477481;
      const auto status = too_large_to_receive(Side::acceptor, size);
      BOOST_TEST(status.has_value() == !line["end"].is_null());
      if (status) BOOST_TEST(status->message == line["end"]["message"].get<std::string>());
    } else if (name == "acceptor sends 9 MiB to a Consul dialer") {
      const auto status = too_large_to_receive(Side::dialer, 9 * mebibyte);
      const std::chrono::milliseconds recorded(line["redial_after_ms"].get<int>());
      BOOST_TEST(recorded - Redial().failed(status.value().code, 0s) < 20ms);
    } else if (name ==
               "pauses between the streams that follow (the acceptor subscribes each time)") {
      // Each of these streams lasted some 200 ms, until the long message was due.
      Redial redial;
      for (const int pause : line["pauses_ms"]) {
        const auto status = too_large_to_send(Side::dialer, 9 * mebibyte);
        const Duration ours = redial.failed(status.value().code, 200ms);
        BOOST_TEST(std::chrono::milliseconds(pause) - ours < 250ms);
        BOOST_TEST(std::chrono::milliseconds(pause) >= ours);
      }
    } else {
      return Reading::excused("names and methods of a transport that is not built yet");
    }
    ++judged;
    return true;
  };
  // The lines about TLS and gRPC methods wait for the real wire; no other file may excuse so much.
  read_golden("peering/transport-and-limits.jsonl", read, {}, 78);
  BOOST_TEST(judged == 5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
