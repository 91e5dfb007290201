#include "peerlab/peering/redial.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

namespace peerlab::peering {
namespace {

using namespace std::chrono_literals;
using boost::unit_test::label;

constexpr auto follower = GrpcCode::failed_precondition;

}  // namespace

BOOST_AUTO_TEST_SUITE(redial)

BOOST_AUTO_TEST_CASE(a_follower_is_left_within_milliseconds, *label("C-222")) {
  for (std::uint64_t failures = 1; failures <= 5; ++failures) {
    BOOST_TEST(redial_delay(failures, follower) == 8ms);
  }
  BOOST_TEST(redial_delay(6, follower) == 16ms);
  BOOST_TEST(redial_delay(13, follower) == 2048ms);
  BOOST_TEST(redial_delay(15, follower) == 8192ms);
  BOOST_TEST(redial_delay(16, follower) == 8192ms);
}

BOOST_AUTO_TEST_CASE(an_exhausted_acceptor_gets_8_seconds, *label("C-223")) {
  BOOST_TEST(redial_delay(1, GrpcCode::resource_exhausted) == 8192ms);
  BOOST_TEST(redial_delay(99, GrpcCode::resource_exhausted) == 8192ms);
}

BOOST_AUTO_TEST_CASE(all_else_doubles_up_to_64_seconds, *label("C-224")) {
  for (const auto code : {GrpcCode::ok, GrpcCode::unknown, GrpcCode::permission_denied}) {
    BOOST_TEST(redial_delay(1, code) == 2s);
    BOOST_TEST(redial_delay(5, code) == 32s);
    BOOST_TEST(redial_delay(6, code) == 64s);
    BOOST_TEST(redial_delay(7, code) == 64s);
  }
}

BOOST_AUTO_TEST_CASE(the_pauses_never_shrink) {
  for (const auto code : {GrpcCode::unknown, follower}) {
    for (std::uint64_t failures = 1; failures < 200; ++failures) {
      BOOST_TEST(redial_delay(failures, code) <= redial_delay(failures + 1, code));
    }
  }
}

BOOST_AUTO_TEST_CASE(q5_the_pauses_overflow, *label("QP-05")) {
  const Mutants planted{Mutant::QP_05};
  BOOST_TEST(redial_delay(62, GrpcCode::unknown, planted) == 64s);
  BOOST_TEST(redial_delay(63, GrpcCode::unknown, planted) == 0s);
  BOOST_TEST(redial_delay(64, GrpcCode::unknown, planted) == 0s);
  // Peering spec 7.7: the failures after which there is no pause, below 60.
  const std::set<std::uint64_t> none{46, 47, 48, 49, 51, 56, 59};
  for (std::uint64_t failures = 1; failures < 100; ++failures) {
    const bool pauses = redial_delay(failures, follower, planted) > 0s;
    BOOST_TEST(pauses == (failures < 60 && !none.contains(failures)));
  }
}

BOOST_AUTO_TEST_CASE(hb_022_a_follower_is_left_slowly, *label("HB-022")) {
  BOOST_TEST(redial_delay(1, follower, {Mutant::HB_022}) == 2s);
}

BOOST_AUTO_TEST_CASE(hb_025_the_cap_is_minutes, *label("HB-025")) {
  BOOST_TEST(redial_delay(8, GrpcCode::unknown, {Mutant::HB_025}) == 256s);
}

BOOST_AUTO_TEST_CASE(failures_count_on_until_a_stream_was_stable) {
  Redial redial;
  BOOST_TEST(redial.failed(GrpcCode::unknown, 0s) == 2s);
  BOOST_TEST(redial.failed(GrpcCode::unknown, 63s) == 4s);
  BOOST_TEST(redial.failed(GrpcCode::unknown, 64s) == 2s);
}

BOOST_AUTO_TEST_CASE(q6_failures_count_on_for_ever, *label("QP-06")) {
  Redial redial({Mutant::QP_06});
  redial.failed(GrpcCode::unknown, 0s);
  BOOST_TEST(redial.failed(GrpcCode::unknown, 1h) == 4s);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(address_ring)

BOOST_AUTO_TEST_CASE(gives_each_address_in_turn_gateways_first, *label("C-216") * label("C-225")) {
  AddressRing ring;
  ring.replace({"gateway"}, {"a", "b"});
  BOOST_TEST(ring.next() == "gateway");
  BOOST_TEST(ring.next() == "a");
  BOOST_TEST(ring.next() == "b");
  BOOST_TEST(ring.next() == "gateway");
}

BOOST_AUTO_TEST_CASE(keeps_its_place_when_nothing_changed) {
  AddressRing ring;
  ring.replace({}, {"a", "b"});
  ring.next();
  ring.replace({}, {"a", "b"});
  BOOST_TEST(ring.next() == "b");
}

BOOST_AUTO_TEST_CASE(begins_anew_when_the_addresses_change, *label("C-226")) {
  AddressRing ring;
  ring.replace({}, {"a", "b"});
  ring.next();
  ring.replace({}, {"c", "d"});
  BOOST_TEST(ring.next() == "c");
}

BOOST_AUTO_TEST_CASE(keeps_what_it_has_when_there_is_nothing_new) {
  AddressRing ring;
  BOOST_TEST(ring.empty());
  ring.replace({}, {"a"});
  ring.replace({}, {});
  BOOST_TEST(ring.next() == "a");
}

BOOST_AUTO_TEST_CASE(hb_015_it_keeps_the_first_list, *label("HB-015")) {
  AddressRing ring({Mutant::HB_015});
  ring.replace({}, {"a"});
  ring.replace({}, {"b"});
  BOOST_TEST(ring.next() == "a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
