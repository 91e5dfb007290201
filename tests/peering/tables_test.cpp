#include "peerlab/peering/tables.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tables_fixture.hpp"

namespace peerlab::peering {
namespace {

const EstablishmentSecret e1("aaaaaaaa-0000-0000-0000-000000000001");
const StreamSecret s1("bbbbbbbb-0000-0000-0000-000000000001");

SecretsWrite generate(const PeerId& id, const EstablishmentSecret& secret) {
  return {id, GenerateTokenWrite{secret}};
}

std::vector<Command> one_of_each() {
  Peering full = marked(dialer_record());
  full.partition = PartitionName("web");
  full.meta = {{"k", "v"}, {"a", "b"}};
  full.peer_ca_pems = {"pem"};
  full.peer_server_name = "server";
  full.manual_server_addresses = {"m:1"};
  full.remote = {"p", "dc", Locality{"r", "z"}};
  full.indexes = {3, 4};
  return {WritePeering{full, std::nullopt},
          WritePeering{acceptor_record(), generate(one_id, e1)},
          RemovePeering{PartitionName("p"), PeerName("n")},
          TerminatePeering{one_id},
          WriteTrustBundle{{"td", "n", "p", {"pem"}, "x"}},
          RemoveTrustBundle{PartitionName("p"), PeerName("n")},
          SecretsWrite{one_id, ExchangeSecretWrite{e1, s1}},
          SecretsWrite{one_id, PromotePendingWrite{s1}},
          SecretsWrite{one_id, EstablishWrite{s1}},
          RemoveImports{PartitionName("p"), PeerName("n"), {NodeName("a"), NodeName("b")}}};
}

BOOST_FIXTURE_TEST_SUITE(tables, TablesFixture)

BOOST_AUTO_TEST_CASE(commands_survive_the_log) {
  for (const Command& command : one_of_each()) {
    BOOST_CHECK(decode_command(encode(command)).value() == command);
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_command_are_refused) {
  BOOST_TEST(!decode_command("\xff"));
  BOOST_TEST(!decode_command(""));
  for (const Command& command : one_of_each()) {
    const std::string bytes = encode(command);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      (void)decode_command(bytes.substr(0, i));
      std::string broken = bytes;
      broken[i] = static_cast<char>(broken[i] ^ 0x55);
      (void)decode_command(broken);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_new_record_is_pending, *boost::unit_test::label("C-042")) {
  BOOST_TEST(apply(WritePeering{acceptor_record(), generate(one_id, e1)}) == "");
  BOOST_CHECK(peering("b").state == PeeringState::pending);
  BOOST_CHECK(tables.secrets(one_id)->establishment == e1);
  BOOST_TEST(peering("b").indexes.create == 11u);
  BOOST_TEST(store.index_of("peering") == 11u);
}

BOOST_AUTO_TEST_CASE(names_are_found_in_any_case, *boost::unit_test::label("C-057")) {
  apply(WritePeering{acceptor_record(), std::nullopt});
  BOOST_CHECK(tables.by_name({}, PeerName("B")) == tables.by_id(one_id));
  BOOST_CHECK(tables.by_name(PartitionName("default"), PeerName("b")) == tables.by_id(one_id));
  BOOST_CHECK(tables.by_name(PartitionName("web"), PeerName("b")) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_list_is_ordered_by_name, *boost::unit_test::label("H-086")) {
  apply(WritePeering{acceptor_record(two_id, "a2"), std::nullopt});
  apply(WritePeering{acceptor_record(one_id, "A1"), std::nullopt});
  const auto list = tables.list({});
  BOOST_REQUIRE(list.size() == 2);
  BOOST_TEST(list[0]->name == PeerName("A1"));
}

BOOST_AUTO_TEST_CASE(refusals_have_consuls_texts, *boost::unit_test::label("C-092") *
                                                      boost::unit_test::label("C-093") *
                                                      boost::unit_test::label("C-096")) {
  apply(WritePeering{dialer_record(), std::nullopt});
  Peering timed = acceptor_record(two_id, "c");
  timed.deleted_at = Instant{};
  timed.state = PeeringState::pending;
  const std::pair<Peering, std::string> table[] = {
      {acceptor_record(PeerId(), "x"), "Missing Peering ID"},
      {acceptor_record(one_id, ""), "Missing Peering Name"},
      {in_state(acceptor_record(), PeeringState::deleting),
       "Missing deletion time for peering in deleting state"},
      {timed, "Unexpected state for peering with deletion time: PENDING"},
      {acceptor_record(), "Cannot switch peering dialing mode from true to false"},
      {dialer_record(two_id), "A peering already exists with the name \"b\" and a different ID \"" +
                                  one_id.value() + "\""},
      {dialer_record(one_id, "other"), "A peering already exists with the ID \"" + one_id.value() +
                                           "\" and a different name \"b\""},
      {marked(acceptor_record(two_id, "c")), "cannot create a new peering marked for deletion"},
      {in_state(acceptor_record(two_id, "c"), PeeringState::terminated),
       "cannot create a new peering marked for deletion"},
  };
  for (const auto& [record, text] : table) BOOST_TEST(apply(WritePeering{record, {}}) == text);
  BOOST_TEST(tables.list({}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_acceptor_never_becomes_a_dialer, *boost::unit_test::label("C-202")) {
  apply(WritePeering{acceptor_record(), {}});
  BOOST_TEST(apply(WritePeering{dialer_record(), {}}) ==
             "Cannot switch peering dialing mode from false to true");
}

BOOST_AUTO_TEST_CASE(an_unset_state_and_an_empty_remote_keep_the_old,
                     *boost::unit_test::label("C-090") * boost::unit_test::label("C-091")) {
  Peering first = in_state(dialer_record(), PeeringState::establishing);
  first.remote.datacenter = "dc1";
  apply(WritePeering{first, {}});
  Peering second = dialer_record();
  second.remote.locality = Locality{};
  apply(WritePeering{second, {}});
  BOOST_CHECK(peering("b").state == PeeringState::establishing);
  BOOST_TEST(peering("b").remote.datacenter == "dc1");
  BOOST_TEST(peering("b").indexes.create == 11u);
  BOOST_TEST(peering("b").indexes.modify == 12u);
}

BOOST_AUTO_TEST_CASE(a_deleting_record_keeps_its_first_time, *boost::unit_test::label("C-086") *
                                                                 boost::unit_test::label("C-094") *
                                                                 boost::unit_test::label("C-095")) {
  apply(WritePeering{acceptor_record(), generate(one_id, e1)});
  apply(WritePeering{marked(acceptor_record()), {}});
  BOOST_CHECK(tables.secrets(one_id) == nullptr);
  Peering again = marked(acceptor_record());
  again.deleted_at = Instant{} + std::chrono::hours(1);
  BOOST_TEST(apply(WritePeering{again, {}}) == "");
  BOOST_TEST(apply(WritePeering{in_state(acceptor_record(), PeeringState::terminated), {}}) == "");
  BOOST_CHECK(peering("b").state == PeeringState::deleting);
  BOOST_CHECK(peering("b").deleted_at == Instant{} + std::chrono::seconds(1));
  BOOST_TEST(apply(WritePeering{acceptor_record(), {}}) ==
             "cannot write to peering that is marked for deletion");
}

// QP-01: nothing is written, the secret neither, so the token is dead.
BOOST_AUTO_TEST_CASE(a_token_for_a_terminated_peering_is_dead, *boost::unit_test::label("C-089")) {
  apply(WritePeering{acceptor_record(), {}});
  apply(TerminatePeering{one_id});
  const Peering record = peering("b");
  BOOST_TEST(apply(WritePeering{record, generate(one_id, e1)}) == "");
  BOOST_CHECK(tables.secrets(one_id) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_terminated_dialer_is_established_again, *boost::unit_test::label("C-053")) {
  const SecretsWrite establish{one_id, EstablishWrite{s1}};
  apply(WritePeering{in_state(dialer_record(), PeeringState::establishing), establish});
  apply(TerminatePeering{one_id});
  BOOST_CHECK(tables.secrets(one_id) != nullptr);  // C-087
  apply(WritePeering{dialer_record(), {}});
  BOOST_CHECK(peering("b").state == PeeringState::terminated);
  BOOST_CHECK(tables.secrets(one_id) == nullptr);
  apply(WritePeering{in_state(dialer_record(), PeeringState::establishing), establish});
  BOOST_CHECK(peering("b").state == PeeringState::establishing);
  BOOST_CHECK(tables.secrets(one_id)->active == s1);
}

BOOST_AUTO_TEST_CASE(termination_by_id_keeps_the_secrets,
                     *boost::unit_test::label("C-087") * boost::unit_test::label("C-098")) {
  apply(WritePeering{acceptor_record(), generate(one_id, e1)});
  BOOST_TEST(apply(TerminatePeering{one_id}) == "");
  BOOST_CHECK(peering("b").state == PeeringState::terminated);
  BOOST_CHECK(tables.secrets(one_id) != nullptr);
  BOOST_TEST(apply(TerminatePeering{two_id}) == "");
}

BOOST_AUTO_TEST_CASE(only_a_marked_record_is_removed,
                     *boost::unit_test::label("C-097") * boost::unit_test::label("C-065")) {
  apply(WritePeering{acceptor_record(), {}});
  BOOST_TEST(apply(RemovePeering{{}, PeerName("b")}) ==
             "cannot delete a peering without first marking for deletion");
  apply(TerminatePeering{one_id});
  apply(WritePeering{marked(acceptor_record()), {}});
  BOOST_CHECK(peering("b").state == PeeringState::deleting);
  BOOST_TEST(apply(RemovePeering{{}, PeerName("B")}) == "");
  BOOST_TEST(tables.list_all().empty());
  BOOST_TEST(apply(RemovePeering{{}, PeerName("b")}) == "");
}

BOOST_AUTO_TEST_CASE(a_failing_secret_takes_the_write_back) {
  apply(WritePeering{acceptor_record(), generate(one_id, e1)});
  Peering other = acceptor_record(two_id, "c");
  BOOST_TEST(apply(WritePeering{other, generate(two_id, e1)}) ==
             "failed to write peering establishment secret: peering secret is already in use, "
             "retry the operation");
  BOOST_CHECK(tables.by_id(two_id) == nullptr);
  BOOST_TEST(
      apply(WritePeering{dialer_record(two_id, "d"), SecretsWrite{two_id, EstablishWrite{}}}) ==
      "failed to write peering establishment secret: invalid secret write request: missing "
      "secret ID");
}

BOOST_AUTO_TEST_CASE(secrets_of_an_unknown_peering_are_refused) {
  BOOST_TEST(apply(generate(two_id, e1)) == "failed to write peering secret: unknown peering \"" +
                                                two_id.value() + "\" for secret");
}

BOOST_AUTO_TEST_CASE(a_dialers_secret_blocks_no_other) {
  apply(WritePeering{dialer_record(), SecretsWrite{one_id, EstablishWrite{s1}}});
  BOOST_TEST(!tables.secret_in_use(s1.value()));
  apply(WritePeering{acceptor_record(two_id, "c"), generate(two_id, e1)});
  BOOST_TEST(tables.secret_in_use(e1.value()));
  BOOST_TEST(apply(SecretsWrite{two_id, ExchangeSecretWrite{e1, s1}}) == "");
}

BOOST_AUTO_TEST_CASE(a_trust_bundle_becomes_the_anchors_of_the_record,
                     *boost::unit_test::label("C-198") * boost::unit_test::label("C-099")) {
  const PeeringTrustBundle bundle{"td", "b", "", {"one", "two\n"}, ""};
  BOOST_TEST(apply(WriteTrustBundle{{"td", "", "", {}, ""}}) == "missing peer name");
  BOOST_TEST(apply(WriteTrustBundle{bundle}) ==
             "cannot write peering trust bundle for unknown peering b");
  apply(WritePeering{dialer_record(), {}});
  BOOST_TEST(apply(WriteTrustBundle{bundle}) == "");
  BOOST_TEST(peering("b").peer_ca_pems == (std::vector<std::string>{"one\n", "two\n"}),
             boost::test_tools::per_element());
  BOOST_CHECK(tables.trust_bundle({}, PeerName("B"))->bundle == bundle);
  apply(WritePeering{marked(dialer_record()), {}});
  BOOST_TEST(apply(WriteTrustBundle{bundle}) ==
             "cannot write to peering that is marked for deletion");  // C-199
  apply(RemoveTrustBundle{{}, PeerName("b")});
  BOOST_TEST(tables.trust_bundles({}).empty());
}

BOOST_AUTO_TEST_CASE(a_snapshot_holds_records_secrets_and_bundles,
                     *boost::unit_test::label("C-088")) {
  apply(WritePeering{acceptor_record(), generate(one_id, e1)});
  apply(WriteTrustBundle{{"td", "b", "", {"pem"}, ""}});
  TablesFixture other;
  store.save([&](std::string_view table, std::string_view row) {
    BOOST_TEST(other.store.load(table, row).has_value());
  });
  BOOST_TEST(other.store.digest() == store.digest());
  BOOST_CHECK(other.peering("b") == peering("b"));
  BOOST_CHECK(*other.tables.secrets(one_id) == *tables.secrets(one_id));
  BOOST_TEST(other.tables.secret_in_use(e1.value()));
}

// Mutants

BOOST_AUTO_TEST_CASE(mutant_hb_002_writes_the_zero_state) {
  mutants.plant(Mutant::HB_002);
  apply(WritePeering{in_state(acceptor_record(), PeeringState::pending), {}});
  apply(WritePeering{acceptor_record(), {}});
  BOOST_CHECK(peering("b").state == PeeringState::undefined);
}

BOOST_AUTO_TEST_CASE(mutant_hb_017_erases_the_addresses) {
  mutants.plant(Mutant::HB_017);
  apply(WritePeering{dialer_record(), {}});
  BOOST_TEST(apply(WritePeering{acceptor_record(), {}}) == "");
  BOOST_TEST(!peering("b").should_dial());
}

BOOST_AUTO_TEST_CASE(mutant_hb_035_lets_a_write_flip_the_role) {
  mutants.plant(Mutant::HB_035);
  apply(WritePeering{acceptor_record(), {}});
  BOOST_TEST(apply(WritePeering{dialer_record(), {}}) == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_038_keeps_a_terminated_peering_terminated) {
  mutants.plant(Mutant::HB_038);
  apply(WritePeering{dialer_record(), {}});
  apply(TerminatePeering{one_id});
  BOOST_TEST(apply(WritePeering{in_state(dialer_record(), PeeringState::establishing), {}}) != "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_081_leaves_the_record_with_old_roots) {
  mutants.plant(Mutant::HB_081);
  apply(WritePeering{dialer_record(), {}});
  apply(WriteTrustBundle{{"td", "b", "", {"pem\n"}, ""}});
  BOOST_TEST(peering("b").peer_ca_pems.empty());
}

BOOST_AUTO_TEST_CASE(mutant_hb_088_never_deletes_a_terminated_peering) {
  mutants.plant(Mutant::HB_088);
  apply(WritePeering{acceptor_record(), {}});
  apply(TerminatePeering{one_id});
  apply(WritePeering{marked(acceptor_record()), {}});
  BOOST_CHECK(peering("b").state == PeeringState::terminated);
}

// QP-03: both clusters delete at once and the Terminated of the other comes while we are DELETING.
BOOST_AUTO_TEST_CASE(quirk_q3_terminates_a_deleting_record, *boost::unit_test::label("C-095")) {
  for (const bool planted : {false, true}) {
    TablesFixture cluster;
    if (planted) cluster.mutants.plant(Mutant::QP_03);
    cluster.apply(WritePeering{acceptor_record(), {}});
    cluster.apply(WritePeering{marked(acceptor_record()), {}});
    cluster.apply(TerminatePeering{one_id});
    BOOST_CHECK((cluster.peering("b").state == PeeringState::terminated) == planted);
    BOOST_TEST(cluster.peering("b").deleted_at.has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
