// What a running Consul handed to its proxies: tests/golden/traffic/<case>/. Compared are cluster
// names, types, SNI, accepted names, roots, endpoints, filter-chain matches, client validation,
// rules, and where chains lead.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "peerlab/base/overloaded.hpp"
#include "recorded_world.hpp"

namespace peerlab::mesh {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

fs::path folder() { return PEERLAB_SOURCE_DIR + "/tests/golden/traffic"; }

json read(const fs::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

json endpoint_set(const json& groups) {
  std::set<std::string> out;
  for (const auto& group : groups) {
    for (const auto& e : group.at("endpoints")) {
      out.insert(e.at("address").get<std::string>() + " " + e.value("health", "HEALTHY") + " " +
                 std::to_string(e.value("weight", 1)));
    }
  }
  return out;
}

/// `2.500s`, as the recordings write it, as Go prints a duration: `2.5s`.
std::string shortened(std::string duration) {
  if (duration.find('.') == duration.npos) return duration;
  duration.pop_back();
  while (duration.ends_with('0')) duration.pop_back();
  return duration + "s";
}

/// A recorded cluster in the terms of ours.
json recorded_cluster(const json& cluster, const json& pushed) {
  const std::string name = cluster.at("name").get<std::string>();
  json out{{"type", cluster.at("type")},
           {"connect_timeout", shortened(cluster.at("connect_timeout").get<std::string>())},
           {"http2", cluster.value("http2", false)}};
  // Only clusters with several endpoints can panic; `local_app` says nothing about it.
  if (out["type"] != "STATIC") out["panics"] = !cluster.contains("panic_threshold");
  if (cluster.contains("tls")) {
    const json& tls = cluster.at("tls");
    out["tls"] = {{"sni", tls.value("sni", "")},
                  {"accept_san", tls.value("accept_san", json::array())},
                  {"trusted", tls.at("trusted")}};
  }
  const json& groups = cluster.contains("endpoints") ? cluster.at("endpoints")
                       : pushed.contains(name)       ? pushed.at(name)
                                                     : json::array();
  out["endpoints"] = endpoint_set(groups);
  return out;
}

std::string type_of(Discovery discovery) {
  switch (discovery) {
    case Discovery::pushed:
      return "EDS";
    case Discovery::fixed:
      return "STATIC";
    case Discovery::logical_dns:
      return "LOGICAL_DNS";
    case Discovery::strict_dns:
      return "STRICT_DNS";
  }
  return "";
}

json our_cluster(const Cluster& cluster) {
  json out{{"type", type_of(cluster.discovery)},
           {"connect_timeout", go_duration(cluster.connect_timeout)},
           {"http2", cluster.http2}};
  if (cluster.discovery != Discovery::fixed) out["panics"] = cluster.panics;
  if (cluster.tls) {
    out["tls"] = {{"sni", cluster.tls->sni},
                  {"accept_san", cluster.tls->accept_sans},
                  {"trusted", cluster.tls->root_pems}};
  }
  std::set<std::string> endpoints;
  for (const auto& e : cluster.endpoints) {
    endpoints.insert(to_text(e.address) +
                     (e.health == Health::healthy ? " HEALTHY " : " UNHEALTHY ") +
                     std::to_string(e.weight));
  }
  out["endpoints"] = endpoints;
  return out;
}

/// The cluster of a route table that has one route for everything.
std::string only_cluster(const json& table) {
  const json& routes = table.at("virtual_hosts").at(0).at("routes");
  BOOST_REQUIRE(routes.size() == 1);
  return routes.at(0).at("route").at("cluster").get<std::string>();
}

json recorded_chain(const json& chain, const json& routes) {
  json out{
      {"match", chain.at("match") == "any" ? json::array() : chain.at("match").at("server_names")}};
  if (chain.contains("tls")) {
    const json& tls = chain.at("tls");
    out["tls"] = {{"alpn", tls.value("alpn", json::array())}};
    if (tls.contains("spiffe_map")) out["tls"]["spiffe_map"] = tls.at("spiffe_map");
    if (tls.contains("trusted")) out["tls"]["trusted"] = tls.at("trusted");
    BOOST_TEST(tls.at("require_client_certificate").get<bool>());
  }
  for (const auto& filter : chain.at("filters")) {
    if (filter.contains("rbac")) out["rules"] = filter.at("rbac").at("rules");
    if (filter.contains("sni_cluster")) out["to"] = "SNI";
    if (filter.contains("tcp_proxy") && !out.contains("to")) {
      out["to"] = "tcp " + filter.at("tcp_proxy").at("cluster").get<std::string>();
    }
    if (!filter.contains("http")) continue;
    const json& http = filter.at("http");
    out["xfcc"] = http.value("xfcc", "SANITIZE");
    for (const auto& inner : http.at("http_filters")) {
      if (inner.is_object() && inner.contains("rbac")) out["rules"] = inner.at("rbac").at("rules");
    }
    if (http.contains("route_config")) {
      const json& table = http.at("route_config");
      out["to"] = "http " + table.at("name").get<std::string>() + " " + only_cluster(table);
    } else {
      for (const auto& table : routes) {
        if (table.at("name") == http.at("rds")) {
          out["to"] = "http " + table.at("name").get<std::string>() + " " + only_cluster(table);
        }
      }
    }
  }
  return out;
}

json our_chain(const FilterChain& chain) {
  json out{{"match", chain.server_names}};
  if (chain.tls) {
    out["tls"] = {{"alpn", chain.tls->alpn}};
    if (chain.tls->any_name) {
      out["tls"]["trusted"] = chain.tls->root_pems.begin()->second;
    } else {
      json map = json::array();
      for (const auto& [domain, pems] : chain.tls->root_pems) map.push_back({domain.value(), pems});
      out["tls"]["spiffe_map"] = map;
    }
  }
  if (chain.rules) out["rules"] = json::parse(catalog::to_text(rule_object(*chain.rules)));
  std::visit(Overloaded{
                 [&](const TcpProxy& tcp) { out["to"] = "tcp " + tcp.cluster; },
                 [&](const SniProxy&) { out["to"] = "SNI"; },
                 [&](const HttpProxy& http) {
                   out["to"] = "http " + http.route + " " + http.cluster;
                   out["xfcc"] = http.xfcc == Xfcc::sanitize       ? "SANITIZE"
                                 : http.xfcc == Xfcc::sanitize_set ? "SANITIZE_SET"
                                                                   : "APPEND_FORWARD";
                 },
             },
             chain.forward);
  return out;
}

json recorded_config(const json& recording) {
  json out{{"clusters", json::object()}, {"listeners", json::object()}};
  for (const auto& cluster : recording.at("clusters")) {
    out["clusters"][cluster.at("name").get<std::string>()] =
        recorded_cluster(cluster, recording.at("endpoints"));
  }
  for (const auto& listener : recording.at("listeners")) {
    json chains = json::array();
    for (const auto& chain : listener.at("filter_chains")) {
      chains.push_back(recorded_chain(chain, recording.at("routes")));
    }
    out["listeners"][listener.at("name").get<std::string>()] = {{"address", listener.at("address")},
                                                                {"chains", chains}};
  }
  return out;
}

json our_config(const ProxyConfig& config) {
  json out{{"clusters", json::object()}, {"listeners", json::object()}};
  for (const auto& [name, cluster] : config.clusters) out["clusters"][name] = our_cluster(cluster);
  for (const auto& listener : config.listeners) {
    json chains = json::array();
    for (const auto& chain : listener.chains) chains.push_back(our_chain(chain));
    out["listeners"][listener.name] = {{"address", listener.address}, {"chains", chains}};
  }
  return out;
}

/// What differs, one line for each place.
std::string differences(const json& recorded, const json& ours) {
  std::string out;
  for (const auto& change : json::diff(recorded, ours)) {
    const auto where = json::json_pointer(change.at("path").get<std::string>());
    out += "\n  " + change.at("op").get<std::string>() + " " +
           change.at("path").get<std::string>() + ": recorded " +
           (recorded.contains(where) ? recorded.at(where).dump() : "nothing") + ", ours " +
           change.value("value", json()).dump();
  }
  return out;
}

/// The recordings follow the reference in its quirks.
const Mutants quirks{Mutant::QT_06, Mutant::QT_08};

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_proxies)

// One case for all folders, so that a new one is compared without being named here.
BOOST_AUTO_TEST_CASE(every_recorded_proxy_gets_its_configuration,
                     *boost::unit_test::label("T-023") * boost::unit_test::label("T-024") *
                         boost::unit_test::label("T-025") * boost::unit_test::label("T-038") *
                         boost::unit_test::label("T-039") * boost::unit_test::label("T-043") *
                         boost::unit_test::label("T-047") * boost::unit_test::label("T-049") *
                         boost::unit_test::label("T-051") * boost::unit_test::label("T-052") *
                         boost::unit_test::label("T-053") * boost::unit_test::label("T-054") *
                         boost::unit_test::label("T-055") * boost::unit_test::label("T-057") *
                         boost::unit_test::label("T-058") * boost::unit_test::label("T-059") *
                         boost::unit_test::label("T-061") * boost::unit_test::label("T-063") *
                         boost::unit_test::label("T-064") * boost::unit_test::label("T-067") *
                         boost::unit_test::label("T-068") * boost::unit_test::label("T-074") *
                         boost::unit_test::label("T-081") * boost::unit_test::label("T-093") *
                         boost::unit_test::label("T-095") * boost::unit_test::label("T-096") *
                         boost::unit_test::label("T-247")) {
  int proxies = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    const tests::RecordedWorld world(name, quirks);
    for (const auto& file : fs::directory_iterator(entry.path())) {
      const std::string stem = file.path().stem().string();
      if (stem == "setup" || stem == "imports") continue;
      const std::string letter = stem.substr(0, stem.find('.'));
      const std::string id = stem.substr(stem.find('.') + 1);
      const ProxyConfig config = world.config(letter, id);
      const json recorded = recorded_config(read(file.path()));
      const json ours = our_config(config);
      BOOST_TEST(recorded == ours, name << "/" << stem << differences(recorded, ours));
      ++proxies;
    }
  }
  BOOST_TEST(proxies >= 120);
}

/// How many recordings a planted bug makes us miss.
int missed(const Mutants& mutants) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (!entry.is_directory()) continue;
    const tests::RecordedWorld world(entry.path().filename().string(), mutants);
    for (const auto& file : fs::directory_iterator(entry.path())) {
      const std::string stem = file.path().stem().string();
      if (stem == "setup" || stem == "imports") continue;
      const std::string letter = stem.substr(0, stem.find('.'));
      const std::string id = stem.substr(stem.find('.') + 1);
      const json ours = our_config(world.config(letter, id));
      if (ours != recorded_config(read(file.path()))) ++count;
    }
  }
  return count;
}

BOOST_AUTO_TEST_CASE(planted_bugs_miss_a_recording) {
  BOOST_TEST(missed(quirks) == 0);
  // The reference has these two.
  BOOST_TEST(missed({Mutant::QT_06}) > 0);
  BOOST_TEST(missed({Mutant::QT_08}) > 0);
  for (const Mutant mutant : {Mutant::HB_097, Mutant::HB_110, Mutant::HB_116, Mutant::HB_118,
                              Mutant::HB_121, Mutant::HB_122, Mutant::HB_127, Mutant::HB_131}) {
    Mutants planted = quirks;
    planted.plant(mutant);
    BOOST_TEST(missed(planted) > 0, all_mutants()[static_cast<std::size_t>(mutant)].name);
  }
}

BOOST_AUTO_TEST_CASE(every_import_bears_its_recorded_meta, *boost::unit_test::label("T-045")) {
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (!fs::exists(entry.path() / "imports.json")) continue;
    const std::string name = entry.path().filename().string();
    const tests::RecordedWorld world(name);
    const json recording = read(entry.path() / "imports.json");
    for (const auto& [question, rows] : recording.items()) {
      const std::string marker = " GET /v1/health/connect/";
      const auto at = question.find(marker);
      if (at == question.npos) continue;
      const auto service_at = at + marker.size();
      const auto service = question.substr(service_at, question.find('?') - service_at);
      const PeerName peer(question.substr(question.find("peer=") + 5));
      const auto ours = world.imported(question.substr(0, at), peer, service);
      BOOST_TEST(ours.size() == rows.size(), name << ": " << question);
      for (std::size_t i = 0; i < std::min(ours.size(), rows.size()); ++i) {
        if (!rows.at(i).is_object()) continue;  // one recording tells names only
        const json& wanted = rows.at(i).at("Service").at("PeerMeta");
        const auto& meta = *ours[i].service.connect.peer_meta;
        BOOST_TEST(json(meta.sni) == wanted.at("SNI"), name);
        BOOST_TEST(json(meta.spiffe_id) == wanted.at("SpiffeID"), name);
        BOOST_TEST(meta.protocol == wanted.at("Protocol").get<std::string>(), name);
        ++compared;
      }
    }
  }
  BOOST_TEST(compared >= 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::mesh
