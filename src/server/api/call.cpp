#include "peerlab/server/api/call.hpp"

#include <fmt/format.h>

#include "exchange.hpp"
#include "json_text.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/server/forward.hpp"

namespace peerlab::server::api {
namespace {

/// Go's mux sends clients to the spelling it knows. (HTTP spec 1.1)
Answer redirect(const Request& request, std::string path) {
  if (!request.query.empty()) path += "?" + request.query;
  Answer answer{307, {{"Location", path}}, {}, false};
  if (request.method == "GET") {
    answer.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    answer.body = fmt::format("<a href=\"{}\">Temporary Redirect</a>.\n\n", path);
  }
  return answer;
}

Answer unknown_path(const Request& request) {
  if (request.path == "/") {
    return {200,
            {{"Content-Type", "text/plain; charset=utf-8"}},
            "Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent "
            "configuration and restart.",
            false};
  }
  if (request.path.find("/v1/") == std::string::npos) {
    return failed(404,
                  "Invalid URL path: if attempting to use the HTTP API, ensure the path starts "
                  "with '/v1/'\n");
  }
  return failed(404, "Invalid URL path: not a recognized HTTP API endpoint\n");
}

/// Whether `method` is in a list such as `GET,PUT`.
bool declared(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const std::size_t comma = methods.find(',');
    if (methods.substr(0, comma) == method) return true;
    methods.remove_prefix(comma == std::string_view::npos ? methods.size() : comma + 1);
  }
  return false;
}

/// Prepared queries look at the method themselves, and differ a little from all others. (1.2)
bool checks_methods_itself(const Route& route) { return route.pattern == "/v1/query/"; }

std::string_view methods_of(const Route& route, std::string_view path) {
  const bool only_read = path.ends_with("/execute") || path.ends_with("/explain");
  return checks_methods_itself(route) && only_read ? "GET" : route.methods;
}

/// OPTIONS and undeclared methods end here. (H-003, H-004)
std::optional<Answer> judge_method(const Request& request, const Route& route) {
  const std::string_view methods = methods_of(route, request.path);
  if (declared(methods, request.method)) return std::nullopt;
  const std::string all = fmt::format("OPTIONS,{}", methods);
  if (request.method == "OPTIONS") {
    Answer answer = checks_methods_itself(route) ? json("{}") : Answer{};
    answer.headers.emplace_back("Allow", all);
    return answer;
  }
  Answer answer = failed(405, fmt::format("method {} not allowed", request.method));
  answer.headers.emplace_back("Allow", checks_methods_itself(route) ? std::string(methods) : all);
  return answer;
}

/// An answer without a body gets its type late, from the kind of request. (HTTP spec 1.3)
void type_nothing(const Request& request, Answer& answer) {
  if (answer.status == 404 || !header(answer.headers, "Content-Type").empty()) return;
  std::string type = "application/json; charset=utf-8";
  if (request.method == "PUT") {
    for (const std::string_view raw : {"/v1/kv", "/v1/snapshot", "/v1/event/fire"}) {
      if (request.path.starts_with(raw)) type = "application/octet-stream";
    }
  } else if (request.method == "GET" || request.method == "DELETE") {
    if (const std::string own = header(request.headers, "Content-Type"); !own.empty()) type = own;
  }
  answer.headers.emplace_back("Content-Type", std::move(type));
}

/// What every answer of a handler gets on its way out.
Answer dressed(const View& view, const Request& request, bool pretty, Answer answer) {
  if (answer.status == 200 && answer.body.empty()) type_nothing(request, answer);
  if (pretty && header(answer.headers, "Content-Type") == "application/json" &&
      answer.status == 200) {
    answer.body = indented(answer.body) + "\n";
  }
  if (request.method == "HEAD") answer.body.clear();
  answer.headers.emplace_back("X-Consul-Default-Acl-Policy",
                              view.settings.default_allow ? "allow" : "deny");
  return answer;
}

/// What a failed read says of itself where it says anything. (datacenter 1.9)
void confess(const Request& request, const Exchange& exchange, Answer& answer) {
  const Route* route = find_route(exchange.path());
  if (route == nullptr || !route->failure_has_metadata || request.method != "GET") return;
  if (answer.status < 400 || !answer.failed_remotely) return;
  answer.headers.insert(answer.headers.end(), {{"X-Consul-Index", "1"},
                                               {"X-Consul-Knownleader", "false"},
                                               {"X-Consul-Lastcontact", "0"},
                                               {"X-Consul-Query-Backend", "blocking-query"}});
}

/// Everything that is decided by the text of the request alone, and the exchange for the rest.
std::variant<Answer, const Route*> admit(const Request& request, ExchangePtr& exchange,
                                         const std::shared_ptr<const Request>& shared) {
  auto path = percent_decoded(request.path, false);
  if (!path) return Answer{400, {}, "400 Bad Request", false};
  if (has_unprintable(*path)) return Answer{400, {}, {}, false};
  std::string clean = clean_path(request.path);
  if (lacks_slash(clean)) clean += '/';
  if (clean != request.path) return redirect(request, std::move(clean));
  const Route* route = find_route(request.path);
  if (route == nullptr) return unknown_path(request);
  if (auto answer = judge_method(request, *route)) {
    exchange = std::make_shared<const Exchange>(shared, *path, Query());
    return *std::move(answer);
  }
  auto query = Query::parse(request.query);
  if (!query) return failed(500, "");
  exchange = std::make_shared<const Exchange>(shared, *std::move(path), *std::move(query));
  return route;
}

/// Whether any server may answer. With `max_stale` one that has heard from the leader lately; only
/// catalog and health look at that, KV answers whatever age it has. (datacenter 1.9)
bool may_be_stale(const Route& route, const Exchange& exchange, const View& view) {
  const auto options = exchange.read_options();
  if (exchange.request().method != "GET" || !options || !options->stale) return false;
  const bool bounded =
      options->max_stale > Duration(0) &&
      (route.pattern.starts_with("/v1/catalog") || route.pattern.starts_with("/v1/health"));
  return !bounded || view.situation.last_contact <= options->max_stale;
}

Direction place(const Route& route, const Exchange& exchange, const Serving& serving,
                const View& view) {
  CallNature nature;
  switch (route.place) {
    case Place::here:
      return ServeHere{};
    case Place::any_on_stale:
      nature.stale_read = may_be_stale(route, exchange, view);
      [[fallthrough]];
    case Place::leader:
      nature.datacenter = exchange.datacenter();
      break;
    case Place::own_leader:
      nature.datacenter = serving.datacenter;
      break;
  }
  return direction(nature, view.settings, view.situation);
}

/// A call that belongs to another server. If nobody can be reached it ends with the reason.
Step forward(DatacenterName datacenter) {
  return {Forward{std::move(datacenter)}, [](const View&, const Input& input) -> Step {
            const auto* lost = std::get_if<NotApplied>(&input);
            PEERLAB_ASSERT(lost != nullptr);
            return done(failed(lost->why));
          }};
}

Step begin(const Route& route, const ExchangePtr& exchange, const View& view) {
  if (route.prepare == nullptr) {
    return done(failed(501, fmt::format("{} is not implemented by peerlab", route.pattern)));
  }
  const auto serving = route.prepare(exchange, view);
  if (!serving) {
    Answer answer = serving.error();
    answer.failed_remotely = false;  // the door itself refuses
    return done(std::move(answer));
  }
  return std::visit(Overloaded{
                        [&](const ServeHere&) { return serving->serve(view); },
                        [&](const ToLeader&) { return forward({}); },
                        [&](const ToDatacenter& there) { return forward(there.datacenter); },
                        [&](const Unroutable& nowhere) { return done(failed(nowhere.why)); },
                    },
                    place(route, *exchange, *serving, view));
}

}  // namespace

Call::Call(Request request) : request_(std::make_shared<const Request>(std::move(request))) {}

Outcome Call::start(const View& view) {
  exchange_.reset();
  const auto admitted = admit(*request_, exchange_, request_);
  if (const auto* answer = std::get_if<Answer>(&admitted)) {
    // The mux's own answers know nothing of Consul; that of an endpoint does.
    if (exchange_ == nullptr) return *answer;
    return dressed(view, *request_, false, *answer);
  }
  return take(view, begin(*std::get<const Route*>(admitted), exchange_, view));
}

Outcome Call::step(const View& view, const Input& input) {
  PEERLAB_ASSERT(next_ != nullptr);
  const auto next = next_;
  return take(view, (*next)(view, input));
}

Outcome Call::take(const View& view, Step step) {
  next_ = step.next ? std::make_shared<const Continuation>(std::move(step.next)) : nullptr;
  auto* answer = std::get_if<Answer>(&step.outcome);
  if (answer == nullptr) {
    PEERLAB_ASSERT(next_ != nullptr);
    return std::move(step.outcome);
  }
  confess(*request_, *exchange_, *answer);
  return dressed(view, *request_, exchange_->query().has("pretty"), std::move(*answer));
}

}  // namespace peerlab::server::api
