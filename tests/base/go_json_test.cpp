#include "peerlab/base/go_json.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>

namespace peerlab {
namespace {

std::string fault(std::string_view text, GoJsonExtent extent = GoJsonExtent::whole) {
  const auto read = read_go_json(text, extent);
  return read ? "accepted" : read.error();
}

BOOST_AUTO_TEST_SUITE(go_json)

BOOST_AUTO_TEST_CASE(faults_read_as_in_go) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", "unexpected end of JSON input"},
      {"\n", "unexpected end of JSON input"},
      {"{", "unexpected end of JSON input"},
      {"[1,", "unexpected end of JSON input"},
      {"\"a", "unexpected end of JSON input"},
      {"tru", "unexpected end of JSON input"},
      {"hello", "invalid character 'h' looking for beginning of value"},
      {"{not json}", "invalid character 'n' looking for beginning of object key string"},
      {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
      {"{\"a\" 1}", "invalid character '1' after object key"},
      {"{\"a\":1 2}", "invalid character '2' after object key:value pair"},
      {"[1 2]", "invalid character '2' after array element"},
      {"[1,]", "invalid character ']' looking for beginning of value"},
      {"{} x", "invalid character 'x' after top-level value"},
      {"01", "invalid character '1' after top-level value"},
      {"-x", "invalid character 'x' in numeric literal"},
      {"1.x", "invalid character 'x' after decimal point in numeric literal"},
      {"1ex", "invalid character 'x' in exponent of numeric literal"},
      {"foo", "invalid character 'o' in literal false (expecting 'a')"},
      {"nul1", "invalid character '1' in literal null (expecting 'l')"},
      {"\"\\x\"", "invalid character 'x' in string escape code"},
      {"\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"},
      {"\"a\nb\"", "invalid character '\\n' in string literal"},
      {"'a'", "invalid character '\\'' looking for beginning of value"},
      {"\x01", "invalid character '\\x01' looking for beginning of value"},
      {"\x7f", "invalid character '\\x7f' looking for beginning of value"},
      {"\x80", "invalid character '\\u0080' looking for beginning of value"},
      {"\xe9", "invalid character '\xc3\xa9' looking for beginning of value"},
  };
  for (const auto& [text, expected] : table) BOOST_TEST(fault(text) == expected);
}

BOOST_AUTO_TEST_CASE(a_stream_ends_differently_and_leaves_the_rest) {
  BOOST_TEST(fault("", GoJsonExtent::first) == "EOF");
  BOOST_TEST(fault(" \n", GoJsonExtent::first) == "EOF");
  BOOST_TEST(fault("{", GoJsonExtent::first) == "unexpected EOF");
  BOOST_TEST(fault("{} x", GoJsonExtent::first) == "accepted");
}

BOOST_AUTO_TEST_CASE(values_keep_order_duplicates_and_number_texts) {
  const auto read = read_go_json(R"( {"b": [1.50, null, true], "a": {"x": "y"}, "b": false} )",
                                 GoJsonExtent::whole);
  BOOST_REQUIRE(read.has_value());
  BOOST_REQUIRE_EQUAL(read->members.size(), 3u);
  BOOST_TEST(read->members[0].first == "b");
  BOOST_TEST(read->members[0].second.elements[0].text == "1.50");
  BOOST_CHECK(read->members[0].second.elements[1].kind == GoJson::Kind::null);
  BOOST_TEST(read->members[0].second.elements[2].boolean);
  BOOST_TEST(read->members[1].second.members[0].second.text == "y");
  BOOST_CHECK(read->members[2].second.kind == GoJson::Kind::boolean);
}

BOOST_AUTO_TEST_CASE(strings_decode_escapes_and_replace_what_is_no_utf8) {
  const auto text = [](std::string_view json) {
    return read_go_json(json, GoJsonExtent::whole).value().text;
  };
  BOOST_TEST(text(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  BOOST_TEST(text(R"("\u00e9\u20ac")") == "\xc3\xa9\xe2\x82\xac");
  BOOST_TEST(text(R"("\ud83d\ude00")") == "\xf0\x9f\x98\x80");
  BOOST_TEST(text(R"("\ud83dx")") == "\xef\xbf\xbdx");
  BOOST_TEST(text(R"("\ud83d\u0041")") ==
             "\xef\xbf\xbd"
             "A");
  BOOST_TEST(text("\"\xff\xc0\x80\"") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  BOOST_TEST(fault(std::string(1000, '[') + std::string(1000, ']')) == "accepted");
  BOOST_TEST(fault(std::string(200000, '[')) == "exceeded max depth");
}

BOOST_AUTO_TEST_CASE(quoting_escapes_what_go_escapes) {
  BOOST_TEST(go_json_quote("a\"b\\c\n\r\t\b\f\x01") == R"("a\"b\\c\n\r\t\b\f\u0001")");
  BOOST_TEST(go_json_quote("<a&b>") == R"("\u003ca\u0026b\u003e")");
  BOOST_TEST(go_json_quote("\xe2\x80\xa8 \xc3\xa9") == "\"\\u2028 \xc3\xa9\"");
  BOOST_TEST(go_json_quote("\xff") == R"("\ufffd")");
  BOOST_TEST(go_json_quote("\xef\xbf\xbd") == "\"\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab
