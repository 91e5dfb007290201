#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "peerlab/text/codes.hpp"
#include "peerlab/text/source.hpp"

namespace peerlab::text {

enum class Severity { error, warning, note };

/// A place and a word on it.
struct Label {
  Span span;
  std::string text;  ///< may be empty
};

/// A line below the source: `= help: did you mean `export`?`.
struct Footer {
  std::string heading;
  std::string text;  ///< may have several lines
};

/// One finding about a text. Where a file was included from is known to Sources and is shown by
/// itself. Whatever was read must go through `quote` (utf8.hpp) on its way into a message.
struct Diagnostic {
  Severity severity = Severity::error;
  Code code;
  std::string message;  ///< one line, no full stop
  Label primary;
  std::vector<Label> secondary;
  std::vector<Footer> footers;

  /// To add to a finding in one expression; each returns the finding itself.
  Diagnostic& label(std::string text);
  Diagnostic& also(Span span, std::string text);
  Diagnostic& help(std::string text) { return footer("help", std::move(text)); }
  Diagnostic& note(std::string text) { return footer("note", std::move(text)); }
  Diagnostic& footer(std::string heading, std::string text);
};

/// What was found so far. Reading goes on after a finding wherever it can, so that a user hears of
/// several mistakes at once. Only the first thousand findings are kept; beyond that a file is
/// broken in one way many times, and nobody reads on.
class Diagnostics {
 public:
  /// Adds a finding. The reference is valid until the next finding is added.
  Diagnostic& error(const Code& code, Span span, std::string message);
  Diagnostic& warning(const Code& code, Span span, std::string message);
  Diagnostic& add(Diagnostic diagnostic);

  /// How many errors there are; a reader compares it before and after.
  std::size_t errors() const { return errors_; }
  bool has_errors() const { return errors_ > 0; }
  bool empty() const { return all_.empty(); }

  const std::deque<Diagnostic>& all() const { return all_; }
  /// How many findings were not kept.
  std::size_t more() const { return more_; }

 private:
  static constexpr std::size_t most_kept = 1'000;

  std::deque<Diagnostic> all_;
  Diagnostic spare_;  ///< what a finding that is not kept is written to
  std::size_t errors_ = 0;
  std::size_t more_ = 0;
};

struct RenderOptions {
  bool color = false;       ///< escape sequences of ANSI terminals
  std::size_t most = 20;    ///< findings shown; of the others only the number is told
  std::size_t width = 100;  ///< columns of a source line that are shown around the marker
};

/// The findings as a person reads them, after the manner of rustc, in the order of their places.
/// Ends with a line end; empty if there are none.
std::string render(const Diagnostics& diagnostics, const Sources& sources,
                   const RenderOptions& options = {});
std::string render(const Diagnostic& diagnostic, const Sources& sources,
                   const RenderOptions& options = {});

}  // namespace peerlab::text
