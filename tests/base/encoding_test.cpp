#include "peerlab/base/encoding.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace peerlab {

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(pads_to_groups_of_four) {
  // RFC 4648, section 10.
  BOOST_TEST(to_base64("") == "");
  BOOST_TEST(to_base64("f") == "Zg==");
  BOOST_TEST(to_base64("fo") == "Zm8=");
  BOOST_TEST(to_base64("foo") == "Zm9v");
  BOOST_TEST(to_base64("foob") == "Zm9vYg==");
}

BOOST_AUTO_TEST_CASE(decodes_what_it_encodes) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    BOOST_TEST((from_base64(to_base64(bytes)) == bytes));
    bytes += static_cast<char>(i * 7);
  }
}

BOOST_AUTO_TEST_CASE(skips_newlines_as_go_does) {
  BOOST_TEST((from_base64("Zm9v\nYg==\r\n") == "foob"));
}

BOOST_AUTO_TEST_CASE(points_at_the_first_bad_character) {
  std::size_t bad = 99;
  BOOST_TEST(!from_base64("+++/+++", &bad));
  BOOST_TEST(bad == 4);
  BOOST_TEST(!from_base64("Zm9v!", &bad));
  BOOST_TEST(bad == 4);
  BOOST_TEST(!from_base64("Zg==Zg==", &bad));
  BOOST_TEST(bad == 4);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hex)

BOOST_AUTO_TEST_CASE(reads_both_cases_and_writes_lower_case) {
  BOOST_TEST((from_hex("00fFA9") == std::string("\0\xff\xa9", 3)));
  BOOST_TEST(to_hex(std::string("\0\xff\xa9", 3)) == "00ffa9");
  BOOST_TEST(!from_hex("0"));
  BOOST_TEST(!from_hex("0g"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab
