#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "peerlab/checks/expectation.hpp"
#include "peerlab/trace/fact.hpp"

namespace peerlab::checks {

/// What the leaders of one cluster have told of it. A leader tells all it knows, at one instant,
/// when it takes up leadership: that replaces what older ones have told.
class Knowledge {
 public:
  /// A fact, since when it is so, and the term of the leader that told it last.
  template <class Fact>
  struct Told {
    Fact fact;
    Instant since{};
    std::uint64_t term = 0;
  };
  using Pair = std::pair<std::string, std::string>;
  using Triple = std::tuple<std::string, std::string, std::string>;

  void add(const trace::PeeringSeen& fact, std::uint64_t term, Instant at);
  void add(const trace::PeeringGone& fact, std::uint64_t term, Instant at);
  void add(const trace::InstancesSeen& fact, std::uint64_t term, Instant at);
  void add(const trace::ConfigSeen& fact, std::uint64_t term, Instant at);
  void add(const trace::RootsSeen& fact, std::uint64_t term, Instant at);

  /// Time goes on to `now`: what the leader of the latest term did not tell of is gone.
  void pass(Instant now);

  const Told<trace::PeeringSeen>* peering(const Tenant& in, const std::string& peer) const;
  const Told<trace::InstancesSeen>* instances(const Tenant& in, const std::string& peer,
                                              const std::string& service) const;
  /// Of a peer; of the cluster itself where `peer` is empty.
  const Told<trace::RootsSeen>* roots(const Tenant& in, const std::string& peer) const;

  /// The services that the entry `exported-services` of the partition names for a peer, `*` being
  /// every service of it with instances.
  std::set<std::string> exports(const Tenant& in, const std::string& peer) const;

  /// When anything changed that `exports` looks at, or when a row of the partition last went.
  Instant changed() const { return changed_; }

 private:
  void renew(std::uint64_t term, Instant at);

  std::map<Pair, Told<trace::PeeringSeen>> peerings_;      // by partition and peer
  std::map<Triple, Told<trace::InstancesSeen>> services_;  // by partition, peer and service
  std::map<Triple, Told<trace::ConfigSeen>> entries_;      // by partition, kind and name
  std::map<Pair, Told<trace::RootsSeen>> roots_;           // by partition and peer
  std::uint64_t term_ = 0;
  std::optional<Instant> renewed_;  // when the latest leader began to tell; nothing once it is over
  Instant changed_{};
};

}  // namespace peerlab::checks
