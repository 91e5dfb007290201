#include "peerlab/catalog/tables.hpp"

#include <fmt/format.h>

#include "catalog/config_fields.hpp"
#include "catalog/store_rows.hpp"

namespace peerlab::catalog {

namespace {

std::string named(std::string_view table, const std::string& suffix) {
  return std::string(table) + suffix;
}

store::Table<Node>::Schema node_schema(const std::string& suffix) {
  return {named("nodes", suffix),
          [](const Node& row) { return peer_key(row.peer, {row.node.value()}); },
          &encode_row<proto::Node, Node>,
          &decode_row<proto::Node, Node>,
          {{"id", [](const Node& row) {
              return row.id.value().empty() ? std::vector<std::string>{}
                                            : std::vector{peer_key(row.peer, {row.id.value()})};
            }}}};
}

store::Table<Service>::Schema service_schema(const std::string& suffix) {
  return {
      named("services", suffix),
      [](const Service& row) {
        return peer_key(row.peer, {row.node.value(), row.id.value()});
      },
      &encode_row<proto::Service, Service>,
      &decode_row<proto::Service, Service>,
      {{"name",
        [](const Service& row) { return std::vector{peer_key(row.peer, {row.service.value()})}; }},
       {"connect",
        [](const Service& row) {
          const std::string name = connect_name(row).value();
          return name.empty() ? std::vector<std::string>{}
                              : std::vector{peer_key(row.peer, {name})};
        }},
       {"kind", [](const Service& row) { return std::vector{peer_key(row.peer, {row.kind})}; }}}};
}

store::Table<Check>::Schema check_schema(const std::string& suffix) {
  return {
      named("checks", suffix),
      [](const Check& row) {
        return peer_key(row.peer, {row.node.value(), row.id.value()});
      },
      &encode_row<proto::Check, Check>,
      &decode_row<proto::Check, Check>,
      {{"status", [](const Check& row) { return std::vector{peer_key(row.peer, {row.status})}; }},
       {"service",
        [](const Check& row) {
          return std::vector{peer_key(row.peer, {row.service_name.value()})};
        }},
       {"node_service", [](const Check& row) {
          return std::vector{peer_key(row.peer, {row.node.value(), row.service_id.value()})};
        }}}};
}

std::string encode_entry(const ConfigEntry& entry) {
  proto::ConfigEntry message;
  write_entry(entry, message);
  return message.SerializeAsString();
}

ConfigEntry decode_entry(std::string_view bytes) {
  proto::ConfigEntry message;
  message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return read_entry(message).value_or(ConfigEntry(OtherEntry()));
}

store::Table<ConfigEntry>::Schema config_schema(const std::string& suffix) {
  return {named("config-entries", suffix),
          [](const ConfigEntry& row) {
            return store::key({kind_of(row), name_of(row)});
          },
          &encode_entry,
          &decode_entry,
          {}};
}

store::Table<VirtualIp>::Schema virtual_ip_schema(const std::string& suffix) {
  return {named("service-virtual-ips", suffix),
          [](const VirtualIp& row) { return peer_key(row.peer, {row.service.value()}); },
          &encode_row<proto::VirtualIp, VirtualIp>,
          &decode_row<proto::VirtualIp, VirtualIp>,
          {}};
}

/// All freed addresses share one key, so that only the one freed last is kept: in Consul, too, the
/// primary index of this table is blind to the address (datacenter S-04, D-185).
store::Table<FreeVirtualIp>::Schema free_virtual_ip_schema(const std::string& suffix) {
  return {
      named("free-virtual-ips", suffix),
      [](const FreeVirtualIp& row) { return std::string(row.is_counter ? "counter" : "freed"); },
      &encode_row<proto::FreeVirtualIp, FreeVirtualIp>,
      &decode_row<proto::FreeVirtualIp, FreeVirtualIp>,
      {}};
}

}  // namespace

std::string peer_key(const PeerName& peer, std::initializer_list<std::string_view> parts) {
  std::string key = store::key({peer.value().empty() ? std::string_view("~") : peer.value()});
  return key + store::key(parts);
}

std::string VirtualIp::address() const {
  const std::uint64_t address = (std::uint64_t{240} << 24U) + offset;
  return fmt::format("{}.{}.{}.{}", address >> 24U & 255U, address >> 16U & 255U,
                     address >> 8U & 255U, address & 255U);
}

CatalogTables::CatalogTables(store::Store& store, const PartitionName& partition)
    : store_(store),
      suffix_(partition.value() == "default" ? "" : "@" + partition.value()),
      nodes(store, node_schema(suffix_)),
      services(store, service_schema(suffix_)),
      checks(store, check_schema(suffix_)),
      virtual_ips(store, virtual_ip_schema(suffix_)),
      free_virtual_ips(store, free_virtual_ip_schema(suffix_)),
      kv(store, {named("kvs", suffix_),
                 [](const KvEntry& row) { return row.key; },
                 &encode_row<proto::KvEntry, KvEntry>,
                 &decode_row<proto::KvEntry, KvEntry>,
                 {}}),
      tombstones(store, {named("tombstones", suffix_),
                         [](const Tombstone& row) { return row.key; },
                         &encode_row<proto::Tombstone, Tombstone>,
                         &decode_row<proto::Tombstone, Tombstone>,
                         {}}),
      config_entries(store, config_schema(suffix_)) {}

}  // namespace peerlab::catalog
