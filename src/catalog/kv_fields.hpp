#pragma once

#include "catalog/fields.hpp"
#include "catalog/row_fields.hpp"
#include "peerlab/catalog/kv.hpp"
#include "peerlab/catalog/tables.hpp"

/// Fields of the rows that are no part of the API's catalog. The JSON of a KvEntry is written in
/// kv.cpp: its value is base64 there.
namespace peerlab::catalog {

template <>
inline constexpr auto description_of<KvEntry> =
    describe("DirEntry", field("LockIndex", &KvEntry::lock_index), field("Key", &KvEntry::key),
             field("Flags", &KvEntry::flags), field("Value", &KvEntry::value),
             field("Session", &KvEntry::session, omit_empty), field("", &KvEntry::indexes));

template <>
inline constexpr auto description_of<Tombstone> = describe("Tombstone",
                                                           field("Key", &Tombstone::key),
                                                           field("Index", &Tombstone::index));

template <>
inline constexpr auto description_of<VirtualIp> = describe("ServiceVirtualIP",
                                                           field("PeerName", &VirtualIp::peer),
                                                           field("Service", &VirtualIp::service),
                                                           field("Offset", &VirtualIp::offset),
                                                           field("", &VirtualIp::indexes));

template <>
inline constexpr auto description_of<FreeVirtualIp> =
    describe("FreeVirtualIP", field("Offset", &FreeVirtualIp::offset),
             field("IsCounter", &FreeVirtualIp::is_counter));

}  // namespace peerlab::catalog
