#include <array>

#include "catalog/writer.hpp"

namespace peerlab::catalog {

namespace {

/// 240.0.0.0/4 without its last address (datacenter 2.7).
constexpr std::uint64_t last_offset = (std::uint64_t{1} << 28U) - 3;

/// Entries of these kinds keep the address of the service that they are about.
constexpr std::array<std::string_view, 5> naming_kinds = {
    ServiceResolver::kind, ServiceSplitter::kind, ServiceRouter::kind, ServiceDefaults::kind,
    ServiceIntentions::kind};

}  // namespace

Result<std::string> Writer::assign_virtual_ip(const PeerName& peer, const ServiceName& service) {
  const std::string key = peer_key(peer, {service.value()});
  if (const VirtualIp* existing = tables_.virtual_ips.find(key)) return existing->address();

  VirtualIp address{peer, service, 0, stamped(nullptr)};
  if (const FreeVirtualIp* freed = tables_.free_virtual_ips.find("freed")) {
    address.offset = freed->offset;
    tables_.free_virtual_ips.erase("freed");
  } else {
    const FreeVirtualIp* counter = tables_.free_virtual_ips.find("counter");
    address.offset = (counter != nullptr ? counter->offset : 0) + 1;
    if (address.offset > last_offset) {
      return failure(Errc::invalid_argument, "cannot allocate any more unique service virtual IPs");
    }
    tables_.free_virtual_ips.put({address.offset, true});
  }
  const std::string text = address.address();
  tables_.virtual_ips.put(std::move(address));
  bump("service-virtual-ips", peer);
  return text;
}

void Writer::free_virtual_ip(const PeerName& peer, const ServiceName& service) {
  if (peer.value().empty() && named_by_entry(service) && !mutants_.has(Mutant::HB_142)) return;
  const std::string key = peer_key(peer, {service.value()});
  const VirtualIp* address = tables_.virtual_ips.find(key);
  if (address == nullptr) return;
  tables_.free_virtual_ips.put({address->offset, false});
  tables_.virtual_ips.erase(key);
  bump("service-virtual-ips", peer);
}

bool Writer::named_by_entry(const ServiceName& service) const {
  for (const std::string_view kind : naming_kinds) {
    if (tables_.config_entries.find(store::key({kind, service.value()})) != nullptr) return true;
  }
  return false;
}

}  // namespace peerlab::catalog
