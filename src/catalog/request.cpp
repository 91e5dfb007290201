#include "peerlab/catalog/request.hpp"

#include <fmt/format.h>

#include "catalog/config_checks.hpp"
#include "catalog/go_decode.hpp"
#include "catalog/row_fields.hpp"
#include "catalog/service_checks.hpp"

namespace peerlab::catalog {

template <>
inline constexpr auto description_of<RegisterRequest> = describe(
    "RegisterRequest", field("Datacenter", &RegisterRequest::datacenter),
    field("ID", &RegisterRequest::id), field("Node", &RegisterRequest::node),
    field("Address", &RegisterRequest::address),
    field("TaggedAddresses", &RegisterRequest::tagged_addresses),
    field("NodeMeta", &RegisterRequest::node_meta), field("Service", &RegisterRequest::service),
    field("Check", &RegisterRequest::check), field("Checks", &RegisterRequest::checks),
    field("SkipNodeUpdate", &RegisterRequest::skip_node_update),
    field("PeerName", &RegisterRequest::peer), field("Locality", &RegisterRequest::locality),
    field("Token", &RegisterRequest::token));

template <>
inline constexpr auto description_of<DeregisterRequest> = describe(
    "DeregisterRequest", field("Address", &DeregisterRequest::address),
    field("Datacenter", &DeregisterRequest::datacenter), field("Node", &DeregisterRequest::node),
    field("ServiceID", &DeregisterRequest::service_id),
    field("CheckID", &DeregisterRequest::check_id), field("PeerName", &DeregisterRequest::peer),
    field("Token", &DeregisterRequest::token));

template <>
inline constexpr bool has_own_unmarshal<ProxyConfig> = true;
template <>
inline constexpr bool has_own_unmarshal<Upstream> = true;
template <>
inline constexpr bool has_own_unmarshal<ExposeConfig> = true;
template <>
inline constexpr bool has_own_unmarshal<ExposePath> = true;
template <>
inline constexpr bool has_own_unmarshal<TransparentProxyConfig> = true;
template <>
inline constexpr bool has_own_unmarshal<AccessLogsConfig> = true;
template <>
inline constexpr bool has_own_unmarshal<ServiceConnect> = true;
template <>
inline constexpr bool has_own_unmarshal<CheckDefinition> = true;

namespace {

template <class Request>
Result<Request> decode_request(std::string_view body, std::string_view go_type) {
  const auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return failure(Errc::invalid_argument, json.error());
  Request request;
  if (json->kind != GoJson::Kind::object && json->kind != GoJson::Kind::null) {
    return refuse(fmt::format("json: cannot unmarshal {} into Go value of type {}",
                              go_json_kind(json->kind), go_type));
  }
  GoDecoder decoder;
  decoder.decode(*json, request);
  if (decoder.error()) return refuse(*decoder.error());
  return request;
}

bool names_a_peer(const RegisterRequest& request) {
  if (!request.peer.value().empty()) return true;
  if (request.service && !request.service->peer.value().empty()) return true;
  for (const Check& check : request.checks) {
    if (!check.peer.value().empty()) return true;
  }
  return false;
}

/// The texts of Consul's UUID parser (go-uuid, ParseUUID).
Result<void> check_node_id(const std::string& id) {
  if (id.empty()) return {};
  const auto bad = [](std::string_view why) { return refuse(fmt::format("Bad node ID: {}", why)); };
  if (id.size() != 36) return bad("uuid string is wrong length");
  if (id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-') {
    return bad("uuid is improperly formatted");
  }
  for (std::size_t i = 0; i < id.size(); ++i) {
    const char c = id[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash || hex) continue;
    return bad(
        fmt::format("encoding/hex: invalid byte: U+{:04X} '{}'", static_cast<unsigned char>(c), c));
  }
  return {};
}

/// A check must stand on the node of the request, and on a service of it or of that node.
Result<void> check_place(const Check& check, const RegisterRequest& request,
                         const CatalogTables& tables) {
  if (check.node != request.node) {
    return refuse(fmt::format("Node '{}' for check '{}' doesn't match register request node '{}'",
                              check.node.value(), check.id.value(), request.node.value()));
  }
  if (check.service_id.value().empty()) return {};
  if (request.service && request.service->id == check.service_id) return {};
  const std::string key = peer_key({}, {check.node.value(), check.service_id.value()});
  if (tables.services.find(key) != nullptr) return {};
  return refuse(fmt::format("Unknown service ID '{}' for check ID '{}'", check.service_id.value(),
                            check.id.value()));
}

}  // namespace

Result<RegisterRequest> decode_register(std::string_view body) {
  return decode_request<RegisterRequest>(body, "structs.RegisterRequest")
      .transform([](RegisterRequest request) {
        if (request.check) {
          request.checks.push_back(std::move(*request.check));
          request.check.reset();
        }
        return request;
      });
}

Result<DeregisterRequest> decode_deregister(std::string_view body) {
  return decode_request<DeregisterRequest>(body, "struct { Address string; *structs.Alias }");
}

Result<Register> settle_register(RegisterRequest request, const DatacenterName& own,
                                 const CatalogTables& tables, const Mutants& mutants) {
  const bool guarded = !mutants.has(Mutant::HB_080);
  if (guarded && names_a_peer(request)) {
    return refuse("cannot register requests with PeerName in them");
  }
  if (request.node.value().empty()) return refuse("Must provide node");
  if (auto id = check_node_id(request.id.value()); !id) {
    return tl::unexpected<Error>(id.error());
  }
  if (request.address.empty() && !request.skip_node_update) {
    return refuse("Must provide address if SkipNodeUpdate is not set");
  }
  if (request.service) {
    if (auto service = settle_service(*request.service); !service) {
      return tl::unexpected<Error>(service.error());
    }
  }
  for (Check& check : request.checks) settle_check(check, request.node);
  for (const Check& check : request.checks) {
    if (auto place = check_place(check, request, tables); !place) {
      return tl::unexpected<Error>(place.error());
    }
  }

  Register command;
  command.node.id = request.id;
  command.node.node = request.node;
  command.node.address = request.address;
  command.node.datacenter = request.datacenter.value().empty() ? own : request.datacenter;
  command.node.peer = request.peer;
  command.node.tagged_addresses = std::move(request.tagged_addresses);
  command.node.meta = std::move(request.node_meta);
  command.node.locality = request.locality;
  command.skip_node_update = request.skip_node_update;
  command.service = std::move(request.service);
  command.checks = std::move(request.checks);
  if (command.service) {
    command.service->node = request.node;
    command.service->indexes = {};
  }
  for (Check& check : command.checks) check.indexes = {};
  return command;
}

Result<Deregister> settle_deregister(const DeregisterRequest& request) {
  if (request.node.value().empty()) return refuse("Must provide node");
  return Deregister{request.node, request.service_id, request.check_id, request.peer};
}

}  // namespace peerlab::catalog
