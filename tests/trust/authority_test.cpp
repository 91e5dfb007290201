#include "peerlab/trust/authority.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>
#include <ostream>

#include "peerlab/trust/entropy.hpp"
#include "peerlab/trust/sni.hpp"
#include "peerlab/trust/verify.hpp"

namespace peerlab::trust {

std::ostream& operator<<(std::ostream& out, Distrust why) { return out << to_text(why); }

namespace {

using namespace std::chrono_literals;

constexpr Instant start{};
const DatacenterName dc1("dc1");

CaConfig config(KeySpec key = {}) {
  CaConfig out;
  out.cluster_id = "11111111-2222-3333-4444-cccccccccccc";
  out.key = key;
  return out;
}

CaState ca(std::uint64_t seed = 1) {
  Random random(seed);
  const EntropyScope scope(random);
  return make_ca(config(), start);
}

CaState rotated(const CaState& state, Instant now) {
  Random random(99);
  const EntropyScope scope(random);
  return rotate(state, now);
}

SpiffeId web(const CaState& state) {
  return ServiceIdentity{state.trust_domain(), {}, {}, dc1, ServiceName("web")};
}

Leaf leaf_of(const CaState& state, Instant now, std::uint64_t seed = 5) {
  return Signer(state, dc1).issue(web(state), state.next_serial, now, Random(seed)).value();
}

Anchors anchors_of(const CaState& state) {
  return Anchors::from_pems(state.bundle().root_pems).value();
}

/// `ok`, or why not.
template <class T>
std::string verdict(const Trusted<T>& trusted) {
  return trusted ? "ok" : std::string(to_text(trusted.error().why));
}

std::string error_of(const Result<void>& result) { return result ? "" : result.error().detail; }

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate_authority)

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_bytes) {
  BOOST_TEST((ca(1) == ca(1)));
  BOOST_TEST(ca(1).signing_key_pem != ca(2).signing_key_pem);

  const CaState state = ca();
  BOOST_TEST(to_pem(leaf_of(state, start).chain()) == to_pem(leaf_of(state, start).chain()));
  BOOST_TEST(leaf_of(state, start).key().pem() == leaf_of(state, start).key().pem());
  BOOST_TEST(leaf_of(state, start, 5).key().pem() != leaf_of(state, start, 6).key().pem());
}

BOOST_AUTO_TEST_CASE(a_leaf_is_the_same_whenever_it_is_made) {
  const CaState state = ca();
  const Signer signer(state, dc1);
  const auto one = signer.issue(web(state), 7, start, Random(1)).value();
  const auto other = signer.issue(web(state), 8, start, Random(2)).value();
  const std::string other_first = to_pem(other.chain());
  const std::string one_second = to_pem(one.chain());

  const Signer again(state, dc1);
  BOOST_TEST(to_pem(again.issue(web(state), 7, start, Random(1)).value().chain()) == one_second);
  BOOST_TEST(to_pem(again.issue(web(state), 8, start, Random(2)).value().chain()) == other_first);
}

BOOST_AUTO_TEST_CASE(a_leaf_costs_nothing_until_it_is_looked_at) {
  const CaState state = ca();
  const auto leaf = leaf_of(state, start);
  BOOST_TEST(!leaf.made());
  BOOST_TEST(to_uri(leaf.id()) ==
             "spiffe://11111111-2222-3333-4444-cccccccccccc.consul/ns/default/dc/dc1/svc/web");
  BOOST_TEST((leaf.validity() == leaf.chain().front().validity()));
  BOOST_TEST(leaf.serial() == leaf.chain().front().serial());
  BOOST_TEST(leaf.made());
}

BOOST_AUTO_TEST_CASE(a_leaf_is_valid_from_a_minute_before_for_its_ttl,
                     *boost::unit_test::label("T-009")) {
  const auto validity = leaf_of(ca(), start).chain().front().validity();
  BOOST_TEST(validity.not_before == epoch_unix_seconds - 60);
  BOOST_TEST(validity.not_after - validity.not_before == 72 * 3600);
}

BOOST_AUTO_TEST_CASE(a_leaf_is_accepted_while_it_is_valid) {
  const CaState state = ca();
  const auto leaf = leaf_of(state, start);
  const auto anchors = anchors_of(state);
  const auto at = [&](Instant now) { return verdict(anchors.verify(leaf.chain(), now)); };
  BOOST_TEST(at(start) == "ok");
  BOOST_TEST(at(start + 71h + 59min) == "ok");
  BOOST_TEST(at(start + 72h) == "certificate expired");
  // The root begins now; only leaves are dated back.
  BOOST_TEST(at(start - 30s) == "certificate not yet valid");
  BOOST_TEST(at(start + 1h) == "ok");
}

BOOST_AUTO_TEST_CASE(another_clusters_roots_do_not_help) {
  const auto leaf = leaf_of(ca(1), start);
  BOOST_TEST(verdict(anchors_of(ca(2)).verify(leaf.chain(), start)) == "unknown authority");
  BOOST_TEST(verdict(Anchors().verify(leaf.chain(), start)) == "unknown authority");
  BOOST_TEST(verdict(anchors_of(ca(1)).verify({}, start)) == "no certificate");
}

BOOST_AUTO_TEST_CASE(verifying_takes_no_entropy_of_any_host) {
  const CaState state = [] {
    Random random(1);
    const EntropyScope scope(random);
    return make_ca(config({KeySpec::Type::ec, 384}), start);
  }();
  BOOST_TEST(verdict(anchors_of(state).verify(leaf_of(state, start).chain(), start)) == "ok");
}

BOOST_AUTO_TEST_CASE(an_expired_root_signs_nothing, *boost::unit_test::label("T-016")) {
  const CaState state = ca();
  const auto leaf = Signer(state, dc1).issue(web(state), 9, start + 87600h + 1s, Random(1));
  BOOST_REQUIRE(!leaf.has_value());
  BOOST_TEST(leaf.error().detail.starts_with("root expired: "));
}

BOOST_AUTO_TEST_CASE(a_configuration_is_checked_with_the_providers_words) {
  CaConfig c = config();
  c.leaf_ttl = 10min;
  BOOST_TEST(error_of(check(c)) == "leaf cert TTL must be greater or equal than 1h0m0s");
  c = config({KeySpec::Type::ec, 111});
  BOOST_TEST(error_of(check(c)) == "EC key length must be one of (224, 256, 384, 521) bits");
  BOOST_TEST(error_of(check(config())) == "");
}

BOOST_AUTO_TEST_CASE(only_another_kind_of_key_makes_another_root) {
  const CaState state = ca();
  CaConfig shorter = config();
  shorter.leaf_ttl = 1h;
  const CaState same_root = reconfigure(state, shorter, start).value();
  BOOST_TEST((same_root.roots == state.roots));
  const auto leaf = leaf_of(same_root, start);
  BOOST_TEST(leaf.validity().not_after == epoch_unix_seconds - 60 + 3600);

  Random random(3);
  const EntropyScope scope(random);
  const CaState other = reconfigure(state, config({KeySpec::Type::ec, 384}), start + 1h).value();
  BOOST_TEST(other.roots.size() == 2);
  BOOST_TEST(other.active_root().key.bits == 384);
  // T-010: the key of a leaf does not follow the key of the CA.
  BOOST_TEST(leaf_of(other, start + 1h).key().public_key().spec().bits == 256);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(root_rotation)

BOOST_AUTO_TEST_CASE(the_old_root_vouches_for_the_new_one_for_seven_days,
                     *boost::unit_test::label("T-034") * boost::unit_test::label("T-035")) {
  const CaState before = ca();
  const CaState after = rotated(before, start + 1h);
  const auto leaf = leaf_of(after, start + 1h);
  BOOST_TEST(leaf.chain().size() == 2);
  const auto old_only = anchors_of(before);
  BOOST_TEST(verdict(old_only.verify(leaf.chain(), start + 1h)) == "ok");
  const auto later = leaf_of(after, start + 1h + 24h * 7);
  BOOST_TEST(verdict(old_only.verify(later.chain(), start + 1h + 24h * 7)) ==
             "certificate expired");
}

BOOST_AUTO_TEST_CASE(who_knows_both_roots_accepts_old_and_new_leaves,
                     *boost::unit_test::label("T-030")) {
  const CaState before = ca();
  const CaState after = rotated(before, start + 1h);
  const auto both = anchors_of(after);
  BOOST_TEST(after.bundle().root_pems.size() == 2);
  BOOST_TEST(verdict(both.verify(leaf_of(before, start).chain(), start + 2h)) == "ok");
  BOOST_TEST(verdict(both.verify(leaf_of(after, start + 1h).chain(), start + 2h)) == "ok");
  // Also when the cross-signed certificate has run out.
  const auto later = leaf_of(after, start + 24h * 30);
  BOOST_TEST(verdict(both.verify(later.chain(), start + 24h * 30)) == "ok");
}

BOOST_AUTO_TEST_CASE(roots_are_listed_by_id_with_one_active) {
  const CaState after = rotated(rotated(ca(), start + 1h), start + 2h);
  BOOST_TEST(after.roots.size() == 3);
  BOOST_TEST((std::ranges::is_sorted(after.roots, {}, &CaRoot::id)));
  BOOST_TEST(std::ranges::count(after.roots, true, &CaRoot::active) == 1);
  BOOST_TEST(after.active_root().intermediate_pems.size() == 1);
}

BOOST_AUTO_TEST_CASE(an_old_root_goes_after_twice_the_leaf_ttl, *boost::unit_test::label("T-037")) {
  const CaState after = rotated(ca(), start + 1h);
  BOOST_TEST(!prune(after, start + 1h + 144h).has_value());
  const auto pruned = prune(after, start + 1h + 144h + 1s);
  BOOST_REQUIRE(pruned.has_value());
  BOOST_TEST(pruned->roots.size() == 1);
  BOOST_TEST(pruned->roots.front().id == after.active_root().id);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(renewal)

BOOST_AUTO_TEST_CASE(a_leaf_is_renewed_between_60_and_90_percent_of_its_life,
                     *boost::unit_test::label("T-012") * boost::unit_test::label("T-013")) {
  const Validity validity{epoch_unix_seconds, epoch_unix_seconds + 72 * 3600};
  BOOST_TEST(renewal_time(validity, start, 0) == start + 43h + 12min);
  const Instant last = renewal_time(validity, start, renewal_steps - 1);
  BOOST_TEST(last < start + 64h + 48min);
  BOOST_TEST(last > start + 64h + 47min);
  BOOST_TEST(renewal_time(validity, start + 66h, 0) == start + 66h);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(verification)

BOOST_AUTO_TEST_CASE(an_upstream_must_bear_one_of_the_accepted_names,
                     *boost::unit_test::label("T-044")) {
  const CaState state = ca();
  const auto chain = leaf_of(state, start).chain();
  const auto anchors = anchors_of(state);
  const std::string uri = to_uri(web(state));
  BOOST_TEST(verdict(verify_upstream(chain, anchors, {"spiffe://x", uri}, start)) == "ok");
  BOOST_TEST(verdict(verify_upstream(chain, anchors, {uri + "2"}, start)) ==
             "wrong name in certificate");
}

BOOST_AUTO_TEST_CASE(the_trust_domain_of_a_client_selects_the_bundle,
                     *boost::unit_test::label("T-038") * boost::unit_test::label("T-040")) {
  Random random(8);
  const EntropyScope scope(random);
  CaConfig east_config = config();
  east_config.cluster_id = "eeeeeeee-2222-3333-4444-cccccccccccc";
  const CaState east = make_ca(east_config, start);
  const CaState own = ca();
  // Signed by the own CA, but claiming to be of the east.
  const CaState liar = [&] {
    CaState state = own;
    state.config.cluster_id = east.config.cluster_id;
    return state;
  }();

  SpiffeMap map;
  BOOST_REQUIRE(map.add(own.bundle()).has_value());
  const auto judge = [&](const CaState& state) {
    return verdict(map.verify_client(leaf_of(state, start).chain(), start));
  };
  BOOST_TEST(judge(own) == "ok");
  BOOST_TEST(judge(east) == "unknown trust domain");
  BOOST_REQUIRE(map.add(east.bundle()).has_value());
  BOOST_TEST(judge(east) == "ok");
  BOOST_TEST(judge(liar) == "unknown authority");
}

BOOST_AUTO_TEST_CASE(a_dialer_compares_the_name_of_the_server) {
  const CaState state = ca();
  const auto leaf =
      issue_server_leaf(Signer(state, dc1), state.trust_domain(), dc1, 3, start, Random(4)).value();
  const auto anchors = anchors_of(state);
  const std::string name = "server.dc1.peering.11111111-2222-3333-4444-cccccccccccc.consul";
  const auto text = [&](std::string_view wanted, const Anchors& roots, Instant now) {
    const auto verdict = verify_server_name(leaf.chain(), roots, wanted, now);
    return verdict ? "ok" : verdict.error().detail;
  };
  BOOST_TEST(text(name, anchors, start) == "ok");
  BOOST_TEST(text("server.dc2.x", anchors, start) ==
             "x509: certificate is valid for " + name + ", not server.dc2.x");
  BOOST_TEST(text(name, Anchors(), start) == "x509: certificate signed by unknown authority");
  BOOST_TEST(text(name, anchors, start + 100h) ==
             "x509: certificate has expired or is not yet valid: current time "
             "2026-01-05T04:00:00Z is after 2026-01-03T23:59:00Z");
}

BOOST_AUTO_TEST_CASE(bad_input_leaves_nothing_in_openssls_list_of_errors) {
  const CaState state = ca();
  const auto chain = leaf_of(state, start).chain();
  for (const std::string text : {"", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
    BOOST_TEST(!Certificate::from_pem(text).has_value());
    BOOST_TEST(!chain_from_pem(text).has_value());
    BOOST_TEST(!PrivateKey::from_pem(text).has_value());
    BOOST_TEST(!CertificateRequest::from_pem(text).has_value());
  }
  BOOST_TEST(chain_from_pem(to_pem(chain)).has_value());
  BOOST_TEST(verdict(Anchors().verify(chain, start)) == "unknown authority");
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_CASE(a_root_that_is_none_is_named) {
  const auto anchors = Anchors::from_pems({"nonsense"});
  BOOST_REQUIRE(!anchors.has_value());
  BOOST_TEST(anchors.error().detail == "failed to parse PEM nonsense");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::trust
