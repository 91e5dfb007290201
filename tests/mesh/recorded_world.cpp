#include "recorded_world.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "peerlab/catalog/config_write.hpp"
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

Registered registered(const json& body) {
  Registered out;
  auto& s = out.service;
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
    c.id = catalog::CheckId(text(check, "CheckID"));
    c.status = text(check, "Status");
    out.checks.push_back(std::move(c));
  }
  return out;
}

RecordedCluster cluster(std::string datacenter, std::string node, std::string address,
                        std::string id, std::string label) {
  RecordedCluster out;
  out.own.datacenter = DatacenterName(std::move(datacenter));
  out.own.bundle.trust_domain = trust::trust_domain_of(id);
  // The recordings write certificates by their role; so the role is our PEM text.
  out.own.bundle.root_pems = {"root(TD_" + label + ",active)"};
  out.node = NodeName(std::move(node));
  out.address = std::move(address);
  return out;
}

/// All statuses of a gateway in one, as its exporter tells them.
std::string flattened(const std::vector<catalog::Check>& checks) {
  for (const auto status :
       {catalog::health::maintenance, catalog::health::critical, catalog::health::warning}) {
    if (std::ranges::count(checks, status, &catalog::Check::status) > 0) return std::string(status);
  }
  return std::string(catalog::health::passing);
}

}  // namespace

std::string RecordedCluster::protocol(const std::string& service) const {
  return protocol_of(entry<catalog::ServiceDefaults>(service),
                     entry<catalog::ProxyDefaults>("global"));
}

std::vector<catalog::CheckServiceNode> RecordedCluster::instances(
    const std::string& connect_name) const {
  std::vector<catalog::CheckServiceNode> out;
  for (const auto& [id, r] : services) {
    if (catalog::connect_name(r.service).value() != connect_name) continue;
    catalog::CheckServiceNode csn;
    csn.node.node = node;
    csn.node.address = address;
    csn.service = r.service;
    csn.checks = r.checks;
    out.push_back(std::move(csn));
  }
  return out;
}

std::vector<catalog::CheckServiceNode> RecordedCluster::gateways() const {
  std::vector<catalog::CheckServiceNode> out;
  for (const auto& [id, r] : services) {
    if (r.service.kind != catalog::service_kind::mesh_gateway) continue;
    catalog::CheckServiceNode csn;
    csn.node.node = node;
    csn.node.address = address;
    csn.node.datacenter = own.datacenter;
    csn.service = r.service;
    csn.checks = r.checks;
    out.push_back(std::move(csn));
  }
  return out;
}

RecordedWorld::RecordedWorld(const std::string& folder, const Mutants& mutants)
    : mutants_(mutants) {
  clusters_["L"] =
      cluster("east", "node-l", "127.0.41.1", "11111111-2222-3333-4444-555555555555", "L");
  clusters_["R"] =
      cluster("west", "node-r", "127.0.42.1", "66666666-7777-8888-9999-aaaaaaaaaaaa", "R");
  clusters_["N"] =
      cluster("north", "node-n", "127.0.44.1", "bbbbbbbb-cccc-dddd-eeee-ffffffffffff", "N");
  clusters_["T"] =
      cluster("east", "node-l", "127.0.46.1", "77777777-7777-7777-7777-777777777777", "T");
  clusters_["L"].peers = {{PeerName("to-west"), "R"}, {PeerName("to-north"), "N"}};
  clusters_["R"].peers = {{PeerName("from-east"), "L"}, {PeerName("north"), "N"}};
  clusters_["N"].peers = {{PeerName("east-n"), "L"}, {PeerName("west"), "R"}};
  if (folder == "same-datacenter-and-node-names") {
    clusters_["L"].peers[PeerName("twin")] = "T";
    clusters_["T"].peers[PeerName("east-t")] = "L";
  }
  clusters_["L"].dialed = {PeerName("to-west")};
  clusters_["N"].dialed = {PeerName("east-n"), PeerName("west")};

  std::ifstream file(PEERLAB_SOURCE_DIR + "/tests/golden/traffic/" + folder + "/setup.json");
  const json setup = json::parse(file);
  default_action_ =
      text(setup, "default_intention_policy") == "allow" ? Action::allow : Action::deny;
  for (const auto& step : setup.at("steps")) {
    if (!step.contains("status")) play(step);
  }
}

void RecordedWorld::play(const json& step) {
  RecordedCluster& cluster = clusters_.at(text(step, "cluster"));
  const std::string request = text(step, "request");
  const json& body = at(step, "body");
  if (request == "PUT /v1/config") {
    const auto entry = catalog::decode_config_entry(body.dump()).and_then([](auto&& decoded) {
      return catalog::normalize(decoded);
    });
    const catalog::ConfigEntry& stored = entry.value();
    const std::string key = std::string(catalog::kind_of(stored)) + "/";
    cluster.config[key + std::string(catalog::name_of(stored))] = stored;
  } else if (request == "PUT /v1/agent/service/register") {
    cluster.services[text(body, "ID")] = registered(body);
  } else {
    const std::string prefix = "PUT /v1/agent/service/maintenance/";
    const auto id = request.substr(prefix.size(), request.find('?') - prefix.size());
    catalog::Check check;
    // An agent registers maintenance as a critical check; across a peering its status says so.
    check.status = cluster.services.at(id).service.kind == catalog::service_kind::mesh_gateway
                       ? catalog::health::maintenance
                       : catalog::health::critical;
    cluster.services.at(id).checks.push_back(std::move(check));
  }
}

std::vector<PeerName> RecordedWorld::consumers(const RecordedCluster& cluster,
                                               const std::string& service,
                                               bool most_specific_only) const {
  return consumers_of(cluster.entry<catalog::ExportedServices>("default"), ServiceName(service),
                      most_specific_only);
}

trust::TrustBundle RecordedWorld::bundle(const RecordedCluster& holder,
                                         const PeerName& peer) const {
  trust::TrustBundle out = clusters_.at(holder.peers.at(peer)).own.bundle;
  out.peer = peer;
  return out;
}

std::vector<catalog::CheckServiceNode> RecordedWorld::imported(const std::string& letter,
                                                               const PeerName& peer,
                                                               const std::string& service) const {
  const RecordedCluster& exporter = clusters_.at(clusters_.at(letter).peers.at(peer));
  const auto name_there =
      std::ranges::find(exporter.peers, letter, &decltype(exporter.peers)::value_type::second);
  if (name_there == exporter.peers.end() || exporter.instances(service).empty()) return {};
  const auto to = consumers(exporter, service, false);
  if (std::ranges::count(to, name_there->first) == 0) return {};

  std::vector<catalog::CheckServiceNode> out;
  for (auto gateway : exporter.gateways()) {
    gateway.service.kind = catalog::service_kind::connect_proxy;
    gateway.service.peer = peer;
    gateway.node.peer = peer;
    gateway.service.connect.peer_meta =
        peer_meta(exporter.own, {ServiceName(service), {}, {}}, name_there->first,
                  exporter.protocol(service), {}, mutants_);
    catalog::Check check;
    check.status = flattened(gateway.checks);
    gateway.checks = {check};
    out.push_back(std::move(gateway));
  }
  return out;
}

bool RecordedWorld::is_gateway(const std::string& letter, const std::string& id) const {
  return clusters_.at(letter).services.at(id).service.kind == catalog::service_kind::mesh_gateway;
}

SidecarFacts RecordedWorld::sidecar(const std::string& letter, const std::string& id) const {
  const RecordedCluster& cluster = clusters_.at(letter);
  SidecarFacts facts;
  facts.cluster = cluster.own;
  facts.proxy = cluster.services.at(id).service;
  const std::string service = facts.proxy.proxy.destination_service_name.value();
  const std::string in_registration = [&] {
    const auto found = facts.proxy.proxy.config.find("protocol");
    const auto* word = found == facts.proxy.proxy.config.end() ? nullptr : found->second.text();
    return word == nullptr ? std::string() : *word;
  }();
  facts.protocol = in_registration.empty() ? cluster.protocol(service) : in_registration;
  for (const auto& [key, entry] : cluster.config) {
    const auto* written = std::get_if<catalog::ServiceIntentions>(&entry);
    if (written == nullptr) continue;
    const auto more = intentions_of(*written);
    facts.intentions.insert(facts.intentions.end(), more.begin(), more.end());
  }
  facts.default_action = default_action_;
  const auto* mesh = cluster.entry<catalog::MeshConfig>("mesh");
  facts.sanitize_xfcc =
      mesh != nullptr && mesh->http && mesh->http->sanitize_x_forwarded_client_cert;
  for (const auto& peer : consumers(cluster, service, true)) {
    if (cluster.peers.contains(peer)) facts.inbound_bundles.push_back(bundle(cluster, peer));
  }
  facts.local_gateways = cluster.gateways();

  const auto* defaults = cluster.entry<catalog::ServiceDefaults>(service);
  const ModeSettings modes =
      mode_settings(cluster.entry<catalog::ProxyDefaults>("global"), defaults, facts.proxy);
  for (const auto& upstream : facts.proxy.proxy.upstreams) {
    UpstreamFacts u;
    u.upstream = with_central_config(upstream, defaults);
    const auto& peer = upstream.destination_peer;
    const std::string name = upstream.destination_name.value();
    u.mode = mode_for(upstream, modes, mutants_);
    u.protocol = cluster.protocol(name);
    if (peer.value().empty()) {
      u.instances = cluster.instances(name);
    } else if (cluster.peers.contains(peer)) {
      u.instances = imported(letter, peer, name);
      u.peer_bundle = bundle(cluster, peer);
    }
    facts.upstreams.push_back(std::move(u));
  }
  return facts;
}

GatewayFacts RecordedWorld::gateway(const std::string& letter, const std::string& id) const {
  const RecordedCluster& cluster = clusters_.at(letter);
  GatewayFacts facts;
  facts.cluster = cluster.own;
  facts.gateway = cluster.services.at(id).service;
  for (const auto& [peer, other] : cluster.peers) {
    facts.peer_bundles.push_back(bundle(cluster, peer));
  }
  std::set<std::string> names;
  for (const auto& [key, r] : cluster.services) {
    names.insert(catalog::connect_name(r.service).value());
  }
  names.erase("");
  for (const auto& name : names) {
    facts.services.push_back({{ServiceName(name), {}, {}}, {}, cluster.instances(name)});
    const auto to = consumers(cluster, name, false);
    if (!to.empty()) {
      facts.exports.push_back({{ServiceName(name), {}, {}}, to, cluster.protocol(name)});
    }
  }
  for (const auto& [peer, other] : cluster.peers) {
    for (const auto& [key, r] : clusters_.at(other).services) {
      const auto name = catalog::connect_name(r.service).value();
      if (name.empty()) continue;
      facts.services.push_back({{ServiceName(name), {}, {}}, peer, imported(letter, peer, name)});
    }
  }
  const auto through_gateways = [](const RecordedCluster& c) {
    const auto* mesh = c.entry<catalog::MeshConfig>("mesh");
    return mesh != nullptr && mesh->peering && mesh->peering->peer_through_mesh_gateways;
  };
  facts.peer_through_mesh_gateways = through_gateways(cluster);
  facts.servers = {{cluster.address}};
  for (const auto& peer : cluster.dialed) {
    const RecordedCluster& other = clusters_.at(cluster.peers.at(peer));
    DialedPeer dialed;
    dialed.peer = peer;
    dialed.server_name =
        trust::peering_server_name(other.own.datacenter, other.own.bundle.trust_domain);
    if (through_gateways(other)) {
      for (const auto& g : other.gateways()) {
        dialed.server_addresses.push_back(to_text(best_address(g, Reach::wan)));
      }
    } else {
      dialed.server_addresses = {other.address + ":8503"};
    }
    facts.dialed_peers.push_back(std::move(dialed));
  }
  return facts;
}

}  // namespace peerlab::mesh::tests
