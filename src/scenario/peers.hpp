#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lookup.hpp"

namespace peerlab::scenario {

/// The two ends of a `peer` step, and what each calls the other.
struct Ends {
  checks::Tenant acceptor, dialer;
  std::string dialer_name;    ///< at the acceptor
  std::string acceptor_name;  ///< at the dialer
};

/// Every peering that the steps of a scenario may create.
class Peers {
 public:
  /// Looks at all steps and macros of `file`, in whatever order they come.
  explicit Peers(const text::Node& file);

  /// What the keys of a `peer` step come to.
  Ends ends_of(const text::Node& step) const;

  /// The peer that `name` is in `in`; a finding if no step creates it.
  std::string peer(const text::Node& name, const checks::Tenant& in, const Lookup& lookup) const;

  /// What `other` calls `in`, where `in` calls it `peer`; nothing if no `peer` step says so.
  std::optional<std::string> reverse(const checks::Tenant& in, const std::string& peer,
                                     const checks::Tenant& other) const;

  /// Everybody who has peers.
  std::vector<checks::Tenant> tenants() const;

  /// The names of all peers of a tenant.
  std::vector<std::string> of(const checks::Tenant& in) const;

 private:
  struct Known {
    checks::Tenant in;
    std::string peer;
    std::optional<checks::Tenant> other;
    std::string reverse;
  };

  void collect(const text::Node& node);
  void add_peer_step(const text::Node& step);
  void add_request(const text::Node& step);
  std::string name_of(const checks::Tenant& tenant, const text::Node* names) const;

  const text::Node* names_;  // of the file; may be nothing
  std::vector<Known> known_;
};

}  // namespace peerlab::scenario
