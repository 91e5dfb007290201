#pragma once

#include <string>
#include <vector>

#include "lookup.hpp"
#include "peerlab/text/source.hpp"
#include "peers.hpp"

namespace peerlab::scenario {

/// A config entry that is to be written.
struct EntryBody {
  checks::Tenant in;
  std::string json;  ///< the body of `PUT /v1/config`
};

/// Reads config entries that stand in a scenario as HCL, JSON or Kubernetes resources, or in a file
/// of their own. What Consul would refuse is a finding, at its place in that text.
class EntryReader {
 public:
  /// All must outlive this.
  EntryReader(text::Sources& sources, const Lookup& lookup, const Peers& peers)
      : sources_(sources), lookup_(lookup), peers_(peers) {}

  /// `node` has one of the keys `hcl`, `json`, `crd` and `file`. One that means to be refused is
  /// taken as it is written, and nothing is said against it but that it cannot be read.
  std::vector<EntryBody> read(const text::Node& node, const std::vector<checks::Tenant>& tenants,
                              bool is_to_be_refused);

 private:
  struct Text {
    std::string_view kind;  ///< `hcl`, `json` or `crd`
    text::FileId source;
  };

  std::optional<Text> text_of(const text::Node& node);
  std::optional<Text> file_of(const text::Node& name);
  std::vector<text::Node> trees_of(const Text& text);
  std::optional<std::string> body_of(const text::Node& tree, const checks::Tenant& in);
  void check_peers(const text::Node& tree, const checks::Tenant& in);

  text::Sources& sources_;
  const Lookup& lookup_;
  const Peers& peers_;
};

}  // namespace peerlab::scenario
