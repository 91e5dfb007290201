// Certificates and signing requests of a running Consul: tests/golden/traffic/certificates.json
// and signing-requests.jsonl.

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "peerlab/base/encoding.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/trust/authority.hpp"
#include "peerlab/trust/entropy.hpp"
#include "peerlab/trust/verify.hpp"

namespace peerlab::trust {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

json certificates() {
  std::ifstream file(PEERLAB_SOURCE_DIR + "/tests/golden/traffic/certificates.json");
  return json::parse(file);
}

std::vector<json> signing_requests() {
  std::ifstream file(PEERLAB_SOURCE_DIR + "/tests/golden/traffic/signing-requests.jsonl");
  std::vector<json> out;
  for (std::string line; std::getline(file, line);) out.push_back(json::parse(line));
  return out;
}

Certificate certificate(const json& pem) {
  return Certificate::from_pem(pem.get<std::string>()).value();
}

Instant recorded(const json& when) {
  // Whole seconds of `2026-11-24T02:30:48...Z`; the day is the same in the whole recording.
  const auto text = when.get<std::string>();
  const auto number = [&](std::size_t at) { return std::stoi(text.substr(at, 2)); };
  const auto november_24 = instant_of_unix_nanos(1'795'478'400'000'000'000);
  return november_24 + number(11) * 1h + number(14) * 1min + number(17) * 1s;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_certificates)

BOOST_AUTO_TEST_CASE(a_recorded_root_reads_as_the_api_shows_it) {
  const json all = certificates();
  for (const auto* list : {"roots_before", "roots_after", "roots_after_second"}) {
    for (const auto& root : all.at(list).at("Roots")) {
      const auto read = certificate(root.at("RootCert"));
      BOOST_TEST(read.fingerprint() == root.at("ID").get<std::string>());
      BOOST_TEST(colon_hex(read.subject_key_id()) == root.at("SigningKeyID").get<std::string>());
      BOOST_TEST(read.public_key().key_id() == read.subject_key_id());
      BOOST_TEST(read.serial() == root.at("SerialNumber").get<std::uint64_t>());
      BOOST_TEST(read.subject() == root.at("parsed").at("subject").get<std::string>());
      BOOST_TEST(read.is_ca());
      BOOST_TEST(rfc3339(instant_of_unix_nanos(read.validity().not_before * 1'000'000'000)) ==
                 root.at("NotBefore").get<std::string>());
      BOOST_TEST(to_uri(read.spiffe_id().value()) ==
                 "spiffe://" + all.at("trust_domain_after").get<std::string>());
    }
  }
}

BOOST_AUTO_TEST_CASE(recorded_leaves_verify_before_and_after_rotation,
                     *boost::unit_test::label("T-034") * boost::unit_test::label("T-035")) {
  const json all = certificates();
  const auto old_root = all.at("roots_before").at("Roots").at(0).at("RootCert").get<std::string>();
  const auto old_only = Anchors::from_pems({old_root}).value();
  const Instant now = recorded(all.at("leaf_requested_at")) + 2min;
  for (const auto* name : {"leaf_web", "leaf_Name.With.Dots", "leaf_unregistered_percent",
                           "leaf_new_service_after_rotation", "leaf_web_after_rotation"}) {
    const json& leaf = all.at(name);
    const auto chain = chain_from_pem(leaf.at("CertPEM").get<std::string>()).value();
    BOOST_TEST(chain.size() == leaf.at("chain").size());
    BOOST_TEST(old_only.verify(chain, now).has_value());
    const auto names = chain.front().names();
    BOOST_TEST(names.uris.at(0) == leaf.at("ServiceURI").get<std::string>());
    BOOST_TEST(to_uri(chain.front().spiffe_id().value()) ==
               leaf.at("ServiceURI").get<std::string>());
    const auto id = std::get<ServiceIdentity>(chain.front().spiffe_id().value());
    BOOST_TEST(id.service.value() == leaf.at("Service").get<std::string>());
    const auto key = PrivateKey::from_pem(leaf.at("PrivateKeyPEM").get<std::string>()).value();
    BOOST_TEST((key.public_key() == chain.front().public_key()));
    BOOST_TEST(key.pem() == leaf.at("PrivateKeyPEM").get<std::string>());
  }
}

/// The DER form with the key ids blanked, which differ between any two certificates.
std::string form(const Certificate& certificate) {
  std::string der = certificate.der();
  const auto blank = [&](std::string_view part) {
    if (part.empty()) return;
    for (auto at = der.find(part); at != der.npos; at = der.find(part, at + part.size())) {
      der.replace(at, part.size(), part.size(), '#');
    }
  };
  blank(certificate.subject_key_id());
  blank(certificate.authority_key_id());
  return der;
}

BOOST_AUTO_TEST_CASE(our_certificates_have_the_bytes_of_the_reference,
                     *boost::unit_test::label("T-011")) {
  const json all = certificates();
  const auto theirs_root = certificate(all.at("roots_before").at("Roots").at(0).at("RootCert"));
  const auto theirs = certificate(all.at("leaf_web").at("CertPEM"));

  // The same facts: cluster id, dates, serials.
  CaConfig config;
  config.cluster_id = all.at("cluster_id").get<std::string>();
  Random random(1);
  const EntropyScope scope(random);
  const Instant made = instant_of_unix_nanos(theirs_root.validity().not_before * 1'000'000'000);
  CaState state = make_ca(config, made);
  const Signer signer(state, DatacenterName("north"));
  const Instant signed_at =
      instant_of_unix_nanos((theirs.validity().not_before + 60) * 1'000'000'000);
  const SpiffeId web =
      ServiceIdentity{state.trust_domain(), {}, {}, DatacenterName("north"), ServiceName("web")};
  const auto ours = signer.issue(web, theirs.serial(), signed_at, Random(2)).value().chain().at(0);

  BOOST_TEST((ours.validity() == theirs.validity()));
  BOOST_TEST(ours.serial() == theirs.serial());
  // The recorded root is called `pri-` and seven characters; ours has eight. Everything from the
  // extensions to the end of what is signed must be the same bytes.
  const auto extensions = [](const Certificate& c) {
    const std::string der = form(c);
    const auto begin = der.find("\x30\x0e\x06\x03\x55\x1d\x0f");  // key usage, the first of all
    const auto end = der.find("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", begin);
    BOOST_REQUIRE(begin != der.npos);
    BOOST_REQUIRE(end != der.npos);
    return to_hex(der.substr(begin, end - begin));
  };
  BOOST_TEST(extensions(ours) == extensions(theirs));
  const auto our_root = certificate(state.active_root().root_pem);
  BOOST_TEST(extensions(our_root) == extensions(theirs_root));
  BOOST_TEST((our_root.validity() == theirs_root.validity()));
  BOOST_TEST(our_root.subject().size() == theirs_root.subject().size() + 1);
  BOOST_TEST(our_root.subject().ends_with(".consul.ca.bbbbbbbb.consul"));
  BOOST_TEST(ours.subject() == "");
}

BOOST_AUTO_TEST_CASE(a_cross_signed_certificate_has_the_bytes_of_the_reference) {
  const json all = certificates();
  const auto theirs =
      certificate(all.at("roots_after_second").at("Roots").at(0).at("IntermediateCerts").at(0));
  CaConfig config;
  config.cluster_id = all.at("cluster_id").get<std::string>();
  Random random(1);
  const EntropyScope scope(random);
  const Instant now = instant_of_unix_nanos((theirs.validity().not_before + 60) * 1'000'000'000);
  const CaState state = rotate(make_ca(config, now), now);
  const auto ours = certificate(state.active_root().intermediate_pems.at(0));
  BOOST_TEST((ours.validity() == theirs.validity()));
  BOOST_TEST(ours.subject() == certificate(state.active_root().root_pem).subject());
  BOOST_TEST(ours.subject() != ours.issuer());
  BOOST_TEST(ours.is_ca());
  BOOST_TEST((ours.names() == theirs.names()));
}

BOOST_AUTO_TEST_CASE(configurations_are_answered_as_recorded) {
  int compared = 0;
  const json all = certificates();
  for (const auto& exchange : all.at("configuration_answers")) {
    const json& body = exchange.at("body");
    if (!body.contains("Config") || !body.at("Config").is_object()) continue;
    const json& given = body.at("Config");
    // Texts about a provider, a key text or an unknown kind of key are those of their readers.
    if (body.at("Provider") != "consul" || given.contains("PrivateKey")) continue;
    if (given.value("PrivateKeyType", "ec") == "dsa") continue;
    const auto hours = [&](const char* key, std::int64_t otherwise) -> Duration {
      const auto text = given.value(key, "");
      if (text.empty()) return std::chrono::hours(otherwise);
      if (text == "10m") return std::chrono::minutes(10);
      return std::chrono::hours(std::stoi(text));
    };
    CaConfig config;
    config.cluster_id = "bbbbbbbb-cccc-dddd-eeee-ffffffffffff";
    config.leaf_ttl = hours("LeafCertTTL", 72);
    config.intermediate_ttl = hours("IntermediateCertTTL", 8760);
    config.root_ttl = hours("RootCertTTL", 87600);
    config.key.bits = given.value("PrivateKeyBits", 256);
    const auto verdict = check(config);
    const auto answer = exchange.at("answer").get<std::string>();
    BOOST_TEST((verdict ? "" : "error configuring provider: " + verdict.error().detail) == answer);
    ++compared;
  }
  BOOST_TEST(compared == 8);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recorded_signing_requests)

std::string text_of(const json& request, const std::string& name, PrivateKey& key) {
  if (request.contains("raw_csr")) return request.at("raw_csr").get<std::string>();
  if (name == "empty") return "";
  const auto list = [&](const char* field) {
    return request.contains(field) && !request.at(field).is_null()
               ? request.at(field).get<std::vector<std::string>>()
               : std::vector<std::string>();
  };
  if (request.value("key", "ec") == "rsa") {
    key = PrivateKey::generate({KeySpec::Type::rsa, 2048});
  }
  const CertificateRequest made{
      key.public_key(),
      {.dns = list("dns"), .emails = list("emails"), .ips = list("ips"), .uris = list("uris")}};
  return to_pem(made, key, request.value("cn", ""));
}

BOOST_AUTO_TEST_CASE(each_is_answered_as_recorded,
                     *boost::unit_test::label("T-006") * boost::unit_test::label("T-007") *
                         boost::unit_test::label("T-008") * boost::unit_test::label("T-009")) {
  Random random(1);
  const EntropyScope scope(random);
  int compared = 0;
  for (const json& request : signing_requests()) {
    const auto name = request.at("name").get<std::string>();
    // Rights are asked by whoever has the Authorizer; with them all these would be signed.
    const bool rights = name.starts_with("acl/");
    CaConfig config;
    config.cluster_id =
        rights ? "11111111-2222-3333-4444-555555555555" : "11111111-2222-3333-4444-cccccccccccc";
    const CaState state = make_ca(config, Instant{});
    const Signer signer(state, DatacenterName("dc1"));
    auto key = PrivateKey::generate();
    const auto chain =
        CertificateRequest::from_pem(text_of(request, name, key)).and_then([&](const auto& csr) {
          return signer.sign(csr, 9, Instant{});
        });
    ++compared;
    const auto code = request.at("code").get<std::string>();
    BOOST_TEST_CONTEXT(name) {
      if (code == "OK" || code == "PermissionDenied") {
        BOOST_REQUIRE(chain.has_value());
        if (!request.contains("certificate")) continue;
        const json& wanted = request.at("certificate");
        const Certificate& leaf = chain->front();
        BOOST_TEST(leaf.names().uris == wanted.at("uris").get<std::vector<std::string>>(),
                   boost::test_tools::per_element());
        const auto dns = wanted.at("dns").is_null()
                             ? std::vector<std::string>()
                             : wanted.at("dns").get<std::vector<std::string>>();
        BOOST_TEST(leaf.names().dns == dns, boost::test_tools::per_element());
        const auto ips = wanted.at("ips").is_null()
                             ? std::vector<std::string>()
                             : wanted.at("ips").get<std::vector<std::string>>();
        BOOST_TEST(leaf.names().ips == ips, boost::test_tools::per_element());
        BOOST_TEST(leaf.subject() == wanted.at("subject").get<std::string>());
        BOOST_TEST(leaf.is_ca() == wanted.at("ca").get<bool>());
        BOOST_TEST(leaf.validity().not_before - epoch_unix_seconds ==
                   wanted.at("not_before_minus_now_s").get<std::int64_t>());
        BOOST_TEST(leaf.validity().not_after - leaf.validity().not_before ==
                   wanted.at("seconds").get<std::int64_t>());
        BOOST_TEST((leaf.public_key() == key.public_key()));
        const bool rsa = leaf.public_key().spec().type == KeySpec::Type::rsa;
        BOOST_TEST((rsa ? "RSA" : "ECDSA") == wanted.at("key").get<std::string>());
      } else if (code == "Internal") {
        BOOST_REQUIRE(!chain.has_value());
        BOOST_TEST((chain.error().code == Errc::malformed_message));
      } else {
        BOOST_REQUIRE(!chain.has_value());
        BOOST_TEST((chain.error().code == Errc::invalid_argument));
        BOOST_TEST(chain.error().detail == request.at("message").get<std::string>());
      }
    }
  }
  BOOST_TEST(compared == 40);
}

BOOST_AUTO_TEST_CASE(an_enterprise_cluster_signs_other_tenancies) {
  Random random(1);
  const EntropyScope scope(random);
  CaConfig config;
  config.cluster_id = "11111111-2222-3333-4444-cccccccccccc";
  const CaState state = make_ca(config, Instant{});
  const SpiffeId web = ServiceIdentity{state.trust_domain(), PartitionName("web"), "ns1",
                                       DatacenterName("dc1"), ServiceName("web")};
  const auto issue = [&](Edition edition, const Mutants& mutants) {
    return Signer(state, DatacenterName("dc1"), edition, mutants)
        .issue(web, 9, Instant{}, Random(1))
        .has_value();
  };
  BOOST_TEST(issue(Edition::enterprise, {}));
  BOOST_TEST(!issue(Edition::community, {}));
  BOOST_TEST(issue(Edition::community, {Mutant::HB_114}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::trust
