#include "peerlab/checks/cause.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/trace/text.hpp"
#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::RecordId;

namespace {

/// The causes of the last record of a story, one line for each.
std::string causes(const Story& story, std::size_t most = 5) {
  std::string lines;
  const RecordId last = story.trace().records().back().id;
  for (const RecordId id : cause_of(story.trace(), last, most)) {
    lines += trace::text(story.trace(), story.trace()[id]) + '\n';
  }
  return lines;
}

const trace::CallEnded timed_out{1, "b", "timed out", ""};

}  // namespace

BOOST_AUTO_TEST_SUITE(causes_of_a_record)

BOOST_AUTO_TEST_CASE(are_followed_back_to_the_step_past_what_only_shows_how_things_work) {
  Story story;
  story.tell(0s, "scenario", trace::StepBegan{0, "wait"});
  story.tell(0s, "scenario", trace::StepBegan{1, "call"});
  story.tell(0s, "a", trace::CommandGiven{"call"}, RecordId(2));
  story.tell(5s, "a", trace::TimerFired{}, RecordId(3));
  story.tell(5s, "x", trace::HttpEnded{});
  story.tell(5s, "a", timed_out, RecordId(4));
  BOOST_TEST(causes(story) ==
             "    0.000s  scenario  step 2: call\n"
             "    5.000s  a  calls b in vain: timed out\n");
}

BOOST_AUTO_TEST_CASE(are_also_what_its_host_told_in_the_same_event) {
  Story story;
  story.tell(1s, "a", trace::FrameDelivered{});
  story.tell(1s, "a", trace::StreamEnded{"id", "b", "heartbeat timeout", 1}, RecordId(1));
  trace::PeeringSeen failing;
  failing.peer = "b";
  failing.state = "FAILING";
  story.tell(1s, "a", failing, RecordId(1));
  BOOST_TEST(causes(story) ==
             "    1.000s  a  ends its stream with b: heartbeat timeout\n"
             "    1.000s  a  sees peering b FAILING, 0 imported, 0 exported\n");
}

BOOST_AUTO_TEST_CASE(are_the_last_fault_between_its_hosts_and_the_last_that_went_down) {
  using net::HostGroup;
  Story story;
  const auto fault = [&](Duration at, net::Fault what) {
    story.tell(at, "world", trace::FaultApplied{std::move(what)});
  };
  fault(1s, net::Cut{HostGroup("a"), HostGroup("b")});
  fault(2s, net::Cut{HostGroup("a"), HostGroup("c")});
  fault(3s, net::Crash{HostGroup("bb")});
  story.tell(4s, "b", trace::HostCrashed{});
  story.tell(4s, "c", trace::HostCrashed{});
  story.tell(5s, "a", timed_out);
  BOOST_TEST(causes(story) ==
             "    1.000s  world  cuts the links between a and b\n"
             "    4.000s  b  loses power\n"
             "    5.000s  a  calls b in vain: timed out\n");
}

BOOST_AUTO_TEST_CASE(are_also_a_fault_whose_other_side_no_record_names) {
  Story story;
  story.tell(1s, "world", trace::FaultApplied{net::Cut{net::HostGroup("a"), net::HostGroup("b")}});
  story.tell(5s, "a", trace::StreamEnded{"id", "the peer", "timed out", 1});
  BOOST_TEST(causes(story) ==
             "    1.000s  world  cuts the links between a and b\n"
             "    5.000s  a  ends its stream with the peer: timed out\n");
}

BOOST_AUTO_TEST_CASE(are_the_end_of_the_host_that_a_stream_led_to) {
  Story story;
  const trace::Where c = story.where("c"), b = story.where("b");
  story.tell(1s, "a", trace::ConnectionOpened{b, 8503, true});
  story.tell(1s, "a", trace::StreamBegan{"id", "the peer", true, 1});
  story.tell(2s, "a", trace::ConnectionOpened{c, 8503, true});
  story.tell(3s, "b", trace::HostCrashed{}).tell(4s, "c", trace::HostCrashed{});
  story.tell(5s, "a", trace::StreamEnded{"id", "the peer", "timed out", 1});
  BOOST_TEST(causes(story) ==
             "    3.000s  b  loses power\n"
             "    5.000s  a  ends its stream with the peer: timed out\n");
}

BOOST_AUTO_TEST_CASE(are_no_faults_that_were_healed) {
  Story story;
  const net::HostGroup a("a"), b("b");
  story.tell(1s, "world", trace::FaultApplied{net::Cut{a, b}});
  story.tell(1s, "b", trace::HostCrashed{});
  story.tell(2s, "b", trace::HostStarted{});
  story.tell(2s, "world", trace::FaultApplied{net::Heal{a, b}});
  story.tell(5s, "a", timed_out);
  BOOST_TEST(causes(story) == "    5.000s  a  calls b in vain: timed out\n");
}

BOOST_AUTO_TEST_CASE(are_few) {
  Story story;
  story.tell(0s, "a", trace::LeadershipGained{1});
  for (std::uint64_t index = 1; index < 200; ++index) {
    story.tell(1s * static_cast<long>(index), "a", trace::LeadershipGained{index}, RecordId(index));
  }
  BOOST_TEST(cause_of(story.trace(), RecordId(200), 5).size() == 5);
  BOOST_TEST(cause_of(story.trace(), RecordId(200), 5).front() == RecordId(196));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
