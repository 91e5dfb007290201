// Nothing may crash, hang or lose its place on any bytes: valid samples cut off at every byte and
// changed at random are read by every reader, and what comes out must make sense.

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "peerlab/base/random.hpp"
#include "peerlab/text/hcl.hpp"
#include "peerlab/text/json.hpp"
#include "peerlab/text/scalars.hpp"
#include "support.hpp"

using namespace peerlab;
using namespace peerlab::text;

namespace {

const std::string yaml_sample = R"(# A claim.
peerlab: 1
name: "é — \u00e9 \"x\""
covers: [C-1b, 'E-3', HB-081]
vars: &vars { length: 1m30s, size: 8MiB, rate: 200kbit, loss: 0.5% }
again: *vars
topology:
  dc1: { servers: 3, gateways: { count: 2, wan_address: "${wan}" }, x: [[1, -2.5e3], {}] }
config:
  - in: dc2
    hcl: |
      Kind = "service-intentions"   # why
      Sources = [{ Name = "a", Peer = "dc1" }]
  - in: [dc1, dc2]
    crd: >-
      kind: Mesh
      ---
      kind: B
? complex
: !!str 7
last: ~
)";

const std::string hcl_sample = R"(# one
// two
/* three */
Kind = "exported-services"
service "web" "é" { policy = "read", weight = [1, 0x1F, -0755, 1.5e3, true,] }
service "api" {}
Services = [{ Name = "a\n\u00e9${b("c")}" Consumers = [{ Peer = "dc1" }] }, [[]]]
text = <<-EOT
    one
      two
    EOT
Config { a.b-c = false }
)";

const std::string json_sample =
    R"( {"Kind": "mesh", "a": [1, -2.5e3, true, null, "\u00e9\n\"é"], "b": {"c": {}}, "d": [[]]} )";

void check_spans(const Sources& sources, const Node& node) {
  const auto good = [&](Span span) {
    return span.begin <= span.end && span.end <= sources.text(span.file).size();
  };
  // Counted by hand: a million passed assertions would take longer than what they check.
  if (!good(node.span)) BOOST_TEST(false, "a value lies outside of its text");
  for (const Node& item : node.items) check_spans(sources, item);
  for (const Entry& entry : node.entries) {
    if (!good(entry.key_span)) BOOST_TEST(false, "a key lies outside of its text");
    check_spans(sources, entry.value);
  }
}

/// Reads `text` in every way and judges what comes out. `embedded` puts it in a YAML block.
void read_everything(const std::string& text) {
  using Reader = std::optional<Node> (*)(const Sources&, FileId, Diagnostics&, const Limits&);
  for (const Reader reader : {Reader(read_yaml), Reader(read_json), Reader(read_hcl)}) {
    Sources sources;
    Diagnostics diagnostics;
    const FileId file = sources.add("sample", text);
    const auto tree = reader(sources, file, diagnostics, {});
    if (tree) {
      check_spans(sources, *tree);
      to_text(*tree);
      // A block of any style and content can be followed or is shown as a whole.
      for (const Entry& entry : tree->entries) {
        if (entry.value.kind != Kind::string) continue;
        const FileId block = sources.embed(entry.value.span, entry.value.text);
        const auto size = static_cast<std::uint32_t>(sources.text(block).size());
        for (std::uint32_t at = 0; at <= size; ++at) sources.locate({block, at, size});
        read_hcl(sources, block, diagnostics);
      }
    } else if (!diagnostics.has_errors()) {
      BOOST_TEST(false, "nothing was read and nothing was found in\n" << text);
    }
    const std::string shown = render(diagnostics, sources);
    if (shown.find('\x1b') != std::string::npos || shown.find('\0') != std::string::npos) {
      BOOST_TEST(false, "a finding would act upon the terminal");
    }
  }
  parse_hcl(text);
}

std::string mutated(std::string text, Random& random) {
  static const std::vector<std::string> parts{"\"",
                                              "'",
                                              "{",
                                              "}",
                                              "[",
                                              "]",
                                              ":",
                                              ": ",
                                              ",",
                                              "=",
                                              "\n",
                                              "\r\n",
                                              "\t",
                                              "&a ",
                                              "*a",
                                              "!!str ",
                                              "|",
                                              ">",
                                              "<<E\n",
                                              "${",
                                              "\\",
                                              "#",
                                              "/*",
                                              "---\n",
                                              "- ",
                                              "? ",
                                              "0x",
                                              "1e",
                                              "-",
                                              "\xEF\xBB\xBF",
                                              "\xE2\x80\xA8",
                                              "\xC2\x85",
                                              "\xFF",
                                              std::string(1, '\0'),
                                              "é",
                                              "🚀"};
  for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
    const std::size_t at = random.below(text.size() + 1);
    const std::size_t length = random.below(12);
    switch (random.below(4)) {
      case 0:
        text.insert(at, parts[random.below(parts.size())]);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(random.below(text.size() + 1), length));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(every_reader)

BOOST_AUTO_TEST_CASE(takes_the_samples_as_they_are) {
  BOOST_TEST(yaml(yaml_sample).findings() == "");
  for (const auto& [text, reader] :
       {std::pair(hcl_sample, &read_hcl), std::pair(json_sample, &read_json)}) {
    Sources sources;
    Diagnostics diagnostics;
    BOOST_TEST(reader(sources, sources.add("", text), diagnostics, {}).has_value());
    BOOST_TEST(diagnostics.empty());
  }
}

BOOST_AUTO_TEST_CASE(survives_a_text_cut_off_anywhere) {
  for (const auto& sample : {yaml_sample, hcl_sample, json_sample}) {
    for (std::size_t length = 0; length < sample.size(); ++length) {
      read_everything(sample.substr(0, length));
    }
  }
}

BOOST_AUTO_TEST_CASE(survives_random_changes) {
  Random random(20260101);
  for (const auto& sample : {yaml_sample, hcl_sample, json_sample}) {
    for (int round = 0; round < 1'500; ++round) read_everything(mutated(sample, random));
  }
}

BOOST_AUTO_TEST_CASE(survives_every_text_of_two_signs_between_brackets) {
  const std::string signs = "\"'{}[]:,=#/*&!|>%@`-?<.$\\\n\t\r 0a~\x7f\xC3";
  for (const char first : signs) {
    for (const char second : signs) {
      const std::string two{first, second};
      read_everything(two);
      read_everything("a: {b: " + two + "}");
      read_everything("a = [" + two + "]");
    }
  }
}

BOOST_AUTO_TEST_CASE(takes_numbers_of_any_length) {
  const std::string digits(100'000, '9');
  for (const auto* before : {"", "-", "0x", "0.", "1e", "1e-"}) {
    read_everything("[" + (before + digits) + "]");
    read_everything("a = " + (before + digits));
    BOOST_TEST(!parse_duration(before + digits + "s").has_value());
    BOOST_TEST(!parse_size(before + digits + "B").has_value());
    BOOST_TEST(!parse_percent(before + digits + "%").has_value());
  }
}

BOOST_AUTO_TEST_CASE(shows_a_line_of_any_length) {
  const auto read = yaml("a: [" + std::string(1'000'000, 'x') + ": y: z]");
  BOOST_TEST(read.diagnostics.has_errors());
  BOOST_TEST(read.rendered().size() < 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()
