#pragma once

#include <string>
#include <string_view>

#include "catalog.pb.h"
#include "catalog/kv_fields.hpp"
#include "catalog/proto_fields.hpp"
#include "catalog/row_fields.hpp"
#include "peerlab/catalog/config_entry.hpp"

/// Rows as bytes, for the log and for snapshots. No message holds a Protobuf map, so that equal
/// rows give equal bytes.
namespace peerlab::catalog {

template <class Proto, class Row>
std::string encode_row(const Row& row) {
  Proto message;
  write_proto(row, message);
  return message.SerializeAsString();
}

/// Bytes that encode_row did not write give a row with what could be read of them.
template <class Proto, class Row>
Row decode_row(std::string_view bytes) {
  Proto message;
  message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
  Row row;
  read_proto(message, row);
  return row;
}

void write_entry(const ConfigEntry& entry, proto::ConfigEntry& message);
/// Fails with `malformed_message` when the body is none.
Result<ConfigEntry> read_entry(const proto::ConfigEntry& message);

}  // namespace peerlab::catalog
