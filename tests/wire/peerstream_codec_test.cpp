#include "peerlab/wire/peerstream_codec.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/base/encoding.hpp"
#include "peerlab/base/random.hpp"
#include "support/golden.hpp"
#include "wire/message_json.hpp"

namespace peerlab::wire {
namespace {

using boost::unit_test::label;
using nlohmann::json;
using peering::tests::to_json;
namespace tests = peerlab::tests;

constexpr const char* streams[] = {
    "stream-acceptor-errors.jsonl", "stream-acceptor-lifecycle.jsonl",
    "stream-acceptor-more.jsonl",   "stream-dialer-delete.jsonl",
    "stream-dialer-errors.jsonl",   "stream-dialer-lifecycle.jsonl",
    "stream-follower.jsonl"};

std::string bytes_of(const json& hex) { return from_hex(hex.get<std::string>()).value(); }

/// The codec test of golden/peering/README.md on one recorded message. Says which way it went.
std::string check(const json& recorded) {
  const std::string hex = recorded["hex"];
  if (hex.starts_with("(")) return "too long to be recorded";
  const auto decoded = decode_replication_message(bytes_of(recorded["hex"]));
  const json& expected = recorded["msg_json"];
  if (expected.is_null()) {
    BOOST_TEST(!decoded);
    return "not Protobuf";
  }
  BOOST_REQUIRE(decoded.has_value());
  BOOST_TEST(encoded_size(*decoded) == encode(*decoded).size());
  if (expected.contains("protojson_error")) {
    const auto& response = std::get<peering::Response>(*decoded);
    BOOST_TEST(std::holds_alternative<peering::Undecoded>(response.resource->value));
    BOOST_TEST(to_hex(encode(*decoded)) == hex);
    return "broken inside";
  }
  BOOST_TEST(to_json(*decoded) == expected);
  if (expected.empty() && !hex.empty()) return "unknown fields only";
  BOOST_TEST(to_hex(encode(*decoded)) == recorded.value("canonical_hex", hex));
  return "equal";
}

/// Visits every object with `hex` and `msg_json`, however deep it lies.
void find_messages(const json& value, std::map<std::string, int>& outcomes) {
  if (value.is_object() && value.contains("hex") && value.contains("msg_json")) {
    ++outcomes[check(value)];
  } else if (value.is_structured()) {
    for (const json& inner : value) find_messages(inner, outcomes);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(peerstream_codec)

BOOST_AUTO_TEST_CASE(agrees_with_every_recorded_message) {
  std::map<std::string, int> outcomes;
  for (const char* name : streams) {
    // Lines without a message are for the tests of the core.
    tests::read_golden(std::string("peering/") + name, [&](const json& line) {
      find_messages(line, outcomes);
      return true;
    });
  }
  const std::map<std::string, int> expected{
      {"equal", 439}, {"broken inside", 1}, {"not Protobuf", 2}, {"unknown fields only", 2}};
  BOOST_TEST((outcomes == expected));
}

BOOST_AUTO_TEST_CASE(agrees_with_every_recorded_secret_exchange) {
  int requests = 0;
  int responses = 0;
  tests::read_golden("peering/exchange-secret.jsonl", [&](const json& line) {
    const auto request = decode_exchange_secret_request(bytes_of(line["request_hex"]));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(to_hex(encode(*request)) == line["request_hex"].get<std::string>());
    ++requests;
    if (line.contains("request_json")) {
      BOOST_TEST(request->peer_id.value() == line["request_json"]["PeerID"].get<std::string>());
      BOOST_TEST(request->establishment_secret.value() ==
                 line["request_json"]["EstablishmentSecret"].get<std::string>());
    }
    if (line["response_hex"].is_null()) return true;
    const auto response = decode_exchange_secret_response(bytes_of(line["response_hex"]));
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(to_hex(encode(*response)) == line["response_hex"].get<std::string>());
    BOOST_TEST(response->stream_secret.value() ==
               line["response_json"]["StreamSecret"].get<std::string>());
    ++responses;
    return true;
  });
  BOOST_TEST(requests == 9);
  BOOST_TEST(responses == 1);
}

BOOST_AUTO_TEST_CASE(writes_the_details_of_a_refusing_follower, *label("C-100") * label("C-147")) {
  int compared = 0;
  tests::read_golden("peering/stream-follower.jsonl", [&](const json& line) {
    if (!line.contains("end") || line["end"].is_null()) return true;
    const json& end = line["end"];
    peering::Status status{static_cast<peering::GrpcCode>(end["code"].get<int>()), end["message"],
                           end["details"][0]["json"]["address"].get<std::string>()};
    const std::string details = encode_status_details(status);
    BOOST_TEST(to_hex(details) == end["status_details_hex"].get<std::string>());
    const auto read = with_status_details({status.code, status.message, {}}, details);
    BOOST_TEST((read == status));
    ++compared;
    return true;
  });
  BOOST_TEST(compared == 4);
}

BOOST_AUTO_TEST_CASE(a_status_without_leader_has_no_details) {
  BOOST_TEST(encode_status_details({peering::GrpcCode::unknown, "x", {}}).empty());
  BOOST_TEST(!with_status_details({}, "\xff").leader_address);
}

BOOST_AUTO_TEST_CASE(the_two_empty_messages_are_two_bytes) {
  BOOST_TEST(to_hex(encode(peering::Heartbeat{})) == "2a00");
  BOOST_TEST(to_hex(encode(peering::Terminated{})) == "2200");
  BOOST_TEST(encode(peering::NoPayload{}).empty());
}

BOOST_AUTO_TEST_CASE(of_two_payloads_the_last_counts) {
  const std::string both = encode(peering::Heartbeat{}) + encode(peering::Terminated{});
  BOOST_TEST((decode_replication_message(both).value() ==
              peering::ReplicationMessage(peering::Terminated{})));
}

BOOST_AUTO_TEST_CASE(an_unknown_type_keeps_its_bytes) {
  peering::Response response;
  response.resource = peering::Any{"type.googleapis.com/foo", peering::Undecoded{"\x01\xff", ""}};
  BOOST_TEST((decode_replication_message(encode(response)).value() ==
              peering::ReplicationMessage(response)));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_either_refused_or_come_out_the_same_again) {
  // Recorded messages with bytes changed, cut and added: whatever decodes must be stable.
  std::vector<std::string> seeds;
  tests::read_golden("peering/stream-acceptor-lifecycle.jsonl", [&](const json& line) {
    if (line.contains("hex")) seeds.push_back(bytes_of(line["hex"]));
    return true;
  });
  Random random(1);
  int decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = seeds[random.below(seeds.size())];
    for (std::uint64_t change = random.below(4); change > 0 && !bytes.empty(); --change) {
      const std::size_t place = random.below(bytes.size());
      const auto byte = static_cast<char>(random.below(256));
      switch (random.below(3)) {
        case 0:
          bytes[place] = byte;
          break;
        case 1:
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(place), byte);
          break;
        default:
          bytes.resize(place);
      }
    }
    const auto message = decode_replication_message(bytes);
    if (!message) continue;
    ++decoded;
    const auto again = decode_replication_message(encode(*message));
    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE((*again == *message));
  }
  BOOST_TEST(decoded > 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::wire
