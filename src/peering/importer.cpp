#include "peerlab/peering/importer.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "certificates.hpp"
#include "import_services.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/peering/export_payload.hpp"

namespace peerlab::peering {
namespace {

/// Makes the plan for one kind of resource.
class Planner {
 public:
  Planner(const ImportTarget& target, const std::string& resource_id, const Mutants& mutants)
      : target_(target), resource_id_(resource_id), mutants_(mutants) {}

  ImportPlan operator()(const ExportedService& service) {
    plan_.context =
        fmt::format("did not increment imported services count for service=\"{}\": ", resource_id_);
    plan_service(plan_, target_, resource_id_, service, mutants_);
    return std::move(plan_);
  }

  /// Nothing is created by a list; whatever it does not name goes. So an un-export is noticed that
  /// happened while there was no stream (C-196).
  ImportPlan operator()(const ExportedServiceList& list) {
    plan_.context =
        "did not update imported services based on the exported service list event: failed to "
        "delete unexported service: ";
    if (mutants_.has(Mutant::HB_070)) return std::move(plan_);
    std::set<std::string> kept;
    for (const std::string& name : list.services) {
      kept.insert(name);
      kept.insert(proxy_name(ServiceName(name)));
    }
    for (const auto& [name, tags] : catalog::list_services(target_.catalog, target_.peer).rows) {
      if (!kept.contains(name)) plan_service(plan_, target_, name, {}, mutants_);
    }
    return std::move(plan_);
  }

  ImportPlan operator()(PeeringTrustBundle bundle) {
    if (auto fault = fault_of(bundle); fault && !mutants_.has(Mutant::QP_25)) {
      plan_.failure = std::move(fault);
      return std::move(plan_);
    }
    bundle.peer_name = target_.peer.value();
    bundle.partition = target_.partition.value();
    write(WriteTrustBundle{std::move(bundle)});
    return std::move(plan_);
  }

  ImportPlan operator()(const PeeringServerAddresses& addresses) {
    const Peering* stored = target_.peerings.by_id(target_.peering);
    if (stored == nullptr || !stored->is_active()) {
      plan_.failure = "peering does not exist or has been marked for deletion";
      return std::move(plan_);
    }
    // The texts are not checked, and addresses given by hand go on winning (C-200).
    Peering peering = *stored;
    peering.peer_server_addresses = addresses.addresses;
    if (mutants_.has(Mutant::HB_019)) peering.manual_server_addresses.clear();
    write(WritePeering{std::move(peering), std::nullopt});
    return std::move(plan_);
  }

 private:
  /// Consul stores anything: with an empty bundle the dialer would go on in plaintext (QP-25).
  static std::optional<std::string> fault_of(const PeeringTrustBundle& bundle) {
    if (bundle.root_pems.empty()) return "trust bundle has no roots";
    for (const std::string& pem : bundle.root_pems) {
      if (auto fault = fault_of_ca(pem)) return "invalid root in trust bundle: " + *fault;
    }
    return std::nullopt;
  }

  void write(Command command) { plan_.writes.push_back({std::move(command), {}}); }

  const ImportTarget& target_;
  const std::string& resource_id_;
  const Mutants& mutants_;
  ImportPlan plan_;
};

}  // namespace

ImportPlan plan_import(const ImportTarget& target, const std::string& resource_id,
                       const Resource& resource, const Mutants& mutants) {
  return std::visit(Planner(target, resource_id, mutants), resource);
}

Importing::Output Importing::applied(const Result<void>& result) {
  if (!result) return fail(plan_.writes.at(done_).failed + result.error().detail);
  ++done_;
  return next();
}

Importing::Output Importing::next() const {
  if (done_ < plan_.writes.size()) return plan_.writes[done_];
  if (plan_.failure) return fail(*plan_.failure);
  return ImportApplied{};
}

Importing::Output Importing::fail(const std::string& cause) const {
  return ImportFailed{plan_.context + cause};
}

}  // namespace peerlab::peering
