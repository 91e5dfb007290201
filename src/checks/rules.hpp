#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "peerlab/checks/invariant.hpp"

/// What the rules behind the invariants share. One file for each subject; the list of all of them,
/// with what each says and where it comes from, stands in invariant.cpp.
namespace peerlab::checks {

using Broken = std::optional<Violation>;

// rules_trace.cpp
Broken causes_come_first(const trace::Trace& trace);
Broken calls_end_once(const trace::Trace& trace);
Broken dead_hosts_are_silent(const trace::Trace& trace);

// rules_cluster.cpp
Broken one_leader_per_term(const trace::Trace& trace);
Broken log_grows(const trace::Trace& trace);

// rules_stream.cpp
Broken nonces_grow(const trace::Trace& trace);
Broken answers_match(const trace::Trace& trace);
Broken sent_as_asked(const trace::Trace& trace);
Broken acceptors_ask_no_addresses(const trace::Trace& trace);
Broken ended_streams_are_silent(const trace::Trace& trace);
Broken only_leaders_stream(const trace::Trace& trace);

// rules_peering.cpp
Broken secret_accepted_once(const trace::Trace& trace);
Broken active_is_alive(const trace::Trace& trace);
Broken terminated_stays(const trace::Trace& trace);
Broken deleted_stays(const trace::Trace& trace);

// rules_import.cpp
Broken imports_have_a_peering(const trace::Trace& trace);
Broken imports_were_sent(const trace::Trace& trace);
Broken sent_is_exported(const trace::Trace& trace);

// rules_secret.cpp
Broken secrets_stay_secret(const trace::Trace& trace);

// rules_traffic.cpp
Broken traffic_is_exported(const trace::Trace& trace);
Broken traffic_is_intended(const trace::Trace& trace);

/// `dc1` of `dc1/server/0` and of `dc1@web/sidecar/api/0`.
std::string cluster_of(std::string_view host);

/// What the config entries of all clusters have ever exported.
class Exports {
 public:
  void add(const trace::Trace& trace, const trace::Record& record);

  /// A wildcard takes every service but Consul's own (D-069).
  bool had(const std::string& cluster, const std::string& partition, const std::string& peer,
           const std::string& service) const;

 private:
  // cluster, partition, peer, service
  std::set<std::tuple<std::string, std::string, std::string, std::string>> exports_;
};

/// The host stops, crashes or is killed: what it knew in memory is gone.
bool ends_life(const trace::Fact& fact);

/// Which servers lead, folded record by record.
class Leaders {
 public:
  void add(const trace::Trace& trace, const trace::Record& record);

  bool leads(trace::Where host) const { return terms_.contains(host); }
  /// It leads, and nobody leads its cluster in a later term: a deposed leader may not know it yet.
  bool is_current(const trace::Trace& trace, trace::Where host) const;

 private:
  std::map<trace::Where, std::uint64_t> terms_;
  std::map<std::string, std::uint64_t> latest_;  // by cluster
};

/// One end of one peer stream. A host counts its streams anew in each life.
struct StreamKey {
  trace::Where host;
  std::uint64_t life = 0;
  std::uint64_t stream = 0;
  friend auto operator<=>(const StreamKey&, const StreamKey&) = default;
};

/// Tells streams apart, folded record by record.
class Streams {
 public:
  /// The stream that a record is about; nothing if it is about none.
  std::optional<StreamKey> of(const trace::Record& record);

 private:
  std::map<trace::Where, std::uint64_t> lives_;
};

}  // namespace peerlab::checks
