#include "peerlab/text/json.hpp"

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using namespace peerlab::text;

namespace {

Reading json(std::string text, Limits limits = {}) {
  return {std::move(text), [&](const Sources& sources, FileId file, Diagnostics& diagnostics) {
            return read_json(sources, file, diagnostics, limits);
          }};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_reader)

BOOST_AUTO_TEST_CASE(gives_the_same_tree_as_the_other_readers) {
  const auto read = json(R"({"b": [1, -2.5e3, true, null, "x\ny"], "a": {"é": {}}})");
  BOOST_TEST(read.shown() == R"({b: [1, -2.5e3, true, null, "x\ny"], a: {é: {}}})");
  BOOST_TEST(read.findings() == "");
}

BOOST_AUTO_TEST_CASE(knows_where_keys_and_values_stand) {
  const auto read = json("\xEF\xBB\xBF{\n  \"k\\u00e9y\" : [ 12 , \"a\\\"b\",-3.5],\"e\":{} }\n");
  const auto shown = [&](Span span) { return std::string(read.sources.text(span)); };
  const Entry& key = read.tree.value().entries[0];
  BOOST_TEST(key.key == "kéy");
  BOOST_TEST(shown(key.key_span) == "\"k\\u00e9y\"");
  BOOST_TEST(read.sources.describe(key.key_span) == "test:2:3");
  BOOST_TEST(shown(key.value.span) == "[ 12 , \"a\\\"b\",-3.5]");
  BOOST_TEST(shown(key.value.items[0].span) == "12");
  BOOST_TEST(shown(key.value.items[1].span) == "\"a\\\"b\"");
  BOOST_TEST(shown(key.value.items[2].span) == "-3.5");
  BOOST_TEST(shown(read.tree->entries[1].value.span) == "{}");
}

BOOST_AUTO_TEST_CASE(keeps_integers_beyond_64_bits_as_written) {
  const auto read = json("[123456789012345678901234567890]");
  BOOST_TEST((read.tree.value().items[0].kind == Kind::integer));
  BOOST_TEST(!read.tree->items[0].integer());
  BOOST_TEST(read.shown() == "[123456789012345678901234567890]");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_stands_twice_and_keeps_the_first) {
  const auto read = json(R"({"a": 1, "a": {"b": [2]}, "c": 3})");
  BOOST_TEST(read.shown() == "{a: 1, c: 3}");
  BOOST_TEST(read.findings() == "PL010 1:10 the key `a` stands here twice\n");
}

BOOST_AUTO_TEST_CASE(explains_what_breaks_the_syntax) {
  const auto finding = [](const std::string& text) {
    const auto read = json(text);
    BOOST_TEST(!read.tree.has_value());
    return read.findings();
  };
  BOOST_TEST(finding("") == "PL019 1:1 the text is empty\n");
  BOOST_TEST(finding("{\"a\": 1,}") == "PL008 1:9 this is not JSON: unexpected '}'\n");
  BOOST_TEST(finding("{\"a\": 1 \"b\": 2}") ==
             "PL008 1:9 this is not JSON: unexpected string literal\n");
  BOOST_TEST(finding("{\"a\": 'x'}") == "PL008 1:7 this is not JSON: invalid literal\n");
  BOOST_TEST(finding("[1, // no\n2]") == "PL008 1:5 this is not JSON: invalid literal\n");
  BOOST_TEST(finding("[1, 2") == "PL008 1:6 this is not JSON: unexpected end of input\n");
  BOOST_TEST(finding("[1] x") == "PL008 1:5 this is not JSON: invalid literal\n");
  BOOST_TEST(finding("[1e999]") == "PL026 1:2 `1e999` is out of range\n");
  BOOST_TEST(finding("\"a") ==
             "PL008 1:1 this is not JSON: invalid string: missing closing quote\n");
}

BOOST_AUTO_TEST_CASE(says_what_to_do_about_it) {
  const auto help = [](const std::string& text) {
    const auto read = json(text);
    const auto& footers = read.diagnostics.all()[0].footers;
    return footers.empty() ? "" : footers[0].text;
  };
  BOOST_TEST(help("{\"a\": 1,}") == "remove the comma before it");
  BOOST_TEST(help("[1, ]") == "remove the comma before it");
  BOOST_TEST(help("['x']") == "JSON strings stand in double quotes");
  BOOST_TEST(help("# x\n[1]") == "JSON has no comments");
}

BOOST_AUTO_TEST_CASE(ends_at_its_limits) {
  BOOST_TEST(json("[[[[]]]]", {.depth = 4}).findings() == "");
  BOOST_TEST(json("[[[[[]]]]]", {.depth = 4}).findings() ==
             "PL004 1:5 more than 4 lists and maps in each other\n");
  BOOST_TEST(json("[1, 2, 3]", {.nodes = 3}).findings() ==
             "PL003 1:8 the text holds more than 3 values\n");
}

BOOST_AUTO_TEST_CASE(survives_200_000_brackets) {
  for (const std::string part : {"[", "{\"a\":", "[{\"a\":[", "[[],"}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    BOOST_TEST(!json(text).tree.has_value(), part);
  }
}

BOOST_AUTO_TEST_SUITE_END()
