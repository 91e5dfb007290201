#include "peerlab/catalog/json.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using peerlab::GoJsonExtent;
using peerlab::read_go_json;
using peerlab::catalog::Json;
using peerlab::catalog::to_json;
using peerlab::catalog::to_text;

std::string again(std::string_view text) {
  return to_text(to_json(read_go_json(text, GoJsonExtent::whole).value()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(members_are_written_in_the_order_of_their_names) {
  BOOST_TEST(again(R"({ "b" : 1, "a" : [true, null], "B" : "x" })") ==
             R"({"B":"x","a":[true,null],"b":1})");
}

BOOST_AUTO_TEST_CASE(the_last_of_two_members_of_one_name_stays) {
  BOOST_TEST(again(R"({"a":1,"a":2})") == R"({"a":2})");
}

BOOST_AUTO_TEST_CASE(numbers_are_written_as_go_writes_them) {
  BOOST_TEST(again("[1.0,1.5,-0.25,1e3,1e21,1e-7,123456789012345678901]") ==
             "[1,1.5,-0.25,1000,1e+21,1e-7,123456789012345680000]");
}

BOOST_AUTO_TEST_CASE(html_is_escaped) {
  BOOST_TEST(to_text(Json("<a&b>")) == "\"\\u003ca\\u0026b\\u003e\"");
}

BOOST_AUTO_TEST_SUITE_END()
