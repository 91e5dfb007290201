#include "import_services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "peerlab/base/assert.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/peering/secrets.hpp"
#include "validate.hpp"

namespace peerlab::peering {
namespace {

using catalog::Check;
using catalog::CheckServiceNode;
using catalog::Deregister;
using catalog::Node;
using catalog::Register;
using catalog::Service;

/// One node as the peer sent it, rows ready to be stored.
struct SentNode {
  Node node;
  std::map<std::string, Service> services;  // by id
  std::vector<Check> checks;
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Nodes are told apart by name: IDs may be empty (HB-064). The first description of a node wins.
std::map<std::string, SentNode> by_node(const ExportedService& sent, const PeerName& peer,
                                        const Mutants& mutants) {
  std::map<std::string, SentNode> nodes;
  for (const Instance& instance : sent.nodes) {
    const std::string key = mutants.has(Mutant::HB_064) ? instance.node->id.value()
                                                        : lower(instance.node->node.value());
    auto& [node, services, checks] = nodes[key];
    if (services.empty()) {
      node = *instance.node;
      node.peer = peer;
      node.locality.reset();  // Consul drops it
      node.indexes = {};
    }
    Service service = *instance.service;
    service.node = node.node;
    service.peer = peer;
    service.indexes = {};
    for (Check check : instance.checks) {
      check.peer = peer;
      check.indexes = {};
      checks.push_back(std::move(check));
    }
    services.insert_or_assign(service.id.value(), std::move(service));
  }
  return nodes;
}

bool same_node(Node stored, const Node& sent) {
  stored.indexes = {};
  stored.node = sent.node;  // the letter case does not count
  return stored == sent;
}

bool same_service(Service stored, const Service& sent, const Mutants& mutants) {
  // Proxies never compare equal in Consul, because their PeerMeta is a pointer there (QP-18).
  if (mutants.has(Mutant::QP_18) && sent.connect.peer_meta) return false;
  stored.indexes = {};
  stored.node = sent.node;
  // The store gives names in the mesh a virtual address of this cluster.
  if (!sent.tagged_addresses.contains("consul-virtual")) {
    stored.tagged_addresses.erase("consul-virtual");
  }
  return stored == sent;
}

bool same_check(Check stored, Check sent, const SentNode& of) {
  stored.indexes = {};
  stored.node = sent.node;
  // What the store makes of a check that leaves these out, or says something else.
  if (sent.status.empty()) sent.status = catalog::health::critical;
  if (const auto service = of.services.find(sent.service_id.value());
      service != of.services.end()) {
    sent.service_name = service->second.service;
    sent.service_tags = service->second.tags;
  }
  return stored == sent;
}

class ServicePlan {
 public:
  ServicePlan(ImportPlan& plan, const ImportTarget& target, const Mutants& mutants)
      : plan_(plan), target_(target), mutants_(mutants) {}

  /// False where the node cannot be stored; nothing after it is looked at then.
  bool upsert(const SentNode& sent) {
    if (const auto fault = id_fault(sent.node); !fault.empty()) {
      plan_.failure =
          "failed to register node: failed inserting node: node lookup failed: node lookup by ID "
          "failed: index error: " +
          fault;
      return false;
    }
    const Node* node = target_.catalog.nodes.find(key(sent.node));
    if (node == nullptr || !same_node(*node, sent.node) || mutants_.has(Mutant::HB_068)) {
      write(Register{sent.node, false, std::nullopt, {}}, "failed to register node: ");
    }
    for (const auto& [id, service] : sent.services) {
      if (const auto fault = fault_of_meta(service.meta)) {
        // The same rules as for the metadata of a peering, with another text in front.
        plan_.failure = fmt::format(
            "failed to register service: failed inserting service: Invalid Service Meta for node "
            "{} and serviceID {}: {}",
            sent.node.node.value(), id, fault->substr(fault->find(": ") + 2));
        return false;
      }
      const Service* stored = target_.catalog.services.find(key(sent.node, id));
      if (stored != nullptr && same_service(*stored, service, mutants_)) continue;
      write(Register{sent.node, true, service, {}}, "failed to register service: ");
    }
    std::vector<Check> changed;
    for (const Check& check : sent.checks) {
      const Check* stored = target_.catalog.checks.find(key(sent.node, check.id.value()));
      const bool same = stored != nullptr && same_check(*stored, check, sent);
      if (!same || mutants_.has(Mutant::HB_068)) changed.push_back(check);
    }
    if (!changed.empty()) {
      write(Register{sent.node, true, std::nullopt, std::move(changed)},
            "failed to register check: ");
    }
    return true;
  }

  void remove(const CheckServiceNode& stored, const std::map<std::string, SentNode>& sent) {
    const auto node = sent.find(lower(stored.node.node.value()));
    const bool kept =
        node != sent.end() && node->second.services.contains(stored.service.id.value());
    if (kept) return remove_checks(stored, node->second);
    deregister({stored.node.node, stored.service.id, {}, target_.peer});
    gone_.insert({lower(stored.node.node.value()), lower(stored.service.id.value())});
    if (node == sent.end()) emptied_.emplace(lower(stored.node.node.value()), stored.node.node);
  }

  /// Nodes on which nothing of this peer is left go, with their checks.
  void remove_empty_nodes() {
    for (const auto& [name, node] : emptied_) {
      const auto services =
          target_.catalog.services.scan(catalog::peer_key(target_.peer, {node.value()}));
      const bool empty = std::ranges::all_of(services, [&, &name = name](const Service* service) {
        return gone_.contains({name, lower(service->id.value())});
      });
      if (empty) deregister({node, {}, {}, target_.peer});
    }
  }

 private:
  std::string key(const Node& node) const {
    return catalog::peer_key(target_.peer, {node.node.value()});
  }
  std::string key(const Node& node, const std::string& id) const {
    return catalog::peer_key(target_.peer, {node.node.value(), id});
  }

  /// The index of node IDs reads prefixes too, so unlike elsewhere the length does not count.
  static std::string id_fault(const Node& node) {
    const std::string& id = node.id.value();
    if (id.empty()) return {};
    std::string padded = id;
    const std::string fault =
        uuid_fault(padded.append(36 - std::min<std::size_t>(36, id.size()), '0'));
    return fault;
  }

  void remove_checks(const CheckServiceNode& stored, const SentNode& sent) {
    for (const Check& check : stored.checks) {
      const bool is_sent = std::ranges::any_of(sent.checks, [&](const Check& one) {
        return one.id == check.id && one.service_id == check.service_id;
      });
      if (is_sent) continue;
      // The checks of a node are seen with each of its instances, and go once.
      if (!checks_gone_.insert({lower(check.node.value()), check.id.value()}).second) continue;
      deregister({check.node, {}, check.id, target_.peer});
    }
  }

  void write(Register command, std::string failed) {
    plan_.writes.push_back({catalog::Command(std::move(command)), std::move(failed)});
  }
  void deregister(Deregister command) {
    plan_.writes.push_back({catalog::Command(std::move(command)), "failed to deregister: "});
  }

  ImportPlan& plan_;
  const ImportTarget& target_;
  const Mutants& mutants_;
  std::map<std::string, NodeName> emptied_;
  std::set<std::pair<std::string, std::string>> gone_;         // node, service id
  std::set<std::pair<std::string, std::string>> checks_gone_;  // node, check id
};

}  // namespace

void plan_service(ImportPlan& plan, const ImportTarget& target, const std::string& service,
                  const ExportedService& sent, const Mutants& mutants) {
  PEERLAB_ASSERT(!malformed(sent));
  const auto nodes = by_node(sent, target.peer, mutants);
  ServicePlan writes(plan, target, mutants);
  for (const auto& [name, node] : nodes) {
    if (!writes.upsert(node)) return;
  }
  if (mutants.has(Mutant::HB_063)) return;
  const auto stored =
      catalog::service_health(target.catalog, ServiceName(service), target.peer).rows;
  for (const CheckServiceNode& instance : stored) writes.remove(instance, nodes);
  writes.remove_empty_nodes();
}

}  // namespace peerlab::peering
