#include "peerlab/acl/authorizer.hpp"

#include <fmt/format.h>

namespace peerlab::acl {

namespace {

std::string_view text(Resource resource) {
  switch (resource) {
    case Resource::acl:
      return "acl";
    case Resource::agent:
      return "agent";
    case Resource::event:
      return "event";
    case Resource::intention:
      return "intention";
    case Resource::key:
      return "key";
    case Resource::keyring:
      return "keyring";
    case Resource::mesh:
      return "mesh";
    case Resource::node:
      return "node";
    case Resource::operator_:
      return "operator";
    case Resource::peering:
      return "peering";
    case Resource::query:
      return "query";
    case Resource::service:
      return "service";
    case Resource::session:
      return "session";
  }
  return "";
}

std::string_view text(Access access) {
  switch (access) {
    case Access::read:
      return "read";
    case Access::list:
      return "list";
    case Access::write:
      return "write";
  }
  return "";
}

class AllowAll final : public Authorizer {
 public:
  bool allows(const Question&) const override { return true; }
};

}  // namespace

Result<void> Authorizer::require(const Question& question) const {
  if (allows(question)) return {};
  const std::string who = accessor();
  std::string why = who.empty() ? "Permission denied: anonymous token"
                                : fmt::format("Permission denied: token with AccessorID '{}'", who);
  why += fmt::format(" lacks permission '{}:{}'", text(question.resource), text(question.access));
  if (!question.name.empty()) why += fmt::format(" on \"{}\"", question.name);
  if (who.empty()) {
    why +=
        ". The anonymous token is used implicitly when a request does not specify a "
        "token.";
  }
  return failure(Errc::permission_denied, std::move(why));
}

bool Authorizer::intention_read(const ServiceName& name) const {
  const Scope scope = name.value() == "*" ? Scope::any : Scope::one;
  return may(Resource::intention, Access::read, name.value(), scope);
}

bool Authorizer::intention_write(const ServiceName& name) const {
  const Scope scope = name.value() == "*" ? Scope::all : Scope::one;
  return may(Resource::intention, Access::write, name.value(), scope);
}

bool Authorizer::node_read(const NodeName& name, const PeerName& peer) const {
  if (peer.value().empty()) return may(Resource::node, Access::read, name);
  return service_write_any() || node_read_all();
}

bool Authorizer::service_read(const ServiceName& name, const PeerName& peer) const {
  if (peer.value().empty()) return may(Resource::service, Access::read, name);
  return service_write_any() || service_read_all();
}

const Authorizer& allow_all() {
  static const AllowAll everyone;
  return everyone;
}

bool Granted::allows(const Question& question) const {
  // The order of Access is that of strength.
  return rights_.lower_bound({question.resource, question.access}) !=
         rights_.upper_bound({question.resource, Access::write});
}

}  // namespace peerlab::acl
