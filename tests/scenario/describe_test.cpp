#include "peerlab/scenario/describe.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "peerlab/scenario/vocabulary.hpp"

namespace peerlab::scenario {

BOOST_AUTO_TEST_SUITE(describe)

BOOST_AUTO_TEST_CASE(the_page_in_docs_is_the_one_that_the_program_prints) {
  std::ifstream file(PEERLAB_SOURCE_DIR + "/docs/scenario-reference.md");
  std::ostringstream page;
  page << file.rdbuf();
  BOOST_TEST((page.str() == reference_page()),
             "docs/scenario-reference.md is out of date: peerlab reference > it");
}

BOOST_AUTO_TEST_CASE(the_schema_knows_every_word) {
  const auto schema = nlohmann::json::parse(json_schema());
  for (const Word& word : verbs()) {
    const auto& steps = schema["$defs"]["steps"]["items"]["properties"];
    BOOST_TEST(steps.contains(std::string(word.name)), word.name);
  }
  for (const Word& word : checks()) {
    const auto& facts = schema["$defs"]["checks"]["items"]["properties"];
    BOOST_TEST(facts.contains(std::string(word.name)), word.name);
  }
  for (const Key& key : file_form().keys) {
    BOOST_TEST(schema["properties"].contains(std::string(key.name)), key.name);
  }
}

BOOST_AUTO_TEST_CASE(a_word_that_is_step_and_check_has_both_pages) {
  BOOST_TEST(word_page("call").find("### `call`") != word_page("call").rfind("### `call`"));
  BOOST_TEST(word_page("nothing") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::scenario
