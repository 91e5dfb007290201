#include "peerlab/text/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "peerlab/base/assert.hpp"

namespace peerlab::text {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::uint32_t offset(std::size_t value) { return static_cast<std::uint32_t>(value); }

std::vector<std::uint32_t> line_starts_of(std::string_view text) {
  std::vector<std::uint32_t> starts{0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts.push_back(offset(i + 1));
  }
  return starts;
}

struct Content {
  std::size_t begin = 0;
  char quote = '\0';
};

/// A YAML scalar may be led by an anchor or a tag, and a block by its header line; none of them
/// is content.
Content find_content(std::string_view outer) {
  std::size_t at = 0;
  const auto skip = [&](auto still) {
    while (at < outer.size() && still(outer[at])) ++at;
  };
  while (at < outer.size() && (outer[at] == '&' || outer[at] == '!' || outer[at] == '#')) {
    if (outer[at] == '#') {
      skip([](char c) { return c != '\n'; });
    } else {
      skip([](char c) { return !is_space(c); });
    }
    skip(is_space);
  }
  if (at < outer.size() && (outer[at] == '|' || outer[at] == '>')) {
    skip([](char c) { return c != '\n'; });
  } else if (at < outer.size() && (outer[at] == '"' || outer[at] == '\'')) {
    return {at + 1, outer[at]};
  }
  return {at};
}

}  // namespace

FileId Sources::add(std::string name, std::string text, std::optional<Span> included_from) {
  PEERLAB_ASSERT(text.size() < std::numeric_limits<std::uint32_t>::max());
  Source source;
  source.name = std::move(name);
  source.line_starts = line_starts_of(text);
  source.text = std::move(text);
  source.included_from = included_from;
  sources_.push_back(std::move(source));
  return FileId(offset(sources_.size() - 1));
}

FileId Sources::embed(Span scalar, std::string content) {
  const FileId file = add(std::string(name(scalar.file)), std::move(content));
  Source& source = sources_.back();
  source.scalar = scalar;
  source.pieces = align(source.text, text(scalar), scalar.begin);
  return file;
}

// Indentation, folding and chomping change nothing but white space, so the n-th other byte of the
// content is the n-th other byte of the scalar, once a quoted scalar's escapes are taken off. One
// rule thus serves every style of scalar.
std::vector<Sources::Piece> Sources::align(std::string_view content, std::string_view outer,
                                           std::uint32_t outer_begin) {
  std::vector<Piece> pieces;
  auto [at, quote] = find_content(outer);
  const auto skip_unshown = [&, quoted_by = quote](std::size_t from) {
    while (from < outer.size()) {
      const bool white_escape = quoted_by == '"' && outer[from] == '\\' &&
                                from + 1 < outer.size() &&
                                (outer[from + 1] == 'n' || outer[from + 1] == 't' ||
                                 outer[from + 1] == 'r' || outer[from + 1] == '\n');
      if (!white_escape && !is_space(outer[from])) break;
      from += white_escape ? 2U : 1U;
    }
    return from;
  };
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (is_space(content[i])) continue;
    at = skip_unshown(at);
    if (at < outer.size() && quote == '"' && outer[at] == '\\') ++at;
    if (at >= outer.size() || outer[at] != content[i]) return {};
    const std::uint32_t found = outer_begin + offset(at);
    if (pieces.empty() || found - pieces.back().outer != i - pieces.back().inner) {
      pieces.push_back({offset(i), found});
    }
    at += quote == '\'' && outer[at] == '\'' ? 2U : 1U;
  }
  return pieces;
}

std::string_view Sources::text(Span span) const {
  const std::string_view whole = text(span.file);
  const std::size_t begin = std::min<std::size_t>(span.begin, whole.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, whole.size());
  return whole.substr(begin, end - begin);
}

Span Sources::outermost(Span span) const {
  while (true) {
    const Source& source = get(span.file);
    if (!source.scalar) return span;
    if (source.pieces.empty()) {
      span = *source.scalar;
      continue;
    }
    const auto outer = [&](std::uint32_t inner) {
      const auto next =
          std::upper_bound(source.pieces.begin(), source.pieces.end(), inner,
                           [](std::uint32_t i, const Piece& p) { return i < p.inner; });
      const Piece& piece = next == source.pieces.begin() ? *next : *std::prev(next);
      const std::int64_t mapped = std::int64_t{inner} - piece.inner + piece.outer;
      return static_cast<std::uint32_t>(
          std::clamp<std::int64_t>(mapped, source.scalar->begin, source.scalar->end));
    };
    // The end is one past the last byte: that byte is what has a counterpart outside.
    const std::uint32_t begin = outer(span.begin);
    const std::uint32_t end = span.end > span.begin ? outer(span.end - 1) + 1 : begin;
    span = {source.scalar->file, begin, std::max(begin, end)};
  }
}

std::uint32_t Sources::line_of(const Source& source, std::uint32_t offset) {
  const auto next = std::upper_bound(source.line_starts.begin(), source.line_starts.end(), offset);
  return static_cast<std::uint32_t>(next - source.line_starts.begin());
}

Place Sources::locate(Span span) const {
  Place place;
  place.span = outermost(span);
  const Source& source = get(place.span.file);
  place.line = line_of(source, place.span.begin);
  place.end_line =
      line_of(source, std::max(place.span.begin, place.span.end - (place.span.end > 0)));
  const std::uint32_t start = source.line_starts[place.line - 1];
  const auto before = text(Span{place.span.file, start, place.span.begin});
  place.column =
      1 + static_cast<std::uint32_t>(std::count_if(before.begin(), before.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      }));
  return place;
}

std::pair<std::string_view, std::uint32_t> Sources::line(FileId file, std::uint32_t line) const {
  const Source& source = get(file);
  PEERLAB_ASSERT(line >= 1 && line <= source.line_starts.size());
  const std::uint32_t start = source.line_starts[line - 1];
  std::string_view rest = std::string_view(source.text).substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return {rest, start};
}

std::string Sources::describe(Span span) const {
  const Place place = locate(span);
  return fmt::format("{}:{}:{}", name(place.span.file), place.line, place.column);
}

}  // namespace peerlab::text
