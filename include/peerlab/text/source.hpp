#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "peerlab/base/strong.hpp"

namespace peerlab::text {

/// One text known to a `Sources`: a file, or a block of another language inside a file.
using FileId = Strong<struct FileIdTag, std::uint32_t>;

/// A stretch of one source, in bytes: [begin, end). Line and column follow from it, see
/// `Sources::locate`.
struct Span {
  FileId file;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// Where a span lies for a reader of the file: in the outermost file, counted from 1.
struct Place {
  Span span;                   ///< the same stretch, in the outermost file
  std::uint32_t line = 1;      ///< of its first byte
  std::uint32_t column = 1;    ///< of its first byte, in code points
  std::uint32_t end_line = 1;  ///< of the last byte
};

/// The names and contents of everything that was read, for as long as somebody may ask where a
/// value came from. References and views into it stay valid while it lives.
class Sources {
 public:
  /// Adds a file. `included_from` is the value that named it, and is shown with each finding.
  /// `text` must be shorter than 4 GiB; readers refuse far less than that (see Limits).
  FileId add(std::string name, std::string text, std::optional<Span> included_from = std::nullopt);

  /// Adds the content of a scalar (say, HCL in a YAML block) as a source of its own. `content` is
  /// the scalar's value as its reader gave it and `scalar` its span. Positions in the new source
  /// lead to the line and column of the outer file, whatever the scalar's style; where they cannot
  /// (an exotic escape), they lead to the whole scalar.
  FileId embed(Span scalar, std::string content);

  std::string_view name(FileId file) const { return get(file).name; }
  std::string_view text(FileId file) const { return get(file).text; }
  std::string_view text(Span span) const;
  std::optional<Span> included_from(FileId file) const { return get(file).included_from; }

  /// The same stretch in the file that a person would open: other than `span` only inside a block.
  Span outermost(Span span) const;

  /// The place of `span` in that file.
  Place locate(Span span) const;

  /// The bytes of line `line` (from 1) without its line end, and where in the file it begins.
  std::pair<std::string_view, std::uint32_t> line(FileId file, std::uint32_t line) const;

  /// `name:line:column` of the place of `span`.
  std::string describe(Span span) const;

 private:
  /// From here on, a byte of the block lies `outer - inner` further on in the outer file.
  struct Piece {
    std::uint32_t inner;
    std::uint32_t outer;
  };
  struct Source {
    std::string name;
    std::string text;
    std::optional<Span> included_from;
    std::vector<std::uint32_t> line_starts;
    std::optional<Span> scalar;  ///< of an embedded block: where it stands
    std::vector<Piece> pieces;   ///< of an embedded block: empty if only `scalar` is known
  };

  const Source& get(FileId file) const { return sources_.at(file.value()); }
  static std::vector<Piece> align(std::string_view content, std::string_view outer,
                                  std::uint32_t outer_begin);
  static std::uint32_t line_of(const Source& source, std::uint32_t offset);

  std::deque<Source> sources_;
};

}  // namespace peerlab::text
