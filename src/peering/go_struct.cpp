#include "go_struct.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace peerlab::peering {
namespace {

bool equal_fold(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

}  // namespace

void GoStructReader::mismatch(const GoJson& json, const std::string& path, std::string_view type) {
  if (fault_) return;
  fault_ = path.empty()
               ? fmt::format("json: cannot unmarshal {} into Go value of type {}",
                             go_json_kind(json.kind), type)
               : fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                             go_json_kind(json.kind), struct_name_, path, type);
}

void GoStructReader::object(const GoJson& json, const std::string& path, std::string_view type,
                            std::initializer_list<Field> fields) {
  if (json.kind == GoJson::Kind::null) return;
  if (json.kind != GoJson::Kind::object) return mismatch(json, path, type);
  const std::string_view outer = std::exchange(
      struct_name_, type.substr(type.find('.') == type.npos ? 0 : type.find('.') + 1));
  for (const auto& [key, member] : json.members) {
    const auto field = std::ranges::find_if(
        fields, [&key = key](const Field& known) { return equal_fold(known.name, key); });
    if (field != fields.end()) {
      field->read(member, path.empty() ? std::string(field->name)
                                       : fmt::format("{}.{}", path, field->name));
    } else if (unknown_keys_ == UnknownKeys::refused && !fault_) {
      fault_ = fmt::format("json: unknown field {}", go_json_quote(key));
    }
  }
  struct_name_ = outer;
}

void GoStructReader::read_text(const GoJson& json, const std::string& path, std::string& out) {
  if (json.kind == GoJson::Kind::null) return;
  if (json.kind != GoJson::Kind::string) return mismatch(json, path, "string");
  out = json.text;
}

GoStructReader::Field GoStructReader::text(std::string_view name, std::string& out) {
  return {name, [this, &out](const GoJson& json, const std::string& path) {
            read_text(json, path, out);
          }};
}

GoStructReader::Field GoStructReader::list(std::string_view name, std::vector<std::string>& out) {
  return {name, [this, &out](const GoJson& json, const std::string& path) {
            if (json.kind == GoJson::Kind::null) return out.clear();
            if (json.kind != GoJson::Kind::array) return mismatch(json, path, "[]string");
            out.clear();
            for (const auto& element : json.elements) read_text(element, path, out.emplace_back());
          }};
}

GoStructReader::Field GoStructReader::map(std::string_view name,
                                          std::map<std::string, std::string>& out) {
  return {name, [this, &out](const GoJson& json, const std::string& path) {
            if (json.kind == GoJson::Kind::null) return out.clear();
            if (json.kind != GoJson::Kind::object) {
              return mismatch(json, path, "map[string]string");
            }
            for (const auto& [key, member] : json.members) {
              std::string value;
              read_text(member, path, value);
              out.insert_or_assign(key, std::move(value));
            }
          }};
}

}  // namespace peerlab::peering
