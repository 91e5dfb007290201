#include "peerlab/text/suggest.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace peerlab::text;

namespace {

const std::vector<std::string_view> steps{"peer", "unpeer", "export", "cut",  "heal",
                                          "kill", "wait",   "in",     "load", "peering"};

std::string meant(std::string_view word) { return did_you_mean(word, steps).value_or("-"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(did_you_mean_)

BOOST_AUTO_TEST_CASE(forgives_two_slips_of_the_pen_in_a_longer_word) {
  BOOST_TEST(meant("exsport") == "export");
  BOOST_TEST(meant("exprot") == "export");
  BOOST_TEST(meant("expert") == "export");
  BOOST_TEST(meant("exports") == "export");
  BOOST_TEST(meant("eksport") == "export");
  BOOST_TEST(meant("eksprt") == "-");
}

BOOST_AUTO_TEST_CASE(forgives_one_slip_in_a_short_word) {
  BOOST_TEST(meant("ct") == "cut");
  BOOST_TEST(meant("wiat") == "wait");
  BOOST_TEST(meant("on") == "in");
  BOOST_TEST(meant("xx") == "-");
  BOOST_TEST(meant("what") == "-");
}

BOOST_AUTO_TEST_CASE(prefers_the_nearest) {
  BOOST_TEST(meant("peers") == "peer");
  BOOST_TEST(meant("peerin") == "peering");
}

BOOST_AUTO_TEST_CASE(ignores_case_and_underscores) {
  BOOST_TEST(meant("Un_Peer") == "unpeer");
  BOOST_TEST(same_folded("mesh_gateway", "MeshGateway"));
  BOOST_TEST(!same_folded("mesh_gateway", "MeshGateways"));
}

BOOST_AUTO_TEST_CASE(knows_what_others_call_things) {
  BOOST_TEST(meant("partition") == "cut");
  BOOST_TEST(meant("sleep") == "wait");
  BOOST_TEST(meant("crash") == "kill");
  BOOST_TEST(meant("restart") == "-");
}

BOOST_AUTO_TEST_CASE(gives_no_advice_on_nothing_and_on_novels) {
  BOOST_TEST(meant("") == "-");
  BOOST_TEST(meant(std::string(100'000, 'x')) == "-");
}

BOOST_AUTO_TEST_SUITE_END()
