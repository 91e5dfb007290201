#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "golden_lines.hpp"
#include "peerlab/base/encoding.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/establish.hpp"
#include "peerlab/peering/http.hpp"
#include "peerlab/peering/service.hpp"
#include "peerlab/trust/sni.hpp"
#include "tables_fixture.hpp"

// The recorded HTTP exchanges about peering, up to the first stream that carries services, answered
// by the functions of PeeringService. Routes and headers are the business of others.

namespace peerlab::peering {
namespace {

using nlohmann::ordered_json;
using tests::golden_lines;

struct Answer {
  int status = 200;
  std::string body;
};

Answer answer_of(const Status& status) { return {http_status(status), status.message}; }

/// One server that is its cluster's leader.
struct Cluster : TablesFixture {
  ClusterView view;
  StreamTracker tracker;
  const acl::Authorizer* authorizer = &acl::allow_all();
  Random random{1};
  std::vector<catalog::CheckServiceNode> servers;
  std::vector<catalog::CheckServiceNode> gateways;

  ServiceContext context() {
    view.servers = servers;
    view.gateways = gateways;
    return {view, tables, tracker, *authorizer, mutants};
  }
};

/// All clusters of the recording, and the wires between them.
class Recording {
 public:
  Recording() {
    for (const auto& line : golden_lines("http-exchanges.jsonl")) {
      const std::string body = line["body"].is_string() ? line["body"].get<std::string>() : "";
      if (body.starts_with(R"({"PeeringToken":)")) learn(line["cluster"], body);
      if (line["comment"] == "acceptor: read 2 s later") {
        add("dc2", TrustDomain("b286c8b1-df73-4ec5-3ea0-3732ec387590.consul"),
            ordered_json::parse(body)["PeerCAPems"], {});
      }
    }
  }

  Answer play(const ordered_json& line) {
    Cluster& cluster = clusters_[line["cluster"]];
    configure(cluster, line["comment"]);
    const auto& request = line["request"];
    const std::string method = request["method"];
    std::string path = request["path"];
    path = path.substr(0, path.find('?'));
    std::string body = request["body"].is_null() ? "" : request["body"].dump();
    if (request["body"].is_string()) body = request["body"].get<std::string>();
    if (authorizer_unknown_) return {403, "ACL not found"};
    if (path == "/v1/peering/token") return generate(cluster, body, line["body"]);
    if (path == "/v1/peering/establish") return establish(cluster, body, line);
    if (path == "/v1/peerings") return list(cluster);
    const NameRequest name{PeerName(path.substr(std::string("/v1/peering/").size())), {}};
    return method == "GET" ? read(cluster, name) : remove(cluster, name);
  }

  /// Recorded IDs and secrets in place of ours.
  std::string as_recorded(std::string text) const {
    for (const auto& [ours, recorded] : recorded_of_) replace(text, ours, recorded);
    return text;
  }

  void learn_ids(const Cluster& cluster, const ordered_json& shown) {
    if (const Peering* peering = cluster.tables.by_name({}, PeerName(shown["Name"]))) {
      same(peering->id.value(), shown["ID"]);
    }
  }
  Cluster& cluster(const std::string& name) { return clusters_[name]; }

  /// The dialer's stream came up: the pending secret is promoted, and each learns the other's
  /// roots.
  void connect(const std::string& dialer_name, const PeerName& name) {
    Cluster& dialer = clusters_[dialer_name];
    Cluster& acceptor = clusters_["dc1"];
    const Peering dialing = *dialer.tables.by_name({}, name);
    Peering accepting = *acceptor.tables.by_id(dialing.remote_id);
    const auto verdict = judge_open(acceptor.tables.secrets(accepting.id),
                                    dialer.tables.secrets(dialing.id)->active);
    const auto* promote = std::get_if<SecretToPromote>(&verdict);
    BOOST_REQUIRE(promote != nullptr);
    accepting.remote = {"", "dc2", std::nullopt};
    BOOST_TEST(acceptor.apply(WritePeering{accepting, promote->write}) == "");
    const auto give = [](Cluster& to, const PeerName& as, const Cluster& from) {
      to.apply(WriteTrustBundle{{"td", as.value(), "", from.view.root_pems, ""}});
    };
    give(dialer, name, acceptor);
    give(acceptor, accepting.name, dialer);
    dialer.tracker.connect({}, dialing.id, {});
    acceptor.tracker.connect({}, accepting.id, {});
  }

 private:
  static void replace(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }

  void same(const std::string& ours, const std::string& recorded) {
    recorded_of_[ours] = recorded;
    ours_of_[recorded] = ours;
  }

  void add(const std::string& name, TrustDomain trust_domain, std::vector<std::string> roots,
           std::optional<Locality> locality) {
    Cluster& cluster = clusters_[name];
    cluster.view.datacenter = DatacenterName(name);
    cluster.view.trust_domain = std::move(trust_domain);
    cluster.view.root_pems = std::move(roots);
    cluster.view.locality = std::move(locality);
  }

  /// What a recorded token tells about its cluster.
  void learn(const std::string& name, const std::string& body) {
    if (clusters_.contains(name)) return;
    const auto token = decode_token(ordered_json::parse(body)["PeeringToken"].get<std::string>());
    const std::string prefix = "server." + name + ".peering.";
    add(name, TrustDomain(token->server_name.substr(prefix.size())), token->ca,
        token->remote.locality);
    catalog::CheckServiceNode server;
    server.node.address =
        token->server_addresses[0].substr(0, token->server_addresses[0].find(':'));
    if (name == "dc7") server.node.tagged_addresses["wan"] = server.node.address;
    server.service.meta = {{"grpc_tls_port", "8503"}, {"grpc_port", "8502"}};
    clusters_[name].servers = {server};
  }

  void configure(Cluster& cluster, const std::string& comment) {
    const auto says = [&](std::string_view text) { return comment.find(text) != comment.npos; };
    using acl::Access;
    using acl::Resource;
    cluster.view.connect_enabled = !says("connect disabled");
    cluster.view.grpc_tls = !says("grpc_tls=-1") && !says("only the plaintext");
    cluster.view.peering_enabled = !says("peering disabled");
    cluster.authorizer = &acl::allow_all();
    const auto grant = [&](std::string accessor, std::set<acl::Granted::Right> rights) {
      authorizers_.push_back(
          std::make_unique<acl::Granted>(std::move(accessor), std::move(rights)));
      cluster.authorizer = authorizers_.back().get();
    };
    if (says("ACL no token")) grant("", {});
    if (says("ACL peering=read")) {
      grant("52e49172-2589-591b-c01b-34db63188d84", {{Resource::peering, Access::read}});
    }
    if (says("ACL operator=read")) {
      grant("c906e086-0071-768f-ecb6-7572ddb0d11c", {{Resource::peering, Access::read}});
    }
    if (says("ACL service only")) {
      grant("5f720f78-cd1f-f6ab-ac32-6c627912025e", {{Resource::service, Access::write}});
    }
    authorizer_unknown_ = says("ACL unknown token");
    if (says("through gateways")) {
      cluster.view.peer_through_gateways = true;
      cluster.gateways.clear();
      if (says("four of them")) add_gateways(cluster);
    }
  }

  /// Every way to a WAN address: tagged at the service, at the service, tagged at the node, plain.
  static void add_gateways(Cluster& cluster) {
    std::vector<catalog::CheckServiceNode> gateways(4);
    gateways[0].service.tagged_addresses["wan"] = {"198.51.100.99", 443};
    gateways[0].service.address = "10.1.1.9";
    gateways[1].node.tagged_addresses["wan"] = "198.51.100.8";
    gateways[2].service.address = "10.1.1.7";
    gateways[2].node.tagged_addresses["wan"] = "198.51.100.7";
    gateways[3].node.address = "2001:db8::4";
    for (std::size_t i = 0; i < 4; ++i) {
      gateways[i].service.port = 8443 + static_cast<std::int64_t>(i);
    }
    cluster.gateways = std::move(gateways);
  }

  Answer generate(Cluster& cluster, const std::string& body, const ordered_json& recorded) {
    const auto request = read_generate_body(body);
    if (!request) return {400, request.error().detail};
    if (const auto refusal = check(*request, cluster.view, {})) return answer_of(*refusal);
    auto begun = begin_token(*request, cluster.context(), cluster.random);
    if (const auto* refusal = std::get_if<Status>(&begun)) return answer_of(*refusal);
    auto& proposal = std::get<TokenProposal>(begun);
    if (const auto text = cluster.apply(proposal.write); !text.empty()) {
      return answer_of(write_failed({Errc::invalid_argument, text}));
    }
    const auto finished = finish_token(std::move(proposal), cluster.view, {});
    if (const auto* refusal = std::get_if<Status>(&finished)) return answer_of(*refusal);
    const std::string& text = std::get<std::string>(finished);
    if (recorded.is_string() && recorded.get<std::string>().starts_with('{')) {
      const auto ours = decode_token(text);
      const auto theirs = decode_token(
          ordered_json::parse(recorded.get<std::string>())["PeeringToken"].get<std::string>());
      same(ours->peer_id.value(), theirs->peer_id.value());
      same(ours->establishment_secret.value(), theirs->establishment_secret.value());
    }
    return {200, token_answer(to_base64(as_recorded(*from_base64(text))))};
  }

  /// The recorded token with our IDs in place of the recorded ones, if it is base64 at all.
  std::string ours(std::string body) const {
    auto json = ordered_json::parse(body, nullptr, false);
    if (!json.is_object() || !json.contains("PeeringToken")) return body;
    auto bytes = from_base64(json["PeeringToken"].get<std::string>());
    if (!bytes) return body;
    for (const auto& [recorded, our] : ours_of_) replace(*bytes, recorded, our);
    json["PeeringToken"] = to_base64(*bytes);
    return json.dump();
  }

  Answer establish(Cluster& cluster, const std::string& body, const ordered_json& line) {
    const auto request = read_establish_body(ours(body));
    if (!request) return {400, request.error().detail};
    auto checked = check(*request, cluster.view, {});
    if (const auto* refusal = std::get_if<Status>(&checked)) return answer_of(*refusal);
    EstablishCall call(*request, std::get<PeeringToken>(checked), Random(cluster.random.next()));
    Instant now{};
    auto output = call.start(cluster.context());
    for (;;) {
      std::optional<Answer> answer;
      std::visit(
          Overloaded{
              [&](const EstablishCall::Propose& propose) {
                const auto text = cluster.apply(propose.write);
                Result<void> result;
                if (!text.empty()) result = failure(Errc::invalid_argument, text);
                output = call.step(now, EstablishCall::Applied{result});
              },
              [&](const EstablishCall::Exchange& exchange) {
                output = call.step(now, EstablishCall::Exchanged{dial(exchange)});
              },
              [&](const EstablishCall::Arm& arm) {
                now = arm.due;
                output = call.step(now, EstablishCall::Due{});
              },
              [&](const EstablishCall::StartOver&) { output = call.start(cluster.context()); },
              [&](const EstablishCall::Answer& done) {
                answer =
                    done.status.code == GrpcCode::ok ? Answer{200, "{}"} : answer_of(done.status);
              },
          },
          EstablishCall::Output(output));
      if (!answer) continue;
      if (line.contains("body_note")) cut(*answer);
      return *answer;
    }
  }

  /// The recording keeps two of 18 equal lines.
  static void cut(Answer& answer) {
    int attempts = 0;
    BOOST_REQUIRE_MESSAGE(std::sscanf(answer.body.c_str(), "%d errors", &attempts) == 1,
                          answer.body);
    BOOST_TEST((attempts >= 17 && attempts <= 19), attempts);
    const auto first = answer.body.find('\n') + 1;
    const auto line = answer.body.find('\n', first) + 1 - first;
    answer.body = "18 errors occurred:\n" + answer.body.substr(first, 2 * line) + "\n";
  }

  /// What the transport of the recording did.
  std::variant<ExchangeSecretResponse, Status> dial(const EstablishCall::Exchange& exchange) {
    const auto lost = [](const std::string& why) {
      return Status{GrpcCode::unavailable, "connection error: desc = \"" + why + "\"", {}};
    };
    const std::string dialing = "transport: Error while dialing: dial tcp";
    if (exchange.address.starts_with("nohost")) {
      return lost(dialing + ": lookup nohost.invalid on 127.0.0.53:53: no such host");
    }
    if (exchange.address != "127.0.1.11:8503") {
      return lost(fmt::format("{} {}: connect: connection refused", dialing, exchange.address));
    }
    Cluster& acceptor = clusters_["dc1"];
    const std::string handshake =
        "transport: authentication handshake failed: tls: failed to verify certificate: x509: ";
    if (exchange.ca_pems.empty()) return lost("error reading server preface: EOF");
    if (exchange.ca_pems != acceptor.view.root_pems) {
      return lost(handshake + "certificate signed by unknown authority");
    }
    const std::string name =
        trust::peering_server_name(acceptor.view.datacenter, *acceptor.view.trust_domain);
    if (exchange.server_name != name) {
      return lost(fmt::format("{}certificate is valid for {}, not {}", handshake, name,
                              exchange.server_name));
    }
    const auto& [peer_id, secret] = exchange.request;
    const StreamSecret fresh(acceptor.random.uuid());
    const auto verdict = judge_exchange(peer_id, secret, acceptor.tables.secrets(peer_id), fresh);
    if (const auto* refusal = std::get_if<Status>(&verdict)) return *refusal;
    if (const auto text = acceptor.apply(std::get<SecretsWrite>(verdict)); !text.empty()) {
      return exchange_failed({Errc::invalid_argument, text});
    }
    return ExchangeSecretResponse{fresh};
  }

  Answer list(Cluster& cluster) {
    if (const auto refusal = check(ListRequest{}, cluster.view)) return answer_of(*refusal);
    const auto shown = peering::list(ListRequest{}, cluster.context());
    if (const auto* refusal = std::get_if<Status>(&shown)) return answer_of(*refusal);
    return {200, to_json(std::get<std::vector<ShownPeering>>(shown), {})};
  }

  Answer read(Cluster& cluster, const NameRequest& request) {
    if (request.name.value().empty()) return {400, "Must specify a name to fetch."};
    if (const auto refusal = check(request, cluster.view)) return answer_of(*refusal);
    const auto shown = peering::read(request, cluster.context());
    if (const auto* refusal = std::get_if<Status>(&shown)) return answer_of(*refusal);
    const auto& peering = std::get<std::optional<ShownPeering>>(shown);
    if (!peering) {
      return {404, fmt::format("Peering not found for \"{}\"", request.name.value())};
    }
    return {200, to_json(*peering, {})};
  }

  Answer remove(Cluster& cluster, const NameRequest& request) {
    if (const auto refusal = check(request, cluster.view)) return answer_of(*refusal);
    const auto removed = peering::remove({}, request, cluster.context());
    if (const auto* refusal = std::get_if<Status>(&removed)) return answer_of(*refusal);
    if (const auto& write = std::get<std::optional<WritePeering>>(removed)) {
      BOOST_TEST(cluster.apply(*write) == "");
      // Nothing was imported, so the record is gone before anybody reads.
      BOOST_TEST(cluster.apply(RemovePeering{{}, request.name}) == "");
    }
    return {};
  }

  std::map<std::string, Cluster> clusters_;
  std::map<std::string, std::string> recorded_of_;
  std::map<std::string, std::string> ours_of_;
  std::vector<std::unique_ptr<acl::Authorizer>> authorizers_;
  bool authorizer_unknown_ = false;
};

/// Without what differs from run to run.
std::string comparable(const std::string& body) {
  auto json = ordered_json::parse(body, nullptr, false);
  if (json.is_discarded() || json.is_null()) return body;
  const auto strip = [](ordered_json& peering) {
    for (const char* key : {"CreateIndex", "ModifyIndex"}) peering.erase(key);
    if (!peering.contains("StreamStatus")) return;
    for (auto& member : peering["StreamStatus"]) {
      if (member.is_string()) member = "some time";
    }
    // Times of the stream come from others: only whether there is a stream at all counts here.
    const bool tracked = !peering["StreamStatus"]["LastReceive"].is_null();
    peering["StreamStatus"] = tracked ? "tracked" : "untracked";
  };
  if (json.is_array()) {
    for (auto& element : json) strip(element);
  } else if (json.is_object()) {
    strip(json);
  }
  return json.dump();
}

/// Answers that other rooms give: routes, query parameters, other endpoints.
bool is_of_others(const ordered_json& line) {
  const std::string path = line["request"]["path"];
  return line["status"] == 405 || !path.starts_with("/v1/peering") ||
         path.find("partition=") != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(service_replay)

BOOST_AUTO_TEST_CASE(the_recorded_exchanges_are_answered_alike,
                     *boost::unit_test::label("C-031") * boost::unit_test::label("C-032") *
                         boost::unit_test::label("C-033") * boost::unit_test::label("C-034") *
                         boost::unit_test::label("C-035") * boost::unit_test::label("C-036") *
                         boost::unit_test::label("C-037") * boost::unit_test::label("C-038") *
                         boost::unit_test::label("C-039") * boost::unit_test::label("C-040") *
                         boost::unit_test::label("C-044") * boost::unit_test::label("C-045") *
                         boost::unit_test::label("C-046") * boost::unit_test::label("C-047") *
                         boost::unit_test::label("C-048") * boost::unit_test::label("C-050") *
                         boost::unit_test::label("C-051") * boost::unit_test::label("C-056") *
                         boost::unit_test::label("C-070") * boost::unit_test::label("C-071")) {
  Recording recording;
  int answered = 0;
  int number = -1;
  for (const auto& line : golden_lines("http-exchanges.jsonl")) {
    ++number;
    const std::string comment = line["comment"];
    if (number > 150 && number != 203) continue;  // services cross from there on
    if (is_of_others(line)) continue;
    BOOST_TEST_CONTEXT(number << " " << line["cluster"] << ": " << comment) {
      const Answer answer = recording.play(line);
      ++answered;
      BOOST_TEST(answer.status == line["status"].get<int>());
      std::string recorded = line["body"].is_null() ? "" : line["body"].get<std::string>();
      if (recorded.ends_with("\n") && line["status"] == 200) recorded.pop_back();
      if (const auto json = ordered_json::parse(recorded, nullptr, false); json.is_object()) {
        if (json.contains("ID")) recording.learn_ids(recording.cluster(line["cluster"]), json);
      } else if (json.is_array()) {
        for (const auto& shown : json) {
          recording.learn_ids(recording.cluster(line["cluster"]), shown);
        }
      }
      const std::string ours = comparable(recording.as_recorded(answer.body));
      BOOST_TEST(ours == comparable(recorded));
      if (comment == "establish: on a PENDING dialer peering with the good token") {
        recording.connect("dc2", PeerName("a-peer"));
      }
    }
  }
  BOOST_TEST(answered > 130);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
