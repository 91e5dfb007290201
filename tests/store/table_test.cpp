#include "peerlab/store/table.hpp"

#include <boost/test/unit_test.hpp>

#include "store/fruit.hpp"

using namespace peerlab::store;

BOOST_FIXTURE_TEST_SUITE(table, Orchard)

BOOST_AUTO_TEST_CASE(finds_a_row_without_regard_to_case) {
  put(1, {"Apple", "red", ""});
  BOOST_REQUIRE(fruit.find(key({"aPPLE"})) != nullptr);
  BOOST_TEST(fruit.find(key({"apple"}))->name == "Apple");
  BOOST_TEST(fruit.find(key({"app"})) == nullptr);
}

BOOST_AUTO_TEST_CASE(scans_in_the_order_of_keys) {
  for (const char* name : {"pear", "apple", "peach", "plum"}) put(1, {name, "red", ""});
  BOOST_TEST(names(fruit.scan("")) == "apple peach pear plum");
  BOOST_TEST(names(fruit.scan("pea")) == "peach pear");
  BOOST_TEST(names(fruit.scan("x")) == "");
}

BOOST_AUTO_TEST_CASE(a_key_of_the_first_parts_is_no_prefix_of_a_longer_part) {
  BOOST_TEST(!key({"ab", "c"}).starts_with(key({"a"})));
  BOOST_TEST(key({"a", "c"}).starts_with(key({"a"})));
}

BOOST_AUTO_TEST_CASE(a_secondary_index_follows_its_rows) {
  put(1, {"pear", "green", ""});
  put(1, {"apple", "red", ""});
  put(1, {"cherry", "red", ""});
  BOOST_TEST(names(fruit.scan_by(by_colour, key({"red"}))) == "apple cherry");
  put(2, {"apple", "green", ""});
  BOOST_TEST(names(fruit.scan_by(by_colour, key({"red"}))) == "cherry");
  BOOST_TEST(names(fruit.scan_by(by_colour, key({"green"}))) == "apple pear");
  Transaction transaction(store, 3);
  BOOST_TEST(fruit.erase(key({"pear"})));
  BOOST_TEST(!fruit.erase(key({"pear"})));
  BOOST_TEST(names(fruit.scan_by(by_colour, key({"green"}))) == "apple");
}

BOOST_AUTO_TEST_CASE(a_unique_index_finds_the_one_row) {
  put(1, {"pear", "green", "7"});
  put(1, {"apple", "red", ""});
  BOOST_REQUIRE(fruit.find_by(by_number, key({"7"})) != nullptr);
  BOOST_TEST(fruit.find_by(by_number, key({"7"}))->name == "pear");
  BOOST_TEST(fruit.find_by(by_number, key({"8"})) == nullptr);
  BOOST_CHECK_THROW(put(2, {"plum", "blue", "7"}), peerlab::AssertionFailed);
}

BOOST_AUTO_TEST_CASE(changes_outside_a_transaction_are_a_fault) {
  BOOST_CHECK_THROW(fruit.put({"pear", "green", ""}), peerlab::AssertionFailed);
  BOOST_CHECK_THROW(store.bump("fruit"), peerlab::AssertionFailed);
}

BOOST_AUTO_TEST_CASE(ten_thousand_rows_are_found_one_by_one) {
  Transaction transaction(store, 1);
  for (int i = 0; i < 10'000; ++i)
    fruit.put({"f" + std::to_string(i), "c" + std::to_string(i), ""});
  transaction.commit();
  for (int i = 0; i < 10'000; ++i) {
    BOOST_REQUIRE(fruit.scan_by(by_colour, key({"c" + std::to_string(i)})).size() == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
