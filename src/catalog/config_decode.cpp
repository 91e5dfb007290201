#include "catalog/config_fields.hpp"
#include "catalog/weak_decode.hpp"
#include "peerlab/catalog/config_write.hpp"

namespace peerlab::catalog {

template <>
inline constexpr std::string_view dropped_key<ExportedService> = "Namespace";
template <>
inline constexpr std::string_view enterprise_key<SourceIntention> = "Partition";
template <>
inline constexpr std::string_view enterprise_key<ServiceIntentions> = "Partition";

namespace {

bool ends_with_namespace(std::string_view key) {
  constexpr std::string_view word = "namespace";
  return key.size() >= word.size() && same_key(key.substr(key.size() - word.size()), word);
}

bool mentions_jwt(std::string_view key) {
  for (std::size_t i = 0; i + 3 <= key.size(); ++i) {
    if (same_key(key.substr(i, 3), "jwt")) return true;
  }
  return false;
}

/// The text about keys that no field has; nothing if all may be there. The indexes and the kind
/// come back with what a reader got from us.
std::optional<std::string> complaint(const std::vector<std::string>& unused) {
  std::vector<std::string> errors;
  for (const std::string& key : unused) {
    if (key == "CreateIndex" || key == "ModifyIndex" || same_key(key, "kind")) continue;
    std::string error = fmt::format("invalid config key \"{}\"", key);
    if (ends_with_namespace(key)) {
      error += ", namespaces are a consul enterprise feature";
    } else if (mentions_jwt(key)) {
      error += ", api-gateway jwt validation is a consul enterprise feature";
    }
    errors.push_back(std::move(error));
  }
  if (errors.empty()) return std::nullopt;
  return multi_error(errors);
}

OtherEntry decode_other(const GoJson& body, std::string kind) {
  OtherEntry entry{std::move(kind), "", {}, {}};
  for (const auto& [key, value] : body.members) {
    if (same_key(key, "name")) {
      entry.name = value.text;
    } else if (!same_key(key, "kind") && key != "CreateIndex" && key != "ModifyIndex" &&
               key != "Hash") {
      entry.body[key] = to_json(value);
    }
  }
  return entry;
}

template <class T>
Result<ConfigEntry> decode_as(const GoJson& body, Edition edition) {
  T entry;
  DecodeFindings findings{edition, {}, {}};
  weak_decode(body, entry, "", findings);
  if (!findings.errors.empty()) {
    return failure(Errc::invalid_argument,
                   fmt::format("decoding failed due to the following error(s):\n\n{}",
                               fmt::join(findings.errors, "\n")));
  }
  if (auto text = complaint(findings.unused)) {
    return failure(Errc::invalid_argument, std::move(*text));
  }
  return entry;
}

template <class... T>
Result<ConfigEntry> decode_kind(const GoJson& body, const std::string& kind, Edition edition,
                                std::variant<T...>*) {
  Result<ConfigEntry> entry = decode_other(body, kind);
  const auto attempt = [&]<class Body>(std::type_identity<Body>) {
    if constexpr (!std::same_as<Body, OtherEntry>) {
      if (kind == Body::kind) entry = decode_as<Body>(body, edition);
    }
  };
  (attempt(std::type_identity<T>()), ...);
  return entry;
}

}  // namespace

std::string multi_error(const std::vector<std::string>& errors) {
  std::string text =
      errors.size() == 1 ? "1 error occurred:" : fmt::format("{} errors occurred:", errors.size());
  for (const std::string& error : errors) text += "\n\t* " + error;
  return text + "\n\n";
}

Result<ConfigEntry> decode_config_entry(std::string_view body, Edition edition) {
  auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return failure(Errc::invalid_argument, json.error());
  return decode_config_entry(*json, edition);
}

Result<ConfigEntry> decode_config_entry(const GoJson& body, Edition edition) {
  if (body.kind != GoJson::Kind::object && body.kind != GoJson::Kind::null) {
    DecodeFindings findings;
    unconvertible(body, "map[string]interface {}", "", findings);
    return failure(Errc::invalid_argument, findings.errors.front());
  }
  const GoJson* kind = nullptr;
  for (const auto& [key, value] : body.members) {
    if (key == "Kind" || (key == "kind" && kind == nullptr)) kind = &value;
  }
  if (kind == nullptr) {
    return failure(Errc::invalid_argument,
                   "Payload does not contain a kind/Kind key at the top level");
  }
  if (kind->kind != GoJson::Kind::string) {
    return failure(Errc::invalid_argument, "Kind value in payload is not a string");
  }
  if (!is_config_entry_kind(kind->text)) {
    return failure(Errc::invalid_argument,
                   fmt::format("invalid config entry kind: {}", kind->text));
  }
  return decode_kind(body, kind->text, edition, static_cast<ConfigEntry*>(nullptr));
}

}  // namespace peerlab::catalog
