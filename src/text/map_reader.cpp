#include "peerlab/text/map_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

/// The value of a scalar, read by one of the parsers of scalars.hpp.
template <class Parse>
auto parse(const Node& node, Diagnostics& diagnostics, std::string_view wanted, Parse parser)
    -> std::optional<typename std::invoke_result_t<Parse, std::string_view>::value_type> {
  if (!node.is_scalar() || node.kind == Kind::null) {
    report_kind(node, wanted, diagnostics);
    return std::nullopt;
  }
  auto parsed = parser(node.text);
  if (parsed) return *parsed;
  const Problem& problem = parsed.error();
  diagnostics.error(problem.code, node.span, problem.message).help(problem.help);
  return std::nullopt;
}

}  // namespace

Diagnostic& report_kind(const Node& node, std::string_view wanted, Diagnostics& diagnostics) {
  return diagnostics
      .error(codes::wrong_type, node.span,
             fmt::format("expected {}, found {}", wanted, with_article(node.kind)))
      .label(fmt::format("expected {}", wanted));
}

Diagnostic& report_choice(std::string_view word, Span span, std::span<const std::string_view> words,
                          Diagnostics& diagnostics) {
  auto& finding =
      diagnostics.error(codes::bad_choice, span, fmt::format("{} cannot stand here", quote(word)))
          .label(fmt::format("expected {}", enumerate(words, "or")));
  if (const auto meant = did_you_mean(word, words)) {
    finding.help(fmt::format("did you mean {}?", quote(*meant)));
  }
  return finding;
}

namespace read {

std::optional<std::string> string(const Node& node, Diagnostics& diagnostics) {
  if (node.kind == Kind::string) return node.text;
  auto& finding = report_kind(node, "a string", diagnostics);
  if (node.is_scalar() && node.kind != Kind::null) {
    finding.help(fmt::format("put it in quotes: \"{}\"", printable(node.text)));
  }
  return std::nullopt;
}

std::optional<std::string> scalar(const Node& node, Diagnostics& diagnostics) {
  if (node.is_scalar() && node.kind != Kind::null) return node.text;
  report_kind(node, "a single value", diagnostics);
  return std::nullopt;
}

std::optional<bool> boolean(const Node& node, Diagnostics& diagnostics) {
  if (const auto value = node.boolean()) return value;
  auto& finding = report_kind(node, "a boolean", diagnostics);
  if (node.kind == Kind::string && (node.text == "true" || node.text == "false")) {
    finding.help("leave out the quotes");
  } else {
    finding.help("write `true` or `false`");
  }
  return std::nullopt;
}

std::optional<Duration> duration(const Node& node, Diagnostics& diagnostics) {
  return parse(node, diagnostics, "a duration", parse_duration);
}

std::optional<Duration> signed_duration(const Node& node, Diagnostics& diagnostics) {
  return parse(node, diagnostics, "a duration", parse_signed_duration);
}

std::optional<std::uint64_t> size(const Node& node, Diagnostics& diagnostics) {
  return parse(node, diagnostics, "a size", parse_size);
}

std::optional<BitRate> bit_rate(const Node& node, Diagnostics& diagnostics) {
  return parse(node, diagnostics, "a bit rate", parse_bit_rate);
}

std::optional<Frequency> frequency(const Node& node, Diagnostics& diagnostics) {
  return parse(node, diagnostics, "a frequency", parse_frequency);
}

std::optional<Ratio> percent(const Node& node, Diagnostics& diagnostics) {
  return parse(node, diagnostics, "a percentage", parse_percent);
}

std::optional<const Node*> node(const Node& node, Diagnostics&) { return &node; }

std::optional<std::int64_t> integer::operator()(const Node& node, Diagnostics& diagnostics) const {
  if (const auto value = node.integer(); value && *value >= least && *value <= most) return value;
  if (node.kind != Kind::integer && node.kind != Kind::floating) {
    report_kind(node, "a whole number", diagnostics);
    return std::nullopt;
  }
  const auto complaint = node.kind == Kind::floating ? "is not a whole number" : "is out of range";
  diagnostics.error(codes::bad_number, node.span, fmt::format("{} {}", quote(node.text), complaint))
      .help(fmt::format("write a whole number from {} to {}", least, most));
  return std::nullopt;
}

}  // namespace read

MapReader::MapReader(const Node& node, Diagnostics& diagnostics, std::string what, Keys keys)
    : node_(node),
      diagnostics_(diagnostics),
      what_(std::move(what)),
      keys_(keys),
      errors_before_(diagnostics.errors()) {
  if (node.kind == Kind::map) return;
  report_kind(node, "a map", diagnostics);
  finished_ = true;  // there are no keys to complain about
}

bool MapReader::same(std::string_view one, std::string_view other) const {
  return one == other || (keys_ == Keys::folded && same_folded(one, other));
}

const Entry* MapReader::find(std::string_view key) {
  const auto known = [&](const std::string& asked) { return asked == key; };
  if (std::none_of(known_.begin(), known_.end(), known)) known_.emplace_back(key);
  const auto found = std::find_if(node_.entries.begin(), node_.entries.end(),
                                  [&](const Entry& entry) { return same(entry.key, key); });
  return found == node_.entries.end() ? nullptr : &*found;
}

const Entry* MapReader::require(std::string_view key) {
  const Entry* entry = find(key);
  if (entry == nullptr) missing_.emplace_back(key);
  return entry;
}

bool MapReader::finish() {
  if (finished_) return diagnostics_.errors() == errors_before_;
  finished_ = true;
  const auto known = views(known_);
  std::vector<std::string_view> seen;
  for (const Entry& entry : node_.entries) {
    const auto key = std::find_if(known.begin(), known.end(),
                                  [&](std::string_view name) { return same(entry.key, name); });
    if (key != known.end()) {
      const bool fresh = std::find(seen.begin(), seen.end(), *key) == seen.end();
      seen.push_back(*key);
      if (fresh) continue;
      diagnostics_.error(codes::duplicate_key, entry.key_span,
                         fmt::format("{} is another spelling of {}, which stands here, too",
                                     quote(entry.key), quote(*key)));
      continue;
    }
    auto& finding = diagnostics_
                        .error(codes::unknown_key, entry.key_span,
                               fmt::format("unknown key {}", quote(entry.key)))
                        .label(fmt::format("not a key of {}", what_));
    if (const auto meant = did_you_mean(entry.key, known)) {
      finding.help(fmt::format("did you mean {}?", quote(*meant)));
      // One slip of the pen is one finding: the key it was meant to be is not missing as well.
      std::erase(missing_, *meant);
    }
    if (!known.empty()) finding.note(fmt::format("known keys are {}", enumerate(known)));
  }
  for (const std::string& key : missing_) {
    diagnostics_.error(codes::missing_key, node_.span, fmt::format("missing key {}", quote(key)))
        .label(fmt::format("{} needs {}", what_, quote(key)));
  }
  return diagnostics_.errors() == errors_before_;
}

}  // namespace peerlab::text
