#include "values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "peerlab/base/assert.hpp"
#include "peerlab/text/scalars.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::scenario {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

template <class T>
void report(const text::Node& node, const text::Parsed<T>& parsed, text::Diagnostics& diagnostics) {
  if (parsed) return;
  diagnostics.error(parsed.error().code, node.span, parsed.error().message)
      .help(parsed.error().help);
}

using Count = checks::Count;

/// `<= 5`: the sign, and what is left of the text.
std::pair<Count::Is, std::string_view> comparison(std::string_view text) {
  constexpr std::pair<std::string_view, Count::Is> signs[] = {
      {"<=", Count::Is::at_most}, {">=", Count::Is::at_least}, {"!=", Count::Is::unequal},
      {"==", Count::Is::equal},   {"<", Count::Is::less},      {">", Count::Is::more}};
  for (const auto& [sign, is] : signs) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return {is, text};
  }
  return {Count::Is::equal, text};
}

void check_count(const text::Node& node, bool bytes, text::Diagnostics& diagnostics) {
  const std::string_view number = comparison(node.text).second;
  const bool good = bytes ? text::parse_size(number).has_value()
                          : text::parse_integer(number, 0, largest).has_value();
  if (good) return;
  diagnostics
      .error(text::codes::bad_count, node.span,
             fmt::format("{} is no {}", text::quote(node.text), bytes ? "size" : "count"))
      .help(bytes ? "write a size (`512KiB`), or a comparison with one (`\"<= 512KiB\"`)"
                  : "write a number (`3`), or a comparison with one (`\"<= 3\"`)");
}

template <class T>
T accepted(const text::Parsed<T>& parsed) {
  PEERLAB_ASSERT(parsed.has_value());
  return *parsed;
}

}  // namespace

bool overlap(text::Span one, text::Span other) {
  if (one == other) return true;  // what is missing has an empty place
  return one.file == other.file && one.begin < other.end && other.begin < one.end;
}

void check_value(const text::Node& node, Form::Kind kind, text::Diagnostics& diagnostics) {
  using Kind = Form::Kind;
  if (kind == Kind::integer) {
    report(node, text::parse_integer(node.text, 0, largest), diagnostics);
  } else if (kind == Kind::count || kind == Kind::size_count) {
    check_count(node, kind == Kind::size_count, diagnostics);
  } else if (kind == Kind::duration) {
    report(node, text::parse_duration(node.text), diagnostics);
  } else if (kind == Kind::signed_duration) {
    report(node, text::parse_signed_duration(node.text), diagnostics);
  } else if (kind == Kind::size) {
    report(node, text::parse_size(node.text), diagnostics);
  } else if (kind == Kind::rate) {
    report(node, text::parse_bit_rate(node.text), diagnostics);
  } else {
    PEERLAB_ASSERT(kind == Kind::percent);
    report(node, text::parse_percent(node.text), diagnostics);
  }
}

std::uint64_t whole_number(const text::Node& node) {
  return static_cast<std::uint64_t>(accepted(text::parse_integer(node.text, 0, largest)));
}

Duration duration(const text::Node& node) {
  return accepted(text::parse_signed_duration(node.text));
}

std::uint64_t bytes(const text::Node& node) { return accepted(text::parse_size(node.text)); }

std::uint64_t bits_per_second(const text::Node& node) {
  return accepted(text::parse_bit_rate(node.text)).bits_per_second;
}

Ratio percent(const text::Node& node) { return accepted(text::parse_percent(node.text)); }

checks::Count count(const text::Node& node) {
  const auto [is, number] = comparison(node.text);
  if (const auto whole = text::parse_integer(number, 0, largest)) {
    return {is, static_cast<std::uint64_t>(*whole)};
  }
  return {is, accepted(text::parse_size(number))};
}

namespace {

nlohmann::ordered_json json_of(const text::Node& node) {
  using text::Kind;
  switch (node.kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return node.boolean().value_or(false);
    case Kind::integer:
      return node.integer().value_or(0);
    case Kind::floating:
      return node.number().value_or(0);
    case Kind::string:
      return node.text;
    case Kind::list: {
      nlohmann::ordered_json list = nlohmann::ordered_json::array();
      for (const text::Node& item : node.items) list.push_back(json_of(item));
      return list;
    }
    case Kind::map: {
      nlohmann::ordered_json map = nlohmann::ordered_json::object();
      for (const text::Entry& entry : node.entries) map[entry.key] = json_of(entry.value);
      return map;
    }
  }
  return nullptr;
}

}  // namespace

std::string to_json(const text::Node& node) {
  return json_of(node).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::span<const text::Node> elements(const text::Node& node) {
  if (node.kind == text::Kind::list) return node.items;
  return {&node, 1};
}

}  // namespace peerlab::scenario
