#include "decode.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace peerlab::server::api {
namespace {

bool is_null(const GoJson& json) { return json.kind == GoJson::Kind::null; }

bool set_text(const GoJson& json, std::string& into) {
  if (is_null(json)) return true;
  if (json.kind != GoJson::Kind::string) return false;
  into = json.text;
  return true;
}

bool same_key(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace

BodyDecoder& BodyDecoder::field(std::string name, std::string& into) {
  fields_.push_back(
      {std::move(name), "string", [&into](const GoJson& json) { return set_text(json, into); }});
  return *this;
}

BodyDecoder& BodyDecoder::field(std::string name, std::vector<std::string>& into) {
  fields_.push_back({std::move(name), "[]string", [&into](const GoJson& json) {
                       if (is_null(json)) return true;
                       if (json.kind != GoJson::Kind::array) return false;
                       into.assign(json.elements.size(), {});
                       return std::ranges::equal(
                           json.elements, into,
                           [](const GoJson& from, std::string& to) { return set_text(from, to); });
                     }});
  return *this;
}

BodyDecoder& BodyDecoder::field(std::string name, std::map<std::string, std::string>& into) {
  fields_.push_back({std::move(name), "map[string]string", [&into](const GoJson& json) {
                       if (is_null(json)) return true;
                       if (json.kind != GoJson::Kind::object) return false;
                       return std::ranges::all_of(json.members, [&](const auto& member) {
                         return set_text(member.second, into[member.first]);
                       });
                     }});
  return *this;
}

const BodyDecoder::Field* BodyDecoder::find(std::string_view key) const {
  for (const Field& field : fields_) {
    if (field.name == key) return &field;
  }
  for (const Field& field : fields_) {
    if (same_key(field.name, key)) return &field;
  }
  return nullptr;
}

tl::expected<void, std::string> BodyDecoder::read(std::string_view body) const {
  const auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return tl::unexpected<std::string>(json.error());
  if (is_null(*json)) return {};
  if (json->kind != GoJson::Kind::object) {
    return tl::unexpected<std::string>(
        fmt::format("json: cannot unmarshal {} into Go value of "
                    "type {}",
                    go_json_kind(json->kind), go_type_));
  }
  std::string first_error;
  const auto fail = [&](std::string text) {
    if (first_error.empty()) first_error = std::move(text);
  };
  for (const auto& [key, value] : json->members) {
    const Field* field = find(key);
    if (field == nullptr) {
      fail(fmt::format("json: unknown field {}", go_json_quote(key)));
    } else if (!field->set(value)) {
      const std::string_view package = go_type_;
      fail(fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                       go_json_kind(value.kind), package.substr(package.find('.') + 1), field->name,
                       field->type));
    }
  }
  if (!first_error.empty()) return tl::unexpected<std::string>(std::move(first_error));
  return {};
}

}  // namespace peerlab::server::api
