#include "peerlab/trust/verify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "openssl.hpp"
#include "peerlab/trust/entropy.hpp"

namespace peerlab::trust {
namespace {

using Context = ssl::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Stack = ssl::Owned<STACK_OF(X509), [](STACK_OF(X509) * list) { sk_X509_free(list); }>;

tl::unexpected<Rejection> rejected(Distrust why, std::string detail) {
  return tl::unexpected<Rejection>(Rejection{why, std::move(detail)});
}

/// A date as Go prints it in its messages: whole seconds.
std::string date(std::int64_t seconds) {
  return rfc3339(instant_of_unix_nanos(seconds * 1'000'000'000));
}

std::int64_t seconds_of(Instant now) { return unix_nanos(now) / 1'000'000'000; }

tl::unexpected<Rejection> out_of_date(const Validity& validity, Instant now) {
  const std::int64_t at = seconds_of(now);
  const bool early = at < validity.not_before;
  return rejected(early ? Distrust::not_yet_valid : Distrust::expired,
                  fmt::format("x509: certificate has expired or is not yet valid: current time {} "
                              "is {} {}",
                              date(at), early ? "before" : "after",
                              date(early ? validity.not_before : validity.not_after)));
}

tl::unexpected<Rejection> unknown_authority() {
  return rejected(Distrust::unknown_authority, "x509: certificate signed by unknown authority");
}

/// The time in which all certificates of a path are valid.
Validity common_validity(const STACK_OF(X509) * path) {
  Validity common{INT64_MIN, INT64_MAX};
  for (int i = 0; i < sk_X509_num(path); ++i) {
    X509* const certificate = sk_X509_value(path, i);
    X509_up_ref(certificate);
    const auto validity = Certificate(std::shared_ptr<X509>(certificate, X509_free)).validity();
    common.not_before = std::max(common.not_before, validity.not_before);
    common.not_after = std::min(common.not_after, validity.not_after);
  }
  return common;
}

Trusted<SpiffeId> identity_of(const CertificateChain& chain) {
  auto id = chain.front().spiffe_id();
  if (!id) return rejected(Distrust::no_spiffe_id, std::move(id).error().detail);
  return *std::move(id);
}

}  // namespace

std::string_view to_text(Distrust why) {
  switch (why) {
    case Distrust::no_certificate:
      return "no certificate";
    case Distrust::unknown_authority:
      return "unknown authority";
    case Distrust::expired:
      return "certificate expired";
    case Distrust::not_yet_valid:
      return "certificate not yet valid";
    case Distrust::unknown_trust_domain:
      return "unknown trust domain";
    case Distrust::wrong_name:
      return "wrong name in certificate";
    case Distrust::no_spiffe_id:
      return "no SPIFFE id in certificate";
  }
  return "";
}

struct Anchors::State {
  ssl::Owned<X509_STORE, X509_STORE_free> store{X509_STORE_new()};
  bool empty = true;
  /// By the DER of all certificates of a chain: when the path that was found for it is valid.
  std::map<std::string, Validity> good;
};

Anchors::Anchors() : state_(std::make_shared<State>()) {}

Result<Anchors> Anchors::from_pems(const std::vector<std::string>& root_pems) {
  const ssl::QuietErrors quiet;
  Anchors anchors;
  for (const auto& pem : root_pems) {
    const auto root = Certificate::from_pem(pem);
    if (!root) return failure(Errc::malformed_message, "failed to parse PEM " + pem);
    X509_STORE_add_cert(anchors.state_->store.get(), root->native());
    anchors.state_->empty = false;
  }
  return anchors;
}

bool Anchors::empty() const { return state_->empty; }

Trusted<void> Anchors::verify(const CertificateChain& chain, Instant now) const {
  const ssl::QuietErrors quiet;
  if (chain.empty()) {
    return rejected(Distrust::no_certificate, "the other end presented no certificate");
  }
  std::string key;
  for (const auto& certificate : chain) key += certificate.der();
  const auto known = state_->good.find(key);
  if (known != state_->good.end() && known->second.holds(now)) return {};

  const Stack untrusted(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    sk_X509_push(untrusted.get(), chain[i].native());
  }
  const Context context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), state_->store.get(), chain.front().native(), untrusted.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()), seconds_of(now));
  // OpenSSL blinds its arithmetic on some curves (P-384). What it draws for that shows nowhere.
  Random blinding(0);
  const EntropyScope scope(blinding);
  if (X509_verify_cert(context.get()) == 1) {
    state_->good[key] = common_validity(X509_STORE_CTX_get0_chain(context.get()));
    return {};
  }
  const int error = X509_STORE_CTX_get_error(context.get());
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) {
    X509* const certificate = X509_STORE_CTX_get_current_cert(context.get());
    X509_up_ref(certificate);
    return out_of_date(Certificate(std::shared_ptr<X509>(certificate, X509_free)).validity(), now);
  }
  return unknown_authority();
}

Trusted<SpiffeId> verify_upstream(const CertificateChain& chain, const Anchors& anchors,
                                  const std::vector<std::string>& accepted, Instant now) {
  if (auto ok = anchors.verify(chain, now); !ok) return tl::unexpected(std::move(ok).error());
  const auto uris = chain.front().names().uris;
  const bool expected = accepted.empty() || std::ranges::any_of(uris, [&](const auto& uri) {
                          return std::ranges::count(accepted, uri) > 0;
                        });
  if (!expected) {
    return rejected(Distrust::wrong_name,
                    fmt::format("certificate is for {}, expected {}", fmt::join(uris, ", "),
                                fmt::join(accepted, " or ")));
  }
  return identity_of(chain);
}

Trusted<SpiffeId> verify_client(const CertificateChain& chain, const Anchors& anchors,
                                Instant now) {
  if (auto ok = anchors.verify(chain, now); !ok) return tl::unexpected(std::move(ok).error());
  return identity_of(chain);
}

Result<void> SpiffeMap::add(const TrustBundle& bundle) {
  auto anchors = Anchors::from_pems(bundle.root_pems);
  if (!anchors) return tl::unexpected(std::move(anchors).error());
  anchors_.insert_or_assign(bundle.trust_domain, *std::move(anchors));
  return {};
}

Trusted<SpiffeId> SpiffeMap::verify_client(const CertificateChain& chain, Instant now) const {
  if (chain.empty()) {
    return rejected(Distrust::no_certificate, "the client presented no certificate");
  }
  auto id = identity_of(chain);
  if (!id) return id;
  const auto entry = anchors_.find(trust_domain(*id));
  if (entry == anchors_.end()) {
    return rejected(Distrust::unknown_trust_domain,
                    fmt::format("no trust bundle for {}", trust_domain(*id).value()));
  }
  if (auto ok = entry->second.verify(chain, now); !ok) {
    return tl::unexpected(std::move(ok).error());
  }
  return id;
}

std::vector<TrustDomain> SpiffeMap::trust_domains() const {
  std::vector<TrustDomain> out;
  for (const auto& [domain, anchors] : anchors_) out.push_back(domain);
  return out;
}

Trusted<void> verify_server_name(const CertificateChain& chain, const Anchors& anchors,
                                 std::string_view server_name, Instant now) {
  if (chain.empty()) {
    return rejected(Distrust::no_certificate, "tls: received empty certificates message");
  }
  const Certificate& leaf = chain.front();
  if (!leaf.validity().holds(now)) return out_of_date(leaf.validity(), now);
  const auto names = leaf.names().dns;
  if (std::ranges::count(names, server_name) == 0) {
    return rejected(
        Distrust::wrong_name,
        names.empty()
            ? fmt::format("x509: certificate is not valid for any names, but wanted to match {}",
                          server_name)
            : fmt::format("x509: certificate is valid for {}, not {}", fmt::join(names, ", "),
                          server_name));
  }
  return anchors.verify(chain, now);
}

}  // namespace peerlab::trust
