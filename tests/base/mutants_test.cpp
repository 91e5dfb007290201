#include "peerlab/base/mutants.hpp"

#include <boost/test/unit_test.hpp>
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab
