// The same seed gives the same run; policies choose among simultaneous events and nothing else.

#include <boost/test/unit_test.hpp>
#include <set>

#include "support.hpp"

namespace peerlab::engine::testing {
namespace {

/// Five dialers that send to one listener and to each other's timers at round times, so that many
/// events coincide.
class Crowd {
 public:
  explicit Crowd(const Options& options, std::uint64_t flip = 0) : stage_(options) {
    stage_.engine.shape_link(net::HostGroup(""), net::HostGroup(""), {.latency = 5ms});
    stage_.add("hub", [](Script& hub) {
      hub.on_start = [](Script& self) { self.host().listen(80); };
      hub.on_frame = [](Script& self, ConnectionId from) {
        self.host().send(from, Ping{self.story->size()});
      };
    });
    for (std::uint64_t i = 0; i < 5; ++i) {
      stage_.add("spoke/" + std::to_string(i), [i, flip](Script& spoke) {
        spoke.on_start = [](Script& self) {
          self.connection = self.host().connect({"hub", 80});
          self.host().arm(TimerKey(0, 1), start + 1s);
        };
        spoke.on_due = [i, flip, n = std::uint64_t{0}](Script& self, TimerKey key) mutable {
          ++n;
          const std::uint64_t flipped = i == 3 && n == 7 ? flip : 0;
          self.host().send(self.connection, Note{(i << 8U | n) ^ flipped});
          self.host().arm(key, self.host().now() + 1s);
        };
      });
    }
  }

  Engine& engine() { return stage_.engine; }
  Engine& run() {
    stage_.engine.run({.until = start + 20s, .steps = UINT64_MAX});
    return stage_.engine;
  }

 private:
  Stage stage_;
};

std::uint64_t hash(const Options& options, std::uint64_t flip = 0) {
  Crowd crowd(options, flip);
  Engine& engine = crowd.run();
  BOOST_TEST(!engine.failure().has_value());
  return engine.hash();
}

/// The sequence of (receiver, kind), which no payload takes part in.
std::string sequence(const Options& options) {
  Options with_events = options;
  with_events.level = trace::Level::events;
  Crowd crowd(with_events);
  const trace::Trace& trace = crowd.run().trace();
  std::string text;
  for (const trace::Record& record : trace) {
    const auto* delivered = std::get_if<trace::FrameDelivered>(&record.fact);
    const bool timer = std::holds_alternative<trace::TimerFired>(record.fact);
    if (delivered == nullptr && !timer) continue;
    text +=
        trace.name(record.where) + " " + (timer ? "timer" : std::string(delivered->kind)) + "\n";
  }
  return text;
}

const std::vector<Policy> policies = {Fifo{}, RandomOrder{}, Pct{3, 800}};

BOOST_AUTO_TEST_SUITE(determinism)

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_runs_under_every_policy) {
  for (const Policy& policy : policies) {
    const Options options{.seed = 42, .policy = policy};
    BOOST_TEST(hash(options) == hash(options));
    BOOST_TEST(sequence(options) == sequence(options));
  }
}

BOOST_AUTO_TEST_CASE(the_hash_does_not_depend_on_what_is_recorded) {
  for (const Policy& policy : policies) {
    BOOST_TEST(hash({.seed = 1, .policy = policy}) ==
               hash({.seed = 1, .policy = policy, .level = trace::Level::events}));
  }
}

BOOST_AUTO_TEST_CASE(one_flipped_bit_of_one_payload_gives_another_hash) {
  std::set<std::uint64_t> hashes{hash({})};
  for (unsigned bit = 0; bit < 64; ++bit) hashes.insert(hash({}, std::uint64_t{1} << bit));
  BOOST_TEST(hashes.size() == 65U);
}

BOOST_AUTO_TEST_CASE(the_seed_is_not_in_the_hash) {
  // Nothing draws here, so first come first served takes no notice of the seed.
  BOOST_TEST(hash({.seed = 1}) == hash({.seed = 2}));
}

BOOST_AUTO_TEST_CASE(first_come_first_served_gives_exactly_one_sequence) {
  std::set<std::string> sequences;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    sequences.insert(sequence({.seed = seed, .policy = Fifo{}}));
  BOOST_TEST(sequences.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_hundred_seeds_give_at_least_ninety_sequences) {
  std::set<std::string> by_chance;
  std::set<std::string> by_priority;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    by_chance.insert(sequence({.seed = seed, .policy = RandomOrder{}}));
    by_priority.insert(sequence({.seed = seed, .policy = Pct{3, 800}}));
  }
  BOOST_TEST(by_chance.size() >= 90U);
  // Few of its orders differ before a change point.
  BOOST_TEST(by_priority.size() >= 50U);
}

BOOST_AUTO_TEST_CASE(a_run_in_pieces_is_the_same_run) {
  for (const Policy& policy : policies) {
    const Options options{.seed = 9, .policy = policy};
    Crowd pieces(options);
    while (pieces.engine().step() && pieces.engine().now() < start + 3s) {
    }
    while (pieces.engine().now() < start + 10s)
      pieces.engine().run({.until = pieces.engine().now() + 7ms, .steps = 13});
    BOOST_TEST(pieces.run().hash() == hash(options));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_keeps_its_order_under_every_policy) {
  for (const Policy& policy : policies) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      TwoHosts stage({.seed = seed, .policy = policy});
      stage.run_to(1s);
      stage.engine.shape_link(net::HostGroup(""), net::HostGroup(""), {});
      stage.script("west").on_command = [](Script& self) {
        for (std::uint64_t n = 1; n <= 5; ++n) self.host().send(self.connection, Note{n});
        self.host().close(self.connection);
      };
      stage.send("west", 0);
      stage.engine.run();
      BOOST_TEST(lines({stage.east_story->end() - 6, stage.east_story->end()}) ==
                 "1000 note 1\n1000 note 2\n1000 note 3\n1000 note 4\n1000 note 5\n"
                 "1000 closed by peer\n");
    }
  }
}

/// A bug that needs three actors to arrive in one exact order, each after `slow` steps of its own.
bool finds_the_bug(const Policy& policy, std::uint64_t seed, std::uint32_t slow) {
  Stage stage({.seed = seed, .policy = policy});
  const auto order = std::make_shared<std::string>();
  for (int i = 0; i < 3; ++i) {
    stage.add("actor/" + std::to_string(i), [i, slow, order](Script& actor) {
      actor.on_start = [](Script& self) { self.host().arm(TimerKey(0, 0), start); };
      actor.on_due = [i, slow, order, n = 0U](Script& self, TimerKey key) mutable {
        const std::uint32_t steps = i == 2 ? 0 : slow;
        if (n++ < steps) return self.host().arm(key, start);
        *order += static_cast<char>('0' + i);
      };
    });
  }
  stage.engine.run();
  return *order == "012" && slow > 0;
}

BOOST_AUTO_TEST_CASE(priorities_find_deep_orders_that_chance_does_not) {
  int by_chance = 0;
  int by_priority = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    by_chance += finds_the_bug(RandomOrder{}, seed, 30) ? 1 : 0;
    by_priority += finds_the_bug(Pct{1, 70}, seed, 30) ? 1 : 0;
  }
  BOOST_TEST(by_chance == 0);
  BOOST_TEST(by_priority > 5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine::testing
