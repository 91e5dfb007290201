#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "peerlab/base/time.hpp"

namespace peerlab::server::api {

/// In the order of the wire; names as written. Looked up without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that name, empty where there is none.
std::string header(const Headers& headers, std::string_view name);

/// An HTTP request, as the codec of `wire` or an actor hands it over.
struct Request {
  std::string method = "GET";
  std::string path = "/";  ///< as written: still percent-encoded, without the query
  std::string query;       ///< as written, without the question mark
  Headers headers;
  std::string body;
  bool chunked = false;  ///< the client announced no length; the KV limit is then another (H-202)

  friend bool operator==(const Request&, const Request&) = default;
};

/// `PUT /v1/kv/a?cas=0` as a request.
Request request(std::string method, std::string_view target, std::string body = {});

/// The whole response. `Date`, `Content-Length` and `Vary` are left to whoever writes it out.
struct Answer {
  int status = 200;
  Headers headers;
  std::string body;
  /// The failure was found by the server that carried the call out, not by the door the client
  /// knocked at. A server that relays such an answer puts `rpc error making call: ` in front.
  bool failed_remotely = false;

  friend bool operator==(const Answer&, const Answer&) = default;
};

/// How Consul's agent maps the text of an error to a status: 403 where it speaks of a permission or
/// an unknown token, 429 for rate limits, else 500. (HTTP spec 1.4)
int status_of(std::string_view error_text);

/// An error as the API writes it: the bare text, never JSON. (H-011)
Answer failed(int status, std::string text);
/// With the status of the table in 1.4; found while carrying the call out.
Answer failed(std::string text);

/// 200 with a JSON value. (H-012)
Answer json(std::string value);

/// What a server that forwarded a call hands to its client: the leader's answer, its errors marked
/// as having come through an RPC (datacenter 1.9).
Answer relayed(Answer answer);

}  // namespace peerlab::server::api
