#include "peers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::scenario {

using checks::Tenant;
using text::Node;

namespace {

/// The same as Lookup::tenant, without a finding: whoever uses the name will say what is wrong.
Tenant tenant_of(const std::string& text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos) return {text};
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

Peers::Peers(const Node& file) : names_(file.get("names")) {
  for (const std::string_view section : {"macros", "steps"}) {
    if (const Node* node = file.get(section)) collect(*node);
  }
}

void Peers::collect(const Node& node) {
  for (const Node& item : node.items) collect(item);
  for (const text::Entry& entry : node.entries) {
    if (entry.key == "peer" && entry.value.get("accept") != nullptr) add_peer_step(entry.value);
    if (entry.key == "http") add_request(entry.value);
    collect(entry.value);
  }
}

void Peers::add_peer_step(const Node& step) {
  if (step.get("dial") == nullptr) return;
  const Ends ends = ends_of(step);
  known_.push_back({ends.acceptor, ends.dialer_name, ends.dialer, ends.acceptor_name});
  known_.push_back({ends.dialer, ends.acceptor_name, ends.acceptor, ends.dialer_name});
}

void Peers::add_request(const Node& step) {
  const Node* in = step.get("in");
  const Node* body = step.get("body");
  const Node* name = body != nullptr ? body->get("PeerName") : nullptr;
  if (in == nullptr || name == nullptr) return;
  Tenant tenant{in->text.substr(0, in->text.find('/'))};
  if (const Node* partition = body->get("Partition")) tenant.partition = partition->text;
  known_.push_back({tenant, name->text, std::nullopt, {}});
}

std::string Peers::name_of(const Tenant& tenant, const Node* names) const {
  for (const Node* map : {names, names_}) {
    const Node* name = map != nullptr ? map->get(checks::text(tenant)) : nullptr;
    if (name != nullptr) return name->text;
  }
  if (tenant.partition == "default") return tenant.cluster;
  return fmt::format("{}-{}", tenant.cluster, tenant.partition);
}

Ends Peers::ends_of(const Node& step) const {
  Ends ends{tenant_of(step.get("accept")->text), tenant_of(step.get("dial")->text), {}, {}};
  ends.dialer_name = name_of(ends.dialer, step.get("names"));
  ends.acceptor_name = name_of(ends.acceptor, step.get("names"));
  return ends;
}

std::string Peers::peer(const Node& name, const Tenant& in, const Lookup& lookup) const {
  if (in.cluster.empty()) return name.text;  // something is wrong with the cluster already
  const std::vector<std::string> names = of(in);
  if (std::find(names.begin(), names.end(), name.text) != names.end()) return name.text;
  const std::vector<std::string_view> known(names.begin(), names.end());
  text::Diagnostic& finding = lookup.diagnostics().error(
      text::codes::unknown_peer, name.span,
      fmt::format("peer {} is used but never created", text::quote(name.text)));
  finding.label(names.empty() ? fmt::format("{} has no peers", checks::text(in))
                              : fmt::format("{} knows these peers: {}", checks::text(in),
                                            fmt::join(names, ", ")));
  const auto near = text::did_you_mean(name.text, known);
  finding.help(near ? fmt::format("did you mean `{}`?", *near) : std::string("add a `peer` step"));
  return name.text;
}

std::optional<std::string> Peers::reverse(const Tenant& in, const std::string& peer,
                                          const Tenant& other) const {
  for (const Known& each : known_) {
    if (each.in == in && each.peer == peer && each.other == other) return each.reverse;
  }
  return std::nullopt;
}

std::vector<Tenant> Peers::tenants() const {
  std::vector<Tenant> tenants;
  for (const Known& each : known_) {
    if (std::find(tenants.begin(), tenants.end(), each.in) == tenants.end()) {
      tenants.push_back(each.in);
    }
  }
  return tenants;
}

std::vector<std::string> Peers::of(const Tenant& in) const {
  std::vector<std::string> names;
  for (const Known& each : known_) {
    const bool is_new = std::find(names.begin(), names.end(), each.peer) == names.end();
    if (each.in == in && is_new) names.push_back(each.peer);
  }
  return names;
}

}  // namespace peerlab::scenario
