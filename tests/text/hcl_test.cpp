#include "peerlab/text/hcl.hpp"

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using namespace peerlab;
using namespace peerlab::text;

namespace {

Reading hcl(std::string text, Limits limits = {}) {
  return {std::move(text), [&](const Sources& sources, FileId file, Diagnostics& diagnostics) {
            return read_hcl(sources, file, diagnostics, limits);
          }};
}

std::string shown(std::string text) {
  const auto read = hcl(std::move(text));
  BOOST_TEST(read.findings() == "");
  return read.shown();
}

/// The string that is the value of the key `a`.
std::string value(const std::string& written) {
  return hcl("a = " + written).tree.value().get("a")->text;
}

/// Consul's error.
std::string consul(const std::string& text) {
  const auto tree = parse_hcl(text);
  return tree ? "it was accepted: " + to_text(*tree) : tree.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hcl_reader)

BOOST_AUTO_TEST_CASE(reads_config_entries_as_operators_write_them) {
  BOOST_TEST(
      shown(R"(
Kind = "exported-services"
Name = "default"
Services = [
  { Name = "web", Consumers = [{ Peer = "dc1" }] },   # to a peer
]
)") ==
      R"({Kind: "exported-services", Name: "default", Services: [{Name: "web", Consumers: [{Peer: "dc1"}]}]})");
}

// golden/http/cli.jsonl, exchanges 124 and 136 to 138
BOOST_AUTO_TEST_CASE(reads_what_consul_was_seen_to_read) {
  BOOST_TEST(
      shown("Kind = \"service-defaults\"\nName = \"web\"\nMeshGateway { Mode = \"local\" }\n") ==
      R"({Kind: "service-defaults", Name: "web", MeshGateway: {Mode: "local"}})");
  BOOST_TEST(
      shown(
          "Sources=[{Name=\"web\" Peer=\"east\" Action=\"allow\"},{Name=\"*\" Action=\"deny\"}]") ==
      R"({Sources: [{Name: "web", Peer: "east", Action: "allow"}, {Name: "*", Action: "deny"}]})");
  BOOST_TEST(shown("Failover={\"*\"={Targets=[{Peer=\"east\"}]}}") ==
             R"({Failover: {*: {Targets: [{Peer: "east"}]}}})");
  BOOST_TEST(shown("Config { protocol=\"http\" local_connect_timeout_ms=5 }") ==
             R"({Config: {protocol: "http", local_connect_timeout_ms: 5}})");
}

BOOST_AUTO_TEST_CASE(skips_comments_of_three_kinds) {
  BOOST_TEST(shown("# one\n// two\na = 1 # three\n/* four\n */ b = /* five */ 2 //") ==
             "{a: 1, b: 2}");
  BOOST_TEST(shown("") == "{}");
  BOOST_TEST(shown("# only a comment") == "{}");
}

BOOST_AUTO_TEST_CASE(reads_numbers_of_every_form) {
  const auto read =
      hcl("a=[0, -7, 0x1F, -0x1f, 0755, 1.5, -.5e0, 1e3, 2E-2, 0.25, 9223372036854775807]");
  BOOST_TEST(read.findings() == "PL009 1:35 expected a value or `]`, found `-`\n");
  const auto good = hcl("a=[0, -7, 0x1F, -0x1f, 0755, 1.5, .5, 1e3, 2E-2, 9223372036854775807]");
  std::vector<std::string> values;
  for (const Node& item : good.tree.value().get("a")->items) {
    values.push_back(std::to_string(item.number().value()));
  }
  const std::vector<std::string> expected{
      "0.000000", "-7.000000", "31.000000",   "-31.000000", "493.000000",
      "1.500000", "0.500000",  "1000.000000", "0.020000",   "9223372036854775808.000000"};
  BOOST_TEST(values == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reads_escapes) {
  BOOST_TEST(value(R"("a\n\t\"\\\u00e9\U0001F680\x41\101")") == "a\n\t\"\\é🚀AA");
  BOOST_TEST(hcl(R"(a = "\q")").findings() == "PL009 1:6 unknown escape in a string\n");
  BOOST_TEST(hcl(R"(a = "\u00g0")").findings() == "PL009 1:6 unknown escape in a string\n");
}

BOOST_AUTO_TEST_CASE(leaves_interpolations_as_they_are) {
  BOOST_TEST(value(R"("${name}")") == "${name}");
  BOOST_TEST(value(R"("a ${f("x", {y}) \" \n} \n")") == "a ${f(\"x\", {y}) \" \\n} \n");
}

BOOST_AUTO_TEST_CASE(reads_heredocs) {
  BOOST_TEST(value("<<EOT\none\n  two\nEOT\n") == "one\n  two\n");
  BOOST_TEST(value("<<-EOT\n    one\n      two\n    EOT\n") == "one\n  two\n");
  BOOST_TEST(value("<<-EOT\n    one\n  two\n    EOT\n") == "    one\n  two\n");
  BOOST_TEST(value("<<EOT\none\n  EOT\n") == "one\n  ");
  BOOST_TEST(value("<<EOT\r\none\r\nEOT\r\n") == "one\n");
  BOOST_TEST(value("<<EOT\nEOT\n") == "");
  BOOST_TEST(value("<<-EOT\n  EOT\n") == "");
  BOOST_TEST(shown("a = <<EOT\n\"x\" EOT\nEOTX\nEOT\nb = 1") == R"({a: ""x" EOT\nEOTX\n", b: 1})");
}

BOOST_AUTO_TEST_CASE(makes_a_level_of_each_label) {
  BOOST_TEST(shown("service \"web\" { policy = \"read\" }") ==
             R"({service: {web: {policy: "read"}}})");
  BOOST_TEST(shown("a b \"c\" { d = 1 }") == "{a: {b: {c: {d: 1}}}}");
}

BOOST_AUTO_TEST_CASE(gathers_repeated_blocks_in_a_list) {
  const auto read =
      hcl("service \"web\" {}\nservice \"api\" {}\nx {a=1}\nx {a=2}\nx {a=3}\ny {}\n");
  BOOST_TEST(read.shown() ==
             "{service: [{web: {}}, {api: {}}], x: [{a: 1}, {a: 2}, {a: 3}], y: {}}");
  BOOST_TEST(read.tree->get("service")->is_blocks());
  BOOST_TEST(read.tree->get("y")->is_blocks());
  BOOST_TEST(shown("a = [1]\na = [2]") == "{a: [1, 2]}");
}

BOOST_AUTO_TEST_CASE(warns_of_a_value_that_is_lost) {
  const auto read = hcl("a = 1\nb = 2\na = \"x\"");
  BOOST_TEST(read.shown() == R"({a: "x", b: 2})");
  BOOST_TEST(!read.diagnostics.has_errors());
  BOOST_TEST(read.findings() == "PL010 3:1 the key `a` stands here twice\n");
}

BOOST_AUTO_TEST_CASE(takes_commas_as_hcl_does) {
  BOOST_TEST(shown("a = [1, 2,]") == "{a: [1, 2]}");
  BOOST_TEST(shown("a = [,1,,2]") == "{a: [1, 2]}");
  BOOST_TEST(shown("a = {b = 1, c = 2,}, d = 3") == "{a: {b: 1, c: 2}, d: 3}");
  BOOST_TEST(shown("a = [[1] [2]]") == "{a: [[1], [2]]}");
}

BOOST_AUTO_TEST_CASE(reads_json_when_the_text_begins_with_a_brace) {
  BOOST_TEST(shown(" \n{\"kind\": \"service-defaults\", \"name\": \"api\"}") ==
             R"({kind: "service-defaults", name: "api"})");
  BOOST_TEST(hcl("{a = 1}").findings() == "PL008 1:2 this is not JSON: invalid literal\n");
}

BOOST_AUTO_TEST_CASE(knows_where_keys_and_values_stand) {
  const auto read = hcl("Kind = \"x\"\nA \"é\" {\n  b = [1,\n 0x2] }\n");
  const auto text = [&](Span span) { return std::string(read.sources.text(span)); };
  const Entry& a = *read.tree.value().find("A");
  BOOST_TEST(text(read.tree->get("Kind")->span) == "\"x\"");
  BOOST_TEST(text(a.key_span) == "A");
  BOOST_TEST(text(a.value.span) == "\"é\" {\n  b = [1,\n 0x2] }");
  const Entry& label = a.value.entries[0];
  BOOST_TEST(text(label.key_span) == "\"é\"");
  BOOST_TEST(text(label.value.span) == "{\n  b = [1,\n 0x2] }");
  BOOST_TEST(text(label.value.get("b")->items[1].span) == "0x2");
}

BOOST_AUTO_TEST_CASE(shows_a_finding_in_the_file_around_it) {
  auto outer =
      yaml("config:\n  - in: dc2\n    hcl: |\n      Kind = \"mesh\"\n      Mode = local\n");
  const Node& block = *outer.tree.value().get("config")->items[0].get("hcl");
  const FileId file = outer.sources.embed(block.span, block.text);
  read_hcl(outer.sources, file, outer.diagnostics);
  BOOST_TEST(outer.rendered() == R"(error[PL009]: expected a value, found `local`
  --> test:5:14
   |
 5 |       Mode = local
   |              ^^^^^
   |
   = help: put a text in quotes: "local"
   = in Consul: At 2:8: Unknown token: 2:8 IDENT local
)");
}

BOOST_AUTO_TEST_CASE(explains_what_breaks_the_syntax) {
  const auto finding = [](const std::string& text) {
    const auto read = hcl(text);
    BOOST_TEST(!read.tree.has_value());
    return read.findings();
  };
  BOOST_TEST(finding("a = 'x'") == "PL009 1:5 nothing in HCL begins with `'`\n");
  BOOST_TEST(finding("a: 1") == "PL009 1:2 nothing in HCL begins with `:`\n");
  BOOST_TEST(finding("a { b = 1") == "PL009 1:3 a brace is never closed\n");
  BOOST_TEST(finding("a = [1, {") == "PL009 1:9 a brace is never closed\n");
  BOOST_TEST(finding("a = [1, 2") == "PL009 1:5 a bracket is never closed\n");
  BOOST_TEST(finding("a = [1 2]") == "PL009 1:8 expected `,` or `]`, found `2`\n");
  BOOST_TEST(finding("a = \"x\n\"") == "PL009 1:5 a string is never closed\n");
  BOOST_TEST(finding("a = \"${x\"") == "PL009 1:5 a string is never closed\n");
  BOOST_TEST(finding("a = <<EOT\nx\nEOT") == "PL009 1:5 a heredoc is never closed\n");
  BOOST_TEST(finding("/* x") == "PL009 1:1 a comment is never closed\n");
  BOOST_TEST(finding("a b = 1") == "PL009 1:5 only a block may have labels\n");
  BOOST_TEST(finding("a = 1 }") == "PL009 1:7 expected a key, found `}`\n");
  BOOST_TEST(finding("a { b = }") == "PL009 1:9 a value is missing\n");
  BOOST_TEST(finding("a { b }") == "PL009 1:7 `b` has no value\n");
  BOOST_TEST(finding("a") == "PL009 1:2 `a` has no value\n");
  BOOST_TEST(finding("= 1") == "PL009 1:1 a key is missing before `=`\n");
  BOOST_TEST(finding("a = 1 + 2") == "PL009 1:7 expected a key, found `+`\n");
  BOOST_TEST(finding("a = 99999999999999999999") ==
             "PL026 1:5 `99999999999999999999` is out of range\n");
  BOOST_TEST(finding("a = 1e999") == "PL026 1:5 `1e999` is out of range\n");
  BOOST_TEST(finding("a = 1e") == "PL009 1:5 a number with an empty exponent\n");
  BOOST_TEST(finding("a = 0x") == "PL009 1:5 a number without digits\n");
  BOOST_TEST(finding("a = 08") == "PL009 1:5 an octal number with a digit above 7\n");
}

BOOST_AUTO_TEST_CASE(refuses_a_dangling_key_which_consul_drops) {
  BOOST_TEST(hcl("kind = ").findings() == "PL009 1:6 `kind` has no value\n");
  // golden/http/cli.jsonl, exchanges 129 and 360
  BOOST_TEST(consul("kind = ") == "it was accepted: {}");
  BOOST_TEST(consul("bind_addr = \"127.0.0.1\"\nbad = ") ==
             R"(it was accepted: {bind_addr: "127.0.0.1"})");
}

BOOST_AUTO_TEST_CASE(gives_consuls_text_for_an_error) {
  // golden/http/cli.jsonl, exchange 79
  BOOST_TEST(consul("service {") == "At 1:11: object expected closing RBRACE got: EOF");
  BOOST_TEST(consul("a = b") == "At 1:5: Unknown token: 1:5 IDENT b");
  BOOST_TEST(consul("a = [1 2]") ==
             "At 1:8: error parsing list, expected comma or list end, got: NUMBER");
  BOOST_TEST(consul("a = [{b}]") ==
             "At 1:6: error while trying to parse object within list: At 1:8: key 'b' expected "
             "start of object ('{') or assignment ('=')");
  BOOST_TEST(consul("a = \"x\n") == "At 1:7: literal not terminated");
  BOOST_TEST(consul("\n  a: 1") == "At 2:4: illegal char");
  // HCL's scanner steps over the end once when a word ends there, and once more for the end itself.
  BOOST_TEST(consul("a") == "At 1:3: key 'a' expected start of object ('{') or assignment ('=')");
  BOOST_TEST(consul("a b = 1") == "At 1:5: nested object expected: LBRACE got: ASSIGN");
}

BOOST_AUTO_TEST_CASE(ends_at_its_limits) {
  BOOST_TEST(hcl("a {b {c {}}}", {.depth = 4}).findings() == "");
  BOOST_TEST(hcl("a {b {c {d {}}}}", {.depth = 4}).findings() ==
             "PL004 1:12 more than 4 lists and maps in each other\n");
  BOOST_TEST(hcl("a = [1, 2, 3, 4]", {.nodes = 4}).findings() ==
             "PL003 1:15 the text holds more than 4 values\n");
}

BOOST_AUTO_TEST_CASE(survives_200_000_brackets) {
  for (const std::string part :
       {"a {", "a = [", "a \"b\" ", "[", "{", "a={", "a=[{", "\"${", "<<E\n"}) {
    std::string text = "x = [";
    while (text.size() < 200'000) text += part;
    BOOST_TEST(!hcl(text).tree.has_value(), part);
    BOOST_TEST(!hcl(text.substr(5)).tree.has_value(), part);
    BOOST_TEST(!parse_hcl(text).has_value(), part);
  }
}

BOOST_AUTO_TEST_SUITE_END()
