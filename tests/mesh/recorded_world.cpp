#include "recorded_world.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/exports.hpp"
#include "peerlab/mesh/peer_meta.hpp"

namespace peerlab::mesh::tests {
namespace {

using nlohmann::json;

const json nothing = json::object();

const json& at(const json& object, const char* key) {
  return object.is_object() && object.contains(key) && !object.at(key).is_null() ? object.at(key)
                                                                                 : nothing;
}

std::string text(const json& object, const char* key) {
  const json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t number(const json& object, const char* key, std::int64_t otherwise = 0) {
  const json& value = at(object, key);
  return value.is_number() ? value.get<std::int64_t>() : otherwise;
}

catalog::Json config_json(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    catalog::Json::Array out;
    for (const auto& item : value) out.push_back(config_json(item));
    return out;
  }
  catalog::Json::Object out;
  for (const auto& [key, item] : value.items()) out.emplace(key, config_json(item));
  return out;
}

catalog::Json::Object config_object(const json& value) {
  return value.is_object() ? *config_json(value).object() : catalog::Json::Object();
}

catalog::Upstream upstream_of(const json& body) {
  catalog::Upstream out;
  out.destination_name = ServiceName(text(body, "DestinationName"));
  out.destination_peer = PeerName(text(body, "DestinationPeer"));
  out.local_bind_address = text(body, "LocalBindAddress");
  out.local_bind_port = number(body, "LocalBindPort");
  out.local_bind_socket_path = text(body, "LocalBindSocketPath");
  out.config = config_object(at(body, "Config"));
  out.mesh_gateway.mode = text(at(body, "MeshGateway"), "Mode");
  return out;
}

/// What `PUT /v1/agent/service/register` puts into the catalog.
catalog::Register registration(const RecordedCluster& cluster, const json& body) {
  catalog::Register out;
  out.node = cluster.own_node();
  catalog::Service s;
  s.kind = text(body, "Kind");
  s.service = ServiceName(text(body, "Name"));
  s.id = catalog::ServiceId(text(body, "ID"));
  s.address = text(body, "Address");
  s.port = number(body, "Port");
  for (const auto& [name, value] : at(body, "TaggedAddresses").items()) {
    s.tagged_addresses[name] = {text(value, "Address"), number(value, "Port")};
  }
  s.weights = {number(at(body, "Weights"), "Passing", 1),
               number(at(body, "Weights"), "Warning", 1)};
  const json& proxy = at(body, "Proxy");
  s.proxy.destination_service_name = ServiceName(text(proxy, "DestinationServiceName"));
  s.proxy.local_service_address = text(proxy, "LocalServiceAddress");
  s.proxy.local_service_port = number(proxy, "LocalServicePort");
  s.proxy.config = config_object(at(proxy, "Config"));
  s.proxy.mesh_gateway.mode = text(at(proxy, "MeshGateway"), "Mode");
  for (const auto& upstream : at(proxy, "Upstreams")) {
    s.proxy.upstreams.push_back(upstream_of(upstream));
  }
  for (const auto& check : at(body, "Checks")) {
    catalog::Check c;
    c.node = cluster.node;
    c.id = catalog::CheckId(text(check, "CheckID"));
    c.status = text(check, "Status");
    c.service_id = s.id;
    out.checks.push_back(std::move(c));
  }
  out.service = std::move(s);
  return out;
}

/// An agent registers maintenance as a critical check with this id.
constexpr std::string_view maintenance_check = "_service_maintenance:";

/// All statuses of a gateway in one, as its exporter tells them.
std::string flattened(const std::vector<catalog::Check>& checks) {
  const auto any = [&](std::string_view status) {
    return std::ranges::count(checks, status, &catalog::Check::status) > 0;
  };
  for (const auto& check : checks) {
    if (check.id.value().starts_with(maintenance_check)) {
      return std::string(catalog::health::maintenance);
    }
  }
  if (any(catalog::health::critical)) return std::string(catalog::health::critical);
  if (any(catalog::health::warning)) return std::string(catalog::health::warning);
  return std::string(catalog::health::passing);
}

}  // namespace

RecordedCluster::RecordedCluster(std::string datacenter, std::string node_name, std::string ip,
                                 std::string id, std::string label)
    : node(std::move(node_name)), address(std::move(ip)) {
  own.datacenter = DatacenterName(std::move(datacenter));
  own.bundle.trust_domain = trust::trust_domain_of(id);
  // The recordings write certificates by their role; so the role is our PEM text.
  own.bundle.root_pems = {"root(TD_" + label + ",active)"};
}

void RecordedCluster::apply(const catalog::Command& command) {
  store::Transaction transaction(*store_, ++index_);
  const auto applied = tables_->apply(command);
  if (!applied) throw std::runtime_error(applied.error().detail);
  transaction.commit();
}

void RecordedCluster::put(catalog::Register registration) { apply(registration); }

void RecordedCluster::put(catalog::ConfigEntry entry) {
  apply(catalog::UpsertConfig{std::move(entry), std::nullopt});
}

catalog::Node RecordedCluster::own_node() const {
  catalog::Node out;
  out.node = node;
  out.address = address;
  out.datacenter = own.datacenter;
  return out;
}

const catalog::Service& RecordedCluster::service(const std::string& id) const {
  for (const auto* service : catalog::node_services(*tables_, node).rows.services) {
    if (service->id.value() == id) return *service;
  }
  throw std::runtime_error("no service " + id);
}

std::vector<catalog::CheckServiceNode> RecordedCluster::gateways() const {
  return catalog::kind_health(*tables_, catalog::service_kind::mesh_gateway).rows;
}

bool RecordedCluster::peers_through_gateways() const {
  const auto* mesh = catalog::get_entry<catalog::MeshConfig>(*tables_, "mesh");
  return mesh != nullptr && mesh->peering && mesh->peering->peer_through_mesh_gateways;
}

RecordedWorld::RecordedWorld(const std::string& folder, const Mutants& mutants)
    : mutants_(mutants) {
  const auto add = [&](std::string letter, std::string datacenter, std::string node, std::string ip,
                       std::string id) {
    clusters_.emplace(letter, RecordedCluster(std::move(datacenter), std::move(node), std::move(ip),
                                              std::move(id), letter));
  };
  add("L", "east", "node-l", "127.0.41.1", "11111111-2222-3333-4444-555555555555");
  add("R", "west", "node-r", "127.0.42.1", "66666666-7777-8888-9999-aaaaaaaaaaaa");
  add("N", "north", "node-n", "127.0.44.1", "bbbbbbbb-cccc-dddd-eeee-ffffffffffff");
  add("T", "east", "node-l", "127.0.46.1", "77777777-7777-7777-7777-777777777777");
  clusters_.at("L").peers = {{PeerName("to-west"), "R"}, {PeerName("to-north"), "N"}};
  clusters_.at("R").peers = {{PeerName("from-east"), "L"}, {PeerName("north"), "N"}};
  clusters_.at("N").peers = {{PeerName("east-n"), "L"}, {PeerName("west"), "R"}};
  if (folder == "same-datacenter-and-node-names") {
    clusters_.at("L").peers[PeerName("twin")] = "T";
    clusters_.at("T").peers[PeerName("east-t")] = "L";
  }
  clusters_.at("L").dialed = {PeerName("to-west")};
  clusters_.at("N").dialed = {PeerName("east-n"), PeerName("west")};

  std::ifstream file(PEERLAB_SOURCE_DIR + "/tests/golden/traffic/" + folder + "/setup.json");
  const json setup = json::parse(file);
  default_action_ =
      text(setup, "default_intention_policy") == "allow" ? Action::allow : Action::deny;
  for (const auto& step : setup.at("steps")) {
    if (!step.contains("status")) play(step);
  }
  for (const auto& [letter, cluster] : clusters_) {
    for (const auto& [peer, other] : cluster.peers) import(letter, peer);
  }
}

void RecordedWorld::play(const json& step) {
  RecordedCluster& cluster = clusters_.at(text(step, "cluster"));
  const std::string request = text(step, "request");
  const json& body = at(step, "body");
  const std::string maintenance = "PUT /v1/agent/service/maintenance/";
  if (request == "PUT /v1/config") {
    cluster.put(catalog::decode_config_entry(body.dump())
                    .and_then([](auto&& entry) { return catalog::normalize(entry); })
                    .value());
  } else if (request == "PUT /v1/agent/service/register") {
    cluster.put(registration(cluster, body));
  } else if (request.starts_with(maintenance)) {
    const auto id = request.substr(maintenance.size(), request.find('?') - maintenance.size());
    catalog::Register change{.node = cluster.own_node(), .service = std::nullopt, .checks = {}};
    catalog::Check check;
    check.node = cluster.node;
    check.id = catalog::CheckId(std::string(maintenance_check) + id);
    check.status = catalog::health::critical;
    check.service_id = catalog::ServiceId(id);
    change.checks = {check};
    cluster.put(std::move(change));
  } else {
    throw std::runtime_error("unknown request " + request);
  }
}

/// Copies into one cluster what its peer exports to it: the instances of each service and, if it is
/// in the mesh, one synthetic proxy per gateway of the peer.
void RecordedWorld::import(const std::string& letter, const PeerName& peer) {
  RecordedCluster& importer = clusters_.at(letter);
  const RecordedCluster& exporter = clusters_.at(importer.peers.at(peer));
  for (const auto& [name_there, other] : exporter.peers) {
    if (other != letter) continue;
    const auto exported = catalog::exports_to(exporter.tables(), name_there).rows;
    for (const auto& service : exported.services) {
      for (const auto& instance : catalog::service_health(exporter.tables(), service).rows) {
        catalog::Register row{.node = instance.node, .service = instance.service, .checks = {}};
        row.node.peer = peer;
        row.service->peer = peer;
        importer.put(std::move(row));
      }
      if (catalog::connect_instances(exporter.tables(), service).rows.empty()) continue;
      int count = 0;
      for (const auto& gateway : exporter.gateways()) {
        catalog::Register row;
        row.node = gateway.node;
        row.node.peer = peer;
        catalog::Service proxy = gateway.service;
        proxy.kind = catalog::service_kind::connect_proxy;
        proxy.peer = peer;
        proxy.service = ServiceName(service.value() + "-sidecar-proxy");
        proxy.id =
            catalog::ServiceId(proxy.service.value() + "-instance-" + std::to_string(count++));
        proxy.proxy = {};
        proxy.proxy.destination_service_name = service;
        proxy.connect.peer_meta =
            peer_meta(exporter.own, {service, {}, {}}, name_there,
                      catalog::protocol_of(exporter.tables(), service), {}, mutants_);
        catalog::Check check;
        check.node = row.node.node;
        check.peer = peer;
        check.id = catalog::CheckId(proxy.id.value() + ":overall-check");
        check.service_id = proxy.id;
        check.status = flattened(gateway.checks);
        row.service = std::move(proxy);
        row.checks = {check};
        importer.put(std::move(row));
      }
    }
  }
}

std::vector<catalog::CheckServiceNode> RecordedWorld::imported(const std::string& letter,
                                                               const PeerName& peer,
                                                               const std::string& service) const {
  return catalog::connect_health(clusters_.at(letter).tables(), ServiceName(service), peer).rows;
}

MeshState RecordedWorld::state(const RecordedCluster& cluster) const {
  MeshState out;
  out.cluster = cluster.own;
  out.default_action = default_action_;
  for (const auto& [peer, other] : cluster.peers) {
    out.peers.push_back(peer);
    out.bundles.push_back(clusters_.at(other).own.bundle);
    out.bundles.back().peer = peer;
  }
  return out;
}

GatewayFacts RecordedWorld::gateway(const RecordedCluster& cluster,
                                    const catalog::Service& gateway) const {
  GatewayFacts facts = gateway_facts(cluster.tables(), gateway, state(cluster), mutants_);
  facts.servers = {{cluster.address}};
  for (const auto& peer : cluster.dialed) {
    const RecordedCluster& other = clusters_.at(cluster.peers.at(peer));
    DialedPeer dialed;
    dialed.peer = peer;
    dialed.server_name =
        trust::peering_server_name(other.own.datacenter, other.own.bundle.trust_domain);
    dialed.server_addresses = {other.address + ":8503"};
    if (other.peers_through_gateways()) {
      dialed.server_addresses.clear();
      for (const auto& there : other.gateways()) {
        dialed.server_addresses.push_back(to_text(best_address(there, Reach::wan)));
      }
    }
    facts.dialed_peers.push_back(std::move(dialed));
  }
  return facts;
}

ProxyConfig RecordedWorld::config(const std::string& letter, const std::string& id) const {
  const RecordedCluster& cluster = clusters_.at(letter);
  const catalog::Service& service = cluster.service(id);
  if (service.kind == catalog::service_kind::mesh_gateway) {
    return gateway_config(gateway(cluster, service), mutants_);
  }
  return sidecar_config(sidecar_facts(cluster.tables(), service, state(cluster), mutants_),
                        mutants_);
}

}  // namespace peerlab::mesh::tests
