#include "peerlab/checks/invariant.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(invariant)

BOOST_AUTO_TEST_CASE(each_has_an_id_of_its_own_a_claim_and_a_source) {
  std::set<std::string_view> ids;
  for (const Invariant& invariant : invariants()) {
    BOOST_TEST(ids.insert(invariant.id).second);
    BOOST_TEST(!invariant.claim.empty());
    BOOST_TEST(!invariant.source.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_empty_trace_breaks_none) {
  for (const Invariant& invariant : invariants()) {
    BOOST_TEST(!invariant.broken(trace::Trace()), invariant.id);
  }
}

BOOST_AUTO_TEST_CASE(time_does_not_run_backwards) {
  Story story;
  story.tell(2s, "a", trace::HostStarted{}).tell(2s, "b", trace::HostStarted{});
  BOOST_TEST(breach("causes-come-first", story) == "");
  story.tell(1s, "c", trace::HostStarted{});
  BOOST_TEST(breach("causes-come-first", story) ==
             "it happened before what the trace tells before it");
}

BOOST_AUTO_TEST_CASE(a_call_has_one_outcome) {
  Story story;
  story.tell(1s, "a", trace::CallEnded{1, "b", "answered", "b"});
  story.tell(2s, "a", trace::CallEnded{2, "b", "answered", "b"});
  BOOST_TEST(breach("calls-end-once", story) == "");
  story.tell(3s, "a", trace::CallEnded{1, "b", "timed out", ""});
  BOOST_TEST(breach("calls-end-once", story) == "call 1 ended a second time");
}

BOOST_AUTO_TEST_CASE(a_host_that_is_down_connects_to_nobody) {
  Story story;
  const trace::Where b = story.where("b");
  story.tell(0s, "a", trace::HostStarted{});
  story.tell(1s, "a", trace::ConnectionOpened{b, 80, true});
  story.tell(2s, "a", trace::HostCrashed{});
  BOOST_TEST(breach("dead-hosts-are-silent", story) == "");
  story.tell(3s, "a", trace::ConnectionOpened{b, 80, true});
  BOOST_TEST(breach("dead-hosts-are-silent", story) == "a host that is down opened a connection");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
