#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "peerlab/engine/role.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/net/clock.hpp"
#include "peerlab/net/disk.hpp"
#include "peerlab/trace/fact.hpp"

namespace peerlab::engine {

class Life;

/// What stays of a host from one life to the next.
struct Machine {
  net::HostName name;
  std::uint64_t hash = 0;  ///< of the name: how the host stands in the fingerprint
  std::uint32_t index = 0;
  trace::Where where;
  RoleFactory factory;
  Life* life = nullptr;  ///< null while the host is down
  bool dark = false;     ///< without power: nothing that is sent there is answered
  bool muted = false;
  net::ClockModel clock;
  std::unique_ptr<net::Disk> disk;  ///< made when first used
  /// The groups above this host that shape links, and the version of the list that was read.
  std::vector<std::uint32_t> groups;
  std::uint64_t groups_version = 0;
};

}  // namespace peerlab::engine
