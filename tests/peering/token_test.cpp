#include "peerlab/peering/token.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <utility>

#include "golden_lines.hpp"
#include "peerlab/base/encoding.hpp"
#include "peerlab/base/random.hpp"

namespace peerlab::peering {
namespace {

using tests::golden_lines;

/// What an operator who pastes `text` reads, or "" where the token is good.
std::string fault_of(const std::string& text, const Mutants& mutants = {}) {
  const auto token = decode_token(text);
  if (!token) return token.error().detail;
  const auto valid = validate_token(*token, mutants);
  return valid ? "" : valid.error().detail;
}

std::string fault_of_json(const std::string& json) { return fault_of(to_base64(json)); }

PeeringToken plain_token() {
  PeeringToken token;
  token.server_addresses = {"10.0.0.1:8503"};
  token.server_name = "server.dc1.peering.11111111-2222-3333-4444-555555555555.consul";
  token.peer_id = PeerId("1b6e1d4a-0f0e-4b39-8d0f-6f3f5d7c2a10");
  token.establishment_secret = EstablishmentSecret("9c3c1c55-6a77-4a5e-9a1e-2f0f7f1b7d21");
  token.remote.datacenter = "dc1";
  return token;
}

BOOST_AUTO_TEST_SUITE(token)

// The test vector of spec 1.2.
BOOST_AUTO_TEST_CASE(is_written_key_by_key_as_consul_writes_it, *boost::unit_test::label("C-001")) {
  const std::string expected =
      "eyJDQSI6bnVsbCwiTWFudWFsU2VydmVyQWRkcmVzc2VzIjpudWxsLCJTZXJ2ZXJBZGRyZXNzZXMiOlsiMTAuMC4wLjE6"
      "ODUwMyJdLCJTZXJ2ZXJOYW1lIjoic2VydmVyLmRjMS5wZWVyaW5nLjExMTExMTExLTIyMjItMzMzMy00NDQ0LTU1NTU1"
      "NTU1NTU1NS5jb25zdWwiLCJQZWVySUQiOiIxYjZlMWQ0YS0wZjBlLTRiMzktOGQwZi02ZjNmNWQ3YzJhMTAiLCJFc3Rh"
      "Ymxpc2htZW50U2VjcmV0IjoiOWMzYzFjNTUtNmE3Ny00YTVlLTlhMWUtMmYwZjdmMWI3ZDIxIiwiUmVtb3RlIjp7IlBh"
      "cnRpdGlvbiI6IiIsIkRhdGFjZW50ZXIiOiJkYzEiLCJMb2NhbGl0eSI6bnVsbH19";
  BOOST_TEST(encode_token(plain_token()) == expected);
  BOOST_CHECK(decode_token(expected).value() == plain_token());
}

BOOST_AUTO_TEST_CASE(manual_addresses_are_escaped_as_go_does) {
  PeeringToken token = plain_token();
  token.manual_server_addresses = {"<a&b>:1"};
  token.remote.locality = Locality{"", "z"};
  const std::string json = from_base64(encode_token(token)).value();
  BOOST_TEST(json.find(R"("ManualServerAddresses":["\u003ca\u0026b\u003e:1"])") !=
             std::string::npos);
  BOOST_TEST(json.find(R"("Locality":{"Zone":"z"})") != std::string::npos);
  BOOST_CHECK(decode_token(encode_token(token)).value() == token);
}

// Every token that a real Consul answered with is read and written again byte for byte.
BOOST_AUTO_TEST_CASE(recorded_tokens_come_out_as_they_went_in,
                     *boost::unit_test::label("C-001") * boost::unit_test::label("C-003") *
                         boost::unit_test::label("C-005") * boost::unit_test::label("C-006") *
                         boost::unit_test::label("C-007")) {
  int tokens = 0;
  for (const auto& line : golden_lines("http-exchanges.jsonl")) {
    const std::string body = line["body"].is_string() ? line["body"].get<std::string>() : "";
    if (!body.starts_with(R"({"PeeringToken":)")) continue;
    ++tokens;
    const std::string text = nlohmann::json::parse(body)["PeeringToken"];
    const auto token = decode_token(text);
    BOOST_REQUIRE(token.has_value());
    BOOST_TEST(encode_token(*token) == text);
    // The acceptor copies what the operator gave by hand, unread (C-004).
    if (token->manual_server_addresses.empty()) BOOST_TEST(fault_of(text) == "");
    BOOST_TEST(token->remote.partition == "");
    for (const auto& pem : token->ca) BOOST_TEST(pem.ends_with("-----END CERTIFICATE-----\n"));
  }
  BOOST_TEST(tokens > 10);
}

// Whatever a recorded Establish said about its token, we say; where it got as far as the state of
// the cluster, the token was good.
BOOST_AUTO_TEST_CASE(recorded_refusals_have_the_recorded_texts,
                     *boost::unit_test::label("C-018") * boost::unit_test::label("C-019") *
                         boost::unit_test::label("C-020") * boost::unit_test::label("C-021") *
                         boost::unit_test::label("C-022") * boost::unit_test::label("C-023") *
                         boost::unit_test::label("C-024") * boost::unit_test::label("C-025") *
                         boost::unit_test::label("C-026") * boost::unit_test::label("C-027") *
                         boost::unit_test::label("C-028") * boost::unit_test::label("C-029") *
                         boost::unit_test::label("C-030")) {
  int refused = 0;
  int accepted = 0;
  for (const auto& line : golden_lines("http-exchanges.jsonl")) {
    const auto& request = line["request"];
    if (request["path"] != "/v1/peering/establish" || !request["body"].is_object()) continue;
    if (!request["body"].contains("PeeringToken")) continue;
    BOOST_TEST_CONTEXT(line["comment"]) {
      const std::string fault = fault_of(request["body"]["PeeringToken"]);
      const std::string body = line["body"].is_string() ? line["body"].get<std::string>() : "";
      const bool about_token = body.find("peering token") == 0 || body.find("json:") == 0 ||
                               body.find("invalid character") == 0 ||
                               body.find("unexpected end") == 0 ||
                               body.find("failed to decode token") == 0 ||
                               body.find("is not a valid peering server") != std::string::npos;
      if (about_token) {
        ++refused;
        BOOST_TEST(fault == body);
      } else if (body.find("is not a valid peer name") == std::string::npos) {
        ++accepted;
        BOOST_TEST(fault == "");
      }
    }
  }
  BOOST_TEST(refused >= 24);
  BOOST_TEST(accepted >= 20);
}

BOOST_AUTO_TEST_CASE(values_of_wrong_types_are_told_as_go_tells_them) {
  const std::pair<std::string, std::string> table[] = {
      {R"([])", "json: cannot unmarshal array into Go value of type structs.PeeringToken"},
      {R"(5)", "json: cannot unmarshal number into Go value of type structs.PeeringToken"},
      {R"({"PeerID":5})",
       "json: cannot unmarshal number into Go struct field PeeringToken.PeerID of type string"},
      {R"({"ServerAddresses":[true]})",
       "json: cannot unmarshal bool into Go struct field PeeringToken.ServerAddresses of type "
       "string"},
      {R"({"Remote":"x","CA":7})",
       "json: cannot unmarshal string into Go struct field PeeringToken.Remote of type "
       "structs.PeeringTokenRemote"},
      {R"({"CA":["x"]} trailing)", "invalid character 't' after top-level value"},
  };
  for (const auto& [json, text] : table) BOOST_TEST(fault_of_json(json) == text);
}

BOOST_AUTO_TEST_CASE(null_and_foreign_keys_are_harmless, *boost::unit_test::label("C-030")) {
  BOOST_TEST(fault_of_json("null") == "peering token server addresses value is empty");
  BOOST_TEST(fault_of_json(R"({"x":{"y":[1]},"serveraddresses":["a:1"],"PEERID":"i","Remote":null,
                               "ServerName":null,"CA":null})") == "");
}

BOOST_AUTO_TEST_CASE(addresses_split_as_in_go) {
  for (const std::string good : {"1.2.3.4:80", "foo.bar:80", "[2001:db8::1]:80", ":1", "[]:65535",
                                 "a:+80", "a:0080", "[fe80::1%eth0]:1", "a/b:1"}) {
    BOOST_TEST(is_server_address(good), good);
  }
  for (const std::string bad : {"",
                                ":",
                                "1.2.3.4",
                                "2001:db8::1",
                                "[2001:db8::1:80]",
                                "[2001:db8::1]",
                                "[::1]x:1",
                                "a:0",
                                "a:65536",
                                "a:http",
                                "a:-1",
                                "a:",
                                "a:b:80",
                                "[[::1]]:1",
                                "a[b:1",
                                "a]b:1",
                                "a:+",
                                "a:99999999999999999999",
                                "a:8 ",
                                "[::1"}) {
    BOOST_TEST(!is_server_address(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_are_safe) {
  Random random(7);
  const std::string good = encode_token(plain_token());
  for (int round = 0; round < 3000; ++round) {
    std::string json = from_base64(good).value();
    for (std::uint64_t flips = random.below(4) + 1; flips > 0; --flips) {
      json[random.below(json.size())] = static_cast<char>(random.below(256));
    }
    json.resize(json.size() - random.below(2) * random.below(json.size()));
    fault_of(to_base64(json));
    std::string text = good;
    text[random.below(text.size())] = static_cast<char>(random.below(256));
    fault_of(text);
  }
  BOOST_TEST(fault_of_json(std::string(100000, '[')) == "exceeded max depth");
}

BOOST_AUTO_TEST_CASE(an_ipv6_host_stands_in_brackets, *boost::unit_test::label("C-009")) {
  BOOST_TEST(join_host_port("10.0.0.1", 8503) == "10.0.0.1:8503");
  BOOST_TEST(join_host_port("2001:db8::1", 8503) == "[2001:db8::1]:8503");
}

BOOST_AUTO_TEST_CASE(mutant_hb_011_refuses_host_names) {
  PeeringToken token = plain_token();
  token.server_addresses = {"lb.example:8503"};
  BOOST_TEST(fault_of(encode_token(token)) == "");
  BOOST_TEST(fault_of(encode_token(token), {Mutant::HB_011}) ==
             "lb.example:8503 is not a valid peering server address");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
