#include "peerlab/mesh/hop.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"

namespace peerlab::mesh {
namespace {

constexpr const char* xfcc_header = "x-forwarded-client-cert";

tl::unexpected<Refusal> refused(Refused why, std::string detail) {
  return tl::unexpected<Refusal>(Refusal{why, std::move(detail)});
}

Hop<Dial> dial_cluster(const ProxyConfig& config, const std::string& name, Balancer& balancer) {
  const auto found = config.clusters.find(name);
  if (found == config.clusters.end()) {
    return refused(Refused::no_healthy_upstream, fmt::format("no cluster {}", name));
  }
  const Cluster& cluster = found->second;
  const auto endpoint = balancer.pick(cluster);
  if (!endpoint) {
    return refused(Refused::no_healthy_upstream, fmt::format("{} has {} endpoints, none healthy",
                                                             name, cluster.endpoints.size()));
  }
  return Dial{.cluster = name,
              .next = endpoint->address,
              .tls = cluster.tls,
              .http = false,
              .http2 = cluster.http2,
              .connect_timeout = cluster.connect_timeout};
}

Hop<Dial> dial_chain(const ProxyConfig& config, const FilterChain& chain, Balancer& balancer) {
  const auto* http = std::get_if<HttpProxy>(&chain.forward);
  const auto* tcp = std::get_if<TcpProxy>(&chain.forward);
  PEERLAB_ASSERT(http != nullptr || tcp != nullptr);
  auto dial = dial_cluster(config, http != nullptr ? http->cluster : tcp->cluster, balancer);
  if (dial) dial->http = http != nullptr;
  return dial;
}

const FilterChain& public_chain(const ProxyConfig& sidecar) {
  const Listener* listener = inbound_listener(sidecar);
  PEERLAB_ASSERT(listener != nullptr && !listener->chains.empty());
  return listener->chains.front();
}

template <class T>
Hop<T> hop(trust::Trusted<T> trusted) {
  if (trusted) return *std::move(trusted);
  const auto& rejection = trusted.error();
  return refused(Refused::tls,
                 fmt::format("{}: {}", trust::to_text(rejection.why), rejection.detail));
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

/// One element of the header; no part of it holds a comma, and the URI comes last.
std::string element(const trust::SpiffeId& by, const trust::CertificateChain& client) {
  PEERLAB_ASSERT(!client.empty());
  const auto uris = client.front().names().uris;
  return fmt::format("By={};Hash={};Cert=\"{}\";Chain=\"{}\";Subject=\"\";URI={}",
                     trust::to_uri(by), client.front().sha256(), url_encoded(client.front().pem()),
                     url_encoded(trust::to_pem(client)), uris.empty() ? "" : uris.front());
}

}  // namespace

std::string_view to_text(Refused why) {
  switch (why) {
    case Refused::no_listener:
      return "no listener";
    case Refused::no_healthy_upstream:
      return "no healthy upstream";
    case Refused::unreachable:
      return "connection failure";
    case Refused::no_sni:
      return "no SNI";
    case Refused::unknown_sni:
      return "unknown SNI";
    case Refused::tls:
      return "TLS handshake failed";
    case Refused::intention:
      return "denied by intention";
  }
  return "";
}

HttpAnswer http_answer(const Refusal& refusal) {
  switch (refusal.why) {
    case Refused::intention:
      return {403, "RBAC: access denied"};
    case Refused::no_healthy_upstream:
      return {503, "no healthy upstream"};
    case Refused::no_listener:
    case Refused::unreachable:
    case Refused::no_sni:
    case Refused::unknown_sni:
    case Refused::tls:
      return {503, "upstream connect error or disconnect/reset before headers"};
  }
  return {503, ""};
}

Hop<Dial> dial_upstream(const ProxyConfig& sidecar, const UpstreamId& upstream,
                        Balancer& balancer) {
  const Listener* listener = upstream_listener(sidecar, upstream);
  if (listener == nullptr) {
    return refused(Refused::no_listener, fmt::format("upstream {}", to_text(upstream)));
  }
  return dial_chain(sidecar, listener->chains.front(), balancer);
}

Hop<Passage> pass_through(const ProxyConfig& gateway, std::string_view sni, Balancer& balancer) {
  const Routed routed = route(sni, gateway);
  if (const auto* refuse = std::get_if<Refuse>(&routed.route)) {
    return refuse->why == Refuse::Why::no_sni
               ? refused(Refused::no_sni, "the ClientHello names no server")
               : refused(Refused::unknown_sni, std::string(sni));
  }
  auto dial = dial_cluster(gateway, routed.cluster, balancer);
  if (!dial) return tl::unexpected(std::move(dial).error());
  const bool terminates = routed.chain->tls.has_value();
  dial->http = terminates;
  return Passage{routed.route, *std::move(dial), terminates ? &*routed.chain->tls : nullptr};
}

const trust::Anchors& RootCache::anchors(const std::vector<std::string>& root_pems) {
  const auto known = parsed_.find(root_pems);
  if (known != parsed_.end()) return known->second;
  auto parsed = trust::Anchors::from_pems(root_pems);
  return parsed_.emplace(root_pems, parsed ? *std::move(parsed) : trust::Anchors()).first->second;
}

Hop<trust::SpiffeId> accept_client(const ServerTls& tls, const trust::CertificateChain& client,
                                   Instant now, RootCache& roots) {
  if (tls.any_name) {
    PEERLAB_ASSERT(tls.root_pems.size() == 1);
    return hop(trust::verify_client(client, roots.anchors(tls.root_pems.begin()->second), now));
  }
  if (client.empty()) return refused(Refused::tls, "the client presented no certificate");
  const auto id = client.front().spiffe_id();
  if (!id) return refused(Refused::tls, id.error().detail);
  const auto bundle = tls.root_pems.find(trust::trust_domain(*id));
  if (bundle == tls.root_pems.end()) {
    return refused(Refused::tls, fmt::format("unknown trust domain: no trust bundle for {}",
                                             trust::trust_domain(*id).value()));
  }
  return hop(trust::verify_client(client, roots.anchors(bundle->second), now));
}

Hop<trust::SpiffeId> accept_server(const ClientTls& tls, const trust::CertificateChain& server,
                                   Instant now, RootCache& roots) {
  return hop(trust::verify_upstream(server, roots.anchors(tls.root_pems), tls.accept_sans, now));
}

std::string xfcc_of(const trust::SpiffeId& gateway, const trust::CertificateChain& caller) {
  return element(gateway, caller);
}

std::string xfcc_for_app(const ProxyConfig& sidecar, const std::string& received,
                         const trust::SpiffeId& own, const trust::CertificateChain& client) {
  const auto* http = std::get_if<HttpProxy>(&public_chain(sidecar).forward);
  if (http == nullptr || http->xfcc != Xfcc::append_forward) return {};
  const std::string mine = element(own, client);
  return received.empty() ? mine : received + "," + mine;
}

HttpRequest forward_exported(HttpRequest request, const trust::SpiffeId& gateway,
                             const trust::CertificateChain& caller, const Mutants& mutants) {
  request.headers.erase(xfcc_header);
  if (!mutants.has(Mutant::HB_095)) request.headers[xfcc_header] = xfcc_of(gateway, caller);
  return request;
}

Hop<void> admit(const ProxyConfig& sidecar, const trust::SpiffeId& client,
                const HttpRequest* request, const Mutants& mutants) {
  const FilterChain& chain = public_chain(sidecar);
  PEERLAB_ASSERT(chain.rules);
  Caller caller{client, {}};
  if (request != nullptr) {
    const auto header = request->headers.find(xfcc_header);
    const auto* http = std::get_if<HttpProxy>(&chain.forward);
    const bool removed_before =
        mutants.has(Mutant::QT_01) && http != nullptr && http->xfcc == Xfcc::sanitize;
    if (header != request->headers.end() && !removed_before) caller.xfcc = header->second;
  }
  const Verdict verdict = decide(*chain.rules, caller, request, mutants);
  if (verdict.action == Action::allow) return {};
  return refused(Refused::intention, verdict.reason);
}

Hop<Dial> dial_app(const ProxyConfig& sidecar, Balancer& balancer) {
  return dial_chain(sidecar, public_chain(sidecar), balancer);
}

}  // namespace peerlab::mesh
