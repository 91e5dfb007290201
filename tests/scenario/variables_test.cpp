#include "peerlab/scenario/variables.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/text/yaml.hpp"

namespace peerlab::scenario {
namespace {

struct Outcome {
  std::string tree;
  std::size_t errors = 0;
};

Outcome substituted(const std::string& yaml, const Variables& variables) {
  text::Sources sources;
  text::Diagnostics diagnostics;
  auto node = text::read_yaml(sources, sources.add("x", yaml), diagnostics);
  substitute(*node, variables, diagnostics);
  return {text::to_text(*node), diagnostics.errors()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(variables)

BOOST_AUTO_TEST_CASE(a_variable_stands_anywhere_in_a_scalar) {
  BOOST_TEST(substituted("a: dc${n}/web\nb: ${n}${n}", {{"n", "1"}}).tree ==
             substituted("a: dc1/web\nb: 11", {}).tree);
}

BOOST_AUTO_TEST_CASE(a_value_takes_the_kind_that_it_spells) {
  BOOST_TEST(substituted("a: \"${x}\"", {{"x", "true"}}).tree == substituted("a: true", {}).tree);
  BOOST_TEST(substituted("a: ${x}", {{"x", "7"}}).tree == substituted("a: 7", {}).tree);
}

BOOST_AUTO_TEST_CASE(two_dollars_are_one) {
  BOOST_TEST(substituted("a: $${x}", {{"x", "1"}}).tree == "{a: \"${x}\"}");
}

BOOST_AUTO_TEST_CASE(a_name_without_a_value_is_a_finding) {
  BOOST_TEST(substituted("a: ${nobody}", {{"n", "1"}}).errors == 1);
  BOOST_TEST(substituted("a: ${open", {{"open", "1"}}).errors == 1);
}

BOOST_AUTO_TEST_CASE(when_leaves_out_what_other_cases_have) {
  const std::string yaml =
      "steps: [{ wait: 1s }, { cut: { between: x, when: { side: [a, b] } } },"
      " { heal: 1, when: { side: b } }]";
  BOOST_TEST(substituted(yaml, {{"side", "a"}}).tree ==
             substituted("steps: [{ wait: 1s }, { cut: { between: x } }]", {}).tree);
  BOOST_TEST(substituted(yaml, {{"side", "b"}}).tree ==
             substituted("steps: [{ wait: 1s }, { cut: { between: x } }, { heal: 1 }]", {}).tree);
  BOOST_TEST(substituted(yaml, {{"side", "c"}}).tree ==
             substituted("steps: [{ wait: 1s }]", {}).tree);
}

BOOST_AUTO_TEST_CASE(a_matrix_is_the_product_of_its_lists) {
  text::Sources sources;
  text::Diagnostics diagnostics;
  const auto matrix =
      text::read_yaml(sources, sources.add("x", "b: [1, 2]\na: [x, y, z]"), diagnostics);
  const auto rows = combinations(&*matrix);
  BOOST_TEST(rows.size() == 6);
  BOOST_TEST(row_label(&*matrix, rows.at(0)) == "b=1 a=x");
  BOOST_TEST(row_label(&*matrix, rows.at(1)) == "b=1 a=y");
  BOOST_TEST(row_label(&*matrix, rows.at(5)) == "b=2 a=z");
  BOOST_TEST(combinations(nullptr).size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::scenario
