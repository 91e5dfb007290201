#include "peerlab/catalog/intentions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/catalog/config_write.hpp"
#include "rows.hpp"

// /v1/connect/intentions*. (HTTP spec 3.7)
namespace peerlab::server::api {
namespace {

/// One end of an intention as a query names it.
struct End {
  std::string peer;
  std::string partition;
  std::string ns;
  std::string name;
};

constexpr std::string_view peer_mark = "peer:";

/// `name`, `ns/name` or `partition/ns/name`, and where a peer may stand `peer:<peer>/[ns/]name`.
/// Fails with Consul's text. (H-179)
tl::expected<End, std::string> parse_end(std::string_view what, const std::string& text,
                                         bool may_have_peer) {
  const auto invalid = [&](std::string_view why) {
    return tl::unexpected<std::string>(fmt::format("{} \"{}\" is invalid: {}", what, text, why));
  };
  const bool has_peer = text.starts_with(peer_mark);
  if (has_peer && !may_have_peer) return invalid("cannot specify a peer here");
  std::vector<std::string> parts{""};
  for (const char c : text.substr(has_peer ? peer_mark.size() : 0)) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (has_peer && parts.size() == 1) return invalid("need to specify the service name as well");
  if (parts.size() > 3) return invalid("input can contain at most two '/'");
  End end;
  end.name = parts.back();
  if (has_peer) end.peer = parts.front();
  if (parts.size() > (has_peer ? 2u : 1u)) end.ns = parts[parts.size() - 2];
  if (parts.size() == 3 && !has_peer) end.partition = parts.front();
  return end;
}

bool is_default(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text.empty() || text == "default";
}

struct Pair {
  End source;
  End destination;
};

/// `source` and `destination` of the query; the 500 of what is missing or wrong.
tl::expected<Pair, Answer> pair_of(const Query& query, bool source_may_have_peer) {
  Pair pair;
  for (const bool is_source : {true, false}) {
    const std::string name = is_source ? "source" : "destination";
    if (!query.has(name)) {
      return refused(failed(fmt::format("required query parameter '{}' not set", name)));
    }
    auto end = parse_end(name, query.get(name), is_source && source_may_have_peer);
    if (!end) return refused(failed(std::move(end.error())));
    (is_source ? pair.source : pair.destination) = *std::move(end);
  }
  return pair;
}

std::string connect_off() { return "Connect must be enabled in order to use this endpoint"; }

/// Of a lookup that answers without metadata.
Page bare(Answer answer) {
  Page page{std::move(answer)};
  page.with_metadata = false;
  return page;
}

/// The partition of a caller as entries keep it.
PartitionName partition_of(const View& view, const Exchange& exchange, const End& source) {
  if (view.settings.edition == Edition::community || !source.peer.empty()) return {};
  return source.partition.empty() ? home_of(view, exchange).partition
                                  : PartitionName(source.partition);
}

using Asked = std::function<Page(const View&, const acl::Authorizer&, store::WatchSet*)>;

/// Tenancy and options are looked at by all of them.
Prepared prepared(const ExchangePtr& exchange, const View& view, const ReadStyle& style,
                  Asked look) {
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  return Serving([exchange, options = *options, style, look = std::move(look)](const View& then) {
    if (!then.settings.connect_enabled) return done(failed(connect_off()));
    return read_as(then, *exchange, options, style, look);
  });
}

// --- exact ---

Page get_exact(const View& view, const Exchange& exchange, const Pair& pair,
               const acl::Authorizer& asking) {
  const ServiceName destination(pair.destination.name);
  if (!asking.intention_read(destination)) {
    return bare(
        failed(asking.require({acl::Resource::intention, acl::Access::read, destination.value()})
                   .error()
                   .detail));
  }
  const auto found = catalog::exact_intention(tables_of(view, exchange), PeerName(pair.source.peer),
                                              partition_of(view, exchange, pair.source),
                                              ServiceName(pair.source.name), destination);
  if (found.rows.entry == nullptr) return bare(failed(404, "Intention not found"));
  return bare(json(catalog::to_json_text(found.rows)));
}

/// The source of that name, whatever its peer: by-name writes do not look at peers and so replace
/// the intention of a peered source. (S-01)
auto find_source(catalog::ServiceIntentions& entry, const PartitionName& partition,
                 const std::string& name) {
  return std::ranges::find_if(entry.sources, [&](const catalog::SourceIntention& source) {
    const bool peered = !source.peer.value().empty();
    return source.name.value() == name && (peered || source.partition == partition);
  });
}

Step store(const ExchangePtr& exchange, catalog::Command command,
           std::function<Step(const View&)> again) {
  return propose(CatalogCommand{std::move(command), exchange->partition()},
                 [again = std::move(again)](const View& later, const Applied& applied) -> Step {
                   if (applied.result.failed()) return done(failed(applied.result.error));
                   // Somebody else has changed the entry meanwhile.
                   if (applied.result.value == 0) return again(later);
                   return done(json("true"));
                 });
}

/// Changes the entry of a destination and stores it, or removes it when no source is left.
Step change(const View& view, const ExchangePtr& exchange, const Pair& pair,
            const std::function<void(catalog::ServiceIntentions&)>& edit) {
  const auto asking = authorizer(view, *exchange);
  if (!asking) return done(asking.error());
  const std::string& name = pair.destination.name;
  const auto allowed = (*asking)->require({acl::Resource::intention, acl::Access::write, name});
  if (!allowed) return done(failed(allowed.error().detail));
  const auto& tables = tables_of(view, *exchange);
  const auto* stored = catalog::get_entry<catalog::ServiceIntentions>(tables, name);
  catalog::ServiceIntentions next;
  next.name = name;
  if (stored != nullptr) next = *stored;
  edit(next);
  const std::uint64_t index = stored == nullptr ? 0 : stored->tail.indexes.modify;
  const auto again = [exchange, pair, edit](const View& later) {
    return change(later, exchange, pair, edit);
  };
  if (next.sources.empty()) {
    if (stored == nullptr) return done(json("true"));
    return store(exchange, catalog::DeleteConfig{std::string(next.kind), next.name, index}, again);
  }
  auto entry = catalog::normalize(next, home_of(view, *exchange));
  if (!entry) return done(failed(entry.error().detail));
  if (catalog::is_stored(tables, *entry)) return done(json("true"));
  return store(exchange, catalog::UpsertConfig{*std::move(entry), index}, again);
}

/// The body of PUT exact, read by the reader of config entries as a source of that name.
tl::expected<catalog::SourceIntention, std::string> read_source(const std::string& body,
                                                                const std::string& name) {
  const auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return tl::unexpected<std::string>("Request decode failed: " + json.error());
  GoJson source;
  source.kind = GoJson::Kind::object;
  const auto text = [](std::string value) {
    GoJson made;
    made.kind = GoJson::Kind::string;
    made.text = std::move(value);
    return made;
  };
  for (const auto& [key, value] : json->members) {
    if (key == "Action" || key == "Description" || key == "Permissions") {
      source.members.emplace_back(key, value);
    } else if (key == "SourcePeer") {
      return tl::unexpected<std::string>(
          "SourcePeer field is not supported on this endpoint. Use config entries instead");
    } else if (key == "Meta") {
      return tl::unexpected<std::string>(
          "Meta must not be specified, or should be unchanged during an update.");
    }
  }
  source.members.emplace_back("Name", text(name));
  GoJson sources;
  sources.kind = GoJson::Kind::array;
  sources.elements = {source};
  GoJson entry;
  entry.kind = GoJson::Kind::object;
  entry.members = {{"Kind", text(std::string(catalog::ServiceIntentions::kind))},
                   {"Name", text("any")},
                   {"Sources", sources}};
  auto decoded = catalog::decode_config_entry(entry);
  if (!decoded) return tl::unexpected<std::string>(decoded.error().detail);
  return std::get<catalog::ServiceIntentions>(*decoded).sources.at(0);
}

Prepared put_exact(const ExchangePtr& exchange, const Pair& pair) {
  auto source = read_source(exchange->request().body, pair.source.name);
  if (!source) {
    const bool decoding = source.error().starts_with("Request decode failed");
    return refused(decoding ? failed(400, source.error()) : failed(source.error()));
  }
  return Serving([exchange, pair, source = *std::move(source)](const View& view) {
    catalog::SourceIntention written = source;
    written.partition = partition_of(view, *exchange, pair.source);
    return change(view, exchange, pair, [source = std::move(written)](auto& entry) {
      const auto found = find_source(entry, source.partition, source.name.value());
      if (found == entry.sources.end()) {
        entry.sources.push_back(source);
      } else {
        *found = source;
      }
    });
  });
}

Prepared delete_exact(const ExchangePtr& exchange, const Pair& pair) {
  return Serving([exchange, pair](const View& view) {
    const PartitionName partition = partition_of(view, *exchange, pair.source);
    return change(view, exchange, pair, [partition, name = pair.source.name](auto& entry) {
      const auto found = find_source(entry, partition, name);
      if (found != entry.sources.end()) entry.sources.erase(found);
    });
  });
}

// --- list, match, check ---

Page list(const View& view, const Exchange& exchange, const acl::Authorizer& asking,
          store::WatchSet* watches) {
  const auto found = catalog::list_intentions(tables_of(view, exchange), watches);
  Sight sight(asking);
  std::vector<std::string> rows;
  bool kept_back = false;
  for (const auto& row : found.rows) {
    if (asking.intention_read(ServiceName(row.entry->name))) {
      rows.push_back(catalog::to_json_text(row));
    } else {
      kept_back = true;
    }
  }
  Page page = filtered_list(exchange, intention_shape(), std::move(rows), found.index, sight);
  page.filtered = kept_back;
  return page;
}

Page match(const View& view, const Exchange& exchange, bool by_source,
           const std::vector<std::string>& names, store::WatchSet* watches) {
  std::map<std::string, std::string> matched;
  store::RaftIndex index = 0;
  for (const std::string& name : names) {
    const ServiceName service(name);
    const auto& tables = tables_of(view, exchange);
    const auto found = by_source ? catalog::match_by_source(tables, service, watches)
                                 : catalog::match_by_destination(tables, service, watches);
    matched[name] = found.rows.empty() ? "null" : json_array(found.rows, [](const auto& row) {
      return catalog::to_json_text(row);
    });
    index = std::max(index, found.index);
  }
  JsonObject object;
  for (const auto& [name, rows] : matched) object.raw(name, rows);
  Page page{json(object.text()), index};
  page.missing = std::ranges::all_of(matched, [](const auto& of) { return of.second == "null"; });
  page.fingerprint = page.answer.body;
  return page;
}

/// The first local source that matches decides; permissions count as a denial, as nothing is known
/// of the request. (HTTP spec 3.7)
bool is_allowed(const View& view, const Exchange& exchange, const Pair& pair) {
  const auto found =
      catalog::match_by_destination(tables_of(view, exchange), ServiceName(pair.destination.name));
  const PartitionName partition = partition_of(view, exchange, pair.source);
  for (const auto& [entry, source] : found.rows) {
    const std::string& name = source->name.value();
    const bool local = source->peer.value().empty() && source->partition == partition;
    if (local && (name == "*" || name == pair.source.name)) {
      return source->permissions.empty() && source->action == "allow";
    }
  }
  return view.settings.default_allow;
}

/// Creating intentions one by one is the old way, which can name neither a peer nor a namespace
/// (C4). Beyond that refusal it is not built: config entries do it all.
Answer create(const std::string& body) {
  const auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return failed(fmt::format("Failed to decode request body: {}", json.error()));
  for (const auto& [key, value] : json->members) {
    if (key == "SourcePeer" && !value.text.empty()) {
      return failed(
          "SourcePeer field is not supported on this endpoint. Use config entries instead");
    }
    if (key == "SourcePartition" && !value.text.empty()) {
      return failed(400, "Cannot specify a source partition with this endpoint");
    }
    if ((key == "SourceNS" || key == "DestinationNS") && !is_default(value.text)) {
      return failed(400, fmt::format("Invalid {}({}): Namespaces is a Consul Enterprise feature",
                                     key, value.text));
    }
  }
  return failed(501, "POST of intentions is not implemented by peerlab");
}

}  // namespace

Prepared intentions(const ExchangePtr& exchange, const View& view) {
  if (exchange->request().method == "POST") {
    if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
    return refused(create(exchange->request().body));
  }
  return prepared(
      exchange, view, {},
      [exchange](const View& now, const acl::Authorizer& asking, store::WatchSet* watches) {
        return list(now, *exchange, asking, watches);
      });
}

Prepared intentions_exact(const ExchangePtr& exchange, const View& view) {
  const std::string& method = exchange->request().method;
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  auto pair = pair_of(exchange->query(), method == "GET");
  if (!pair) return refused(pair.error());
  if (method == "PUT") return put_exact(exchange, *pair);
  if (method == "DELETE") return delete_exact(exchange, *pair);
  return prepared(
      exchange, view, {.blocks = false},
      [exchange, pair = *pair](const View& now, const acl::Authorizer& asking, store::WatchSet*) {
        return get_exact(now, *exchange, pair, asking);
      });
}

Prepared intentions_match(const ExchangePtr& exchange, const View& view) {
  const Query& query = exchange->query();
  const std::string by = query.get("by");
  std::vector<std::string> names;
  std::string ns;  // one that Community Edition does not have
  if (const auto options = exchange->read_options(); !options) return refused(options.error());
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  if (!query.has("by")) return refused(failed("required query parameter 'by' not set"));
  if (by != "source" && by != "destination") {
    return refused(failed("'by' parameter must be one of 'source' or 'destination'"));
  }
  if (!query.has("name")) return refused(failed("required query parameter 'name' not set"));
  for (const std::string& text : query.all("name")) {
    auto end = parse_end("name", text, false);
    if (!end) return refused(failed(std::move(end.error())));
    if (!is_default(end->ns) && view.settings.edition == Edition::community) ns = end->ns;
    names.push_back(end->name);
  }
  return prepared(
      exchange, view, {.shows_consistency = true, .cacheable = true},
      [exchange, names, by, ns](const View& now, const acl::Authorizer& asking,
                                store::WatchSet* watches) {
        if (!ns.empty()) {
          return failed_page(
              fmt::format("Invalid match entry namespace \"{}\": Namespaces is a "
                          "Consul Enterprise feature",
                          ns));
        }
        for (const std::string& name : names) {
          const auto allowed = asking.require({acl::Resource::intention, acl::Access::read, name});
          if (!allowed) return failed_page(allowed.error().detail);
        }
        return match(now, *exchange, by == "source", names, watches);
      });
}

Prepared intentions_check(const ExchangePtr& exchange, const View& view) {
  if (const auto options = exchange->read_options(); !options) return refused(options.error());
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  const auto pair = pair_of(exchange->query(), false);
  if (!pair) return refused(pair.error());
  const std::string type = exchange->query().get("source-type");
  if (!type.empty() && type != "consul") {
    return refused(failed(fmt::format("unsupported SourceType: \"{}\"", type)));
  }
  return prepared(
      exchange, view, {.blocks = false},
      [exchange, pair = *pair](const View& now, const acl::Authorizer& asking, store::WatchSet*) {
        const auto allowed =
            asking.require({acl::Resource::service, acl::Access::read, pair.destination.name});
        if (!allowed) return failed_page(allowed.error().detail);
        return bare(json(JsonObject().add("Allowed", is_allowed(now, *exchange, pair)).text()));
      });
}

}  // namespace peerlab::server::api
