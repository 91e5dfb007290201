#include "peerlab/catalog/config_entry.hpp"

#include <algorithm>

#include "catalog/config_fields.hpp"
#include "catalog/json_writer.hpp"

namespace peerlab::catalog {

namespace {

/// The body of a kind that is kept unread is printed in the order of its keys.
std::string text_of(const OtherEntry& entry) {
  std::string out = "{\"Kind\":" + go_json_quote(entry.kind) + ",\"Name\":";
  out += go_json_quote(entry.name);
  for (const auto& [name, value] : entry.body) {
    out += ',' + go_json_quote(name) + ':' + to_text(value);
  }
  const char* separator = ",";
  write_json_fields(out, entry.tail, separator);
  return out + "}";
}

template <class T>
std::string text_of(const T& entry) {
  std::string out;
  write_json(out, entry);
  return out;
}

}  // namespace

std::string_view kind_of(const ConfigEntry& entry) {
  return std::visit([](const auto& body) { return std::string_view(body.kind); }, entry);
}

std::string_view name_of(const ConfigEntry& entry) {
  return std::visit(
      [](const auto& body) -> std::string_view {
        if constexpr (requires { body.name; }) {
          return body.name;
        } else {
          return body.kind;  // there is one mesh
        }
      },
      entry);
}

const EntryTail& tail_of(const ConfigEntry& entry) {
  return std::visit([](const auto& body) -> const EntryTail& { return body.tail; }, entry);
}

EntryTail& tail_of(ConfigEntry& entry) {
  return std::visit([](auto& body) -> EntryTail& { return body.tail; }, entry);
}

bool same_content(const ConfigEntry& a, const ConfigEntry& b) {
  ConfigEntry other = b;
  tail_of(other) = tail_of(a);
  return a == other;
}

const std::vector<std::string_view>& config_entry_kinds() {
  static const std::vector<std::string_view> kinds = {
      "api-gateway",
      "bound-api-gateway",
      "exported-services",
      "file-system-certificate",
      "http-route",
      "ingress-gateway",
      "inline-certificate",
      "jwt-provider",
      "mesh",
      "proxy-defaults",
      "sameness-group",
      "service-defaults",
      "service-intentions",
      "service-resolver",
      "service-router",
      "service-splitter",
      "tcp-route",
      "terminating-gateway",
  };
  return kinds;
}

bool is_config_entry_kind(std::string_view kind) {
  return std::ranges::find(config_entry_kinds(), kind) != config_entry_kinds().end();
}

std::string to_json_text(const ConfigEntry& entry) {
  return std::visit([](const auto& body) { return text_of(body); }, entry);
}

}  // namespace peerlab::catalog
