#include "peerlab/peering/deferred_deletion.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>
#include <vector>

#include "importer_fixture.hpp"

namespace peerlab::peering {
namespace {

/// A leader that imported from peer `a` and now cleans up.
struct Leader : ImporterFixture {
  Instant now{};
  bool enabled = true;
  DeletionLimits limits;
  std::vector<Command> proposed;
  std::function<void()> after_first = [] {};

  void import_nodes(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "node-" + std::to_string(i);
      const Instance one = instance(name, "web", name, "");
      write(catalog::Command(catalog::Register{[&] {
                                                 catalog::Node node = *one.node;
                                                 node.peer = peer;
                                                 return node;
                                               }(),
                                               false,
                                               *one.service,
                                               {}}));
    }
    apply(WriteTrustBundle{{"td", "a", "", {"pem\n"}, ""}});
  }

  /// Works until there is nothing left to do.
  void clean_up() {
    DeferredDeletion deletion(enabled, mutants, limits);
    const DeletionView view{tables, [this](const PartitionName&) { return &catalog; }};
    auto output = deletion.step(now, DeferredDeletion::Woken{}, view);
    while (output) {
      if (const auto* arm = std::get_if<DeferredDeletion::Arm>(&*output)) {
        BOOST_REQUIRE((arm->due > now));
        now = arm->due;
        output = deletion.step(now, DeferredDeletion::Due{}, view);
        continue;
      }
      proposed.push_back(std::get<DeferredDeletion::Propose>(*output).command);
      const auto result = write(proposed.back());
      if (proposed.size() == 1) after_first();
      output = deletion.step(now, DeferredDeletion::Applied{result}, view);
    }
  }

  template <class Kind>
  bool is(std::size_t number) const {
    return std::holds_alternative<Kind>(proposed.at(number));
  }
};

BOOST_FIXTURE_TEST_SUITE(deferred_deletion, Leader)

BOOST_AUTO_TEST_CASE(imports_go_first_then_the_bundle_then_the_record,
                     *boost::unit_test::label("C-239")) {
  import_nodes(3);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  clean_up();
  BOOST_REQUIRE(proposed.size() == 3);
  BOOST_TEST(is<RemoveImports>(0));
  BOOST_TEST(is<RemoveTrustBundle>(1));
  BOOST_TEST(is<RemovePeering>(2));
  BOOST_TEST(nodes(peer).empty());
  BOOST_TEST(tables.list_all().empty());
  BOOST_TEST((now == Instant{}));
}

BOOST_AUTO_TEST_CASE(a_terminated_record_stays, *boost::unit_test::label("C-240")) {
  import_nodes(3);
  apply(TerminatePeering{one_id});
  clean_up();
  BOOST_TEST(nodes(peer).empty());
  BOOST_TEST(tables.trust_bundles({}).empty());
  BOOST_CHECK(peering("a").state == PeeringState::terminated);
  proposed.clear();
  clean_up();
  BOOST_TEST(proposed.empty());
}

BOOST_AUTO_TEST_CASE(active_peerings_and_local_nodes_are_left_alone) {
  import_nodes(1);
  clean_up();
  BOOST_TEST(proposed.empty());
}

BOOST_AUTO_TEST_CASE(after_ten_writes_there_are_ten_a_second, *boost::unit_test::label("C-241")) {
  limits.batch_bytes = 1;  // one node in each write
  import_nodes(28);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  clean_up();
  BOOST_TEST(proposed.size() == 30u);
  BOOST_TEST((now == Instant{} + std::chrono::seconds(2)));
}

BOOST_AUTO_TEST_CASE(a_batch_holds_so_many_bytes_of_names) {
  limits.batch_bytes = 12;  // two names of six characters
  import_nodes(5);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  clean_up();
  BOOST_TEST(std::get<RemoveImports>(proposed[0]).nodes.size() == 2u);
  BOOST_TEST(std::get<RemoveImports>(proposed[2]).nodes.size() == 1u);
}

// A new leader begins where the old one stopped.
BOOST_AUTO_TEST_CASE(what_was_begun_is_finished_by_another, *boost::unit_test::label("C-242")) {
  import_nodes(3);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  write(Command(RemoveImports{{}, peer, {NodeName("node-0")}}));
  clean_up();
  BOOST_TEST(tables.list_all().empty());
}

BOOST_AUTO_TEST_CASE(switched_off_it_does_nothing) {
  enabled = false;
  import_nodes(1);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  clean_up();
  BOOST_TEST(proposed.empty());
  mutants.plant(Mutant::HB_093);
  clean_up();
  BOOST_TEST(tables.list_all().empty());
}

// QP-23: the operator establishes the peering again while the clean-up is at it.
BOOST_AUTO_TEST_CASE(quirk_q23_wipes_what_a_new_stream_imported) {
  for (const bool planted : {false, true}) {
    Leader leader;
    if (planted) leader.mutants.plant(Mutant::QP_23);
    leader.limits.batch_bytes = 1;
    leader.import_nodes(3);
    leader.apply(TerminatePeering{one_id});
    leader.after_first = [&] {
      leader.apply(
          WritePeering{in_state(dialer_record(one_id, "a"), PeeringState::establishing), {}});
    };
    leader.clean_up();
    BOOST_TEST(leader.nodes(leader.peer).size() == (planted ? 0u : 2u));
  }
}

// Mutants

BOOST_AUTO_TEST_CASE(mutant_hb_062_removes_a_terminated_record) {
  mutants.plant(Mutant::HB_062);
  apply(TerminatePeering{one_id});
  clean_up();
  BOOST_TEST(tables.list_all().empty());
}

BOOST_AUTO_TEST_CASE(mutant_hb_091_removes_all_in_one_write) {
  mutants.plant(Mutant::HB_091);
  limits.batch_bytes = 12;
  import_nodes(5);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  clean_up();
  BOOST_TEST(std::get<RemoveImports>(proposed[0]).nodes.size() == 5u);
}

BOOST_AUTO_TEST_CASE(mutant_hb_092_removes_the_record_first) {
  mutants.plant(Mutant::HB_092);
  import_nodes(2);
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  clean_up();
  BOOST_TEST(tables.list_all().empty());
  BOOST_TEST(nodes(peer).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
