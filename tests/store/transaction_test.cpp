#include <boost/test/unit_test.hpp>

#include "store/fruit.hpp"

using namespace peerlab::store;

BOOST_FIXTURE_TEST_SUITE(transaction, Orchard)

BOOST_AUTO_TEST_CASE(without_commit_nothing_has_happened) {
  put(1, {"pear", "green", "7"});
  put(1, {"plum", "blue", ""});
  const auto before = store.digest();
  {
    Transaction dropped(store, 2);
    fruit.put({"pear", "yellow", ""});
    fruit.put({"apple", "red", "7"});
    fruit.erase(key({"plum"}));
    fruit.put({"plum", "red", ""});
    store.bump("fruit");
    BOOST_TEST(names(fruit.scan("")) == "apple pear plum");
  }
  BOOST_TEST(store.digest() == before);
  BOOST_TEST(names(fruit.scan_by(by_colour, key({"green"}))) == "pear");
  BOOST_TEST(names(fruit.scan_by(by_colour, key({"red"}))) == "");
  BOOST_TEST(fruit.find_by(by_number, key({"7"}))->name == "pear");
  BOOST_TEST(store.index_of("fruit") == 0U);
}

BOOST_AUTO_TEST_CASE(index_rows_take_the_index_of_the_transaction) {
  Transaction first(store, 5);
  store.bump("fruit");
  store.bump("fruit.pear");
  first.commit();
  Transaction second(store, 8);
  store.bump("fruit.pear");
  second.commit();
  BOOST_TEST(store.index_of("fruit") == 5U);
  BOOST_TEST(store.max_index({"fruit", "fruit.pear", "nothing"}) == 8U);
  Transaction third(store, 9);
  store.drop_index("fruit.pear");
  BOOST_TEST(store.index_of("fruit.pear") == 0U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_restores_rows_and_index_rows) {
  put(1, {"pear", "green", "7"});
  put(2, {"apple", "red", ""});
  Transaction last(store, 3);
  store.bump("with blanks and \n lines");
  last.commit();

  Orchard restored;
  restored.put(1, {"quince", "yellow", "7"});
  restored.store.clear();
  store.save([&](std::string_view table, std::string_view row) {
    BOOST_TEST(restored.store.load(table, row).has_value());
  });
  BOOST_TEST(restored.store.digest() == store.digest());
  BOOST_TEST(names(restored.fruit.scan_by(by_colour, "")) == "pear apple");
  BOOST_TEST(restored.fruit.find_by(by_number, key({"7"}))->name == "pear");
  BOOST_TEST(restored.store.index_of("with blanks and \n lines") == 3U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_another_house_is_refused) {
  BOOST_TEST(store.load("vegetables", "x").error().detail == "unknown table \"vegetables\"");
  BOOST_TEST(!store.load("index", "").has_value());
  BOOST_TEST(!store.load("index", "7").has_value());
  BOOST_TEST(!store.load("index", "seven fruit").has_value());
}

BOOST_AUTO_TEST_CASE(digests_tell_states_apart) {
  put(1, {"pear", "green", ""});
  const auto green = store.digest();
  put(2, {"pear", "yellow", ""});
  BOOST_TEST(store.digest() != green);
  put(3, {"pear", "green", ""});
  BOOST_TEST(store.digest() == green);
}

BOOST_AUTO_TEST_SUITE_END()
