#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::EntryApplied;
using trace::LeadershipGained;
using trace::LeadershipLost;

BOOST_AUTO_TEST_SUITE(cluster_rules)

BOOST_AUTO_TEST_CASE(a_term_has_one_leader_in_each_cluster) {
  Story story;
  story.tell(1s, "dc1/server/0", LeadershipGained{2});
  story.tell(1s, "dc2/server/0", LeadershipGained{2});
  story.tell(2s, "dc1/server/1", LeadershipGained{3});
  BOOST_TEST(breach("one-leader-per-term", story) == "");
  story.tell(3s, "dc1/server/2", LeadershipGained{3});
  BOOST_TEST(breach("one-leader-per-term", story) ==
             "dc1/server/2 leads in term 3, in which dc1/server/1 has led");
}

BOOST_AUTO_TEST_CASE(entries_are_applied_in_order) {
  Story story;
  story.tell(1s, "dc1/server/0", EntryApplied{5, "catalog", 10});
  story.tell(2s, "dc1/server/0", EntryApplied{7, "catalog", 10});
  BOOST_TEST(breach("log-grows", story) == "");
  story.tell(3s, "dc1/server/0", EntryApplied{7, "catalog", 10});
  BOOST_TEST(breach("log-grows", story) == "entry 7 is applied after entry 7");
}

BOOST_AUTO_TEST_CASE(an_entry_is_written_by_one_leader) {
  Story story;
  story.tell(1s, "dc1/server/0", EntryApplied{5, "catalog", 10});
  story.tell(2s, "dc1/server/1", EntryApplied{6, "catalog", 10});
  story.tell(2s, "dc2/server/1", EntryApplied{5, "catalog", 10});
  BOOST_TEST(breach("log-grows", story) == "");
  story.tell(3s, "dc1/server/2", EntryApplied{6, "peering", 10});
  BOOST_TEST(breach("log-grows", story) ==
             "dc1/server/2 wrote entry 6, which dc1/server/1 has written");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
