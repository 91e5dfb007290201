#include "read_topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;

/// Where a sidecar listens for calls to its first upstream.
constexpr std::uint64_t first_upstream_port = 5001;

class Reader {
 public:
  explicit Reader(const Lookup& lookup) : lookup_(lookup) {}

  ClusterPlan cluster(const text::Entry& entry) const {
    check_name(entry, "cluster", {"any", "operator", "scenario", "world"});
    const Node& node = entry.value;
    ClusterPlan plan;
    plan.name = ClusterName(entry.key);
    plan.datacenter = DatacenterName(entry.key);
    servers(node, plan);
    partition(node, plan.servers > 0, plan.partitions.front());
    if (const Node* partitions = node.get("partitions")) {
      if (node.get("edition") == nullptr) plan.edition = Edition::enterprise;
      for (const text::Entry& each : partitions->entries) {
        check_name(each, "partition", {"default"});
        PartitionPlan& added = plan.partitions.emplace_back();
        added.name = PartitionName(each.key);
        partition(each.value, plan.servers > 0, added);
      }
      if (plan.edition == Edition::community) {
        lookup_.diagnostics()
            .error(text::codes::unknown_partition, partitions->span,
                   fmt::format("{} has no partitions", text::quote(entry.key)))
            .help("partitions need `edition: enterprise`");
      }
    }
    return plan;
  }

 private:
  void servers(const Node& node, ClusterPlan& plan) const {
    if (const Node* name = node.get("datacenter")) plan.datacenter = DatacenterName(name->text);
    if (const Node* edition = node.get("edition")) {
      plan.edition = edition->text == "enterprise" ? Edition::enterprise : Edition::community;
    }
    if (const Node* count = node.get("servers")) {
      plan.servers = number(*count, 0, 99, "servers of one cluster");
    }
    if (const Node* multiplier = node.get("raft_multiplier")) {
      plan.raft_multiplier = static_cast<int>(number(*multiplier, 1, 10, "a Raft multiplier"));
    }
    if (const Node* policy = node.get("default_intention_policy")) {
      plan.intentions_allow = policy->text == "allow";
    }
  }

  void partition(const Node& node, bool has_servers, PartitionPlan& plan) const {
    if (const Node* services = node.get("services")) {
      for (const text::Entry& entry : services->entries) {
        check_name(entry, "service", {"server", "agent", "gateway", "service", "sidecar"});
        plan.services.push_back(service(entry, has_servers));
      }
    }
    if (const Node* gateways = node.get("gateways")) {
      const Node& count = gateways->is_scalar() ? *gateways : *gateways->get("count");
      plan.gateways = number(count, 0, 99, "gateways");
      const Node* wan = gateways->get("wan_address");
      plan.gateways_by_name = wan != nullptr && wan->text == "hostname";
      if (plan.gateways > 0 && !has_servers) {
        lookup_.diagnostics()
            .error(text::codes::bad_number, gateways->span, "gateways need servers to work with")
            .help("give the cluster `servers`");
      }
    }
    const bool needs_agent = has_servers && (plan.gateways > 0 || !plan.services.empty());
    plan.agents = needs_agent ? 1 : 0;
    if (const Node* agents = node.get("agents")) {
      plan.agents = number(*agents, plan.agents, 99, "client agents");
    }
  }

  ServicePlan service(const text::Entry& entry, bool has_servers) const {
    const Node& node = entry.value;
    ServicePlan plan{ServiceName(entry.key), 1, has_servers};
    if (const Node* count = node.get("instances")) {
      plan.instances = number(*count, 0, 10'000, "instances of one service");
    }
    if (const Node* mesh = node.get("mesh")) plan.mesh = mesh->text == "true" && has_servers;
    if (const Node* protocol = node.get("protocol")) plan.protocol = protocol->text;
    const Node* upstreams = node.get("upstreams");
    if (upstreams == nullptr) return plan;
    std::uint64_t next_port = first_upstream_port;
    for (const Node& each : elements(*upstreams)) {
      const Node* port = each.get("port");
      if (port != nullptr) next_port = number(*port, 1, 65535, "a port");
      UpstreamPlan upstream{ServiceName(each.is_scalar() ? each.text : each.get("service")->text),
                            {},
                            {},
                            static_cast<std::uint16_t>(next_port++)};
      if (const Node* peer = each.get("peer")) upstream.peer = PeerName(peer->text);
      if (const Node* other = each.get("partition"))
        upstream.partition = PartitionName(other->text);
      if (const Node* mode = each.get("mode")) upstream.mode = mode->text;
      plan.upstreams.push_back(std::move(upstream));
    }
    return plan;
  }

  unsigned number(const Node& node, std::uint64_t least, std::uint64_t most,
                  std::string_view what) const {
    return static_cast<unsigned>(lookup_.within(node, least, most, what));
  }

  /// Names become parts of paths, DNS names and certificates: lower case, digits and dashes. Those
  /// of `reserved` mean something else where a path may stand.
  void check_name(const text::Entry& entry, std::string_view kind,
                  std::initializer_list<std::string_view> reserved) const {
    const std::string_view good = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const std::string& name = entry.key;
    if (name.empty() || name.size() > 63 || name.find_first_not_of(good) != std::string::npos ||
        name.front() == '-' || name.back() == '-') {
      lookup_.diagnostics()
          .error(text::codes::bad_name, entry.key_span,
                 fmt::format("{} cannot be the name of a {}", text::quote(name), kind))
          .help("use lower-case letters, digits and dashes, at most 63, no dash at either end");
    } else if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
      lookup_.diagnostics()
          .error(text::codes::reserved_name, entry.key_span,
                 fmt::format("no {} can be called {}", kind, text::quote(name)))
          .label("this word means something else in paths and checks")
          .help(fmt::format("call it `{}-1`, for example", name));
    }
  }

  const Lookup& lookup_;
};

}  // namespace

Topology read_topology(const Node& clusters, const Lookup& lookup) {
  const Reader reader(lookup);
  Topology topology;
  for (const text::Entry& entry : clusters.entries) {
    topology.clusters.push_back(reader.cluster(entry));
  }
  return topology;
}

}  // namespace peerlab::scenario
