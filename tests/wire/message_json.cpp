#include "wire/message_json.hpp"

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::peering::tests {
namespace {

using Json = nlohmann::json;

// Protobuf leaves out what has its zero value.
void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}
void put(Json& object, const char* key, std::int64_t number) {
  if (number != 0) object[key] = number;
}
void put(Json& object, const char* key, bool flag) {
  if (flag) object[key] = true;
}
void put(Json& object, const char* key, const std::vector<std::string>& list) {
  if (!list.empty()) object[key] = list;
}
void put(Json& object, const char* key, const std::map<std::string, std::string>& map) {
  if (!map.empty()) object[key] = map;
}
void put(Json& object, const char* key, const std::optional<Locality>& locality) {
  if (!locality) return;
  Json json = Json::object();
  put(json, "Region", locality->region);
  put(json, "Zone", locality->zone);
  object[key] = json;
}

Json to_json(const catalog::Node& node, const std::string& partition) {
  Json json = Json::object();
  put(json, "ID", node.id.value());
  put(json, "Node", node.node.value());
  put(json, "Address", node.address);
  put(json, "Datacenter", node.datacenter.value());
  put(json, "TaggedAddresses", node.tagged_addresses);
  put(json, "Meta", node.meta);
  put(json, "Partition", partition);
  put(json, "PeerName", node.peer.value());
  put(json, "Locality", node.locality);
  return json;
}

Json to_json(const catalog::ServiceConnect& connect) {
  Json json = Json::object();
  put(json, "Native", connect.native);
  if (connect.peer_meta) {
    Json meta = Json::object();
    put(meta, "SNI", connect.peer_meta->sni);
    put(meta, "SpiffeID", connect.peer_meta->spiffe_id);
    put(meta, "Protocol", connect.peer_meta->protocol);
    json["PeerMeta"] = meta;
  }
  return json;
}

Json to_json(const catalog::Service& service) {
  Json json = Json::object();
  put(json, "Kind", service.kind);
  put(json, "ID", service.id.value());
  put(json, "Service", service.service.value());
  put(json, "Tags", service.tags);
  put(json, "Address", service.address);
  put(json, "Meta", service.meta);
  put(json, "Port", service.port);
  json["Weights"] = Json::object();
  put(json["Weights"], "Passing", service.weights.passing);
  put(json["Weights"], "Warning", service.weights.warning);
  put(json, "EnableTagOverride", service.enable_tag_override);
  if (service.proxy != catalog::ProxyConfig{}) {
    json["Proxy"] = Json::object();
    put(json["Proxy"], "DestinationServiceName", service.proxy.destination_service_name.value());
    put(json["Proxy"], "DestinationServiceID", service.proxy.destination_service_id.value());
  }
  if (service.connect != catalog::ServiceConnect{}) json["Connect"] = to_json(service.connect);
  for (const auto& [name, address] : service.tagged_addresses) {
    Json tagged = Json::object();
    put(tagged, "Address", address.address);
    put(tagged, "Port", address.port);
    json["TaggedAddresses"][name] = tagged;
  }
  json["EnterpriseMeta"] = Json::object();
  put(json, "SocketPath", service.socket_path);
  put(json, "PeerName", service.peer.value());
  put(json, "Locality", service.locality);
  for (const auto& port : service.ports) {
    Json named = Json::object();
    put(named, "Port", port.port);
    put(named, "Name", port.name);
    put(named, "Default", port.is_default);
    json["Ports"].push_back(named);
  }
  return json;
}

Json to_json(const catalog::Check& check) {
  Json json = Json::object();
  put(json, "Node", check.node.value());
  put(json, "CheckID", check.id.value());
  put(json, "Name", check.name);
  put(json, "Status", check.status);
  put(json, "Notes", check.notes);
  put(json, "Output", check.output);
  put(json, "ServiceID", check.service_id.value());
  put(json, "ServiceName", check.service_name.value());
  put(json, "ServiceTags", check.service_tags);
  put(json, "Type", check.type);
  json["EnterpriseMeta"] = Json::object();
  put(json, "ExposedPort", check.exposed_port);
  put(json, "Interval", check.interval);
  put(json, "Timeout", check.timeout);
  put(json, "PeerName", check.peer.value());
  return json;
}

Json to_json(const Instance& instance) {
  Json json = Json::object();
  if (instance.node) json["Node"] = to_json(*instance.node, instance.partition);
  if (instance.service) json["Service"] = to_json(*instance.service);
  for (const auto& check : instance.checks) json["Checks"].push_back(to_json(check));
  return json;
}

Json to_json(const Any& any) {
  Json json = Json::object();
  put(json, "@type", any.type_url);
  const auto* resource = std::get_if<Resource>(&any.value);
  if (resource == nullptr) return json;
  std::visit(
      Overloaded{
          [&](const ExportedService& service) {
            for (const auto& node : service.nodes) json["Nodes"].push_back(to_json(node));
          },
          [&](const ExportedServiceList& list) { put(json, "Services", list.services); },
          [&](const PeeringTrustBundle& bundle) {
            put(json, "TrustDomain", bundle.trust_domain);
            put(json, "PeerName", bundle.peer_name);
            put(json, "Partition", bundle.partition);
            put(json, "RootPEMs", bundle.root_pems);
            put(json, "ExportedPartition", bundle.exported_partition);
          },
          [&](const PeeringServerAddresses& list) { put(json, "Addresses", list.addresses); },
      },
      *resource);
  return json;
}

Json to_json(const Open& open) {
  Json json = Json::object();
  put(json, "PeerID", open.peer_id.value());
  put(json, "StreamSecretID", open.secret.value());
  if (open.remote) {
    json["Remote"] = Json::object();
    put(json["Remote"], "Partition", open.remote->partition);
    put(json["Remote"], "Datacenter", open.remote->datacenter);
    put(json["Remote"], "Locality", open.remote->locality);
  }
  return json;
}

Json to_json(const Request& request) {
  Json json = Json::object();
  put(json, "PeerID", request.peer_id.value());
  put(json, "ResponseNonce", request.response_nonce.value());
  put(json, "ResourceURL", request.resource_url);
  if (request.error) {
    json["Error"] = Json::object();
    put(json["Error"], "code", static_cast<std::int64_t>(request.error->code));
    put(json["Error"], "message", request.error->message);
  }
  return json;
}

Json to_json(const Response& response) {
  Json json = Json::object();
  put(json, "Nonce", response.nonce.value());
  put(json, "ResourceURL", response.resource_url);
  put(json, "ResourceID", response.resource_id);
  if (response.resource) json["Resource"] = to_json(*response.resource);
  if (response.operation == Operation::upsert) {
    json["operation"] = "OPERATION_UPSERT";
  } else {
    put(json, "operation", static_cast<std::int64_t>(response.operation));
  }
  return json;
}

}  // namespace

nlohmann::json to_json(const ReplicationMessage& message) {
  return std::visit(Overloaded{
                        [](const NoPayload&) { return Json::object(); },
                        [](const Open& open) {
                          return Json{{"open", to_json(open)}};
                        },
                        [](const Request& request) {
                          return Json{{"request", to_json(request)}};
                        },
                        [](const Response& response) {
                          return Json{{"response", to_json(response)}};
                        },
                        [](const Terminated&) {
                          return Json{{"terminated", Json::object()}};
                        },
                        [](const Heartbeat&) {
                          return Json{{"heartbeat", Json::object()}};
                        },
                    },
                    message);
}

ReplicationMessage from_json(const nlohmann::json& message) {
  if (message.contains("request")) {
    const Json& from = message["request"];
    Request request{PeerId(from.value("PeerID", "")), Nonce(from.value("ResponseNonce", "")),
                    from.value("ResourceURL", ""), std::nullopt};
    if (from.contains("Error")) {
      request.error = Status{static_cast<GrpcCode>(from["Error"].value("code", 0)),
                             from["Error"].value("message", ""),
                             {}};
    }
    return request;
  }
  const Json& from = message.at("response");
  const std::string type = from.at("Resource").at("@type");
  PEERLAB_ASSERT(from["Resource"].size() == 1 && from.at("operation") == "OPERATION_UPSERT");
  PEERLAB_ASSERT(type == type_url(ResourceType::exported_service_list));
  return Response{Nonce(from.value("Nonce", "")), from.value("ResourceURL", ""),
                  from.value("ResourceID", ""), Any{type, Resource(ExportedServiceList{})},
                  Operation::upsert};
}

}  // namespace peerlab::peering::tests
