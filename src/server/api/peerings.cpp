#include <fmt/format.h>

#include "cluster.hpp"
#include "exchange.hpp"
#include "handlers.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/establish.hpp"
#include "peerlab/peering/http.hpp"
#include "peerlab/peering/service.hpp"

// The peering endpoints. The rules stand in `peering`; here they are tied to HTTP. (HTTP spec,
// section 2)
namespace peerlab::server::api {
namespace {

constexpr std::string_view by_name = "/v1/peering/";

/// The call came through gRPC, whose status decides that of HTTP. (peering spec 3.9)
Answer rpc_failed(const peering::Status& status) {
  return failed(peering::http_status(status), status.message);
}

Result<void> outcome(const ApplyResult& result) {
  if (result.failed()) return failure(Errc::invalid_argument, result.error);
  return {};
}

/// The context of a peering function, with what it refers to.
struct Context {
  Cluster cluster;
  const acl::Authorizer* asking;
  peering::ServiceContext service;

  Context(const View& view, const acl::Authorizer& authorizer)
      : cluster(view),
        asking(&authorizer),
        service{cluster.view(), view.state.peering(), view.streams, authorizer, view.mutants} {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

/// Runs `body` with the context of the caller, or answers that nobody knows the token.
template <class Body>
Step with_context(const View& view, const Exchange& exchange, Body body) {
  const auto asking = authorizer(view, exchange);
  if (!asking) return done(asking.error());
  const Context context(view, **asking);
  return body(context.service);
}

// --- GenerateToken ---

Step finish_token(const View& view, const peering::TokenProposal& written, const Applied& applied) {
  if (applied.result.failed()) {
    return done(rpc_failed(peering::write_failed(outcome(applied.result).error())));
  }
  peering::TokenProposal proposal = written;
  if (view.mutants.has(Mutant::HB_001)) {
    const auto* stored =
        view.state.peering().by_name(proposal.write.peering.partition, proposal.write.peering.name);
    PEERLAB_ASSERT(stored != nullptr);
    proposal.token.peer_id = stored->id;
  }
  const Cluster cluster(view);
  return std::visit(
      Overloaded{
          [](const std::string& token) { return done(json(peering::token_answer(token))); },
          [](const peering::Status& status) { return done(rpc_failed(status)); },
      },
      peering::finish_token(std::move(proposal), cluster.view(), view.mutants));
}

Step begin_token(const View& view, const Exchange& exchange,
                 const peering::GenerateTokenRequest& request) {
  return with_context(view, exchange, [&](const peering::ServiceContext& context) {
    auto begun = peering::begin_token(request, context, view.random);
    if (const auto* status = std::get_if<peering::Status>(&begun)) return done(rpc_failed(*status));
    auto& proposal = std::get<peering::TokenProposal>(begun);
    peering::Command command(proposal.write);
    return propose(std::move(command),
                   [proposal = std::move(proposal)](const View& later, const Applied& applied) {
                     return finish_token(later, proposal, applied);
                   });
  });
}

// --- Establish ---

using peering::EstablishCall;

Step carry_out(const View& view, const ExchangePtr& exchange, EstablishCall call,
               const EstablishCall::Output& output);

/// Goes on with the call once it is told how the last thing it asked for went.
Continuation resume(const ExchangePtr& exchange, const EstablishCall& call) {
  return [exchange, call](const View& view, const Input& input) -> Step {
    EstablishCall next = call;
    const auto told =
        std::visit(Overloaded{
                       [](const Applied& applied) -> EstablishCall::Input {
                         return EstablishCall::Applied{outcome(applied.result)};
                       },
                       [](const NotApplied& lost) -> EstablishCall::Input {
                         return EstablishCall::Applied{failure(Errc::invalid_argument, lost.why)};
                       },
                       [](const Dialled& dialled) -> EstablishCall::Input {
                         if (const auto* status = std::get_if<peering::Status>(&dialled.outcome)) {
                           return EstablishCall::Exchanged{*status};
                         }
                         return EstablishCall::Exchanged{peering::ExchangeSecretResponse{
                             std::get<peering::StreamSecret>(dialled.outcome)}};
                       },
                       [](const auto&) -> EstablishCall::Input { return EstablishCall::Due{}; },
                   },
                   input);
    const auto output = next.step(view.now, told);
    return carry_out(view, exchange, std::move(next), output);
  };
}

Step begin_establish(const View& view, const ExchangePtr& exchange, EstablishCall call) {
  return with_context(view, *exchange, [&](const peering::ServiceContext& context) {
    const auto output = call.start(context);
    return carry_out(view, exchange, std::move(call), output);
  });
}

Step carry_out(const View& view, const ExchangePtr& exchange, EstablishCall call,
               const EstablishCall::Output& output) {
  return std::visit(Overloaded{
                        [&](const EstablishCall::Propose& wanted) -> Step {
                          return {Propose{peering::Command(wanted.write)}, resume(exchange, call)};
                        },
                        [&](const EstablishCall::Exchange& wanted) -> Step {
                          return {Dial{wanted.address, wanted.ca_pems, wanted.server_name,
                                       wanted.request.peer_id, wanted.request.establishment_secret},
                                  resume(exchange, call)};
                        },
                        [&](const EstablishCall::Arm& wanted) -> Step {
                          return {Wait{{}, wanted.due}, resume(exchange, call)};
                        },
                        [&](const EstablishCall::StartOver&) {
                          return begin_establish(view, exchange, std::move(call));
                        },
                        [](const EstablishCall::Answer& answer) {
                          return done(answer.status.code == peering::GrpcCode::ok
                                          ? json("{}")
                                          : rpc_failed(answer.status));
                        },
                    },
                    output);
}

// --- Read, list, delete ---

/// A bad option of a read of peerings is answered with 400, and then the read goes on: its text
/// stands in front of the answer. (HTTP spec, section 2) `stale` does not count here.
struct LenientOptions {
  ReadOptions options;
  std::string complaint;
};

LenientOptions lenient_options(const Exchange& exchange) {
  const auto options = exchange.read_options();
  if (!options) return {{}, options.error().body};
  LenientOptions read{*options, {}};
  read.options.stale = false;
  return read;
}

Page complained(Page page, const std::string& complaint) {
  if (complaint.empty()) return page;
  page.answer = failed(400, complaint + page.answer.body);
  page.with_metadata = false;
  return page;
}

Page refused_page(const peering::Status& status) {
  Page page{rpc_failed(status)};
  page.with_metadata = false;
  return page;
}

Page look_at_one(const View& view, const acl::Authorizer& asking,
                 const peering::NameRequest& request, store::WatchSet* watches) {
  const Context context(view, asking);
  const auto found = peering::read(request, context.service, watches);
  if (const auto* status = std::get_if<peering::Status>(&found)) return refused_page(*status);
  const auto& shown = std::get<std::optional<peering::ShownPeering>>(found);
  if (shown) {
    return {json(peering::to_json(*shown, view.mutants)), shown->peering.indexes.modify};
  }
  Page page{failed(404, fmt::format("Peering not found for \"{}\"", request.name.value())),
            view.state.store().index_of("peering"), true};
  page.with_metadata = false;
  return page;
}

Page look_at_all(const View& view, const acl::Authorizer& asking,
                 const peering::ListRequest& request, store::WatchSet* watches) {
  const Context context(view, asking);
  const auto found = peering::list(request, context.service, watches);
  if (const auto* status = std::get_if<peering::Status>(&found)) return refused_page(*status);
  const auto& shown = std::get<std::vector<peering::ShownPeering>>(found);
  return {json(peering::to_json(shown, view.mutants)),
          view.state.store().index_of("peering", watches)};
}

/// A blocking read whose options may be wrong.
Step lenient_read(const View& view, const Exchange& exchange, LookAs look) {
  LenientOptions asked = lenient_options(exchange);
  return read_as(view, exchange, asked.options, {},
                 [complaint = std::move(asked.complaint), look = std::move(look)](
                     const View& now, const acl::Authorizer& asking, store::WatchSet* watches) {
                   return complained(look(now, asking, watches), complaint);
                 });
}

Step remove(const View& view, const Exchange& exchange, const peering::NameRequest& request) {
  return with_context(view, exchange, [&](const peering::ServiceContext& context) {
    auto judged = peering::remove(view.now, request, context);
    if (const auto* status = std::get_if<peering::Status>(&judged))
      return done(rpc_failed(*status));
    auto& write = std::get<std::optional<peering::WritePeering>>(judged);
    // Of what is not there or goes already nothing is left to be done.
    if (!write) return done(Answer{});
    return propose(peering::Command(*std::move(write)), [](const Applied& applied) -> Answer {
      if (!applied.result.failed()) return {};
      return rpc_failed(peering::write_failed(outcome(applied.result).error()));
    });
  });
}

}  // namespace

Prepared generate_token(const ExchangePtr& exchange, const View& view) {
  auto request = peering::read_generate_body(exchange->request().body);
  if (!request) return refused(failed(400, request.error().detail));
  if (auto refusal = exchange->refuse_partition(view)) return refused(*refusal);
  // A body may name another than the query, which then counts.
  if (request->partition.value().empty()) request->partition = exchange->partition();
  if (auto refusal = refuse_unknown(view, request->partition)) return refused(*refusal);
  const Cluster cluster(view);
  if (const auto status = peering::check(*request, cluster.view(), view.mutants)) {
    return refused(rpc_failed(*status));
  }
  return Serving([exchange, request = *std::move(request)](const View& now) {
    return begin_token(now, *exchange, request);
  });
}

Prepared establish(const ExchangePtr& exchange, const View& view) {
  auto request = peering::read_establish_body(exchange->request().body);
  if (!request) return refused(failed(400, request.error().detail));
  if (auto refusal = exchange->refuse_partition(view)) return refused(*refusal);
  // A body may name another than the query, which then counts.
  if (request->partition.value().empty()) request->partition = exchange->partition();
  if (auto refusal = refuse_unknown(view, request->partition)) return refused(*refusal);
  const Cluster cluster(view);
  const auto checked = peering::check(*request, cluster.view(), view.mutants);
  if (const auto* status = std::get_if<peering::Status>(&checked))
    return refused(rpc_failed(*status));
  return Serving([exchange, request = *std::move(request),
                  token = std::get<peering::PeeringToken>(checked)](const View& now) {
    return begin_establish(now, exchange,
                           EstablishCall(request, token, Random(now.random.next()), now.mutants));
  });
}

Prepared peering_by_name(const ExchangePtr& exchange, const View& view) {
  const peering::NameRequest request{PeerName(exchange->tail(by_name)), exchange->partition()};
  if (request.name.value().empty()) return refused(failed(400, "Must specify a name to fetch."));
  if (auto refusal = exchange->refuse_partition(view)) return refused(*refusal);
  const Cluster cluster(view);
  if (const auto status = peering::check(request, cluster.view()))
    return refused(rpc_failed(*status));
  if (exchange->request().method == "DELETE") {
    return Serving(
        [exchange, request](const View& now) { return remove(now, *exchange, request); });
  }
  return Serving([exchange, request](const View& now) {
    return lenient_read(
        now, *exchange,
        [request](const View& then, const acl::Authorizer& asking, store::WatchSet* watches) {
          return look_at_one(then, asking, request, watches);
        });
  });
}

Prepared peering_list(const ExchangePtr& exchange, const View& view) {
  if (auto refusal = exchange->refuse_partition(view)) return refused(*refusal);
  const Cluster cluster(view);
  const peering::ListRequest request{exchange->partition()};
  if (const auto status = peering::check(request, cluster.view())) {
    return refused(rpc_failed(*status));
  }
  return Serving([exchange, request](const View& now) {
    return lenient_read(
        now, *exchange,
        [request](const View& then, const acl::Authorizer& asking, store::WatchSet* watches) {
          return look_at_all(then, asking, request, watches);
        });
  });
}

}  // namespace peerlab::server::api
