#include "peerlab/base/mutants.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>
#include <string>

namespace peerlab {

BOOST_AUTO_TEST_SUITE(mutants)

BOOST_AUTO_TEST_CASE(every_name_finds_its_mutant) {
  for (const MutantInfo& info : all_mutants()) {
    BOOST_TEST((mutant_named(info.name) == info.mutant));
    BOOST_TEST(!info.what.empty());
  }
  BOOST_TEST(!mutant_named("HB-000"));
}

BOOST_AUTO_TEST_CASE(the_table_is_sorted_and_has_no_doubles) {
  std::string last;
  for (const MutantInfo& info : all_mutants()) {
    // In brackets, because Boost.Test compares two strings by their lengths first.
    BOOST_TEST((last < info.name), info.name);
    last = info.name;
  }
}

BOOST_AUTO_TEST_CASE(none_is_planted_unless_asked_for) {
  Mutants mutants;
  BOOST_TEST(mutants.empty());
  for (const MutantInfo& info : all_mutants()) {
    BOOST_TEST(!mutants.has(info.mutant));
    mutants.plant(info.mutant);
    BOOST_TEST(mutants.has(info.mutant));
  }
}

BOOST_AUTO_TEST_CASE(each_defect_of_the_reference_stands_in_the_docs_with_its_choice) {
  std::set<std::string> planted, listed;
  for (const MutantInfo& info : all_mutants()) {
    if (info.name.starts_with("QP-") || info.name.starts_with("QT-")) planted.insert(info.name);
  }
  std::ifstream page(std::string(PEERLAB_SOURCE_DIR) + "/docs/defects.md");
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| ") || !line.ends_with("| yes |")) continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    BOOST_TEST(mutant_named(name).has_value(), name << " is not planted");
    if (name.starts_with("Q")) listed.insert(name);
  }
  BOOST_TEST(listed == planted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_names_of_the_specifications_are_taken_for_neither) {
  BOOST_TEST(!mutant_named("Q21"));
  BOOST_TEST(!mutant_named("Q-21"));
  BOOST_TEST((mutant_named("qp-21") == Mutant::QP_21));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab
