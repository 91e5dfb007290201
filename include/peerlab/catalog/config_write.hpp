#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/edition.hpp"
#include "peerlab/base/go_json.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/config_entry.hpp"

/// What happens to a config entry between the request and the log.
namespace peerlab::catalog {

/// Where an entry is written to. The entry `exported-services` of a partition has its name, and
/// only an enterprise cluster knows keys that name a partition of an intention. (datacenter 5.2)
struct EntryHome {
  PartitionName partition{"default"};
  Edition edition = Edition::community;
};

/// Reads the body of `PUT /v1/config`. The text of a failure goes out with status 400, after
/// `Request decoding failed: ` (http 3.5).
Result<ConfigEntry> decode_config_entry(std::string_view body,
                                        Edition edition = Edition::community);

/// The same from a value that is read already.
Result<ConfigEntry> decode_config_entry(const GoJson& body, Edition edition = Edition::community);

/// Brings an entry to the form in which it is stored and checks all that can be checked without
/// looking at other entries. The text of a failure goes out with status 500; the kinds that only
/// a controller may write fail with `permission_denied`.
Result<ConfigEntry> normalize(ConfigEntry entry, const EntryHome& home = {});

/// `1 error occurred:\n\t* ...\n\n`: how Consul lists several errors.
std::string multi_error(const std::vector<std::string>& errors);

}  // namespace peerlab::catalog
