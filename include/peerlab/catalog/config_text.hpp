#pragma once

#include <string>
#include <vector>

#include "peerlab/catalog/config_write.hpp"
#include "peerlab/text/node.hpp"

/// Config entries as people write them: HCL, JSON and Kubernetes resources, all read into one tree
/// by the text room.
namespace peerlab::catalog {

/// One thing that is wrong with an entry, and where.
struct EntryProblem {
  text::Span span;
  std::string text;  ///< Consul's own where Consul would say something
};

/// The entry, or all that is wrong with it.
using ReadEntry = tl::expected<ConfigEntry, std::vector<EntryProblem>>;

/// Reads an entry as the command line and the API do, brings it to its stored form and checks all
/// that can be checked without other entries.
ReadEntry read_config_entry(const text::Node& node, const EntryHome& home = {});

/// True for what has `apiVersion` and `kind` at its top.
bool is_custom_resource(const text::Node& node);

/// The same from a Kubernetes custom resource (datacenter 8.2): kind and name are translated, the
/// rest of `spec` has the fields of the entry. The entry gets the Meta by which Consul knows that
/// a controller wrote it, `datacenter` being the one it was written to.
ReadEntry read_custom_resource(const text::Node& node, const DatacenterName& datacenter,
                               const EntryHome& home = {});

}  // namespace peerlab::catalog
