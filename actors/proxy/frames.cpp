#include "actors/proxy/frames.hpp"

#include "peerlab/base/overloaded.hpp"

namespace peerlab::actors {
namespace {

/// Hands every text and number of a configuration to `sink`, in order.
template <class Sink>
class Walk {
 public:
  explicit Walk(Sink& sink) : sink_(sink) {}

  void operator()(const mesh::ProxyConfig& config) {
    for (const auto& [name, cluster] : config.clusters) (*this)(cluster);
    for (const mesh::Listener& listener : config.listeners) (*this)(listener);
  }

 private:
  void add(std::string_view text) { sink_.add(text); }
  void add(std::uint64_t number) { sink_.add(number); }
  void add(const std::vector<std::string>& texts) {
    add(texts.size());
    for (const std::string& text : texts) add(text);
  }

  void operator()(const mesh::Cluster& cluster) {
    add(cluster.name);
    add(static_cast<std::uint64_t>(cluster.discovery));
    add(cluster.endpoints.size());
    for (const mesh::Endpoint& endpoint : cluster.endpoints) {
      add(endpoint.address.host);
      add(static_cast<std::uint64_t>(endpoint.address.port));
      add(static_cast<std::uint64_t>(endpoint.health));
      add(endpoint.weight);
    }
    if (cluster.tls) {
      add(cluster.tls->sni);
      add(cluster.tls->root_pems);
      add(cluster.tls->accept_sans);
    }
    add(static_cast<std::uint64_t>(cluster.panics));
    add(static_cast<std::uint64_t>(cluster.http2));
    add(static_cast<std::uint64_t>(cluster.connect_timeout.count()));
  }

  void operator()(const mesh::Listener& listener) {
    add(listener.name);
    for (const mesh::FilterChain& chain : listener.chains) {
      add(chain.server_names);
      if (chain.tls) {
        for (const auto& [domain, roots] : chain.tls->root_pems) {
          add(domain.value());
          add(roots);
        }
        add(static_cast<std::uint64_t>(chain.tls->any_name));
        add(chain.tls->alpn);
      }
      if (chain.rules) (*this)(*chain.rules);
      forward(chain.forward);
      add(static_cast<std::uint64_t>(chain.serves));
      add(chain.subject);
    }
  }

  void forward(const mesh::Forward& forward) {
    std::visit(Overloaded{
                   [&](const mesh::TcpProxy& tcp) { add(tcp.cluster); },
                   [&](const mesh::SniProxy&) { add("by SNI"); },
                   [&](const mesh::HttpProxy& http) {
                     add(http.route);
                     add(http.cluster);
                     add(static_cast<std::uint64_t>(http.xfcc));
                   },
               },
               forward);
  }

  void operator()(const mesh::Rules& rules) {
    add(static_cast<std::uint64_t>(rules.otherwise));
    add(static_cast<std::uint64_t>(rules.http));
    for (const TrustDomain& domain : rules.peers) add(domain.value());
    for (const mesh::Rule& rule : rules.rules) {
      add(rule.source.name.value());
      add(rule.source.peer.value());
      add(rule.source.partition.value());
      add(rule.trust_domain.value());
      add(rule.action ? 1 + static_cast<std::uint64_t>(*rule.action) : 0);
      for (const mesh::Permission& permission : rule.permissions) (*this)(permission);
    }
  }

  void operator()(const mesh::Permission& permission) {
    add(static_cast<std::uint64_t>(permission.action));
    add(permission.http.path_exact);
    add(permission.http.path_prefix);
    add(permission.http.path_regex);
    add(permission.http.methods);
    for (const mesh::HeaderMatch& header : permission.http.headers) {
      add(header.name);
      add(static_cast<std::uint64_t>(header.form));
      add(header.value);
      add(static_cast<std::uint64_t>(header.invert) * 2 +
          static_cast<std::uint64_t>(header.ignore_case));
    }
  }

  Sink& sink_;
};

struct Size {
  void add(std::string_view text) { bytes += 2 + text.size(); }
  void add(std::uint64_t) { bytes += 3; }
  std::size_t bytes = 0;
};

}  // namespace

std::size_t ProxyUpdate::encoded_size() const {
  Size size;
  Walk<Size> walk(size);
  walk(*config);
  return size.bytes + (leaf ? 1200 : 0);
}

void ProxyUpdate::hash_into(Hasher& hasher) const {
  hasher.add(version);
  Walk<Hasher> walk(hasher);
  walk(*config);
  hasher.add(leaf ? leaf->serial() : 0);
}

}  // namespace peerlab::actors
