#include <boost/test/unit_test.hpp>

#include "peerlab/base/hash.hpp"
#include "peerlab/checks/secrets.hpp"
#include "peerlab/peering/token.hpp"
#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::HttpEnded;
using trace::SecretJudged;

namespace {

const std::string secret = "9c3c1c55-6a77-4a5e-9a1e-2f0f7f1b7d21";
const std::string stream_secret = "11111111-2222-3333-4444-555555555555";
const std::string request = "POST /v1/peering/token";

std::string token_answer() {
  peering::PeeringToken token;
  token.server_addresses = {"10.0.0.1:8503"};
  token.server_name = "server.dc1.peering.x.consul";
  token.peer_id = PeerId("1b6e1d4a-0f0e-4b39-8d0f-6f3f5d7c2a10");
  token.establishment_secret = peering::EstablishmentSecret(secret);
  return R"({"PeeringToken":")" + peering::encode_token(token) + "\"}";
}

Story with_secrets() {
  Story story;
  story.tell(1s, "operator", HttpEnded{1, request, 200, token_answer()});
  story.tell(2s, "dc1/server/0",
             SecretJudged{"id", SecretJudged::Kind::stream, hash_of(stream_secret), true});
  return story;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_rules)

BOOST_AUTO_TEST_CASE(secrets_are_known_from_tokens_and_from_what_was_judged) {
  const KnownSecrets known(with_secrets().trace());
  BOOST_TEST(known.contains(secret));
  BOOST_TEST(known.contains(stream_secret));
  BOOST_TEST(!known.contains("1b6e1d4a-0f0e-4b39-8d0f-6f3f5d7c2a10"));  // the ID of the peering
}

BOOST_AUTO_TEST_CASE(uuids_are_found_anywhere_in_a_text) {
  std::vector<std::size_t> found;
  const std::string text = secret + "-x9" + secret + "9 a-b-c " + stream_secret;
  for_each_uuid(text, [&](std::size_t at) { found.push_back(at); });
  BOOST_TEST((found == std::vector<std::size_t>{0, 39, 83}));
}

BOOST_AUTO_TEST_CASE(a_token_is_the_one_answer_with_a_secret) {
  Story story = with_secrets();
  story.tell(3s, "operator",
             HttpEnded{2, "GET /v1/peering/b", 200,
                       "{\"ID\":\"" + std::string("1b6e1d4a-0f0e-4b39-8d0f-6f3f5d7c2a10") + "\"}"});
  BOOST_TEST(breach("secrets-stay-secret", story) == "");
  story.tell(4s, "operator", HttpEnded{3, "GET /v1/peering/b", 200, "x" + secret + "x"});
  BOOST_TEST(breach("secrets-stay-secret", story) ==
             "the answer to GET /v1/peering/b shows the secret of a peering");
}

BOOST_AUTO_TEST_CASE(errors_on_streams_do_not_tell_secrets) {
  Story story;  // the secret is judged only after it was told
  story.tell(1s, "a", trace::StreamEnded{"id", "b", "bad secret " + stream_secret, 1});
  BOOST_TEST(breach("secrets-stay-secret", story) == "");
  story.tell(2s, "b",
             SecretJudged{"id", SecretJudged::Kind::stream, hash_of(stream_secret), false});
  BOOST_TEST(breach("secrets-stay-secret", story) ==
             "the status of a stream shows the secret of a peering");
}

BOOST_AUTO_TEST_CASE(private_keys_are_for_those_who_ask_for_a_leaf) {
  const std::string key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
  Story story;
  story.tell(1s, "operator", HttpEnded{1, "GET /v1/agent/connect/ca/leaf/web", 200, key});
  BOOST_TEST(breach("secrets-stay-secret", story) == "");
  story.tell(2s, "operator", HttpEnded{2, "GET /v1/connect/ca/configuration", 200, key});
  BOOST_TEST(breach("secrets-stay-secret", story) ==
             "the answer to GET /v1/connect/ca/configuration shows a private key");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
