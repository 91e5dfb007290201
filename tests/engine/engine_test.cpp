// Hosts, timers, commands, limits and what happens when a role fails.

#include "peerlab/engine/engine.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "support.hpp"

namespace peerlab::engine::testing {
namespace {

struct Stranger {
  static constexpr std::string_view frame_name = "test/stranger";
  std::uint64_t nothing = 0;
};

BOOST_AUTO_TEST_SUITE(timers)

BOOST_AUTO_TEST_CASE(fire_when_due_and_once) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.host().arm(TimerKey(0, 2), start + 2s);
      self.host().arm(TimerKey(0, 1), start + 1s);
    };
  });
  const Outcome outcome = stage.engine.run();
  BOOST_TEST((outcome.reason == StopReason::idle));
  BOOST_TEST(outcome.steps == 3U);  // the start and two timers
  BOOST_TEST(lines(*story) == "1000 timer 1\n2000 timer 2\n");
  BOOST_TEST(stage.engine.now() == start + 2s);
}

BOOST_AUTO_TEST_CASE(arming_again_replaces_for_earlier_and_for_later) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.host().arm(TimerKey(0, 1), start + 1s);
      self.host().arm(TimerKey(0, 1), start + 5s);
      self.host().arm(TimerKey(0, 2), start + 5s);
      self.host().arm(TimerKey(0, 2), start + 2s);
      self.host().arm(TimerKey(0, 2), start + 3s);
    };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "3000 timer 2\n5000 timer 1\n");
}

BOOST_AUTO_TEST_CASE(a_timer_armed_again_takes_its_turn_behind_those_armed_before) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.host().arm(TimerKey(0, 1), start + 1s);
      self.host().arm(TimerKey(0, 2), start + 5s);
      self.host().arm(TimerKey(0, 1), start + 5s);
    };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "5000 timer 2\n5000 timer 1\n");
}

BOOST_AUTO_TEST_CASE(disarmed_ones_do_not_fire_and_can_be_armed_anew) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.host().arm(TimerKey(0, 1), start + 1s);
      self.host().disarm(TimerKey(0, 1));
      self.host().disarm(TimerKey(0, 9));
      self.host().arm(TimerKey(0, 2), start + 2s);
    };
    a.on_due = [](Script& self, TimerKey key) {
      if (key.timer != 2 || self.host().now() > start + 2s) return;
      self.host().arm(key, start + 9s);
      self.host().disarm(key);
      self.host().arm(TimerKey(0, 1), start + 3s);
      self.host().arm(key, start + 4s);
    };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "2000 timer 2\n3000 timer 1\n4000 timer 2\n");
}

BOOST_AUTO_TEST_CASE(what_is_past_is_due_at_once) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) { self.host().arm(TimerKey(0, 1), start - 1h); };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "0 timer 1\n");
}

BOOST_AUTO_TEST_CASE(go_by_the_hosts_own_clock) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) { self.host().arm(TimerKey(0, 1), self.host().now() + 100s); };
  });
  stage.engine.set_clock(net::HostName("a"), net::ClockModel(1h, 10'000));
  stage.engine.run();
  BOOST_TEST(lines(*story) == "3700000 timer 1\n");
  BOOST_TEST(stage.engine.now() >= start + 99'009ms);
  BOOST_TEST(stage.engine.now() <= start + 99'010ms);
}

BOOST_AUTO_TEST_CASE(keep_their_remaining_time_when_the_clock_jumps) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) { self.host().arm(TimerKey(0, 1), start + 10s); };
  });
  stage.engine.apply_at(start + 1s, net::JumpClock{net::HostGroup("a"), -1h});
  stage.engine.run();
  BOOST_TEST(stage.engine.now() == start + 10s);
  BOOST_TEST(lines(*story) == "-3590000 timer 1\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(runs)

BOOST_AUTO_TEST_CASE(end_at_the_end_time_or_at_the_step_limit_whichever_is_first) {
  Stage stage;
  stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) { self.host().arm(TimerKey(0, 1), start + 1s); };
    a.on_due = [](Script& self, TimerKey key) { self.host().arm(key, self.host().now() + 1s); };
  });
  Outcome outcome = stage.engine.run({.until = start + 3s, .steps = UINT64_MAX});
  BOOST_TEST((outcome.reason == StopReason::end_time));
  BOOST_TEST(outcome.steps == 4U);  // the start, and the timer at 1 s, 2 s and 3 s
  BOOST_TEST(stage.engine.now() == start + 3s);
  outcome = stage.engine.run({.until = start + 1h, .steps = 2});
  BOOST_TEST((outcome.reason == StopReason::step_limit));
  BOOST_TEST(stage.engine.now() == start + 5s);
  BOOST_TEST((stage.engine.next_due() == start + 6s));
  BOOST_TEST(stage.engine.step());
  BOOST_TEST(stage.engine.now() == start + 6s);
  BOOST_TEST(stage.engine.steps() == 7U);
}

BOOST_AUTO_TEST_CASE(an_idle_world_waits_until_the_end_time) {
  Stage stage;
  const Outcome outcome = stage.engine.run({.until = start + 3s, .steps = UINT64_MAX});
  BOOST_TEST((outcome.reason == StopReason::idle));
  BOOST_TEST(stage.engine.now() == start + 3s);
  BOOST_TEST(!stage.engine.step());
}

BOOST_AUTO_TEST_CASE(begin_when_they_are_told_to) {
  Stage stage({.begin = start - 5s});
  const auto story =
      stage.add("a", [](Script& a) { a.on_start = [](Script& self) { self.say("starts"); }; });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "-5000 starts\n");
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_handler_fails_the_run_with_who_when_and_what) {
  Stage stage;
  stage.add("dc1/server/1", [](Script& a) {
    a.on_start = [](Script& self) { self.host().arm(TimerKey(0, 1), start + 1500ms); };
    a.on_due = [](Script&, TimerKey) { throw std::runtime_error("no such stream"); };
  });
  const Outcome outcome = stage.engine.run();
  BOOST_TEST((outcome.reason == StopReason::failed));
  BOOST_REQUIRE(stage.engine.failure().has_value());
  BOOST_TEST(text(*stage.engine.failure()) ==
             "dc1/server/1 failed at 1.500s on timer: no such stream");
  BOOST_TEST((stage.engine.run().reason == StopReason::failed));
  BOOST_TEST(!stage.engine.step());
}

BOOST_AUTO_TEST_CASE(an_exception_while_starting_fails_the_run) {
  Stage stage;
  stage.add("a",
            [](Script& a) { a.on_start = [](Script&) { throw std::runtime_error("no disk"); }; });
  stage.engine.run();
  BOOST_REQUIRE(stage.engine.failure().has_value());
  BOOST_TEST(text(*stage.engine.failure()) == "a failed at 0.000s on start: no disk");
}

BOOST_AUTO_TEST_CASE(an_unhandled_frame_fails_the_run) {
  Stage stage;
  stage.add("b", [](Script& b) { b.on_start = [](Script& self) { self.host().listen(1); }; });
  stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) { self.host().send(self.host().connect({"b", 1}), Stranger{}); };
  });
  stage.engine.run();
  BOOST_REQUIRE(stage.engine.failure().has_value());
  BOOST_TEST(text(*stage.engine.failure()) ==
             "b failed at 0.000s on frame test/stranger: the role has no answer to frame "
             "test/stranger");
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_command_fails_the_run) {
  Stage stage;
  stage.add("a",
            [](Script& a) { a.on_command = [](Script&) { throw std::logic_error("not now"); }; });
  stage.send("a", 1);
  stage.engine.run();
  BOOST_REQUIRE(stage.engine.failure().has_value());
  BOOST_TEST(text(*stage.engine.failure()) == "a failed at 0.000s on command test/note: not now");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hosts)

BOOST_AUTO_TEST_CASE(take_commands_in_order_now_and_later) {
  Stage stage;
  const auto story = stage.add("a", [](Script&) {});
  stage.send("a", 1);
  stage.engine.command_at(start + 2s, net::HostName("a"), Note{3});
  stage.send("a", 2);
  stage.engine.run();
  BOOST_TEST(lines(*story) == "0 command 1\n0 command 2\n2000 command 3\n");
}

BOOST_AUTO_TEST_CASE(stop_in_good_order_and_start_again) {
  Stage stage;
  const auto story =
      stage.add("a", [](Script& a) { a.on_start = [](Script& self) { self.say("starts"); }; });
  const net::HostName a("a");
  stage.engine.apply_at(start + 1s, net::Stop{net::HostGroup("a")});
  stage.engine.command_at(start + 2s, a, Note{1});  // lost
  stage.engine.apply_at(start + 3s, net::Start{net::HostGroup("a")});
  stage.run_to(2s);
  BOOST_TEST(!stage.engine.is_running(a));
  BOOST_TEST(stage.engine.role(a) == nullptr);
  stage.run_to(4s);
  BOOST_TEST(stage.engine.is_running(a));
  BOOST_TEST(lines(*story) == "0 starts\n1000 stops\n3000 starts\n");
}

BOOST_AUTO_TEST_CASE(a_crash_loses_timers_memory_and_unsynced_writes) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.say(std::string(self.host().disk().read("log").value_or("empty")));
      self.host().disk().append("log", "one");
      self.host().disk().sync("log");
      self.host().disk().append("log", "two");
      self.host().arm(TimerKey(0, 1), self.host().now() + 10s);
    };
  });
  stage.engine.apply_at(start + 1s, net::Crash{net::HostGroup("a")});
  stage.engine.apply_at(start + 2s, net::Start{net::HostGroup("a")});
  stage.engine.apply_at(start + 3s, net::Kill{net::HostGroup("a")});
  stage.engine.apply_at(start + 4s, net::Start{net::HostGroup("a")});
  stage.engine.run();
  BOOST_TEST(lines(*story) == "0 empty\n2000 one\n4000 oneonetwo\n14000 timer 1\n");
}

BOOST_AUTO_TEST_CASE(a_paused_host_handles_everything_once_it_is_resumed) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Pause{net::HostGroup("east")});
  stage.send("west", 0);
  stage.send("east", 7);
  stage.engine.apply_at(start + 3s, net::Resume{net::HostGroup("east")});
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n3000 command 7\n3000 note 1\n");
}

BOOST_AUTO_TEST_CASE(timers_that_came_due_during_a_pause_fire_when_it_ends) {
  Stage stage;
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.host().arm(TimerKey(0, 1), start + 2s);
      self.host().arm(TimerKey(0, 2), start + 5s);
    };
    a.on_due = [](Script& self, TimerKey key) {
      if (self.host().now() < start + 4s) self.host().arm(key, start + 4s);
    };
  });
  stage.engine.apply_at(start + 1s, net::Pause{net::HostGroup("a")});
  stage.engine.apply_at(start + 3s, net::Resume{net::HostGroup("a")});
  stage.run_to(4500ms);
  BOOST_TEST(lines(*story) == "3000 timer 1\n4000 timer 1\n");
}

BOOST_AUTO_TEST_CASE(a_crash_during_a_pause_drops_what_waited) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Pause{net::HostGroup("east")});
  stage.send("west", 0);
  stage.send("east", 7);
  stage.run_to(2s);
  stage.engine.apply(net::Kill{net::HostGroup("east")});
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n");
  BOOST_TEST(lines(*stage.west_story) == "20 connected\n1000 command 0\n2010 reset\n");
}

BOOST_AUTO_TEST_CASE(a_role_can_have_its_own_host_stopped) {
  Stage stage;
  Engine& engine = stage.engine;
  const auto story = stage.add("a", [&engine](Script& a) {
    a.on_command = [&engine](Script& self) {
      engine.apply(net::Stop{net::HostGroup("a")});
      self.say("still here");
    };
  });
  stage.send("a", 1);
  engine.run();
  BOOST_TEST(lines(*story) == "0 command 1\n0 still here\n0 stops\n");
  BOOST_TEST(!engine.is_running(net::HostName("a")));
}

BOOST_AUTO_TEST_CASE(a_role_can_add_hosts) {
  Stage stage;
  std::shared_ptr<std::vector<std::string>> child;
  stage.add("site", [&](Script& site) {
    site.on_command = [&](Script&) {
      child = stage.add("site/server/1", [](Script& server) {
        server.on_start = [](Script& self) { self.say("starts"); };
      });
    };
  });
  stage.engine.command_at(start + 1s, net::HostName("site"), Note{1});
  stage.engine.run();
  BOOST_REQUIRE(child != nullptr);
  BOOST_TEST(lines(*child) == "1000 starts\n");
}

BOOST_AUTO_TEST_CASE(draw_from_streams_of_their_own) {
  const auto draws = [](bool neighbour) {
    std::vector<std::uint64_t> drawn;
    Stage stage({.seed = 7});
    const auto draw = [&drawn](Script& role) {
      role.on_start = [&drawn](Script& self) {
        drawn.push_back(self.host().random("ids").next());
        drawn.push_back(self.host().random("jitter").next());
      };
    };
    if (neighbour) stage.add("dc0/server/1", [](Script&) {});
    stage.add("dc1/server/1", draw);
    stage.add("dc1/server/2", draw);
    stage.engine.run();
    return drawn;
  };
  const auto alone = draws(false);
  BOOST_TEST(alone == draws(true));
  BOOST_TEST(alone[0] != alone[1]);
  BOOST_TEST(alone[0] != alone[2]);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(traces)

BOOST_AUTO_TEST_CASE(tell_the_story_with_causes) {
  TwoHosts stage({.level = trace::Level::events});
  stage.run_to(1s);
  stage.engine.record("operator", trace::CommandGiven{"go"});
  stage.send("west", 0);
  stage.run_to(2s);
  const trace::Trace& trace = stage.engine.trace();
  std::string story;
  std::vector<std::uint64_t> causes;
  for (const trace::Record& record : trace) {
    if (record.at < start + 1s) continue;
    story += trace::text(trace, record) + "\n";
    causes.push_back(record.cause.value());
  }
  BOOST_TEST(story ==
             "    1.000s  operator  is told go\n"
             "    1.000s  west  is told test/note\n"
             "    1.000s  west  sends test/note to east (8 bytes)\n"
             "    1.010s  east  gets test/note from west (8 bytes)\n");
  const std::uint64_t first = trace.records().size() - 3;
  BOOST_TEST(causes == (std::vector<std::uint64_t>{0, first, first + 1, first + 2}));
}

BOOST_AUTO_TEST_CASE(what_was_held_back_is_still_caused_by_who_sent_it) {
  TwoHosts stage({.level = trace::Level::events});
  stage.run_to(1s);
  stage.engine.apply(net::Cut{net::HostGroup("east"), net::HostGroup("west")});
  stage.send("west", 0);
  stage.engine.apply_at(start + 2s, net::Heal{net::HostGroup("east"), net::HostGroup("west")});
  stage.run_to(1h);
  const trace::Trace& trace = stage.engine.trace();
  const auto origin = [&](trace::Record record) {
    while (record.cause != trace::RecordId{}) {
      record = trace[record.cause];
      if (std::holds_alternative<trace::CommandGiven>(record.fact)) break;
    }
    return trace::text(trace, record);
  };
  BOOST_TEST(trace::text(trace, trace.records().back()) ==
             "    2.550s  east  gets test/note from west (8 bytes)");
  BOOST_TEST(origin(trace.records().back()) == "    1.000s  west  is told test/note");
}

BOOST_AUTO_TEST_CASE(faults_cause_what_follows_from_them) {
  Stage stage;
  stage.add("dc1/a", [](Script&) {});
  stage.run_to(1s);
  stage.engine.apply(net::Crash{net::HostGroup("dc1")});
  const trace::Trace& trace = stage.engine.trace();
  BOOST_TEST(trace::text(trace) ==
             "    0.000s  dc1/a  starts\n"
             "    1.000s  world  takes the power from dc1\n"
             "    1.000s  dc1/a  loses power\n");
  BOOST_TEST(trace.records()[2].cause.value() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine::testing
