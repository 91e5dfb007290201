#include "peerlab/text/yaml.hpp"

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using namespace peerlab::text;

BOOST_AUTO_TEST_SUITE(yaml_reader)

BOOST_AUTO_TEST_CASE(keeps_maps_in_the_order_of_the_file) {
  const auto read = yaml("b: 1\na: [x, {c: 2}]\n");
  BOOST_TEST(read.shown() == "{b: 1, a: [\"x\", {c: 2}]}");
  BOOST_TEST(read.findings() == "");
}

BOOST_AUTO_TEST_CASE(gives_plain_scalars_the_kinds_of_the_core_schema) {
  const auto kind = [](const std::string& scalar) {
    return yaml("x: " + scalar).tree->get("x")->kind;
  };
  for (const auto* scalar : {"", "~", "null", "Null", "NULL"}) {
    BOOST_TEST((kind(scalar) == Kind::null), scalar);
  }
  for (const auto* scalar : {"true", "True", "FALSE"}) {
    BOOST_TEST((kind(scalar) == Kind::boolean), scalar);
  }
  for (const auto* scalar : {"0", "-7", "+7", "0o17", "0x1F", "123456789012345678901234567890"}) {
    BOOST_TEST((kind(scalar) == Kind::integer), scalar);
  }
  for (const auto* scalar : {"1.5", ".5", "1.", "1e3", "-1.5E-3", ".inf", "-.INF", ".nan"}) {
    BOOST_TEST((kind(scalar) == Kind::floating), scalar);
  }
  for (const auto* scalar : {"nUll", "tRUE", "1_000", "0x", "0b1", "e3", "1e", ".", "+", "1.2.3",
                             "5s", "50/s", "'1'", "\"true\"", "1:30"}) {
    BOOST_TEST((kind(scalar) == Kind::string), scalar);
  }
}

BOOST_AUTO_TEST_CASE(reads_integers_of_every_base_unless_they_overflow) {
  const auto read = yaml("[-7, +7, 0o17, 0x1F, 9223372036854775807, -9223372036854775808]");
  std::vector<std::int64_t> values;
  for (const Node& item : read.tree->items) values.push_back(item.integer().value());
  const std::vector<std::int64_t> expected{-7, 7, 15, 31, INT64_MAX, INT64_MIN};
  BOOST_TEST(values == expected, boost::test_tools::per_element());
  BOOST_TEST(!yaml("9223372036854775808").tree->integer());
}

BOOST_AUTO_TEST_CASE(tells_quoted_from_plain) {
  const auto read = yaml("{plain: a, single: 'a', \"double\": \"a\", block: a}");
  BOOST_TEST(!read.tree->get("plain")->quoted);
  BOOST_TEST(read.tree->get("single")->quoted);
  BOOST_TEST(read.tree->get("double")->quoted);
  BOOST_TEST(read.tree->find("double")->key_quoted);
  BOOST_TEST(!read.tree->find("block")->key_quoted);
}

BOOST_AUTO_TEST_CASE(knows_where_keys_and_values_stand) {
  const auto read =
      yaml("\xEF\xBB\xBFé: ü\nsteps:\n  - wait: 5s\n  - {cut: 1}\nhcl: |\n  a = 1\n\n");
  const auto shown = [&](Span span) { return std::string(read.sources.text(span)); };
  const auto at = [&](Span span) { return read.sources.describe(span); };
  const Node& steps = *read.tree->get("steps");
  BOOST_TEST(shown(read.tree->entries[0].key_span) == "é");
  BOOST_TEST(shown(read.tree->entries[0].value.span) == "ü");
  BOOST_TEST(at(steps.items[0].entries[0].key_span) == "test:3:5");
  BOOST_TEST(at(steps.items[0].entries[0].value.span) == "test:3:11");
  BOOST_TEST(shown(steps.span) == "- wait: 5s\n  - {cut: 1}");
  BOOST_TEST(shown(steps.items[1].span) == "{cut: 1}");
  BOOST_TEST(shown(read.tree->get("hcl")->span) == "|\n  a = 1");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_stands_twice_and_keeps_the_first) {
  const auto read = yaml("a: 1\nb: 2\n'a': 3\n");
  BOOST_TEST(read.shown() == "{a: 1, b: 2}");
  BOOST_TEST(read.findings() == "PL010 3:1 the key `a` stands here twice\n");
}

BOOST_AUTO_TEST_CASE(refuses_what_yaml_1_1_reads_differently) {
  const auto read = yaml("a: yes\nb: Off\non: 1\n<<: {c: 1}\nd: 0755\ne: 'no'\n");
  BOOST_TEST(read.findings() ==
             "PL015 1:4 `yes` means two things\n"
             "PL015 2:4 `Off` means two things\n"
             "PL015 3:1 the key `on` means two things\n"
             "PL021 4:1 merge keys are not supported\n"
             "PL016 5:4 `0755` means two things\n");
}

BOOST_AUTO_TEST_CASE(suggests_the_boolean_that_was_meant) {
  const auto help = [](const std::string& text) {
    return yaml(text).diagnostics.all()[0].footers[0].text.substr(0, 12);
  };
  for (const auto* word : {"yes", "On", "YES", "ON"}) BOOST_TEST(help(word) == "write `true`");
  for (const auto* word : {"no", "Off", "NO", "OFF"}) BOOST_TEST(help(word) == "write `false");
}

BOOST_AUTO_TEST_CASE(refuses_keys_that_are_no_texts) {
  BOOST_TEST(yaml("{{name}}: 1").findings() == "PL020 1:2 a key must be a single text\n");
  BOOST_TEST(yaml("? [a]\n: 1\nb: 2").shown() == "{b: 2}");
  BOOST_TEST(yaml("?\n: 1").findings() == "PL020 1:2 a key is missing before this `:`\n");
  BOOST_TEST(yaml("~: 1").findings() == "PL020 1:1 a key is missing before this `:`\n");
}

BOOST_AUTO_TEST_CASE(copies_what_an_alias_names) {
  const auto read = yaml("a: &x {b: [1]}\nc: *x\n");
  BOOST_TEST(read.shown() == "{a: {b: [1]}, c: {b: [1]}}");
  BOOST_TEST(read.sources.describe(read.tree->get("c")->span) == "test:2:4");
  BOOST_TEST(read.findings() == "");
}

BOOST_AUTO_TEST_CASE(refuses_an_alias_without_or_within_its_anchor) {
  BOOST_TEST(yaml("[*x, &x 1]").findings() == "PL006 1:2 alias `*x` leads nowhere\n");
  BOOST_TEST(yaml("&x [*x]").findings() == "PL006 1:5 alias `*x` leads nowhere\n");
}

BOOST_AUTO_TEST_CASE(stops_at_an_alias_bomb) {
  std::string bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 20; ++i) {
    const auto n = std::to_string(i);
    const auto p = "*a" + std::to_string(i - 1);
    bomb += "a" + n + ": &a" + n + " [" + p;
    for (int j = 0; j < 9; ++j) bomb += "," + p;
    bomb += "]\n";
  }
  const auto read = yaml(bomb);
  BOOST_TEST(!read.tree.has_value());
  BOOST_TEST(read.findings().substr(0, 5) == "PL005");
}

BOOST_AUTO_TEST_CASE(knows_the_tags_of_the_core_schema_and_no_others) {
  BOOST_TEST(
      yaml("[!!str 1, ! true, !!int '7', !!float 1, !!seq [], !!map {}, !!null '']").shown() ==
      "[\"1\", \"true\", 7, 1, [], {}, null]");
  BOOST_TEST(yaml("!!int x").findings() ==
             "PL017 1:1 the tag `!!int` does not suit the value or is not known\n");
  BOOST_TEST(yaml("!mine x").findings() == "PL017 1:1 unknown tag `!mine`\n");
  BOOST_TEST(
      yaml("!!python/object:os.system {}").findings() ==
      "PL017 1:1 the tag `!!python/object:os.system` does not suit the value or is not known\n");
}

BOOST_AUTO_TEST_CASE(wants_exactly_one_document) {
  BOOST_TEST(yaml("").findings() == "PL019 1:1 the file is empty\n");
  BOOST_TEST(yaml("# only a comment\n").findings() == "PL019 1:1 the file is empty\n");
  BOOST_TEST(yaml("---\n").findings() == "PL019 1:1 the file is empty\n");
  BOOST_TEST(yaml("a: 1\n---\nb: 2\n").findings() ==
             "PL018 2:1 a second YAML document begins here\n");
  BOOST_TEST(yaml("---\na: 1\n...\n").shown() == "{a: 1}");
}

BOOST_AUTO_TEST_CASE(reads_several_documents_when_asked) {
  Sources sources;
  Diagnostics diagnostics;
  const auto file = sources.add("m.yaml", "kind: A\n---\n# nothing\n---\nkind: B\n---\n");
  const auto documents = read_yaml_documents(sources, file, diagnostics);
  BOOST_REQUIRE(documents.size() == 2);
  BOOST_TEST(to_text(documents[1]) == "{kind: \"B\"}");
  BOOST_TEST(diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(ends_at_its_limits) {
  BOOST_TEST(yaml("[[[[]]]]", {.depth = 4}).findings() == "");
  BOOST_TEST(yaml("[[[[[]]]]]", {.depth = 4}).findings() ==
             "PL004 1:5 more than 4 lists and maps in each other\n");
  BOOST_TEST(yaml("[1, 2, 3]", {.nodes = 3}).findings() ==
             "PL003 1:8 the text holds more than 3 values\n");
  BOOST_TEST(yaml("&a [&b [&c [1]]]", {.nodes = 8}).findings() ==
             "PL003 1:5 the text holds more than 8 values\n");
  BOOST_TEST(yaml("[1, 2, 3]", {.bytes = 8}).findings() ==
             "PL003 1:1 the text has 9 bytes, and 8 are allowed\n");
}

BOOST_AUTO_TEST_CASE(survives_200_000_brackets) {
  for (const std::string part : {"[", "{", "{a: ", "- ", "? ", "[[[\n", "!!seq ["}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    BOOST_TEST(!yaml(text).tree.has_value(), part);
  }
}

BOOST_AUTO_TEST_CASE(explains_what_breaks_the_syntax) {
  const auto finding = [](const std::string& text) {
    const auto read = yaml(text);
    BOOST_TEST(!read.tree.has_value());
    return read.findings();
  };
  BOOST_TEST(finding("a:\n\tb: 1") == "PL007 2:1 a tab is used to indent\n");
  BOOST_TEST(finding("a: b: c") == "PL007 1:5 a key and its value cannot stand here\n");
  BOOST_TEST(finding("a: @b") == "PL007 1:4 no value begins with `@`\n");
  BOOST_TEST(finding("a: [1, 2\nb: 3") == "PL007 2:2 a list in `[ ]` is never closed\n");
  BOOST_TEST(finding("a: 'x\n") == "PL007 1:4 a quote is never closed\n");
  BOOST_TEST(finding("a: \"\\q\"\n") == "PL007 1:5 unknown escape in a string\n");
  BOOST_TEST(finding("a: *\n") == "PL007 1:5 an anchor or alias without a name\n");
  BOOST_TEST(finding("a: 1\nb\n") == "PL007 3:1 a key without a `:`\n");
  BOOST_TEST(finding("a: \"x\" y\n") == "PL007 1:8 unexpected text after a closing quote\n");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_text) {
  using namespace std::string_literals;
  BOOST_TEST(yaml("a: \xff").findings() == "PL001 1:4 the text is not UTF-8\n");
  BOOST_TEST(yaml("a: \xC3").findings() == "PL001 1:4 the text is not UTF-8\n");
  BOOST_TEST(yaml("a: \xED\xA0\x80").findings() == "PL001 1:4 the text is not UTF-8\n");
  BOOST_TEST(yaml("a: b\0"s).findings() ==
             "PL002 1:5 the text holds the control character U+0000\n");
  BOOST_TEST(yaml("a: \x1b[1m").findings() ==
             "PL002 1:4 the text holds the control character U+001B\n");
  BOOST_TEST(yaml("a: \x7F").findings() ==
             "PL002 1:4 the text holds the control character U+007F\n");
  BOOST_TEST(yaml("a: \xC2\x81").findings() ==
             "PL002 1:4 YAML does not allow the character U+0081\n");
}

BOOST_AUTO_TEST_SUITE_END()
