#include "chaos.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::consensus {
namespace {

/// The breach that the first of `seeds` random runs to have one finds, with its property's name.
std::string first_breach(Mutants mutants, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const ChaosReport report = chaos(seed, mutants);
    if (report.breach) return *report.breach;
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_in_chaos)

BOOST_AUTO_TEST_CASE(a_thousand_random_runs_keep_the_five_safety_properties) {
  ChaosReport sum;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const ChaosReport report = chaos(seed);
    BOOST_TEST(!report.breach, "seed " << seed << ": " << report.breach.value_or(""));
    sum.events += report.events;
    sum.committed += report.committed;
    sum.elections += report.elections;
    sum.restores += report.restores;
    sum.configurations += report.configurations;
  }
  BOOST_TEST_MESSAGE("events " << sum.events << ", committed " << sum.committed << ", elections "
                               << sum.elections << ", restores " << sum.restores
                               << ", configurations " << sum.configurations);
  // The runs must have been worth something.
  BOOST_TEST(sum.committed > 10'000U);
  BOOST_TEST(sum.elections > 2'500U);
  BOOST_TEST(sum.restores > 1'000U);
  BOOST_TEST(sum.configurations > 5'000U);
}

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_runs_and_others_do_not) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::uint64_t digest = chaos(seed).digest;
    BOOST_TEST(chaos(seed).digest == digest);
    BOOST_TEST(chaos(seed + 1).digest != digest);
  }
}

BOOST_AUTO_TEST_CASE(acknowledging_what_is_not_durable_is_caught) {
  const std::string breach = first_breach({Mutant::RAFT_ACK_UNSYNCED}, 200);
  BOOST_TEST(breach.starts_with("leader completeness"), breach);
}

BOOST_AUTO_TEST_CASE(answering_before_the_vote_is_durable_is_caught) {
  const std::string breach = first_breach({Mutant::RAFT_VOTE_UNSYNCED}, 200);
  BOOST_TEST(breach.starts_with("election safety"), breach);
}

BOOST_AUTO_TEST_CASE(vouching_for_entries_that_were_not_compared_is_caught) {
  const std::string breach = first_breach({Mutant::RAFT_UNCHECKED_ACK}, 200);
  BOOST_TEST(breach.starts_with("liveness"), breach);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
