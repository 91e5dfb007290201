#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peerlab/base/names.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::mesh {

enum class Action { allow, deny };

/// Who calls. Name and namespace may be `*`; an empty peer means the own cluster, and no wildcard
/// reaches from there into a peer. (T-105)
struct IntentionSource {
  ServiceName name;
  std::string ns;
  PartitionName partition;
  PeerName peer;

  friend auto operator<=>(const IntentionSource&, const IntentionSource&) = default;
};

/// One test of a header; all that are given must hold.
struct HeaderMatch {
  enum class Form { present, exact, prefix, suffix, contains, regex };
  std::string name;
  Form form = Form::present;
  std::string value;
  bool invert = false;
  bool ignore_case = false;

  friend bool operator==(const HeaderMatch&, const HeaderMatch&) = default;
};

/// Which requests a permission is about. At most one of the paths is set; no methods means all.
struct HttpMatch {
  std::string path_exact;
  std::string path_prefix;
  std::string path_regex;
  std::vector<HeaderMatch> headers;
  std::vector<std::string> methods;

  friend bool operator==(const HttpMatch&, const HttpMatch&) = default;
};

struct Permission {
  Action action = Action::deny;
  HttpMatch http;

  friend bool operator==(const Permission&, const Permission&) = default;
};

/// One source of a service-intentions entry with the destination of the entry (traffic spec 4.2).
struct Intention {
  trust::ServiceRef destination;  ///< name and namespace may be `*`
  IntentionSource source;
  std::optional<Action> action;  ///< none: the permissions decide, in order (L7)
  std::vector<Permission> permissions;

  friend bool operator==(const Intention&, const Intention&) = default;
};

/// 9 for the most exact intention down to 1 for `*/*` to `*/*`. A peer changes nothing. (T-117)
int precedence(const Intention& intention);

/// Whether an intention is about a destination: exact, `ns/*` or `*/*`.
bool concerns(const Intention& intention, const trust::ServiceRef& destination);

/// The intentions that concern a destination, the decisive ones first; of equal sources only the
/// first. (Traffic spec 4.4)
std::vector<Intention> candidates(const std::vector<Intention>& all,
                                  const trust::ServiceRef& destination);

/// Whether everybody that `narrow` matches is matched by `wide` too, and `wide` is wider.
bool covers(const IntentionSource& wide, const IntentionSource& narrow);

}  // namespace peerlab::mesh
