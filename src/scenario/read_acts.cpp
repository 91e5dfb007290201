#include "read_acts.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {

using checks::Tenant;
using text::Node;
using Json = nlohmann::ordered_json;

namespace {

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json texts(const Node& list) {
  Json texts = Json::array();
  for (const Node& item : elements(list)) texts.push_back(item.text);
  return texts;
}

/// Whether a step says that the server must refuse it.
bool is_to_be_refused(const Node& step) {
  const Node* expect = step.get("expect");
  const Node* status = expect != nullptr ? expect->get("status") : nullptr;
  return status != nullptr && whole_number(*status) >= 300;
}

/// The instances that a step is about: how many, and the number of the first.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t count = 1;
};

/// `web-3`, or what the step calls its one node.
std::string node_name(const Node& step, std::uint64_t index) {
  if (const Node* node = step.get("node")) return node->text;
  return fmt::format("{}-{}", step.get("service")->text, index);
}

Json service_json(const Node& step) {
  const std::string& name = step.get("service")->text;
  Json service{{"ID", name}, {"Service", name}};
  if (const Node* id = step.get("id")) service["ID"] = id->text;
  if (const Node* port = step.get("port")) service["Port"] = whole_number(*port);
  if (const Node* tags = step.get("tags")) service["Tags"] = texts(*tags);
  if (const Node* pad = step.get("pad")) service["Tags"].push_back(std::string(bytes(*pad), 'x'));
  if (const Node* meta = step.get("meta")) service["Meta"] = Json::parse(to_json(*meta));
  return service;
}

}  // namespace

std::optional<Requests> ActReader::read(std::string_view verb, const Node& node) {
  if (verb == "http") return http(node);
  if (verb == "peer") return peer(node);
  if (verb == "unpeer") return unpeer(node);
  if (verb == "write") return write(node);
  if (verb == "delete") return remove(node);
  if (verb == "register") return register_instances(node);
  if (verb == "deregister") return deregister(node);
  if (verb == "export" || verb == "unexport") return change_exports(node, verb == "export");
  if (verb == "rotate_ca") return rotate_ca(node);
  return std::nullopt;
}

/// To the leader, which answers for the whole cluster.
Request ActReader::request(const Tenant& in, std::string method, std::string path,
                           std::string body) const {
  Request request;
  request.http.server = in.cluster + "/server/leader";
  request.http.method = std::move(method);
  request.http.target = std::move(path);
  if (in.partition != "default") request.http.target += "?partition=" + in.partition;
  request.http.request_body = std::move(body);
  request.http.by = in;
  return request;
}

std::vector<Tenant> ActReader::tenants(const Node& list) const {
  std::vector<Tenant> tenants;
  for (const Node& name : elements(list)) tenants.push_back(lookup_.tenant(name));
  return tenants;
}

void ActReader::check_captured(const Node& node) const {
  for (const Node& item : node.items) check_captured(item);
  for (const text::Entry& entry : node.entries) check_captured(entry.value);
  for (const std::string& name : to_come_) {
    if (node.text.find("${" + name + "}") == std::string::npos) continue;
    lookup_.diagnostics()
        .error(text::codes::bad_capture, node.span,
               fmt::format("{} is captured by a later step only", text::quote(name)))
        .help("move the step with `capture` before this one");
  }
}

Requests ActReader::http(const Node& node) {
  Request request{checks_.http(node)};
  if (const Node* captures = node.get("capture")) {
    for (const text::Entry& entry : captures->entries) {
      request.captures.push_back({entry.key, entry.value.text});
      to_come_.erase(entry.key);
    }
  }
  return {{std::move(request)}};
}

Requests ActReader::peer(const Node& node) const {
  const Ends ends = peers_.ends_of(node);
  lookup_.tenant(*node.get("accept"));
  lookup_.tenant(*node.get("dial"));
  Json token{{"PeerName", ends.dialer_name}};
  if (const Node* addresses = node.get("addresses")) {
    token["ServerExternalAddresses"] = texts(*addresses);
  }
  Request generate = request(ends.acceptor, "POST", "/v1/peering/token", dumped(token));
  const std::string captured =
      fmt::format("the token of {} for {}", checks::text(ends.acceptor), checks::text(ends.dialer));
  generate.captures.push_back({captured, "/PeeringToken"});
  if (const Node* changed = node.get("token")) {
    generate.captures.back().token_patch = to_json(*changed);
  }
  const Json answer{{"PeerName", ends.acceptor_name},
                    {"PeeringToken", fmt::format("${{{}}}", captured)}};
  Request establish = request(ends.dialer, "POST", "/v1/peering/establish", dumped(answer));
  // It answers after it has tried every address of the token. (peering spec 1.5)
  if (const Node* timeout = node.get("timeout")) establish.http.timeout = duration(*timeout);
  checks_.expect(node, establish.http);
  return {{std::move(generate), std::move(establish)}};
}

Requests ActReader::unpeer(const Node& node) const {
  const Tenant in = lookup_.tenant(*node.get("in"));
  const std::string peer = peers_.peer(*node.get("peer"), in, lookup_);
  Request remove = request(in, "DELETE", "/v1/peering/" + peer, {});
  checks_.expect(node, remove.http);
  return {{std::move(remove)}};
}

Requests ActReader::write(const Node& node) {
  Requests requests;
  const bool refused = is_to_be_refused(node);
  for (const EntryBody& entry : entries_.read(node, tenants(*node.get("in")), refused)) {
    Request put = request(entry.in, "PUT", "/v1/config", entry.json);
    if (!refused) put.http.body = "true";
    checks_.expect(node, put.http);
    requests.all.push_back(std::move(put));
  }
  return requests;
}

Requests ActReader::remove(const Node& node) const {
  Requests requests;
  for (const Tenant& in : tenants(*node.get("in"))) {
    const std::string path =
        fmt::format("/v1/config/{}/{}", node.get("kind")->text, node.get("name")->text);
    requests.all.push_back(request(in, "DELETE", path, {}));
    checks_.expect(node, requests.all.back().http);
  }
  return requests;
}

namespace {

Range range_of(const Node& step, const Lookup& lookup) {
  Range range;
  if (const Node* first = step.get("first")) {
    range.first = lookup.within(*first, 0, 100'000, "the number of an instance");
  }
  if (const Node* count = step.get("instances")) {
    range.count = lookup.within(*count, 0, 100'000, "instances of one step");
  }
  return range;
}

}  // namespace

Requests ActReader::register_instances(const Node& node) const {
  Requests requests;
  const Tenant in = lookup_.tenant(*node.get("in"));
  const Range range = range_of(node, lookup_);
  const Json service = service_json(node);
  for (std::uint64_t index = range.first; index < range.first + range.count; ++index) {
    const Node* address = node.get("address");
    Json body{{"Node", node_name(node, index)},
              {"Address",
               address != nullptr ? address->text : fmt::format("198.51.100.{}", index % 250 + 1)},
              {"Service", service}};
    if (const Node* status = node.get("status")) {
      body["Check"] = {{"CheckID", fmt::format("service:{}", service["ID"].get<std::string>())},
                       {"Name", "health"},
                       {"Status", status->text},
                       {"ServiceID", service["ID"]}};
    }
    Request put = request(in, "PUT", "/v1/catalog/register", dumped(body));
    checks_.expect(node, put.http);
    requests.all.push_back(std::move(put));
  }
  return requests;
}

Requests ActReader::deregister(const Node& node) const {
  Requests requests;
  const Tenant in = lookup_.tenant(*node.get("in"));
  const Range range = range_of(node, lookup_);
  const Node* service = node.get("service");
  const Node* name = node.get("node");
  if (service == nullptr && name == nullptr) {
    lookup_.diagnostics()
        .error(text::codes::missing_key, node.span, "this step needs `service` or `node`")
        .help("write `deregister: { in: dc1, service: web }`, or `node: web-0`");
    return requests;
  }
  for (std::uint64_t index = range.first; index < range.first + range.count; ++index) {
    Json body{{"Node", node_name(node, index)}};
    // Of a node that has a name of its own only the service goes.
    if (service != nullptr && name != nullptr) {
      body["ServiceID"] = node.get("id") != nullptr ? node.get("id")->text : service->text;
    }
    Request put = request(in, "PUT", "/v1/catalog/deregister", dumped(body));
    checks_.expect(node, put.http);
    requests.all.push_back(std::move(put));
  }
  return requests;
}

/// Reads the entry, changes it, and writes it.
Requests ActReader::change_exports(const Node& node, bool exported) const {
  const Tenant in = lookup_.tenant(*node.get("in"));
  const std::string peer = peers_.peer(*node.get("to"), in, lookup_);
  const std::string captured = "exports of " + checks::text(in);
  Request get = request(in, "GET", "/v1/config/exported-services", {});
  get.captures.push_back({captured, ""});
  Request put = request(in, "PUT", "/v1/config", {});
  put.edit = ExportEdit{captured, in.partition, {}, peer, exported};
  for (const Node& service : elements(*node.get("service"))) {
    put.edit->services.push_back(service.text);
  }
  put.http.body = "true";
  checks_.expect(node, put.http);
  return {{std::move(get), std::move(put)}};
}

Requests ActReader::rotate_ca(const Node& node) const {
  Requests requests;
  const std::string& key = node.get("key")->text;
  const std::size_t dash = key.find('-');
  const Json body{{"Provider", "consul"},
                  {"Config",
                   {{"PrivateKeyType", key.substr(0, dash)},
                    {"PrivateKeyBits", std::stoi(key.substr(dash + 1))}}}};
  for (const Node& name : elements(*node.get("in"))) {
    Request put = request({lookup_.tenant(name).cluster}, "PUT", "/v1/connect/ca/configuration",
                          dumped(body));
    checks_.expect(node, put.http);
    requests.all.push_back(std::move(put));
  }
  return requests;
}

}  // namespace peerlab::scenario
