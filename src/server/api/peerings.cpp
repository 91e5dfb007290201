#include <fmt/format.h>

#include "exchange.hpp"
#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/peering/record.hpp"
#include "peerlab/peering/tables.hpp"

// GET and DELETE of peerings. (HTTP spec 2.4 to 2.6)
namespace peerlab::server::api {
namespace {

constexpr std::string_view by_name = "/v1/peering/";

const PartitionName default_partition;

/// What every call of the peering service looks at first on the leader. (peering spec 3.1)
tl::expected<void, Answer> may(const View& view, const Exchange& exchange, acl::Access access) {
  if (!view.settings.peering_enabled) {
    return refused(failed("peering must be enabled to use this endpoint"));
  }
  const auto asking = authorizer(view, exchange);
  if (!asking) return refused(asking.error());
  const auto allowed = (*asking)->require({acl::Resource::peering, access});
  if (!allowed) return refused(failed(allowed.error().detail));
  return {};
}

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

Serve read_one(const ExchangePtr& exchange, std::string name) {
  return [exchange, name](const View& view) -> Step {
    if (auto allowed = may(view, *exchange, acl::Access::read); !allowed) {
      return done(allowed.error());
    }
    const LenientOptions asked = lenient_options(*exchange);
    return read(view, asked.options, {}, [=](const View& now, store::WatchSet* watches) {
      const auto& tables = now.state.peering();
      const auto* found = tables.by_name(default_partition, PeerName(name), watches);
      if (found == nullptr) {
        Page page{failed(404, fmt::format("Peering not found for \"{}\"", name)),
                  now.state.store().index_of("peering"), true};
        page.with_metadata = false;
        return complained(std::move(page), asked.complaint);
      }
      const auto* stream = now.streams.find(found->id);
      return complained(
          {json(peering::to_json(*found, stream, now.mutants)), found->indexes.modify},
          asked.complaint);
    });
  };
}

Serve remove(const ExchangePtr& exchange, std::string name) {
  return [exchange, name](const View& view) -> Step {
    if (auto allowed = may(view, *exchange, acl::Access::write); !allowed) {
      return done(allowed.error());
    }
    const auto* found = view.state.peering().by_name(default_partition, PeerName(name));
    // Of what is not there or goes already nothing is left to be done.
    if (found == nullptr || found->state == peering::PeeringState::deleting) return done(Answer{});
    peering::Peering marked;
    marked.id = found->id;
    marked.name = found->name;
    marked.partition = found->partition;
    marked.state = peering::PeeringState::deleting;
    marked.deleted_at = view.now;
    // The addresses stay, so that the record does not change sides. (peering spec 3.6)
    marked.peer_server_addresses = found->peer_server_addresses;
    marked.manual_server_addresses = found->manual_server_addresses;
    return propose(peering::Command(peering::WritePeering{std::move(marked), {}}),
                   [](const Applied& applied) {
                     return applied.result.failed() ? failed(applied.result.error) : Answer{};
                   });
  };
}

}  // namespace

Prepared peering_by_name(const ExchangePtr& exchange, const View& view) {
  std::string name = exchange->tail(by_name);
  if (name.empty()) return refused(failed(400, "Must specify a name to fetch."));
  if (auto refusal = exchange->refuse_partition(view.settings)) return refused(*refusal);
  return exchange->request().method == "GET" ? read_one(exchange, std::move(name))
                                             : remove(exchange, std::move(name));
}

Prepared peering_list(const ExchangePtr& exchange, const View& view) {
  if (auto refusal = exchange->refuse_partition(view.settings)) return refused(*refusal);
  return Serve([exchange](const View& now) -> Step {
    if (auto allowed = may(now, *exchange, acl::Access::read); !allowed) {
      return done(allowed.error());
    }
    const LenientOptions asked = lenient_options(*exchange);
    return read(now, asked.options, {}, [asked](const View& then, store::WatchSet* watches) {
      const auto& tables = then.state.peering();
      // HB-043: a list that shows what is stored and not what the streams are like.
      const bool blind = then.mutants.has(Mutant::HB_043);
      std::string list =
          json_array(tables.list(default_partition, watches), [&](const peering::Peering* peering) {
            return peering::to_json(*peering, blind ? nullptr : then.streams.find(peering->id),
                                    then.mutants);
          });
      return complained({json(std::move(list)), then.state.store().index_of("peering", watches)},
                        asked.complaint);
    });
  });
}

}  // namespace peerlab::server::api
