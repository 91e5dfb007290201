#include "recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <regex>
#include <set>

#include "peerlab/base/encoding.hpp"

namespace peerlab::tests {
namespace {

bool is_index_key(std::string_view key) {
  static const std::set<std::string_view> keys = {
      "CreateIndex", "ModifyIndex", "Index",           "Hash",
      "LastContact", "LTime",       "LastIndex",       "LastTerm",
      "StableSince", "CreateTime",  "ReplicatedIndex", "PrimaryModifyIndex"};
  return keys.contains(key);
}

std::string filled(std::string text, const Saved& saved) {
  for (const auto& [name, value] : saved) {
    const std::string mark = "${" + name + "}";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

std::vector<std::string> strings(const Json& line, const char* key) {
  return line.value(key, std::vector<std::string>{});
}

bool varies(const Json& line, std::string_view what) {
  return std::ranges::any_of(strings(line, "vary"),
                             [&](const std::string& entry) { return entry == what; });
}

bool matches(const std::string& pattern, const std::string& pointer) {
  if (pattern == "/") return true;  // the whole body
  // A pointer that names a value names what is inside it, too.
  static std::map<std::string, std::regex> compiled;
  auto [found, fresh] = compiled.try_emplace(pattern);
  if (fresh) {
    std::string text;
    for (const char c : pattern) {
      if (c == '*') {
        text += "[0-9]+";
      } else {
        if (std::string_view(".+$^()[]{}|\\?").find(c) != std::string_view::npos) text += '\\';
        text += c;
      }
    }
    found->second = std::regex(text + "(/.*)?");
  }
  return std::regex_match(pointer, found->second);
}

std::string shortened(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 900 ? text.substr(0, 900) + "..." : text;
}

std::string without(const std::string& text, const char* pattern) {
  return std::regex_replace(text, std::regex(pattern), "#");
}

/// A recorded `shape`: the keys, and the JSON type of each leaf by name.
std::optional<std::string> shape_difference(const Json& shape, const Json& seen,
                                            const std::string& at) {
  if (shape.is_string()) {
    const std::string type = seen.is_number() ? "number" : seen.type_name();
    return type == shape ? std::nullopt
                         : std::optional(fmt::format("{}: type {} not {}", at, type,
                                                     shape.get<std::string>()));
  }
  if (shape.type() != seen.type()) return fmt::format("{}: another type", at);
  if (shape.is_array()) {
    if (shape.empty() || seen.empty()) return std::nullopt;
    return shape_difference(shape[0], seen[0], at + "/0");
  }
  for (const auto& [key, value] : shape.items()) {
    if (!seen.contains(key)) return fmt::format("{}: no {}", at, key);
    if (auto inside = shape_difference(value, seen[key], at + "/" + key)) return inside;
  }
  return std::nullopt;
}

std::optional<std::string> header_difference(const Json& line, const server::api::Answer& answer) {
  static const std::set<std::string> unrecorded = {"X-Consul-Default-Acl-Policy", "Vary", "Date",
                                                   "Content-Length"};
  std::map<std::string, std::string> seen(answer.headers.begin(), answer.headers.end());
  const Json recorded = line.value("headers", Json::object());
  for (const auto& [name, value] : recorded.items()) {
    if (varies(line, "header:" + name) || unrecorded.contains(name)) continue;
    const auto found = seen.find(name);
    if (found == seen.end()) return fmt::format("no header {}", name);
    if (name != "X-Consul-Index" && name != "X-Consul-Contenthash" && found->second != value) {
      return fmt::format("header {}: {} not {}", name, found->second, value.get<std::string>());
    }
  }
  for (const auto& [name, value] : seen) {
    if (recorded.contains(name) || unrecorded.contains(name)) continue;
    if (!varies(line, "header:" + name)) return fmt::format("header {} too many", name);
  }
  return std::nullopt;
}

std::optional<std::string> body_difference(const Json& line, const std::string& body,
                                           const Saved& saved) {
  if (varies(line, "body")) return std::nullopt;
  if (line.contains("body_nonempty")) {
    return body.empty() ? std::optional<std::string>("empty body") : std::nullopt;
  }
  if (line.contains("body_len")) {
    return body.size() == line["body_len"].get<std::size_t>()
               ? std::nullopt
               : std::optional(fmt::format("{} bytes of body", body.size()));
  }
  if (line.contains("shape")) {
    const Json seen = Json::parse(body, nullptr, false);
    return seen.is_discarded() ? "no JSON" : shape_difference(line["shape"], seen, "");
  }
  if (line.contains("body_b64")) {
    return to_base64(body) == line["body_b64"] ? std::nullopt
                                               : std::optional<std::string>("other bytes");
  }
  if (!line.contains("body")) return std::nullopt;
  const std::string recorded = filled(line["body"].get<std::string>(), saved);
  if (recorded == body) return std::nullopt;
  const Json wanted = Json::parse(recorded, nullptr, false);
  const Json seen = Json::parse(body, nullptr, false);
  if (!wanted.is_discarded() && !seen.is_discarded()) {
    Tolerance tolerance{is_index_key};
    for (const std::string& entry : strings(line, "vary")) {
      if (entry.starts_with('/')) tolerance.pointers.push_back(entry);
    }
    if (line.contains("unordered") && wanted.is_array() && seen.is_array()) {
      return std::is_permutation(wanted.begin(), wanted.end(), seen.begin(), seen.end(),
                                 [&](const Json& one, const Json& other) {
                                   return !json_difference(one, other, tolerance);
                                 })
                 ? std::nullopt
                 : std::optional<std::string>("another set");
    }
    return json_difference(wanted, seen, tolerance);
  }
  if (varies(line, "body:digits") && without(recorded, "[0-9]+") == without(body, "[0-9]+")) {
    return std::nullopt;
  }
  constexpr const char* uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
  if (varies(line, "body:ids") && without(recorded, uuid) == without(body, uuid)) {
    return std::nullopt;
  }
  return fmt::format("body: {:.300}\n      not: {:.300}", body, recorded);
}

}  // namespace

std::vector<Json> recorded_lines(const std::string& file) {
  std::ifstream in(PEERLAB_SOURCE_DIR + "/tests/golden/" + file);
  BOOST_REQUIRE_MESSAGE(in.good(), "cannot read " << file);
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(Json::parse(line));
  }
  return lines;
}

server::api::Request request_of(const Json& line, const Saved& saved) {
  const Json& from = line["request"];
  std::string body;
  if (from.contains("body") && from["body"].is_string()) {
    body = filled(from["body"].get<std::string>(), saved);
  } else if (from.contains("body") && !from["body"].is_null()) {
    body = from["body"].dump();
  } else if (from.contains("body_b64")) {
    body = from_base64(from["body_b64"].get<std::string>()).value_or("");
  } else if (from.contains("body_repeat")) {
    const std::string text = from["body_repeat"]["text"];
    for (int i = 0; i < from["body_repeat"]["count"].get<int>(); ++i) body += text;
  }
  auto made = server::api::request(from["method"].get<std::string>(),
                                   filled(from["path"].get<std::string>(), saved), std::move(body));
  const Json headers = from.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    made.headers.emplace_back(name, filled(value.get<std::string>(), saved));
  }
  made.chunked = from.value("chunked", false);
  return made;
}

void save_from(const Json& line, const server::api::Answer& answer, Saved& saved) {
  if (!line.contains("save")) return;
  const Json body = Json::parse(answer.body, nullptr, false);
  for (const auto& [name, where] : line["save"].items()) {
    const std::string place = where;
    if (place.starts_with("h:")) {
      saved[name] = server::api::header(answer.headers, place.substr(2));
      continue;
    }
    const Json::json_pointer pointer(place);
    if (body.is_discarded() || !body.contains(pointer)) continue;
    saved[name] =
        body[pointer].is_string() ? body[pointer].get<std::string>() : body[pointer].dump();
  }
}

bool is_reached(const Json& line, const server::api::Answer& answer) {
  if (!line.contains("until")) return true;
  const Json& until = line["until"];
  const auto has = [&](const Json& text) {
    return answer.body.find(text.get<std::string>()) != std::string::npos;
  };
  const Json contains = until.value("contains", Json::array());
  const Json lacks = until.value("lacks", Json::array());
  return until.value("status", answer.status) == answer.status &&
         std::ranges::all_of(contains, has) && std::ranges::none_of(lacks, has);
}

std::optional<std::string> json_difference(const Json& recorded, const Json& seen,
                                           const Tolerance& tolerance, const std::string& at) {
  if (std::ranges::any_of(tolerance.pointers,
                          [&](const std::string& pattern) { return matches(pattern, at); })) {
    return std::nullopt;
  }
  if (recorded.is_number() && seen.is_number()) {
    return recorded == seen ? std::nullopt
                            : std::optional(fmt::format("{}: {} not {}", at, shortened(seen),
                                                        shortened(recorded)));
  }
  if (recorded.type() != seen.type()) {
    return fmt::format("{}: {} not {}", at, shortened(seen), shortened(recorded));
  }
  if (recorded.is_object()) {
    std::vector<std::string> wanted, found;
    for (const auto& item : recorded.items()) wanted.push_back(item.key());
    for (const auto& item : seen.items()) found.push_back(item.key());
    if (wanted != found) {
      return fmt::format("{}: keys {} not {}", at, shortened(Json(found)), shortened(Json(wanted)));
    }
    for (const std::string& key : wanted) {
      if (tolerance.ignored_key != nullptr && tolerance.ignored_key(key)) continue;
      if (auto inside = json_difference(recorded[key], seen[key], tolerance, at + "/" + key)) {
        return inside;
      }
    }
    return std::nullopt;
  }
  if (recorded.is_array()) {
    if (recorded.size() != seen.size()) {
      return fmt::format("{}: {} not {}", at, shortened(seen), shortened(recorded));
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (auto inside =
              json_difference(recorded[i], seen[i], tolerance, at + "/" + std::to_string(i))) {
        return inside;
      }
    }
    return std::nullopt;
  }
  if (recorded == seen) return std::nullopt;
  return fmt::format("{}: {} not {}", at, shortened(seen), shortened(recorded));
}

std::optional<std::string> difference(const Json& line, const server::api::Answer& answer,
                                      const Saved& saved) {
  if (answer.status != line["status"] && !varies(line, "status")) {
    return fmt::format("status {} not {}: {:.200}", answer.status, line["status"].get<int>(),
                       answer.body);
  }
  if (auto headers = header_difference(line, answer)) return headers;
  return body_difference(line, answer.body, saved);
}

}  // namespace peerlab::tests
