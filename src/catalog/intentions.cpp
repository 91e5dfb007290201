#include "peerlab/catalog/intentions.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "catalog/config_fields.hpp"
#include "catalog/json_writer.hpp"

namespace peerlab::catalog {

namespace {

constexpr std::string_view any = "*";

void add_sources(const ConfigEntry* entry, std::vector<IntentionRow>& rows) {
  const auto* intentions = entry == nullptr ? nullptr : std::get_if<ServiceIntentions>(entry);
  if (intentions == nullptr) return;
  for (const SourceIntention& source : intentions->sources) rows.push_back({intentions, &source});
}

void sort_by_precedence(std::vector<IntentionRow>& rows) {
  using Rank = std::tuple<std::int64_t, const std::string&, const PeerName&, const PartitionName&,
                          const ServiceName&, const std::string&>;
  const auto rank = [](const IntentionRow& row) {
    return Rank(-row.source->precedence, row.source->sameness_group, row.source->peer,
                row.source->partition, row.source->name, row.entry->name);
  };
  std::ranges::stable_sort(
      rows, [&](const IntentionRow& a, const IntentionRow& b) { return rank(a) < rank(b); });
}

}  // namespace

Intentions list_intentions(const CatalogTables& tables, store::WatchSet* watches) {
  const auto entries = config_entries(tables, ServiceIntentions::kind, watches);
  Intentions answer{{}, entries.index};
  for (const ConfigEntry* entry : entries.rows) add_sources(entry, answer.rows);
  sort_by_precedence(answer.rows);
  return answer;
}

Intentions match_by_destination(const CatalogTables& tables, const ServiceName& destination,
                                store::WatchSet* watches) {
  Intentions answer;
  const auto add = [&](std::string_view name) {
    const auto entry = config_entry(tables, ServiceIntentions::kind, name, watches);
    answer.index = entry.index;
    add_sources(entry.rows, answer.rows);
  };
  add(any);
  if (destination.value() != any) add(destination.value());
  sort_by_precedence(answer.rows);
  return answer;
}

Intentions match_by_source(const CatalogTables& tables, const ServiceName& source,
                           store::WatchSet* watches) {
  const auto entries = config_entries(tables, ServiceIntentions::kind, watches);
  Intentions answer{{}, entries.index};
  for (const ConfigEntry* entry : entries.rows) {
    std::vector<IntentionRow> rows;
    add_sources(entry, rows);
    for (const std::string_view name : {std::string_view(source.value()), any}) {
      const auto named = [&](const IntentionRow& row) { return row.source->name.value() == name; };
      const bool found = std::ranges::any_of(rows, [&](const IntentionRow& row) {
        return named(row) && row.source->peer.value().empty();
      });
      if (found) std::ranges::copy_if(rows, std::back_inserter(answer.rows), named);
      if (source.value() == any) break;
    }
  }
  sort_by_precedence(answer.rows);
  return answer;
}

Answer<IntentionRow> exact_intention(const CatalogTables& tables, const PeerName& source_peer,
                                     const PartitionName& source_partition,
                                     const ServiceName& source, const ServiceName& destination,
                                     store::WatchSet* watches) {
  const auto entry = config_entry(tables, ServiceIntentions::kind, destination.value(), watches);
  std::vector<IntentionRow> rows;
  add_sources(entry.rows, rows);
  const auto found = std::ranges::find_if(rows, [&](const IntentionRow& row) {
    return row.source->peer == source_peer && row.source->partition == source_partition &&
           row.source->name == source;
  });
  return {found == rows.end() ? IntentionRow{nullptr, nullptr} : *found, entry.index};
}

std::string to_json_text(const IntentionRow& intention) {
  const SourceIntention& source = *intention.source;
  const std::string tenancy = "default";
  return ObjectWriter()
      .add("ID", source.legacy_id, omit_empty)
      .add("Description", source.description, omit_empty)
      .add("SourceNS", tenancy)
      .add("SourceName", source.name)
      .add("DestinationNS", tenancy)
      .add("DestinationName", intention.entry->name)
      .add("SourcePartition", source.partition, omit_empty)
      .add("DestinationPartition", intention.entry->partition, omit_empty)
      .add("SourcePeer", source.peer, omit_empty)
      .add("SourceSamenessGroup", source.sameness_group, omit_empty)
      .add("SourceType", source.type)
      .add("Action", source.action, omit_empty)
      .add("Permissions", source.permissions, omit_empty)
      .add("JWT", intention.entry->jwt, omit_empty)
      .add("Meta", source.legacy_id.empty() ? intention.entry->meta : source.legacy_meta,
           omit_empty)
      .add("Precedence", source.precedence)
      .add("CreateIndex", intention.entry->tail.indexes.create)
      .add("ModifyIndex", intention.entry->tail.indexes.modify)
      .end();
}

}  // namespace peerlab::catalog
