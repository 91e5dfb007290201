#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/server/api/http.hpp"

namespace peerlab::tests {

using Json = nlohmann::ordered_json;

/// Texts that earlier answers gave and later lines use as `${name}`.
using Saved = std::map<std::string, std::string>;

/// The lines of a recording in tests/golden.
std::vector<Json> recorded_lines(const std::string& file);

/// The request of a line, with what was saved put in.
server::api::Request request_of(const Json& line, const Saved& saved);

/// Keeps what the line's `save` names.
void save_from(const Json& line, const server::api::Answer& answer, Saved& saved);

/// Whether a line's `until` (status, `contains`, `lacks`) is fulfilled.
bool is_reached(const Json& line, const server::api::Answer& answer);

/// What keeps an answer from being the recorded one by the rules of tests/golden/http/README.md;
/// nothing where it is. Exact but for the indexes, what `vary` names, and what was not kept.
std::optional<std::string> difference(const Json& line, const server::api::Answer& answer,
                                      const Saved& saved);

/// Whether two JSON values differ: keys and their order, null or absent, and values but for those
/// that `ignored` says may differ. The first difference with its pointer.
struct Tolerance {
  bool (*ignored_key)(std::string_view key) = nullptr;
  std::vector<std::string> pointers = {};  ///< `*` stands for any array index
};
std::optional<std::string> json_difference(const Json& recorded, const Json& seen,
                                           const Tolerance& tolerance, const std::string& at = "");

}  // namespace peerlab::tests
