#include "peerlab/catalog/json.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::catalog {

namespace {

/// encoding/json, floatEncoder: plain notation inside [1e-6, 1e21), else an exponent without
/// padding; always the shortest digits that read back as the same number.
void write_number(std::string& out, double value) {
  const double magnitude = std::abs(value);
  const bool plain = magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
  const bool whole = magnitude >= 9007199254740992.0;  // 2^53: digits end before the point
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    plain && !whole ? std::chars_format::fixed : std::chars_format::scientific)
          .ptr;
  std::string text(buffer.data(), end);
  const auto exponent = text.find('e');
  if (exponent == std::string::npos) {
    out += text;
  } else if (plain) {
    const auto power = static_cast<std::size_t>(std::stoi(text.substr(exponent + 1)));
    std::string digits = text.substr(0, exponent);
    std::erase(digits, '.');
    const std::size_t sign = value < 0 ? 1 : 0;
    digits.resize(sign + power + 1, '0');
    out += digits;
  } else {
    const bool padded = text[exponent + 2] == '0';
    out += text.substr(0, exponent + 2) + text.substr(exponent + (padded ? 3 : 2));
  }
}

Json number(const std::string& text) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  const char* end = text.data() + text.size();
  double real = 0;
  std::from_chars(text.data(), end, real);
  // 1.0 and 1 are one number to Go, so they are one value here.
  if (real == std::trunc(real) && std::abs(real) <= exact) return static_cast<std::int64_t>(real);
  return real;
}

void write(std::string& out, const Json& json);

void write_members(std::string& out, const Json::Object& members) {
  out += '{';
  const char* separator = "";
  for (const auto& [name, member] : members) {
    out += separator;
    out += go_json_quote(name);
    out += ':';
    write(out, member);
    separator = ",";
  }
  out += '}';
}

void write_items(std::string& out, const Json::Array& items) {
  out += '[';
  const char* separator = "";
  for (const Json& item : items) {
    out += separator;
    write(out, item);
    separator = ",";
  }
  out += ']';
}

void write(std::string& out, const Json& json) {
  std::visit(Overloaded{
                 [&](std::nullptr_t) { out += "null"; },
                 [&](bool value) { out += value ? "true" : "false"; },
                 [&](std::int64_t value) { fmt::format_to(std::back_inserter(out), "{}", value); },
                 [&](double value) { write_number(out, value); },
                 [&](const std::string& value) { out += go_json_quote(value); },
                 [&](const Json::Array& value) { write_items(out, value); },
                 [&](const Json::Object& value) { write_members(out, value); },
             },
             json.value);
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = members->find(name);
  return found == members->end() ? nullptr : &found->second;
}

Json to_json(const GoJson& read) {
  switch (read.kind) {
    case GoJson::Kind::null:
      return nullptr;
    case GoJson::Kind::boolean:
      return read.boolean;
    case GoJson::Kind::number:
      return number(read.text);
    case GoJson::Kind::string:
      return read.text;
    case GoJson::Kind::array: {
      Json::Array items;
      for (const GoJson& element : read.elements) items.push_back(to_json(element));
      return items;
    }
    case GoJson::Kind::object: {
      Json::Object members;
      for (const auto& [name, member] : read.members) members[name] = to_json(member);
      return members;
    }
  }
  return nullptr;
}

std::string to_text(const Json& json) {
  std::string out;
  write(out, json);
  return out;
}

}  // namespace peerlab::catalog
