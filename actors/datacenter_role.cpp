#include "actors/datacenter_role.hpp"

namespace peerlab::actors {

void PowerOrder::hash_into(Hasher& hasher) const {
  for (const net::Fault& fault : faults) hasher.add(net::text(fault));
  hasher.add(static_cast<std::uint64_t>(lasts.value_or(Duration{0}).count()));
  for (const net::Fault& fault : ends) hasher.add(net::text(fault));
}

std::string site_name(const std::string& cluster) { return "site:" + cluster; }

void DatacenterRole::start() {
  for (const Provision& provision : provisions_) {
    engine_.add_host(provision.host, provision.factory);
    for (const std::string& address : provision.addresses) {
      engine_.set_address(address, provision.host);
    }
  }
}

void DatacenterRole::on(engine::Command&& command) {
  if (!command.what.is<PowerOrder>()) unhandled(command.what.name());
  PowerOrder order = command.what.take<PowerOrder>();
  for (const net::Fault& fault : order.faults) engine_.apply(fault);
  if (!order.lasts) return;
  host_.arm(engine::TimerKey(0, static_cast<std::uint32_t>(ends_.size())),
            host_.now() + *order.lasts);
  ends_.push_back(std::move(order.ends));
}

void DatacenterRole::on(const engine::Due& due) {
  for (const net::Fault& fault : ends_.at(due.key.timer)) engine_.apply(fault);
}

}  // namespace peerlab::actors
