#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

constexpr std::string_view blue = "1;34";

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

std::string_view color_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "1;31";
    case Severity::warning:
      return "1;33";
    case Severity::note:
      return "1;32";
  }
  return "";
}

/// What a terminal shows of a source line: one cell for each code point, the tab as four spaces.
/// Of a very long line only the part around `center`, a byte of it, is looked at.
class ShownLine {
 public:
  ShownLine(std::string_view line, std::size_t center) {
    constexpr std::size_t reach = 4'000;
    const auto inside_code_point = [&](std::size_t at) {
      return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80;
    };
    bytes_ = center - std::min(center, reach);
    while (inside_code_point(bytes_)) ++bytes_;
    const std::size_t end = std::min(line.size(), center + reach);
    cut_before_ = bytes_ > 0;
    cut_after_ = end < line.size();
    for (line = line.substr(0, end).substr(std::min(bytes_, end)); !line.empty();) {
      add(line);
    }
    last_ = cells_.size();
  }

  /// The column that shows byte `byte` of the line; past the end, the column after the last.
  std::size_t column(std::size_t byte) const {
    if (byte >= bytes_) return columns_;
    const auto after =
        std::upper_bound(cells_.begin(), cells_.end(), byte,
                         [](std::size_t wanted, const Cell& cell) { return wanted < cell.byte; });
    return after == cells_.begin() ? 0 : std::prev(after)->column;
  }

  /// Leaves out the ends of the line so that at most `most` columns around `column` remain.
  void shorten(std::size_t column, std::size_t most) {
    if (columns_ <= most) return;
    const std::size_t from = std::min(column - std::min(column, most / 3), columns_ - most);
    while (first_ < cells_.size() && cells_[first_].column < from) ++first_;
    while (last_ > first_ && cells_[last_ - 1].column >= from + most) --last_;
    cut_before_ |= first_ > 0;
    cut_after_ |= last_ < cells_.size();
  }

  std::string text() const {
    std::string out = cut_before_ ? "..." : "";
    for (std::size_t i = first_; i < last_; ++i) out += cells_[i].shown;
    return out + (cut_after_ ? "..." : "");
  }

  /// Spaces up to the marker's first column and the number of columns marked, as shown.
  std::pair<std::size_t, std::size_t> marked(std::size_t begin, std::size_t end) const {
    const std::size_t low = first_ < cells_.size() ? cells_[first_].column : columns_;
    const std::size_t high = last_ < cells_.size() ? cells_[last_].column : columns_;
    begin = std::clamp(begin, low, high);
    end = std::clamp(end, begin, high);
    return {begin - low + (cut_before_ ? 3 : 0), std::max<std::size_t>(end - begin, 1)};
  }

 private:
  struct Cell {
    std::string shown;
    std::size_t byte;
    std::size_t column;
  };

  /// Takes one code point off `line`.
  void add(std::string_view& line) {
    const CodePoint point = decode(line);
    std::string shown(line.substr(0, point.bytes));
    std::size_t columns = 0;
    if (shown == "\t") {
      shown = "    ";
      columns = 4;
    } else if (std::string safe = printable(shown); safe != shown) {
      shown = std::move(safe);
      columns = shown.size();
    } else {
      columns = static_cast<std::size_t>(width(point.value));
    }
    cells_.push_back({std::move(shown), bytes_, columns_});
    bytes_ += point.bytes;
    columns_ += columns;
    line.remove_prefix(point.bytes);
  }

  std::vector<Cell> cells_;
  std::size_t bytes_ = 0;  ///< of the line, up to the end of the cells
  std::size_t columns_ = 0;
  std::size_t first_ = 0;  ///< the cells that are shown
  std::size_t last_ = 0;
  bool cut_before_ = false;
  bool cut_after_ = false;
};

struct Mark {
  Place place;
  std::string_view text;
  bool primary;
};

class Renderer {
 public:
  Renderer(const Sources& sources, const RenderOptions& options)
      : sources_(sources), options_(options) {}

  std::string render(const Diagnostic& diagnostic) {
    severity_ = diagnostic.severity;
    // The marks of each file, the file of the primary mark first.
    std::map<std::pair<bool, FileId>, std::vector<Mark>> files;
    const Place home = sources_.locate(diagnostic.primary.span);
    std::uint32_t highest = home.line;
    const auto mark = [&](const Label& label, bool primary) {
      const Place place = sources_.locate(label.span);
      highest = std::max(highest, place.line);
      files[{place.span.file != home.span.file, place.span.file}].push_back(
          {place, label.text, primary});
    };
    mark(diagnostic.primary, true);
    for (const Label& label : diagnostic.secondary) mark(label, false);
    gutter_ = std::max<std::size_t>(2, std::to_string(highest).size());

    out_ =
        paint(color_of(severity_), fmt::format("{}[{}]", name_of(severity_), diagnostic.code.id)) +
        paint("1", ": " + diagnostic.message) + "\n";
    for (auto& [key, marks] : files) render_file(marks, key.first);
    if (!diagnostic.footers.empty()) put_line(bar());
    for (const Footer& footer : diagnostic.footers) render_footer(footer);
    return std::move(out_);
  }

 private:
  std::string paint(std::string_view color, std::string_view text) const {
    if (!options_.color) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", color, text);
  }

  std::string bar() const { return std::string(gutter_ + 1, ' ') + paint(blue, "|"); }

  void put_line(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out_ += line + "\n";
  }

  /// `(included from a.yaml:24:11)`, outwards.
  std::string inclusions(FileId file) const {
    std::string chain;
    // A file that includes itself is refused by whoever reads files, but must not hang us.
    for (int depth = 0; depth < 16; ++depth) {
      const auto from = sources_.included_from(file);
      if (!from) break;
      chain += fmt::format("{}from {}", chain.empty() ? "included " : ", ",
                           printable(sources_.describe(*from)));
      file = sources_.outermost(*from).file;
    }
    return chain.empty() ? chain : fmt::format("        ({})", chain);
  }

  void render_file(std::vector<Mark>& marks, bool other) {
    const Mark& main = marks.front();
    const FileId file = main.place.span.file;
    put_line(std::string(gutter_, ' ') + paint(blue, other ? "::: " : "--> ") +
             printable(sources_.describe(main.place.span)) + inclusions(file));
    put_line(bar());
    std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    std::uint32_t previous = 0;
    for (auto mark = marks.begin(); mark != marks.end();) {
      const std::uint32_t line = mark->place.line;
      const auto next =
          std::find_if(mark, marks.end(), [&](const Mark& m) { return m.place.line != line; });
      if (previous != 0 && line > previous + 1) put_line("...");
      render_line(file, line, {mark, next});
      previous = line;
      mark = next;
    }
  }

  void render_line(FileId file, std::uint32_t number, std::vector<Mark> marks) {
    const auto [text, start] = sources_.line(file, number);
    // Bytes of the line that a mark covers; of a longer stretch, those on its first line.
    const auto bytes = [&, begin_of_line = start, line = text](const Mark& mark) {
      const std::size_t begin = mark.place.span.begin - begin_of_line;
      const std::size_t last = line.find_last_not_of(" \t");
      const std::size_t end = mark.place.end_line > mark.place.line
                                  ? (last == std::string_view::npos ? 0 : last + 1)
                                  : mark.place.span.end - begin_of_line;
      return std::pair(begin, std::max(begin, end));
    };
    const auto center = std::find_if(marks.begin(), marks.end(), [](auto& m) { return m.primary; });
    const std::size_t center_byte = bytes(center == marks.end() ? marks.front() : *center).first;
    ShownLine shown(text, std::min(center_byte, text.size()));
    shown.shorten(shown.column(center_byte), options_.width);
    put_line(paint(blue, fmt::format("{:>{}} |", number, gutter_)) + " " + shown.text());
    for (const Mark& mark : marks) {
      const auto [begin, end] = bytes(mark);
      const auto [blank, length] = shown.marked(shown.column(begin), shown.column(end));
      const std::string signs(length, mark.primary ? '^' : '-');
      put_line(bar() + std::string(blank + 1, ' ') +
               paint(mark.primary ? color_of(severity_) : blue,
                     mark.text.empty() ? signs : fmt::format("{} {}", signs, mark.text)));
    }
  }

  void render_footer(const Footer& footer) {
    std::string text = footer.text;
    const std::string indent = "\n" + std::string(gutter_ + 3, ' ');
    for (std::size_t at = text.find('\n'); at != std::string::npos;
         at = text.find('\n', at + indent.size())) {
      text.replace(at, 1, indent);
    }
    put_line(std::string(gutter_ + 1, ' ') + paint(blue, "=") + " " +
             paint("1", footer.heading + ":") + (text.starts_with('\n') ? "" : " ") + text);
  }

  const Sources& sources_;
  const RenderOptions& options_;
  Severity severity_ = Severity::error;
  std::size_t gutter_ = 2;
  std::string out_;
};

}  // namespace

std::string render(const Diagnostic& diagnostic, const Sources& sources,
                   const RenderOptions& options) {
  return Renderer(sources, options).render(diagnostic);
}

std::string render(const Diagnostics& diagnostics, const Sources& sources,
                   const RenderOptions& options) {
  std::vector<std::pair<Span, const Diagnostic*>> sorted;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    sorted.emplace_back(sources.outermost(diagnostic.primary.span), &diagnostic);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.file, a.first.begin) < std::pair(b.first.file, b.first.begin);
  });
  std::string out;
  const std::size_t shown = std::min(sorted.size(), options.most);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += "\n";
    out += render(*sorted[i].second, sources, options);
  }
  const std::size_t more = sorted.size() - shown + diagnostics.more();
  if (more > 0) out += fmt::format("\n... and {} more\n", more);
  return out;
}

}  // namespace peerlab::text
