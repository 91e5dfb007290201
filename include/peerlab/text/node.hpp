#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/text/source.hpp"

namespace peerlab::text {

enum class Kind { null, boolean, integer, floating, string, list, map };

/// The kind with its article, as a message names it: `a map`, `an integer`.
std::string_view with_article(Kind kind);

struct Entry;

/// A value read from YAML, JSON or HCL, with the place it was read from. Children stand in the
/// order of the source. No key stands twice in a map, and nothing is nested deeper than the
/// reader's limit, so that recursion over a tree is safe.
struct Node {
  Kind kind = Kind::null;
  /// Of a scalar: the value of a string, or how anything else was written (`0x10`, `true`, `~`).
  std::string text;
  bool quoted = false;  ///< a string in quotes or a block, which no format takes for anything else
  Span span;
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a map

  bool is_scalar() const { return kind != Kind::list && kind != Kind::map; }
  /// A map, or a list with nothing but maps: what a repeated HCL block becomes (see hcl.hpp).
  bool is_blocks() const;

  std::optional<bool> boolean() const;
  /// Nothing if this is no integer or does not fit.
  std::optional<std::int64_t> integer() const;
  /// An integer or a floating-point number. Nothing if it is neither or overflows.
  std::optional<double> number() const;

  /// The entry called `key`, or nothing; also if this is no map.
  const Entry* find(std::string_view key) const;
  /// The value called `key`, or nothing.
  const Node* get(std::string_view key) const;
};

struct Entry {
  std::string key;
  Span key_span;
  bool key_quoted = false;
  Node value;
};

/// Equal values, whatever their places, quotes and number spelling.
bool same_value(const Node& one, const Node& other);

/// The tree on one line, JSON-like, for messages and tests: `{a: 1, b: ["x", null]}`.
std::string to_text(const Node& node);

}  // namespace peerlab::text
