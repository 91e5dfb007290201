#include "peerlab/store/watch.hpp"

#include <boost/test/unit_test.hpp>

#include "store/fruit.hpp"

using namespace peerlab::store;
using Ids = std::vector<Waiters::Id>;

namespace {

/// Some blocked reads: one row, one that is not there yet, a prefix, a colour, an index row.
struct Queue : Orchard {
  Waiters waiters;

  Queue() {
    put(1, {"pear", "green", ""});
    block(1, [&](WatchSet& watches) { fruit.find(key({"pear"}), &watches); });
    block(2, [&](WatchSet& watches) { fruit.find(key({"plum"}), &watches); });
    block(3, [&](WatchSet& watches) { fruit.scan("p", &watches); });
    block(4, [&](WatchSet& watches) { fruit.scan_by(by_colour, key({"green"}), &watches); });
    block(5, [&](WatchSet& watches) { store.index_of("fruit", &watches); });
    block(6, [&](WatchSet& watches) { fruit.scan("", &watches); });
  }

  template <class Read>
  void block(Waiters::Id id, Read read) {
    WatchSet watches;
    read(watches);
    waiters.wait(id, std::move(watches));
  }

  Ids woken(const Commit& commit) { return waiters.wake(commit); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watch, Queue)

BOOST_AUTO_TEST_CASE(a_change_wakes_those_who_read_the_row) {
  BOOST_TEST(woken(put(2, {"pear", "yellow", ""})) == (Ids{1, 3, 4, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_new_row_wakes_those_who_missed_it) {
  BOOST_TEST(woken(put(2, {"plum", "green", ""})) == (Ids{2, 3, 4, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_change_elsewhere_wakes_nobody_but_who_reads_all) {
  BOOST_TEST(woken(put(2, {"apple", "red", ""})) == (Ids{6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_index_row_wakes_by_itself) {
  Transaction transaction(store, 2);
  store.bump("fruit");
  BOOST_TEST(woken(transaction.commit()) == (Ids{5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_waiter_is_woken_once) {
  woken(put(2, {"pear", "yellow", ""}));
  BOOST_TEST(woken(put(3, {"pear", "red", ""})).empty());
  BOOST_TEST(waiters.size() == 2U);
}

BOOST_AUTO_TEST_CASE(who_went_away_is_not_woken) {
  waiters.forget(3);
  waiters.forget(99);
  BOOST_TEST(woken(put(2, {"peach", "red", ""})) == (Ids{6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_second_wait_replaces_the_first) {
  block(6, [&](WatchSet& watches) { fruit.find(key({"plum"}), &watches); });
  BOOST_TEST(woken(put(2, {"apple", "red", ""})).empty());
}

BOOST_AUTO_TEST_CASE(a_rolled_back_change_wakes_nobody) {
  {
    Transaction dropped(store, 2);
    fruit.put({"pear", "blue", ""});
  }
  Transaction empty(store, 3);
  BOOST_TEST(woken(empty.commit()).empty());
}

BOOST_AUTO_TEST_CASE(a_restore_wakes_everyone) {
  BOOST_TEST(waiters.abandon() == (Ids{1, 2, 3, 4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(waiters.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
