#include "reports/redact.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/base/encoding.hpp"
#include "peerlab/base/hash.hpp"

namespace peerlab::reports {

namespace {

const std::string uuid = "9c3c1c55-6a77-4a5e-9a1e-2f0f7f1b7d21";
const std::string token = to_base64(
    R"({"CA":null,"ServerAddresses":["10.0.0.1:8503"],"EstablishmentSecret":")" + uuid + "\"}");
const std::string key =
    "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEI+/w==\nAbC=\n-----END EC PRIVATE KEY-----";

std::string shown(const std::string& text) { return Redactor()(text); }

}  // namespace

BOOST_AUTO_TEST_SUITE(redact)

BOOST_AUTO_TEST_CASE(what_holds_no_secret_stays_as_it_is) {
  for (const std::string text :
       {"", "peering web is ACTIVE, not FAILING", "-----BEGIN CERTIFICATE-----\nMIIB\n",
        "the token is missing", "SecretID", "{\"CA\":null}", "a token: none",
        "PeeringToken is a key"}) {
    BOOST_TEST(shown(text) == text);
  }
  BOOST_TEST(shown("of peering " + uuid) == "of peering " + uuid);  // an ID like any other
  const std::string value = to_base64(R"({"color":"blue","shape":"round and large"})");
  BOOST_TEST(shown(value) == value);
}

BOOST_AUTO_TEST_CASE(peering_tokens_are_known_by_what_they_are) {
  BOOST_TEST(shown("token " + token + ".") == "token [redacted token].");
  BOOST_TEST(shown("token " + token + "\nnext") == "token [redacted token]\nnext");
  BOOST_TEST(shown(token.substr(0, 40) + "...") == "[redacted token]...");  // cut off
  BOOST_TEST(shown(R"({"PeeringToken":")" + token + R"("})") ==
             R"({"PeeringToken":"[redacted token]"})");
  const std::string jwt = to_base64(R"({"alg":"RS256","typ":"JWT"})") + ".eyJz_-dWIi.c2ln";
  BOOST_TEST(shown("bearer " + jwt + " ok") == "bearer [redacted token] ok");
}

BOOST_AUTO_TEST_CASE(private_keys_go_as_a_whole) {
  BOOST_TEST(shown("a " + key + " b") == "a [redacted key] b");
  BOOST_TEST(shown(key + "\n" + key) == "[redacted key]\n[redacted key]");
  BOOST_TEST(shown(key.substr(0, 45) + "...") == "[redacted key]...");
  BOOST_TEST(shown(R"("-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY-----\n")") ==
             R"("[redacted key]\n")");
}

BOOST_AUTO_TEST_CASE(values_go_whose_key_names_a_secret) {
  BOOST_TEST(shown(R"({"SecretID":"abc","Name":"n"})") ==
             R"({"SecretID":"[redacted]","Name":"n"})");
  BOOST_TEST(shown(R"({\"SecretID\":\"abc\"})") == R"({\"SecretID\":\"[redacted]\"})");
  BOOST_TEST(shown("&quot;SecretID&quot;: &quot;abc&quot;,") ==
             "&quot;SecretID&quot;: &quot;[redacted]&quot;,");
  BOOST_TEST(shown("EstablishmentSecret = \"abc\"") == "EstablishmentSecret = \"[redacted]\"");
  BOOST_TEST(shown("X-Consul-Token: abc\n") == "X-Consul-Token: [redacted]\n");
  BOOST_TEST(shown("GET /v1/kv/a?token=abc&raw") == "GET /v1/kv/a?token=[redacted]&raw");
  BOOST_TEST(shown(R"({"text":"{\"SecretID\":\"ab..."})") ==
             R"({"text":"{\"SecretID\":\"[redacted]"})");  // cut off, and the rest still JSON
}

BOOST_AUTO_TEST_CASE(secrets_that_a_run_told_of_are_known_anywhere) {
  trace::Trace trace;
  trace.append({}, Instant{}, trace.intern("a"),
               trace::SecretJudged{"id", trace::SecretJudged::Kind::stream, hash_of(uuid), true});
  Redactor redacted;
  redacted.learn(trace);
  BOOST_TEST(redacted("refused: " + uuid + "!") == "refused: [redacted secret]!");
}

BOOST_AUTO_TEST_CASE(whoever_asks_sees_everything) {
  BOOST_TEST(Redactor(true)(token + key) == token + key);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::reports
