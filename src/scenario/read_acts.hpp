#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "entries.hpp"
#include "lookup.hpp"
#include "peers.hpp"
#include "read_checks.hpp"

namespace peerlab::scenario {

/// Reads the steps that an operator carries out by requests to the HTTP API.
class ActReader {
 public:
  /// All must outlive this. `captures` are the names that any step of the scenario captures.
  ActReader(const Lookup& lookup, const Peers& peers, const CheckReader& checks,
            EntryReader& entries, std::set<std::string> captures)
      : lookup_(lookup),
        peers_(peers),
        checks_(checks),
        entries_(entries),
        to_come_(std::move(captures)) {}

  /// Nothing if the verb is none of these steps.
  std::optional<Requests> read(std::string_view verb, const text::Node& node);

  /// The requests that write entries: of a step, or of an item of `config`.
  Requests write(const text::Node& node);

  /// Every `${name}` below `node` must have been captured by a step before.
  void check_captured(const text::Node& node) const;

 private:
  Requests http(const text::Node& node);
  Requests peer(const text::Node& node) const;
  Requests unpeer(const text::Node& node) const;
  Requests remove(const text::Node& node) const;
  Requests register_instances(const text::Node& node) const;
  Requests deregister(const text::Node& node) const;
  Requests change_exports(const text::Node& node, bool exported) const;
  Requests rotate_ca(const text::Node& node) const;

  Request request(const checks::Tenant& in, std::string method, std::string path,
                  std::string body) const;
  std::vector<checks::Tenant> tenants(const text::Node& list) const;

  const Lookup& lookup_;
  const Peers& peers_;
  const CheckReader& checks_;
  EntryReader& entries_;
  std::set<std::string> to_come_;  // captures that no step so far has made
};

}  // namespace peerlab::scenario
