#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"

namespace peerlab::acl {

/// What rules are about, in the words of Consul's rule language (acl/authorizer.go).
enum class Resource {
  acl,
  agent,
  event,
  intention,
  key,
  keyring,
  mesh,
  node,
  operator_,  ///< "operator", which C++ keeps for itself
  peering,
  query,
  service,
  session,
};

enum class Access { read, list, write };

/// How far a question reaches.
enum class Scope {
  one,     ///< the thing called `name`; for resources without names, the resource
  prefix,  ///< everything below `name`
  any,     ///< at least one, whichever: Consul's ServiceWriteAny
  all,     ///< all there are and may be: Consul's ServiceReadAll
};

struct Question {
  Resource resource;
  Access access;
  std::string name = {};
  Scope scope = Scope::one;
};

/// What one caller may do. Every endpoint asks one, also while ACLs are off.
///
/// A new kind of authorizer answers `allows` alone; the named questions are there so that an
/// endpoint reads like the table of required rights (datacenter 7.6).
class Authorizer {
 public:
  virtual ~Authorizer() = default;

  virtual bool allows(const Question& question) const = 0;

  /// The accessor id of the caller's token as error texts show it; empty for the anonymous token.
  virtual std::string accessor() const { return {}; }

  /// Fails with `permission_denied` and Consul's text, which goes out with status 403.
  Result<void> require(const Question& question) const;

  bool acl_read() const { return may(Resource::acl, Access::read); }
  bool acl_write() const { return may(Resource::acl, Access::write); }
  bool agent_read(const NodeName& name) const { return may(Resource::agent, Access::read, name); }
  bool agent_write(const NodeName& name) const { return may(Resource::agent, Access::write, name); }
  bool event_read(std::string_view name) const { return may(Resource::event, Access::read, name); }
  bool event_write(std::string_view name) const {
    return may(Resource::event, Access::write, name);
  }
  /// Of the destination. `*` asks for a right on any (read) or on all (write) intentions.
  bool intention_read(const ServiceName& name) const;
  bool intention_write(const ServiceName& name) const;
  bool key_read(std::string_view key) const { return may(Resource::key, Access::read, key); }
  bool key_list(std::string_view prefix) const { return may(Resource::key, Access::list, prefix); }
  bool key_write(std::string_view key) const { return may(Resource::key, Access::write, key); }
  bool key_write_prefix(std::string_view prefix) const {
    return may(Resource::key, Access::write, prefix, Scope::prefix);
  }
  bool keyring_read() const { return may(Resource::keyring, Access::read); }
  bool keyring_write() const { return may(Resource::keyring, Access::write); }
  bool mesh_read() const { return may(Resource::mesh, Access::read); }
  bool mesh_write() const { return may(Resource::mesh, Access::write); }
  /// A row imported from `peer` follows the rule of peers, not those of names (datacenter 7.3).
  bool node_read(const NodeName& name, const PeerName& peer = {}) const;
  bool node_read_all() const { return may(Resource::node, Access::read, "", Scope::all); }
  bool node_write(const NodeName& name) const { return may(Resource::node, Access::write, name); }
  bool operator_read() const { return may(Resource::operator_, Access::read); }
  bool operator_write() const { return may(Resource::operator_, Access::write); }
  bool peering_read() const { return may(Resource::peering, Access::read); }
  bool peering_write() const { return may(Resource::peering, Access::write); }
  bool query_read(std::string_view name) const { return may(Resource::query, Access::read, name); }
  bool query_write(std::string_view name) const {
    return may(Resource::query, Access::write, name);
  }
  bool service_read(const ServiceName& name, const PeerName& peer = {}) const;
  bool service_read_all() const { return may(Resource::service, Access::read, "", Scope::all); }
  bool service_write(const ServiceName& name) const {
    return may(Resource::service, Access::write, name);
  }
  bool service_write_any() const { return may(Resource::service, Access::write, "", Scope::any); }
  bool session_read(const NodeName& name) const {
    return may(Resource::session, Access::read, name);
  }
  bool session_write(const NodeName& name) const {
    return may(Resource::session, Access::write, name);
  }
  /// Taking a snapshot of everything needs the right to change everything.
  bool snapshot() const { return acl_write(); }

 private:
  bool may(Resource resource, Access access, std::string_view name = "",
           Scope scope = Scope::one) const {
    return allows({resource, access, std::string(name), scope});
  }
  template <class Tag>
  bool may(Resource resource, Access access, const Strong<Tag, std::string>& name) const {
    return may(resource, access, std::string_view(name.value()));
  }
};

/// Everything is allowed: ACLs are off.
const Authorizer& allow_all();

/// Rights by resource alone, whatever the name: enough to test what an endpoint asks for. Write
/// implies list and read, list implies read.
class Granted final : public Authorizer {
 public:
  struct Right {
    Resource resource;
    Access access;
    friend auto operator<=>(const Right&, const Right&) = default;
  };

  Granted(std::string accessor, std::set<Right> rights)
      : accessor_(std::move(accessor)), rights_(std::move(rights)) {}

  bool allows(const Question& question) const override;
  std::string accessor() const override { return accessor_; }

 private:
  std::string accessor_;
  std::set<Right> rights_;
};

}  // namespace peerlab::acl
