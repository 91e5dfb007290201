#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/base/time.hpp"

namespace peerlab::checks {

/// A call from one service instance to a service, and what must come of it.
struct CallCheck {
  std::string from;     ///< host of the caller: `dc1/service/client/0`
  std::string to;       ///< service: `dc2/service/web`, or one instance of it
  bool direct = false;  ///< past every proxy
  Duration timeout = std::chrono::seconds(15);
  std::string result = "answered";
  std::optional<std::string> answered_by;  ///< host, or the beginning of its path
  friend bool operator==(const CallCheck&, const CallCheck&) = default;
};

/// An HTTP request of the operator to a server, and what must be answered.
struct HttpCheck {
  std::string server;  ///< host, or `dc1/server/leader`
  std::string method = "GET";
  std::string target;  ///< `/v1/kv/a?raw`
  std::string request_body;
  Duration timeout = std::chrono::seconds(30);
  std::optional<int> status;        ///< any status below 300 unless given; 0 for no answer at all
  std::optional<std::string> body;  ///< the whole body
  std::optional<std::string> contains;  ///< a part of the body
  /// JSON pointers into the body with the text of the value there (a string without quotes).
  std::vector<std::pair<std::string, std::string>> json;
  friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};

/// One server of a cluster leads, or none does.
struct LeaderCheck {
  std::string cluster;
  bool exists = true;
  std::optional<std::string> is;      ///< the host that must lead
  std::optional<std::string> is_not;  ///< the host that must not
  friend bool operator==(const LeaderCheck&, const LeaderCheck&) = default;
};

/// Something that is true or not at an instant of a run. To add one: a struct above, its name here,
/// its row in scenario/vocabulary.cpp; the compiler then leads to `observed` and `resolve`.
using Check = std::variant<CallCheck, HttpCheck, LeaderCheck>;

/// True for a check that is found out by doing something: a call or a request.
bool is_active(const Check& check);

/// The check in a few words: `dc1/service/client/0 calls dc2/service/web`.
std::string describe(const Check& check);

}  // namespace peerlab::checks
