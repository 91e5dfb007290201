#include "peerlab/trace/trace.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/trace/text.hpp"

namespace peerlab::trace {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{};

BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(numbers_records_and_keeps_their_causes) {
  Trace trace;
  const Where east = trace.intern("east");
  const Where west = trace.intern("west");
  BOOST_TEST((trace.intern("east") == east));
  const RecordId first = trace.append(RecordId{}, start + 1s, east, HostStarted{});
  const RecordId second = trace.append(first, start + 2s, west, HostStopped{});
  BOOST_TEST(first.value() == 1U);
  BOOST_TEST(second.value() == 2U);
  BOOST_TEST(trace[second].cause.value() == 1U);
  BOOST_TEST(trace.name(trace[second].where) == "west");
}

BOOST_AUTO_TEST_CASE(a_cause_lies_before_its_effect) {
  Trace trace;
  const Where east = trace.intern("east");
  BOOST_CHECK_THROW(trace.append(RecordId(1), start, east, HostStarted{}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_copy_stands_alone) {
  Trace copy;
  {
    Trace trace;
    trace.append(RecordId{}, start, trace.intern("a host with a name too long to lie inside"),
                 HostStarted{});
    copy = trace;
  }
  BOOST_TEST(copy.intern("a host with a name too long to lie inside").value() == 0U);
  BOOST_TEST(text(copy) == "    0.000s  a host with a name too long to lie inside  starts\n");
}

BOOST_AUTO_TEST_CASE(tells_its_story_line_by_line) {
  Trace trace;
  const Where east = trace.intern("east");
  const Where west = trace.intern("west");
  const auto add = [&](Fact fact) { trace.append(RecordId{}, start + 1500ms, east, fact); };
  add(HostStarted{});
  add(HostPaused{});
  add(HostResumed{});
  add(HostStopped{});
  add(HostCrashed{});
  add(HostKilled{});
  add(ConnectionOpened{west, 8502, true});
  add(ConnectionOpened{west, 8502, false});
  add(ConnectionClosed{"west", 8502, net::Closing::timed_out});
  add(FrameSent{west, "peering/heartbeat", 12});
  add(FrameDelivered{west, "peering/heartbeat", 12});
  add(FrameDropped{"peering/heartbeat", DropReason::cut});
  add(TimerFired{3, 1});
  add(CommandGiven{"operator/export"});
  add(FaultApplied{net::Mute{net::HostGroup("west")}});
  std::string story;
  for (const Record& record : trace) story += text(trace, record.fact) + "\n";
  BOOST_TEST(story ==
             "starts\n"
             "is paused\n"
             "is resumed\n"
             "stops\n"
             "loses power\n"
             "is killed\n"
             "is connected to west on port 8502\n"
             "accepts west on port 8502\n"
             "loses its connection with west on port 8502: timed out\n"
             "sends peering/heartbeat to west (12 bytes)\n"
             "gets peering/heartbeat from west (12 bytes)\n"
             "drops peering/heartbeat: link cut\n"
             "timer 3/1 fires\n"
             "is told operator/export\n"
             "mutes west\n");
  BOOST_TEST(text(trace).starts_with("    1.500s  east  starts\n    1.500s  east  is paused\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::trace
