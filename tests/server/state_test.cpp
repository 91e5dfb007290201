#include "peerlab/server/state.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/trust/entropy.hpp"

namespace peerlab::server {
namespace {

const NodeName one("one");
const NodeName two("two");

Command new_peering(std::string name) {
  peering::WritePeering write;
  write.peering.id = PeerId("11111111-1111-1111-1111-111111111111");
  write.peering.name = PeerName(std::move(name));
  write.peering.state = peering::PeeringState::pending;
  write.secrets = peering::SecretsWrite{
      write.peering.id, peering::GenerateTokenWrite{
                            peering::EstablishmentSecret("22222222-2222-2222-2222-222222222222")}};
  return peering::Command(write);
}

const peering::Peering* find(const State& state, std::string name) {
  return state.peering().by_name(PartitionName(), PeerName(std::move(name)));
}

trust::CaState ca() {
  Random random(1);
  trust::EntropyScope scope(random);
  trust::CaConfig config;
  config.cluster_id = "11111111-2222-3333-4444-555555555555";
  return trust::make_ca(config, Instant{});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state)

BOOST_AUTO_TEST_CASE(equal_logs_make_equal_states) {
  State here, there;
  for (State* state : {&here, &there}) {
    state->apply(1, encode(new_peering("east")), {}, state == &here ? one : two);
    state->apply(2, encode(CaCommand(SetCa{ca()})), {}, state == &here ? one : two);
  }
  BOOST_TEST(here.digest() == there.digest());
  BOOST_TEST(here.snapshot({}) == there.snapshot({}));
}

BOOST_AUTO_TEST_CASE(an_id_made_up_on_apply_differs_between_servers,
                     *boost::unit_test::label("HB-001")) {
  State here, there;
  here.apply(1, new_peering("east"), {Mutant::HB_001}, one);
  there.apply(1, new_peering("east"), {Mutant::HB_001}, two);
  BOOST_TEST((find(here, "east")->id != find(there, "east")->id));
  BOOST_TEST(here.digest() != there.digest());
}

BOOST_AUTO_TEST_CASE(a_snapshot_brings_back_everything) {
  State before;
  before.apply(1, new_peering("east"), {}, one);
  before.apply(2, CaCommand(SetCa{ca()}), {}, one);
  State after;
  after.apply(9, new_peering("west"), {}, one);
  BOOST_TEST(after.restore(before.snapshot({})).has_value());
  BOOST_TEST(after.digest() == before.digest());
  BOOST_TEST(find(after, "west") == nullptr);
  BOOST_TEST(after.peering().secrets(find(after, "east")->id) != nullptr);
  BOOST_TEST((after.ca().find()->ca == before.ca().find()->ca));
}

BOOST_AUTO_TEST_CASE(a_snapshot_without_secrets_loses_them, *boost::unit_test::label("HB-031")) {
  State before, after;
  before.apply(1, new_peering("east"), {}, one);
  BOOST_TEST(after.restore(before.snapshot({Mutant::HB_031})).has_value());
  BOOST_TEST(after.peering().secrets(find(after, "east")->id) == nullptr);
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_read_and_changes_nothing) {
  State state;
  const auto digest = state.digest();
  for (const std::string_view bytes : {"", "\x01", "garbage", "\x0a\x03xyz", "\x1a\x01\xff"}) {
    const auto change = state.apply(1, bytes, {}, one);
    BOOST_TEST(change.result.failed());
    BOOST_TEST(change.commit.touched.empty());
  }
  BOOST_TEST(state.digest() == digest);
  BOOST_TEST(!state.restore("\xff\xff").has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_entry_touches_nothing) {
  State state;
  state.apply(1, new_peering("east"), {}, one);
  const auto digest = state.digest();
  auto other = std::get<peering::WritePeering>(std::get<peering::Command>(new_peering("east")));
  other.peering.id = PeerId("33333333-3333-3333-3333-333333333333");
  other.secrets.reset();
  const auto change = state.apply(2, peering::Command(other), {}, one);
  BOOST_TEST(change.result.error ==
             "A peering already exists with the name \"east\" and a different ID "
             "\"11111111-1111-1111-1111-111111111111\"");
  BOOST_TEST(change.commit.touched.empty());
  BOOST_TEST(state.digest() == digest);
}

BOOST_AUTO_TEST_CASE(serials_count_up_and_a_late_ca_is_ignored) {
  State state;
  BOOST_TEST(state.apply(1, CaCommand(TakeSerial{}), {}, one).result.error ==
             "CA has not finished initializing");
  const auto made = ca();
  state.apply(2, CaCommand(SetCa{made}), {}, one);
  BOOST_TEST(state.apply(3, CaCommand(TakeSerial{}), {}, one).result.value == made.next_serial);
  BOOST_TEST(state.apply(4, CaCommand(TakeSerial{}), {}, one).result.value == made.next_serial + 1);
  auto other = made;
  other.config.leaf_ttl = std::chrono::hours(1);
  // Written by somebody who had not seen the first one.
  BOOST_TEST(!state.apply(5, CaCommand(SetCa{other}), {}, one).result.failed());
  BOOST_TEST((state.ca().find()->ca.config == made.config));
  state.apply(6, CaCommand(SetCa{other, 2}), {}, one);
  BOOST_TEST((state.ca().find()->ca.config == other.config));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::server
