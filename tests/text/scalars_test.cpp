#include "peerlab/text/scalars.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/base/time.hpp"

using namespace peerlab;
using namespace peerlab::text;
using namespace std::chrono_literals;

namespace {

template <class T>
std::string why(const Parsed<T>& parsed) {
  return parsed ? "it was accepted" : parsed.error().message + " / " + parsed.error().help;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_duration)

BOOST_AUTO_TEST_CASE(is_a_number_with_a_unit_or_several) {
  BOOST_TEST(parse_duration("250ms").value() == 250ms);
  BOOST_TEST(parse_duration("5s").value() == 5s);
  BOOST_TEST(parse_duration("1m30s").value() == 90s);
  BOOST_TEST(parse_duration("2h").value() == 2h);
  BOOST_TEST(parse_duration("1h0m0.5s").value() == 1h + 500ms);
  BOOST_TEST(parse_duration("7us3ns").value() == 7us + 3ns);
  BOOST_TEST(parse_duration("7\xC2\xB5s").value() == 7us);
  BOOST_TEST(parse_duration("0").value() == 0s);
  BOOST_TEST(parse_duration("0s").value() == 0s);
}

BOOST_AUTO_TEST_CASE(is_exact) {
  BOOST_TEST(parse_duration("1.5h").value() == 90min);
  BOOST_TEST(parse_duration("0.000000001s").value() == 1ns);
  BOOST_TEST(parse_duration("1.1000000000000000000000000s").value() == 1100ms);
  BOOST_TEST(why(parse_duration("0.5ns")) ==
             "`0.5ns` has too many decimals / the smallest unit is `ns`");
  BOOST_TEST(why(parse_duration("0.0000000001s")) ==
             "`0.0000000001s` has too many decimals / the smallest unit is `ns`");
}

BOOST_AUTO_TEST_CASE(needs_a_unit_that_exists) {
  BOOST_TEST(why(parse_duration("5")) ==
             "`5` has no unit / units are `h`, `m`, `s`, `ms`, `us` and `ns`, as in `5s`");
  BOOST_TEST(why(parse_duration("5sec")) ==
             "unknown unit `sec` in `5sec` / did you mean `s`? units are `h`, `m`, `s`, `ms`, "
             "`us` and `ns`");
  BOOST_TEST(why(parse_duration("5x")) ==
             "unknown unit `x` in `5x` / units are `h`, `m`, `s`, `ms`, `us` and `ns`");
  BOOST_TEST(why(parse_duration("1m30")) ==
             "`1m30` has no unit / units are `h`, `m`, `s`, `ms`, `us` and `ns`, as in `5s`");
}

BOOST_AUTO_TEST_CASE(is_nothing_else) {
  for (const auto* text : {"", "s", "fast", ".5s", "5.s", "1s1m", "1s1s", "--5s", "5 s", "1e3s"}) {
    BOOST_TEST(!parse_duration(text).has_value(), text);
  }
  BOOST_TEST(why(parse_duration("5 s")) ==
             "`5 s` is not a duration / write it without spaces, as in `5s`");
}

BOOST_AUTO_TEST_CASE(fits_into_64_bits) {
  BOOST_TEST(parse_duration("9223372036854775807ns").value() == Duration::max());
  for (const auto* text : {"9223372036854775808ns", "2562048h", "2562047h48m", "1h99999999999m",
                           "99999999999999999999999999s", "18446744073709551615h"}) {
    BOOST_TEST(!parse_duration(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(has_a_sign_only_where_time_may_go_back) {
  BOOST_TEST(parse_signed_duration("-5s").value() == -5s);
  BOOST_TEST(parse_signed_duration("+5s").value() == 5s);
  BOOST_TEST(why(parse_duration("-5s")) ==
             "`-5s` has a sign, and none may stand here / write a duration of zero or more, as in "
             "`5s`");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_size)

BOOST_AUTO_TEST_CASE(is_a_number_of_bytes_with_a_unit) {
  BOOST_TEST(parse_size("64B").value() == 64U);
  BOOST_TEST(parse_size("10kB").value() == 10'000U);
  BOOST_TEST(parse_size("512KiB").value() == 524'288U);
  BOOST_TEST(parse_size("8MiB").value() == 8'388'608U);
  BOOST_TEST(parse_size("1.5MiB").value() == 1'572'864U);
  BOOST_TEST(parse_size("2GiB").value() == 2'147'483'648U);
  BOOST_TEST(parse_size("0").value() == 0U);
}

BOOST_AUTO_TEST_CASE(needs_a_unit_that_exists) {
  BOOST_TEST(why(parse_size("8")).substr(0, 16) == "`8` has no unit ");
  BOOST_TEST(why(parse_size("8M")).find("did you mean `MB`?") != std::string::npos);
  BOOST_TEST(why(parse_size("8mib")).find("did you mean `MiB`?") != std::string::npos);
  BOOST_TEST(why(parse_size("1.5B")) == "`1.5B` has too many decimals / the smallest unit is `B`");
  BOOST_TEST(!parse_size("1MiB1B").has_value());
  BOOST_TEST(!parse_size("-1B").has_value());
}

BOOST_AUTO_TEST_CASE(fits_into_64_bits) {
  BOOST_TEST(parse_size("18446744073709551615B").value() == UINT64_MAX);
  BOOST_TEST(why(parse_size("17179869184GiB")) ==
             "`17179869184GiB` is too large for a size / it must fit into 64 bits");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_rate)

BOOST_AUTO_TEST_CASE(counts_bits_as_tc_does) {
  BOOST_TEST(parse_bit_rate("200kbit").value().bits_per_second == 200'000U);
  BOOST_TEST(parse_bit_rate("1Mbit").value().bits_per_second == 1'000'000U);
  BOOST_TEST(parse_bit_rate("1.5Gbit").value().bits_per_second == 1'500'000'000U);
  BOOST_TEST(why(parse_bit_rate("1Mbps")).find("did you mean `Mbit`?") != std::string::npos);
  BOOST_TEST(!parse_bit_rate("5/s").has_value());
}

BOOST_AUTO_TEST_CASE(counts_events_per_second_minute_or_hour) {
  BOOST_TEST((parse_frequency("50/s").value() == Frequency{50, 1s}));
  BOOST_TEST((parse_frequency("30/m").value() == Frequency{30, 1min}));
  BOOST_TEST((parse_frequency("10/h").value() == Frequency{10, 1h}));
  BOOST_TEST(why(parse_frequency("50")) ==
             "`50` has no unit / units are `/s`, `/m` and `/h`, as in `50/s`");
  BOOST_TEST(why(parse_frequency("50/sec")).find("did you mean `/s`?") != std::string::npos);
  for (const auto* text : {"", "/s", "1.5/s", "50/s/s", "99999999999999999999/s"}) {
    BOOST_TEST(!parse_frequency(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_percentage)

BOOST_AUTO_TEST_CASE(is_an_exact_ratio_in_lowest_terms) {
  BOOST_TEST((parse_percent("1%").value() == Ratio{1, 100}));
  BOOST_TEST((parse_percent("0.5%").value() == Ratio{1, 200}));
  BOOST_TEST((parse_percent("33.333333%").value() == Ratio{33'333'333, 100'000'000}));
  BOOST_TEST((parse_percent("0%").value() == Ratio{0, 1}));
  BOOST_TEST((parse_percent("100.0%").value() == Ratio{1, 1}));
}

BOOST_AUTO_TEST_CASE(lies_between_0_and_100) {
  for (const auto* text : {"101%", "100.1%", "-1%", "1", "%", "1 %", "1%%", "0.0000001%", "x",
                           "99999999999999999999999%"}) {
    BOOST_TEST(!parse_percent(text).has_value(), text);
  }
  BOOST_TEST(why(parse_percent("5")) ==
             "`5` has no percent sign / write a number from 0 to 100 with a percent sign, as in "
             "`0.5%`");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_whole_number)

BOOST_AUTO_TEST_CASE(lies_within_its_limits) {
  BOOST_TEST(parse_integer("7", 1, 9).value() == 7);
  BOOST_TEST(parse_integer("-7", -9, 9).value() == -7);
  BOOST_TEST(why(parse_integer("0", 1, 9)) ==
             "`0` is out of range / write a whole number from 1 to 9");
  BOOST_TEST(why(parse_integer("99999999999999999999", 1, 9)) ==
             "`99999999999999999999` is out of range / write a whole number from 1 to 9");
  BOOST_TEST(why(parse_integer("7x", 1, 9)) ==
             "`7x` is not a whole number / write a whole number from 1 to 9");
  BOOST_TEST(!parse_integer("", 1, 9).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
