#include "peerlab/text/diagnostic.hpp"

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using namespace peerlab::text;

namespace {

/// The first place where `part` stands in the file.
Span span_of(const Sources& sources, FileId file, std::string_view part) {
  const auto at = static_cast<std::uint32_t>(sources.text(file).find(part));
  return {file, at, at + static_cast<std::uint32_t>(part.size())};
}

struct Page {
  FileId add(std::string text) { return file = sources.add("page", std::move(text)); }
  Diagnostic& error(std::string_view part, std::string message) {
    return found.error(codes::unknown_key, span_of(sources, file, part), std::move(message));
  }
  std::string shown(RenderOptions options = {}) const { return render(found, sources, options); }

  Sources sources;
  FileId file;
  Diagnostics found;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(a_rendered_diagnostic, Page)

BOOST_AUTO_TEST_CASE(shows_code_place_line_marker_and_help) {
  std::string text(30, '\n');
  file = sources.add("scenarios/basic.yaml", text + "  - exsport: { in: dc2, service: web }\n");
  error("exsport", "unknown key `exsport`")
      .label("not a step")
      .help("did you mean `export`?")
      .note("steps start with one verb; see `peerlab explain steps`");
  BOOST_TEST(shown() == R"(error[PL012]: unknown key `exsport`
  --> scenarios/basic.yaml:31:5
   |
31 |   - exsport: { in: dc2, service: web }
   |     ^^^^^^^ not a step
   |
   = help: did you mean `export`?
   = note: steps start with one verb; see `peerlab explain steps`
)");
}

BOOST_AUTO_TEST_CASE(says_who_included_the_file) {
  const auto outer = sources.add("scenarios/l7.yaml", "a: common.yaml\n");
  const auto middle = sources.add("common.yaml", "b: x.hcl\n", span_of(sources, outer, "common"));
  file = sources.add("x.hcl", "Peer = \"dc3\"\n", span_of(sources, middle, "x.hcl"));
  error("dc3", "peer `dc3` is used but never created").label("dc1 knows these peers: dc2");
  BOOST_TEST(shown() == R"(error[PL012]: peer `dc3` is used but never created
  --> x.hcl:1:9        (included from common.yaml:1:4, from scenarios/l7.yaml:1:4)
   |
 1 | Peer = "dc3"
   |         ^^^ dc1 knows these peers: dc2
)");
}

BOOST_AUTO_TEST_CASE(marks_several_places_in_the_order_of_the_lines) {
  add("one: 1\ntwo: 2\n3\n4\nfive: [a, b]\n");
  error("a", "x")
      .label("here")
      .also(span_of(sources, file, "one"), "first")
      .also(span_of(sources, file, "b"), "and here");
  BOOST_TEST(shown() == R"(error[PL012]: x
  --> page:5:8
   |
 1 | one: 1
   | --- first
...
 5 | five: [a, b]
   |        ^ here
   |           - and here
)");
}

BOOST_AUTO_TEST_CASE(shows_places_in_other_files) {
  const auto other = sources.add("other", "b: 2\n");
  add("a: 1\n");
  error("a", "x").also(span_of(sources, other, "b"), "there");
  BOOST_TEST(shown() == R"(error[PL012]: x
  --> page:1:1
   |
 1 | a: 1
   | ^
  ::: other:1:1
   |
 1 | b: 2
   | - there
)");
}

BOOST_AUTO_TEST_CASE(marks_the_right_column_behind_tabs_and_wide_characters) {
  add("\tx: \"日本é🚀e\xCC\x81\", bad\n");
  error("bad", "x");
  BOOST_TEST(shown() ==
             "error[PL012]: x\n"
             "  --> page:1:15\n"
             "   |\n"
             " 1 |     x: \"日本é🚀e\xCC\x81\", bad\n"
             "   |                    ^^^\n");
}

BOOST_AUTO_TEST_CASE(shows_nothing_a_terminal_would_act_upon) {
  add("a: \xE2\x80\xAE evil \x1b[2J\xFF bad\n");
  error("bad", "x");
  BOOST_TEST(shown() == R"(error[PL012]: x
  --> page:1:17
   |
 1 | a: \u{202e} evil \u{1b}[2J\xff bad
   |                                ^^^
)");
}

BOOST_AUTO_TEST_CASE(shortens_a_long_line_around_the_marker) {
  add(std::string(500, 'a') + "bad" + std::string(500, 'c'));
  error("bad", "x");
  BOOST_TEST(shown({.width = 30}) == R"(error[PL012]: x
  --> page:1:501
   |
 1 | ...aaaaaaaaaabadccccccccccccccccc...
   |              ^^^
)");
}

BOOST_AUTO_TEST_CASE(finds_the_marker_in_a_line_of_a_million_bytes) {
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += "é";
  add(text + "bad" + text);
  error("bad", "x");
  BOOST_TEST(shown({.width = 9}) == R"(error[PL012]: x
  --> page:1:400001
   |
 1 | ...ééébadééé...
   |       ^^^
)");
}

BOOST_AUTO_TEST_CASE(marks_the_first_line_of_a_longer_stretch) {
  add("a: [1,\n  2]\n");
  error("[1,\n  2]", "x");
  BOOST_TEST(shown() == R"(error[PL012]: x
  --> page:1:4
   |
 1 | a: [1,
   |    ^^^
)");
}

BOOST_AUTO_TEST_CASE(marks_the_end_of_the_text) {
  add("a: [\n");
  found.error(codes::unknown_key, {file, 5, 5}, "x").label("the text ends here");
  BOOST_TEST(shown() == R"(error[PL012]: x
  --> page:2:1
   |
 2 |
   | ^ the text ends here
)");
}

BOOST_AUTO_TEST_CASE(lines_up_the_further_lines_of_a_footer) {
  add("a\n");
  error("a", "x").footer("likely cause", "the list did not list `web`,\nand nothing removed it");
  BOOST_TEST(shown() == R"(error[PL012]: x
  --> page:1:1
   |
 1 | a
   | ^
   |
   = likely cause: the list did not list `web`,
     and nothing removed it
)");
}

BOOST_AUTO_TEST_CASE(comes_with_others_in_the_order_of_their_places) {
  add("a: 1\nb: 2\n");
  error("b", "later");
  found.warning(codes::unknown_key, span_of(sources, file, "a"), "earlier");
  const auto text = shown();
  BOOST_TEST(text.find("warning[PL012]: earlier\n") == 0U);
  BOOST_TEST(text.find("\n\nerror[PL012]: later\n") != std::string::npos);
  BOOST_TEST(found.errors() == 1U);
}

BOOST_AUTO_TEST_CASE(is_counted_but_not_shown_beyond_the_limit) {
  add("a: 1\n");
  for (int i = 0; i < 5; ++i) error("a", "x");
  const auto text = shown({.most = 2});
  BOOST_TEST(text.ends_with("\n\n... and 3 more\n"));
}

BOOST_AUTO_TEST_CASE(is_only_counted_beyond_a_thousand) {
  add("a: 1\n");
  for (int i = 0; i < 5'000; ++i) error("a", "x").help("y");
  BOOST_TEST(found.errors() == 5'000U);
  BOOST_TEST(found.all().size() == 1'000U);
  BOOST_TEST(shown().ends_with("\n\n... and 4980 more\n"));
}

BOOST_AUTO_TEST_CASE(is_colored_only_when_asked) {
  add("a: 1\n");
  error("a", "x").help("y");
  BOOST_TEST(shown().find('\x1b') == std::string::npos);
  BOOST_TEST(shown({.color = true}).find("\x1b[1;31merror[PL012]\x1b[0m\x1b[1m: x\x1b[0m\n") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(table_of_codes)

BOOST_AUTO_TEST_CASE(explains_each_code_in_a_sentence_or_more) {
  for (const Code& code : all_codes()) {
    BOOST_TEST(code.explanation.size() > 40, code.id);
    BOOST_TEST(code.explanation.ends_with('.'), code.id);
    BOOST_TEST(!code.title.ends_with('.'), code.id);
  }
}

BOOST_AUTO_TEST_CASE(is_searched_without_regard_to_case) {
  BOOST_TEST(find_code("pl012")->title == codes::unknown_key.title);
  BOOST_TEST((find_code("PL999") == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_block_of_another_language)

/// Where the part `needle` of the embedded scalar `key` lies, as `line:column text`.
std::string seen(std::string text, std::string_view needle) {
  auto read = yaml(std::move(text));
  const Node& scalar = *read.tree.value().get("hcl");
  const FileId block = read.sources.embed(scalar.span, scalar.text);
  const Place place = read.sources.locate(span_of(read.sources, block, needle));
  return std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
         std::string(read.sources.text(place.span));
}

BOOST_AUTO_TEST_CASE(leads_to_the_line_and_column_of_the_outer_file) {
  BOOST_TEST(seen("a: 1\nhcl: |\n  A = 1\n\n    B = \"ü\" Peer\n", "Peer") == "5:13 Peer");
  BOOST_TEST(seen("hcl: |-\n  A = 1\n  B = 2\n\n", "B = 2") == "3:3 B = 2");
  BOOST_TEST(seen("hcl: |2+ # \"so\n    A = 1\n  B = 2\n\n", "B") == "3:3 B");
  BOOST_TEST(seen("hcl: &x !!str |\n  A = 1\n", "A") == "2:3 A");
  BOOST_TEST(seen("hcl: |\r\n  A = 1\r\n  B = 2\r\n", "B") == "3:3 B");
}

BOOST_AUTO_TEST_CASE(is_followed_through_folding_and_quotes) {
  BOOST_TEST(seen("hcl: >\n  A = 1\n  B = 2\n\n  C = 3\n", "B") == "3:3 B");
  BOOST_TEST(seen("hcl: A = 1\n  B = 2\n", "B") == "2:3 B");
  BOOST_TEST(seen("hcl: 'A = ''1'' B'\n", "B") == "1:17 B");
  BOOST_TEST(seen("hcl: \"{\\\"Kind\\\":\\n \\\"x\\\"}\"\n", "x") == "1:22 x");
}

BOOST_AUTO_TEST_CASE(is_shown_as_a_whole_where_it_cannot_be_followed) {
  BOOST_TEST(seen("hcl: \"A = \\x41 B\"\n", "B") == "1:6 \"A = \\x41 B\"");
}

BOOST_AUTO_TEST_CASE(may_hold_a_block_itself) {
  auto read = yaml("hcl: |\n  A = |\n      x: 'yy'\n");
  const Node& scalar = *read.tree.value().get("hcl");
  const FileId block = read.sources.embed(scalar.span, scalar.text);
  const FileId inner = read.sources.embed(span_of(read.sources, block, "'yy'"), "yy");
  BOOST_TEST(read.sources.describe({inner, 1, 2}) == "test:3:12");
}

BOOST_AUTO_TEST_SUITE_END()
