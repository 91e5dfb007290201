#include "peerlab/base/time.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(time)

BOOST_AUTO_TEST_CASE(the_simulation_starts_with_2026) {
  BOOST_TEST(rfc3339(Instant{}) == "2026-01-01T00:00:00Z");
  BOOST_TEST(rfc3339(Instant{} + 59 * 24h + 1500ms) == "2026-03-01T00:00:01.5Z");
  BOOST_TEST(rfc3339(Instant{} - 1ns) == "2025-12-31T23:59:59.999999999Z");
}

BOOST_AUTO_TEST_CASE(unix_time_goes_both_ways) {
  const Instant instant = Instant{} + 12'345ns;
  BOOST_TEST(instant_of_unix_nanos(unix_nanos(instant)) == instant);
}

BOOST_AUTO_TEST_CASE(durations_print_as_go_prints_them) {
  BOOST_TEST(go_duration(0s) == "0s");
  BOOST_TEST(go_duration(1ns) == "1ns");
  BOOST_TEST(go_duration(1100ns) == "1.1µs");
  BOOST_TEST(go_duration(2200us) == "2.2ms");
  BOOST_TEST(go_duration(3300ms) == "3.3s");
  BOOST_TEST(go_duration(245s) == "4m5s");
  BOOST_TEST(go_duration(2h) == "2h0m0s");
  BOOST_TEST(go_duration(-90s) == "-1m30s");
  BOOST_TEST(go_duration(100ms) == "100ms");
}

BOOST_AUTO_TEST_CASE(durations_are_read_as_go_reads_them) {
  BOOST_TEST(parse_go_duration("1m30s").value() == 90s);
  BOOST_TEST(parse_go_duration("-1.5h").value() == -90min);
  BOOST_TEST(parse_go_duration("250ms").value() == 250ms);
  BOOST_TEST(parse_go_duration(".5us").value() == 500ns);
  BOOST_TEST(parse_go_duration("1\u00b5s").value() == 1us);
  BOOST_TEST(parse_go_duration("0").value() == 0s);
  for (const char* bad : {"", "-", "zzz", "5", "1x", ".s", "1m 2s", "9999999999h", "s"}) {
    BOOST_TEST(!parse_go_duration(bad).has_value(), bad);
  }
  for (const Duration duration : {Duration(1), Duration(90s), Duration(-1234567890)}) {
    BOOST_TEST(parse_go_duration(go_duration(duration)).value() == duration);
  }
}

BOOST_AUTO_TEST_CASE(seconds_since_the_start_may_be_negative) {
  BOOST_TEST(seconds_text(12'084ms) == "12.084s");
  BOOST_TEST(seconds_text(-59'500ms) == "-59.500s");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab
