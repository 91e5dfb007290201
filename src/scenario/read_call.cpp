#include "read_call.hpp"

#include <fmt/format.h>

#include "peerlab/scenario/names.hpp"
#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;

/// Whether an upstream of `caller` can reach a service: one of its own cluster, or of any other
/// where it names a peer.
bool leads_to(const UpstreamPlan& upstream, const Found& caller, const Found& there) {
  if (there.service == nullptr || upstream.service != there.service->name) return false;
  if (!upstream.peer.value().empty()) return caller.cluster != there.cluster;
  if (caller.cluster != there.cluster) return false;
  const std::string& wanted = upstream.partition.value();
  if (wanted.empty()) return caller.partition == there.partition;
  return wanted ==
         (there.partition->name.value().empty() ? "default" : there.partition->name.value());
}

/// What the service behind an upstream speaks: that of the cluster which the peer is called after,
/// else of any other one with such a service. Empty where nothing is said of it.
std::string protocol_behind(const UpstreamPlan& upstream, const Found& caller,
                            const Topology& topology) {
  std::string any;
  for (const ClusterPlan& cluster : topology.clusters) {
    for (const PartitionPlan& partition : cluster.partitions) {
      for (const ServicePlan& service : partition.services) {
        if (!leads_to(upstream, caller, {&cluster, &partition, &service})) continue;
        const bool local = upstream.peer.value().empty();
        if (local || cluster.name.value() == upstream.peer.value()) return service.protocol;
        any = service.protocol;
      }
    }
  }
  return any;
}

void no_such_upstream(const Node& node, const Found& caller, const Lookup& lookup) {
  std::vector<std::string_view> names;
  for (const UpstreamPlan& each : caller.service->upstreams) names.push_back(each.service.value());
  const Node& to = *node.get("to");
  lookup.diagnostics()
      .error(text::codes::no_upstream, to.span,
             fmt::format("{} has no upstream {}", text::quote(node.get("from")->text),
                         text::quote(to.text)))
      .help(names.empty() ? "add `direct: true` to call the other host itself, past every proxy"
                          : fmt::format("its upstreams are {}", text::enumerate(names)));
}

void ambiguous_upstream(const Node& node, const std::vector<const UpstreamPlan*>& meant,
                        const Lookup& lookup) {
  std::vector<std::string> each;
  for (const UpstreamPlan* upstream : meant) {
    each.push_back(upstream->peer.value().empty() ? std::string("one of the own cluster")
                                                  : "one by peer " + upstream->peer.value());
  }
  const Node& to = *node.get("to");
  lookup.diagnostics()
      .error(text::codes::no_upstream, to.span,
             fmt::format("{} means {} upstreams of {}", text::quote(to.text), meant.size(),
                         text::quote(node.get("from")->text)))
      .label(fmt::format("{}", fmt::join(each, ", ")))
      .help("write the path of the service that is meant: `dc2/web`");
}

/// Finds the upstream of the caller that `to` names: by the name of its service (`web`), or by the
/// path of the service itself (`dc2/web`). Gives the protocol of that service.
std::string upstream(const Node& node, const Lookup& lookup, checks::CallCheck& check) {
  const Topology& topology = lookup.topology();
  const Found caller = service_at(check.from, topology);
  if (caller.service == nullptr) return {};  // told already
  const std::string& to = node.get("to")->text;
  const Found named = service_at(host_path(to, topology).value_or(""), topology);
  std::vector<const UpstreamPlan*> meant;
  for (const UpstreamPlan& each : caller.service->upstreams) {
    if (each.service.value() != to && !leads_to(each, caller, named)) continue;
    const bool is_called_after = named.cluster != nullptr && !each.peer.value().empty() &&
                                 each.peer.value() == named.cluster->name.value();
    if (is_called_after) meant.assign({&each});
    if (is_called_after) break;
    meant.push_back(&each);
  }
  if (meant.empty()) {
    no_such_upstream(node, caller, lookup);
    return {};
  }
  if (meant.size() > 1) ambiguous_upstream(node, meant, lookup);
  check.to = to;
  check.port = meant.front()->port;
  return protocol_behind(*meant.front(), caller, topology);
}

void expectation(const Node& expect, const Lookup& lookup, checks::CallCheck& check) {
  if (const Node* because = expect.get("because")) check.because = because->text;
  if (const Node* status = expect.get("status")) {
    check.status = static_cast<int>(lookup.within(*status, 100, 599, "a status"));
  }
  // Who tells why or how a call fails need not say that it does.
  if (check.because || (check.status && *check.status != 200)) check.result.clear();
  if (const Node* result = expect.get("result")) check.result = result->text;
  if (const Node* by = expect.get("answered_by")) check.answered_by = lookup.service(*by);
}

}  // namespace

checks::CallCheck read_call(const Node& node, const Lookup& lookup) {
  checks::CallCheck check;
  check.from = lookup.instance(*node.get("from"));
  const Node* direct = node.get("direct");
  check.direct = direct != nullptr && direct->text == "true";
  std::string protocol;
  if (check.direct) {
    check.to = lookup.service(*node.get("to"));
  } else {
    protocol = upstream(node, lookup, check);
  }
  if (const Node* given = node.get("protocol")) protocol = given->text;
  if (protocol == "http") {
    check.http.emplace();
    if (const Node* method = node.get("method")) check.http->method = method->text;
    if (const Node* path = node.get("path")) check.http->path = path->text;
  }
  if (const Node* timeout = node.get("timeout")) check.timeout = duration(*timeout);
  if (const Node* expect = node.get("expect")) expectation(*expect, lookup, check);
  return check;
}

}  // namespace peerlab::scenario
