#include "peerlab/trust/spiffe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::trust {
namespace {

constexpr std::string_view scheme = "spiffe://";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

bool needs_no_escape(char c) {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~$&+:=@").find(c) != std::string_view::npos;
}

/// Percent-encodes as Go's url.PathEscape does, which is what prints the URI in the reference.
std::string escape(std::string_view segment) {
  std::string out;
  for (const char c : segment) {
    if (needs_no_escape(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// A decoded segment, or the text of Go's url.EscapeError.
tl::expected<std::string, std::string> unescape(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      out += segment[i];
      continue;
    }
    const auto code = segment.substr(i, 3);
    if (code.size() < 3 || hex_digit(code[1]) < 0 || hex_digit(code[2]) < 0) {
      return tl::unexpected<std::string>(fmt::format("invalid URL escape \"{}\"", code));
    }
    out += static_cast<char>(hex_digit(code[1]) * 16 + hex_digit(code[2]));
    i += 2;
  }
  return out;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

std::string partition_part(const PartitionName& partition) {
  const std::string name = lower(partition.value());
  return name.empty() || name == "default" ? std::string() : "/ap/" + escape(name);
}

/// Reads the segments of one identity and remembers the first that does not decode.
class Segments {
 public:
  std::string take(std::string_view kind, std::string_view segment) {
    auto decoded = unescape(segment);
    if (decoded) return *std::move(decoded);
    if (!problem_) problem_ = fmt::format("Invalid {}: {}", kind, decoded.error());
    return {};
  }

  Result<SpiffeId> finish(SpiffeId id) const {
    if (problem_) return failure(Errc::malformed_message, *problem_);
    return id;
  }

 private:
  std::optional<std::string> problem_;
};

/// Whether the fixed words of a path stand where they must and no name is empty; `words` holds
/// one entry per segment, empty for a name.
template <std::size_t n>
bool has_form(const std::vector<std::string_view>& parts,
              const std::array<std::string_view, n>& words) {
  if (parts.size() != n) return false;
  for (std::size_t i = 0; i < n; ++i) {
    if (words[i].empty() ? parts[i].empty() : parts[i] != words[i]) return false;
  }
  return true;
}

using Words6 = std::array<std::string_view, 6>;
using Words4 = std::array<std::string_view, 4>;

}  // namespace

TrustDomain trust_domain_of(std::string_view cluster_id) {
  return TrustDomain(lower(cluster_id) + ".consul");
}

std::string to_uri(const SpiffeId& id) {
  return std::visit(
      Overloaded{
          [](const ServiceIdentity& s) {
            return fmt::format("spiffe://{}{}/ns/{}/dc/{}/svc/{}", s.trust_domain.value(),
                               partition_part(s.partition),
                               s.ns.empty() ? std::string("default") : escape(s.ns),
                               escape(s.datacenter.value()), escape(s.service.value()));
          },
          [](const AgentIdentity& a) {
            return fmt::format("spiffe://{}{}/agent/client/dc/{}/id/{}", a.trust_domain.value(),
                               partition_part(a.partition), escape(a.datacenter.value()),
                               escape(a.node.value()));
          },
          [](const MeshGatewayIdentity& g) {
            return fmt::format("spiffe://{}{}/gateway/mesh/dc/{}", g.trust_domain.value(),
                               partition_part(g.partition), escape(g.datacenter.value()));
          },
          [](const ServerIdentity& s) {
            return fmt::format("spiffe://{}/agent/server/dc/{}", s.trust_domain.value(),
                               escape(s.datacenter.value()));
          },
          [](const SigningIdentity& s) {
            return fmt::format("spiffe://{}", s.trust_domain.value());
          },
      },
      id);
}

Result<SpiffeId> parse_spiffe_id(std::string_view uri) {
  if (!uri.starts_with(scheme)) {
    return failure(Errc::malformed_message, "SPIFFE ID must have 'spiffe' scheme");
  }
  const std::string_view rest = uri.substr(scheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  const TrustDomain domain{std::string(rest.substr(0, slash))};
  std::vector<std::string_view> parts = split(rest.substr(slash));

  Segments segments;
  PartitionName partition;
  if (parts.size() > 2 && parts[0] == "ap" && !parts[1].empty()) {
    partition = PartitionName(segments.take("admin partition", parts[1]));
    parts.erase(parts.begin(), parts.begin() + 2);
    // Only identities that live in a partition may name one.
    if (parts[0] == "agent" && parts.size() > 1 && parts[1] == "server") parts.clear();
  } else if (rest.substr(slash).empty()) {
    return SigningIdentity{domain};
  }

  if (has_form(parts, Words6{"ns", "", "dc", "", "svc", ""})) {
    ServiceIdentity id{domain, partition, segments.take("namespace", parts[1]),
                       DatacenterName(segments.take("datacenter", parts[3])),
                       ServiceName(segments.take("service", parts[5]))};
    return segments.finish(std::move(id));
  }
  if (has_form(parts, Words6{"agent", "client", "dc", "", "id", ""})) {
    AgentIdentity id{domain, partition, DatacenterName(segments.take("datacenter", parts[3])),
                     NodeName(segments.take("node", parts[5]))};
    return segments.finish(std::move(id));
  }
  if (has_form(parts, Words4{"gateway", "mesh", "dc", ""})) {
    MeshGatewayIdentity id{domain, partition,
                           DatacenterName(segments.take("datacenter", parts[3]))};
    return segments.finish(std::move(id));
  }
  if (has_form(parts, Words4{"agent", "server", "dc", ""})) {
    ServerIdentity id{domain, DatacenterName(segments.take("datacenter", parts[3]))};
    return segments.finish(std::move(id));
  }
  return failure(Errc::malformed_message,
                 fmt::format("SPIFFE ID is not in the expected format: {}", uri));
}

const TrustDomain& trust_domain(const SpiffeId& id) {
  return std::visit([](const auto& kind) -> const TrustDomain& { return kind.trust_domain; }, id);
}

bool same_trust_domain(const TrustDomain& one, const TrustDomain& other) {
  return std::ranges::equal(one.value(), other.value(),
                            [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace peerlab::trust
