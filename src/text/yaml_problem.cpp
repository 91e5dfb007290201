#include "yaml_problem.hpp"

#include <fmt/format.h>

#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

struct Row {
  std::string_view problem;  ///< part of libyaml 0.2.5's text
  std::string_view message;
  std::string_view label;
  std::string_view help;
};

constexpr Row rows[] = {
    {"mapping values are not allowed", "a key and its value cannot stand here", "unexpected `:`",
     "put a text that holds `: ` in quotes, or bring this key in line with its neighbours"},
    {"block sequence entries are not allowed", "a list cannot begin here", "unexpected `-`",
     "begin the list on a line of its own, or put the text in quotes"},
    {"block mapping entries are not allowed", "a key cannot stand here", "unexpected `?`", ""},
    {"could not find expected ':'", "a key without a `:`", "expected `:` before this place",
     "write `key: value`, with a space after the `:`"},
    {"found unexpected end of stream", "a quote is never closed", "the text ends here", ""},
    {"found unexpected document indicator", "a quote is never closed", "a new document begins here",
     ""},
    {"found unknown escape character", "unknown escape in a string", "no such escape",
     "write `\\\\` for a backslash, or put the string in single quotes"},
    {"did not find expected hexdecimal number", "wrong escape in a string",
     "expected hexadecimal digits", ""},
    {"found invalid Unicode character escape code", "wrong escape in a string", "no such character",
     ""},
    {"did not find expected alphabetic or numeric character", "an anchor or alias without a name",
     "expected a name", "put a text that begins with `*` or `&` in quotes"},
    {"found a tab character", "a tab is used to indent", "tab", "indent with spaces"},
    {"found undefined tag handle", "unknown tag", "no such tag",
     "put a text that begins with `!` in quotes"},
    {"did not find expected key", "this line does not fit the lines above",
     "expected a key like those above, or less indentation", ""},
    {"did not find expected '-' indicator", "this line does not fit the list above",
     "expected `- ` like the items above, or less indentation", ""},
    {"did not find expected ',' or ']'", "a list in `[ ]` is never closed",
     "expected `,` or `]` before this place", ""},
    {"did not find expected ',' or '}'", "a map in `{ }` is never closed",
     "expected `,` or `}` before this place", ""},
    {"did not find expected node content", "a value is missing", "expected a value before this",
     ""},
    {"did not find expected <document start>", "this line belongs to nothing",
     "expected the end of the text", ""},
    {"did not find expected comment or line break", "unexpected text after a block's header",
     "expected the end of the line", "the text of a block begins on the line below `|` or `>`"},
    {"found incompatible YAML document", "unknown version of YAML", "expected 1.1 or 1.2", ""},
};

struct ContextRow {
  std::string_view context;
  std::string_view label;
};

constexpr ContextRow contexts[] = {
    {"while parsing a block mapping", "the map begins here"},
    {"while parsing a block collection", "the list begins here"},
    {"while parsing a flow", "opened here"},
    {"while scanning a quoted scalar", "opened here"},
    {"while scanning a simple key", "this is no key"},
};

}  // namespace

std::string_view explain_yaml_context(std::string_view context) {
  for (const ContextRow& row : contexts) {
    if (context.starts_with(row.context)) return row.label;
  }
  return "";
}

YamlProblem explain_yaml_problem(std::string_view problem, std::string_view before,
                                 std::string_view after) {
  YamlProblem found{fmt::format("this is not YAML: {}", problem), "", "", false};
  for (const Row& row : rows) {
    if (problem.find(row.problem) != std::string_view::npos) {
      found = {std::string(row.message), std::string(row.label), std::string(row.help), true};
      break;
    }
  }
  if (problem.find("cannot start any token") != std::string_view::npos) {
    if (after.starts_with('\t')) {
      return {"a tab is used to indent", "tab", "indent with spaces", false};
    }
    const auto sign = after.empty() ? std::string() : quote(after.substr(0, 1));
    return {fmt::format("no value begins with {}", sign), "", "put the text in quotes", false};
  }
  // The one thing that people paste everywhere and that YAML trips over inside braces.
  const bool in_flow = problem.find("',' or") != std::string_view::npos;
  if (in_flow && (before.ends_with('$') || before.find("${") != std::string_view::npos)) {
    found.help = "inside `{ }` and `[ ]`, put `${name}` in quotes";
  }
  if (problem.find("did not find expected key") != std::string_view::npos && !after.empty() &&
      (before.find('"') != std::string_view::npos || before.find('\'') != std::string_view::npos)) {
    found = {"unexpected text after a closing quote", "expected the end of the line",
             "put the whole text in quotes, and double a quote that belongs to it", false};
  }
  return found;
}

}  // namespace peerlab::text
