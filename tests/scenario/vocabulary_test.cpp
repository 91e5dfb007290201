#include "peerlab/scenario/vocabulary.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>

#include "peerlab/scenario/check_form.hpp"
#include "peerlab/text/yaml.hpp"

namespace peerlab::scenario {
namespace {

/// The findings about `yaml`, held against `form`.
std::string findings(const std::string& yaml, const Form& form) {
  text::Sources sources;
  text::Diagnostics diagnostics;
  const auto node = text::read_yaml(sources, sources.add("example", yaml), diagnostics);
  if (node) check_form(*node, form, diagnostics);
  return text::render(diagnostics, sources);
}

const Form& form_of(std::string_view key) {
  for (const Key& each : file_form().keys) {
    if (each.name == key) return *each.form;
  }
  throw std::logic_error("no such section");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary)

BOOST_AUTO_TEST_CASE(every_example_is_of_its_own_form) {
  for (const Word& word : verbs()) {
    BOOST_TEST(findings("- " + std::string(word.example), form_of("steps")) == "");
  }
  for (const Word& word : checks()) {
    BOOST_TEST(findings("- " + std::string(word.example), form_of("finally")) == "");
  }
}

BOOST_AUTO_TEST_CASE(every_word_has_a_sentence_and_no_double) {
  for (const auto words : {verbs(), checks()}) {
    std::set<std::string_view> names;
    for (const Word& word : words) {
      BOOST_TEST(names.insert(word.name).second, word.name << " stands twice");
      BOOST_TEST(word.doc.ends_with('.'), word.name << " is described by a sentence");
      BOOST_TEST(word.example.starts_with(word.name), word.name << " has an example of itself");
      BOOST_TEST(!is_planned(word.name), word.name << " is there");
    }
  }
}

BOOST_AUTO_TEST_CASE(no_key_is_a_boolean_of_yaml_1_1) {
  const std::set<std::string_view> booleans = {"y", "n", "yes", "no", "on", "off", "true", "false"};
  const std::function<void(const Form&)> visit = [&](const Form& form) {
    for (const Key& key : form.keys) {
      BOOST_TEST(!booleans.contains(key.name));
      visit(*key.form);
    }
    if (form.element != nullptr) visit(*form.element);
  };
  visit(file_form());
  for (const Word& word : verbs()) visit(*word.form);
  for (const Word& word : checks()) visit(*word.form);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::scenario
