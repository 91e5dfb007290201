#include "peerlab/peering/open_check.hpp"

#include <boost/test/unit_test.hpp>

#include "peering/tables_fixture.hpp"

namespace peerlab::peering {
namespace {

using boost::unit_test::label;

const EstablishmentSecret establishment("e0000000-0000-0000-0000-000000000000");
const StreamSecret pending("50000000-0000-0000-0000-000000000000");

/// An acceptor whose token was exchanged.
struct ExchangedToken : TablesFixture {
  ExchangedToken() {
    apply(WritePeering{in_state(acceptor_record(), PeeringState::pending),
                       SecretsWrite{one_id, GenerateTokenWrite{establishment}}});
    apply(SecretsWrite{one_id, ExchangeSecretWrite{establishment, pending}});
  }
  OpenChecked check(const PeerId& id, const StreamSecret& shown = pending) const {
    return check_open(tables, {id, shown}, true);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(open_check, ExchangedToken)

BOOST_AUTO_TEST_CASE(an_id_that_is_no_uuid_cannot_be_looked_up, *label("C-104")) {
  BOOST_TEST((check(PeerId("nope")).record == OpenChecked::Record::unreadable));
}

BOOST_AUTO_TEST_CASE(an_id_may_be_unknown, *label("C-103")) {
  BOOST_TEST((check(two_id).record == OpenChecked::Record::unknown));
}

BOOST_AUTO_TEST_CASE(the_pending_secret_is_to_be_promoted, *label("C-108")) {
  BOOST_TEST(std::holds_alternative<SecretToPromote>(check(one_id).secret));
}

BOOST_AUTO_TEST_CASE(a_wrong_secret_is_refused, *label("C-106")) {
  const auto facts = check(one_id, StreamSecret("x"));
  BOOST_TEST((std::get<Status>(facts.secret).code == GrpcCode::permission_denied));
}

BOOST_AUTO_TEST_CASE(promotion_writes_secret_and_remote_at_once, *label("C-108") * label("C-109")) {
  const SecretsWrite write = std::get<SecretToPromote>(check(one_id).secret).write;
  BOOST_TEST(apply(promotion(tables, {one_id, write, RemoteInfo{"", "dc2", {}}})) == "");
  BOOST_TEST(peering("b").remote.datacenter == "dc2");
  BOOST_TEST(std::holds_alternative<SecretAccepted>(check(one_id).secret));
}

BOOST_AUTO_TEST_CASE(deleting_and_terminated_are_told_apart, *label("C-111") * label("C-112")) {
  apply(TerminatePeering{one_id});
  BOOST_TEST((check(one_id).state == OpenChecked::State::terminated));
  apply(WritePeering{marked(acceptor_record()), {}});
  BOOST_TEST((check(one_id).state == OpenChecked::State::deleting));
}

BOOST_AUTO_TEST_CASE(the_record_of_a_dialer_says_so, *label("C-113")) {
  apply(WritePeering{in_state(dialer_record(two_id, "d"), PeeringState::pending), {}});
  BOOST_TEST(check(two_id).dials);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
