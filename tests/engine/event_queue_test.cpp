// The queue's order is that of the keys, whatever is pushed and popped in between.

#include "event_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "peerlab/base/random.hpp"

namespace peerlab::engine {
namespace {

constexpr Instant start{};

BOOST_AUTO_TEST_SUITE(event_queue)

BOOST_AUTO_TEST_CASE(keys_order_by_time_then_by_sequence_and_give_both_parts_back) {
  const Instant before = start - std::chrono::seconds(1);
  BOOST_TEST((make_key(before, 9, 3) < make_key(start, 1, 2)));
  BOOST_TEST((make_key(start, 1, 9) < make_key(start, 2, 1)));
  BOOST_TEST(time_of(make_key(before, 9, 3)) == before);
  BOOST_TEST(slot_of(make_key(before, 9, 3)) == 3U);
}

/// Pushes and pops at random beside an ordered set; `spread` is how far ahead of the last popped
/// event new ones lie, in nanoseconds, and `size` about how many are pending.
void compare(std::uint64_t seed, std::uint64_t spread, std::size_t size, bool look_ahead) {
  Random random(seed);
  EventQueue queue;
  std::set<Key> model;
  Instant now = start;
  std::uint64_t wrong = 0;
  for (std::uint32_t sequence = 1; sequence < 20'000; ++sequence) {
    const bool push = model.empty() || random.below(2 * size) >= model.size();
    if (push) {
      const Duration ahead(static_cast<std::int64_t>(random.below(spread)));
      const Key key = make_key(now + ahead, sequence, sequence % 1000);
      queue.push(key);
      model.insert(key);
    } else {
      if (look_ahead) queue.look_ahead([](Key) {});
      wrong += queue.top() != *model.begin() ? 1U : 0U;
      const Key next = queue.peek(1);
      wrong += next != 0 && next != *std::next(model.begin()) ? 1U : 0U;
      const Key key = queue.pop();
      wrong += key != *model.begin() ? 1U : 0U;
      model.erase(model.begin());
      now = time_of(key);
    }
    wrong += queue.empty() != model.empty() ? 1U : 0U;
  }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(agrees_with_an_ordered_set) {
  std::uint64_t seed = 0;
  for (const std::uint64_t spread : {1U, 10U, 1'000'000U}) {
    for (const std::size_t size : {2U, 20U, 3000U}) {
      compare(++seed, spread, size, true);
      compare(++seed, spread, size, false);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine
