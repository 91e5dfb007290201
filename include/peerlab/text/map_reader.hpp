#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"
#include "peerlab/text/scalars.hpp"

namespace peerlab::text {

/// How single values are read. A way of reading is anything that can be called with a node and
/// the findings so far and gives a std::optional: the value, or nothing after a finding.
namespace read {

/// A text. What YAML takes for something else (`1.10`, `true`) must stand in quotes.
std::optional<std::string> string(const Node& node, Diagnostics& diagnostics);
/// A scalar of any kind but null, as it is written.
std::optional<std::string> scalar(const Node& node, Diagnostics& diagnostics);
std::optional<bool> boolean(const Node& node, Diagnostics& diagnostics);
std::optional<Duration> duration(const Node& node, Diagnostics& diagnostics);
std::optional<Duration> signed_duration(const Node& node, Diagnostics& diagnostics);
std::optional<std::uint64_t> size(const Node& node, Diagnostics& diagnostics);
std::optional<BitRate> bit_rate(const Node& node, Diagnostics& diagnostics);
std::optional<Frequency> frequency(const Node& node, Diagnostics& diagnostics);
std::optional<Ratio> percent(const Node& node, Diagnostics& diagnostics);
/// The node itself, which outlives the reading as long as its tree does.
std::optional<const Node*> node(const Node& node, Diagnostics& diagnostics);

/// A whole number within limits.
struct integer {
  std::int64_t least;
  std::int64_t most;
  std::optional<std::int64_t> operator()(const Node& node, Diagnostics& diagnostics) const;
};

/// One of a few words, each with what it stands for.
template <class T>
struct choice {
  std::vector<std::pair<std::string_view, T>> words;
  std::optional<T> operator()(const Node& node, Diagnostics& diagnostics) const;
};

template <class Read>
using value_of = typename std::invoke_result_t<Read, const Node&, Diagnostics&>::value_type;

/// A list, each element read with `read`; nothing if any of them is wrong.
template <class Read>
struct list {
  Read read;
  std::optional<std::vector<value_of<Read>>> operator()(const Node& node,
                                                        Diagnostics& diagnostics) const;
};
template <class Read>
list(Read) -> list<Read>;

/// A list, or a single element without brackets: `in: dc1`, `in: [dc1, dc2]`.
template <class Read>
struct one_or_list {
  Read read;
  std::optional<std::vector<value_of<Read>>> operator()(const Node& node,
                                                        Diagnostics& diagnostics) const;
};
template <class Read>
one_or_list(Read) -> one_or_list<Read>;

}  // namespace read

/// Reports that `node` is not of the kind that is wanted: "expected a map, found a list".
Diagnostic& report_kind(const Node& node, std::string_view wanted, Diagnostics& diagnostics);

/// Reports that `word`, standing at `span`, is none of `words`, with the nearest of them.
Diagnostic& report_choice(std::string_view word, Span span, std::span<const std::string_view> words,
                          Diagnostics& diagnostics);

/// Which spellings of a key are the same.
enum class Keys {
  exact,
  folded  ///< whatever its case and underscores, as in Consul's config entries
};

/// Reads a map with known keys. Asking for a key makes it known; what is in the map and was never
/// asked for is reported at the end, together with the required keys that are missing. Keeps
/// references to the node and the findings.
class MapReader {
 public:
  /// `what` names the map in findings: "`peer`", "a cluster". A node that is no map is reported.
  MapReader(const Node& node, Diagnostics& diagnostics, std::string what, Keys keys = Keys::exact);
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;
  ~MapReader() { finish(); }

  /// The value of `key`, or nothing if it is missing or wrong, which is reported.
  template <class Read>
  auto required(std::string_view key, const Read& read) -> std::optional<read::value_of<Read>> {
    const Entry* entry = require(key);
    return entry == nullptr ? std::nullopt : read(entry->value, diagnostics_);
  }

  /// The value of `key`, or nothing if it is missing (which is fine) or wrong (which is reported).
  template <class Read>
  auto optional(std::string_view key, const Read& read) -> std::optional<read::value_of<Read>> {
    const Entry* entry = find(key);
    return entry == nullptr ? std::nullopt : read(entry->value, diagnostics_);
  }

  /// The entry of `key`, which is known from now on, or nothing.
  const Entry* find(std::string_view key);

  /// Reports unknown and missing keys, once. True if nothing was wrong since the construction.
  /// The destructor does it, too, for those who need no answer.
  bool finish();

 private:
  const Entry* require(std::string_view key);
  bool same(std::string_view one, std::string_view other) const;

  const Node& node_;
  Diagnostics& diagnostics_;
  std::string what_;
  Keys keys_;
  std::size_t errors_before_;
  bool finished_ = false;
  std::vector<std::string> known_;
  std::vector<std::string> missing_;
};

template <class T>
std::optional<T> read::choice<T>::operator()(const Node& node, Diagnostics& diagnostics) const {
  const auto word = read::string(node, diagnostics);
  if (!word) return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& [name, value] : words) {
    if (name == *word) return value;
    known.push_back(name);
  }
  report_choice(*word, node.span, known, diagnostics);
  return std::nullopt;
}

template <class Read>
auto read::list<Read>::operator()(const Node& node, Diagnostics& diagnostics) const
    -> std::optional<std::vector<value_of<Read>>> {
  if (node.kind != Kind::list) {
    report_kind(node, "a list", diagnostics);
    return std::nullopt;
  }
  std::vector<value_of<Read>> values;
  for (const Node& item : node.items) {
    if (auto value = read(item, diagnostics)) values.push_back(std::move(*value));
  }
  if (values.size() != node.items.size()) return std::nullopt;
  return values;
}

template <class Read>
auto read::one_or_list<Read>::operator()(const Node& node, Diagnostics& diagnostics) const
    -> std::optional<std::vector<value_of<Read>>> {
  if (node.kind == Kind::list) return read::list<Read>{read}(node, diagnostics);
  auto value = read(node, diagnostics);
  if (!value) return std::nullopt;
  return std::vector<value_of<Read>>{std::move(*value)};
}

}  // namespace peerlab::text
