#include "peerlab/text/map_reader.hpp"

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using namespace peerlab;
using namespace peerlab::text;
using namespace std::chrono_literals;

namespace {

enum class Mode { local, remote };
const read::choice<Mode> mode{{{"local", Mode::local}, {"remote", Mode::remote}}};

/// The finding when the YAML `text` is read with `reader`.
template <class Read>
std::string finding(const std::string& text, const Read& reader) {
  auto parsed = yaml(text);
  reader(parsed.tree.value(), parsed.diagnostics);
  return parsed.findings();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_map_reader)

BOOST_AUTO_TEST_CASE(gives_what_is_there) {
  auto file = yaml("{in: [a, b], within: 5s, servers: 3, mode: remote, loss: 1%, up: true}");
  MapReader map(file.tree.value(), file.diagnostics, "`link`");
  BOOST_TEST(map.required("in", read::one_or_list{read::string})->size() == 2U);
  BOOST_TEST(map.required("within", read::duration).value() == 5s);
  BOOST_TEST(map.optional("servers", read::integer{1, 9}).value() == 3);
  BOOST_TEST((map.optional("mode", mode) == Mode::remote));
  BOOST_TEST((map.optional("loss", read::percent) == Ratio{1, 100}));
  BOOST_TEST(map.optional("up", read::boolean).value());
  BOOST_TEST(!map.optional("rate", read::bit_rate).has_value());
  BOOST_TEST(map.finish());
  BOOST_TEST(file.findings() == "");
}

BOOST_AUTO_TEST_CASE(reports_everything_that_is_wrong_at_once) {
  auto file = yaml("within: 5\nserver: 3\nmode: remoat\n");
  MapReader map(file.tree.value(), file.diagnostics, "`link`");
  map.required("in", read::string);
  map.required("within", read::duration);
  map.optional("servers", read::integer{1, 9});
  map.optional("mode", mode);
  BOOST_TEST(!map.finish());
  BOOST_TEST(file.findings() ==
             "PL022 1:9 `5` has no unit\n"
             "PL014 3:7 `remoat` cannot stand here\n"
             "PL012 2:1 unknown key `server`\n"
             "PL013 1:1 missing key `in`\n");
}

BOOST_AUTO_TEST_CASE(suggests_the_key_that_was_meant) {
  auto file = yaml("exsport: 1\n");
  MapReader(file.tree.value(), file.diagnostics, "a step").optional("export", read::scalar);
  BOOST_TEST(file.rendered() == R"(error[PL012]: unknown key `exsport`
  --> test:1:1
   |
 1 | exsport: 1
   | ^^^^^^^ not a key of a step
   |
   = help: did you mean `export`?
   = note: known keys are `export`
)");
}

BOOST_AUTO_TEST_CASE(takes_a_misspelt_required_key_for_one_mistake) {
  auto file = yaml("wihtin: 5s\n");
  MapReader(file.tree.value(), file.diagnostics, "`hold`").required("within", read::duration);
  BOOST_TEST(file.findings() == "PL012 1:1 unknown key `wihtin`\n");
}

BOOST_AUTO_TEST_CASE(reports_a_node_that_is_no_map_and_nothing_else) {
  auto file = yaml("[1]");
  MapReader map(file.tree.value(), file.diagnostics, "`hold`");
  BOOST_TEST(!map.required("within", read::duration).has_value());
  BOOST_TEST(!map.finish());
  BOOST_TEST(file.findings() == "PL011 1:1 expected a map, found a list\n");
}

BOOST_AUTO_TEST_CASE(takes_keys_in_any_spelling_when_told) {
  auto file = yaml("MeshGateway: a\nmesh_gateway: b\nNAME: c\n");
  MapReader map(file.tree.value(), file.diagnostics, "the entry", Keys::folded);
  BOOST_TEST(map.optional("MeshGateway", read::string).value() == "a");
  BOOST_TEST(map.required("name", read::string).value() == "c");
  BOOST_TEST(!map.finish());
  BOOST_TEST(file.findings() ==
             "PL010 2:1 `mesh_gateway` is another spelling of `MeshGateway`, which stands here, "
             "too\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_way_of_reading)

BOOST_AUTO_TEST_CASE(says_what_it_expected) {
  BOOST_TEST(finding("1.10", read::string) == "PL011 1:1 expected a string, found a number\n");
  BOOST_TEST(finding("~", read::scalar) == "PL011 1:1 expected a single value, found nothing\n");
  BOOST_TEST(finding("\"true\"", read::boolean) ==
             "PL011 1:1 expected a boolean, found a string\n");
  BOOST_TEST(finding("[5s]", read::duration) == "PL011 1:1 expected a duration, found a list\n");
  BOOST_TEST(finding("x", read::list{read::string}) ==
             "PL011 1:1 expected a list, found a string\n");
  BOOST_TEST(finding("x", read::integer{1, 9}) ==
             "PL011 1:1 expected a whole number, found a string\n");
  BOOST_TEST(finding("1.5", read::integer{1, 9}) == "PL026 1:1 `1.5` is not a whole number\n");
  BOOST_TEST(finding("10", read::integer{1, 9}) == "PL026 1:1 `10` is out of range\n");
}

BOOST_AUTO_TEST_CASE(reports_each_wrong_element_of_a_list) {
  BOOST_TEST(finding("[5s, 5, 6]", read::list{read::duration}) ==
             "PL022 1:6 `5` has no unit\nPL022 1:9 `6` has no unit\n");
}

BOOST_AUTO_TEST_SUITE_END()
