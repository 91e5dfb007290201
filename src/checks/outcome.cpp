#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/checks/observed.hpp"

namespace peerlab::checks {
namespace {

using Json = nlohmann::ordered_json;

/// Whether `host` is `wanted` or lies below it: `dc2/service/web/0` below `dc2/service/web`.
bool is_within(const std::string& host, const std::string& wanted) {
  return host.starts_with(wanted) && (host.size() == wanted.size() || host[wanted.size()] == '/');
}

/// Of a body: on one line, and not too long.
std::string shortened(std::string text) {
  constexpr std::size_t most = 200;
  if (text.size() > most) text = text.substr(0, most) + "...";
  for (char& character : text) {
    if (character == '\n' || character == '\t') character = ' ';
  }
  return text;
}

Sight judge(const CallCheck& check, const trace::CallEnded& end, const std::string& why,
            Instant at) {
  Sight sight{check.result.empty() || end.result == check.result, {}, at};
  if (check.answered_by && !is_within(end.answered_by, *check.answered_by)) sight.holds = false;
  if (check.status && end.status != *check.status) sight.holds = false;
  if (check.because && why.find(*check.because) == std::string::npos) sight.holds = false;
  sight.seen = end.answered_by.empty()
                   ? fmt::format("the call was not answered: {}", end.result)
                   : fmt::format("the call was answered by {}", end.answered_by);
  if (end.status != 0) sight.seen += fmt::format(", status {}", end.status);
  if (!why.empty()) sight.seen += fmt::format(" ({})", why);
  return sight;
}

/// `~1` in a JSON pointer is a slash, `~0` a tilde.
std::string unescaped(std::string step) {
  for (auto at = step.find('~'); at < step.size(); at = step.find('~', at + 1)) {
    if (step.compare(at, 2, "~1") == 0) step.replace(at, 2, "/");
    if (step.compare(at, 2, "~0") == 0) step.replace(at, 2, "~");
  }
  return step;
}

std::string wanted_status(const HttpCheck& check) {
  if (!check.status) return "a status below 300";
  return *check.status == 0 ? "no answer" : fmt::format("status {}", *check.status);
}

/// The first way in which the answer is not as expected; empty where it is.
std::string difference(const HttpCheck& check, const trace::HttpEnded& end) {
  const std::string status = wanted_status(check);
  if (end.status == 0 && check.status != 0) {
    return fmt::format("expected {}, seen: no answer: {}", status, end.body);
  }
  const bool status_good = check.status ? end.status == *check.status : end.status < 300;
  if (!status_good) {
    return fmt::format("expected {}, seen: status {}: {}", status, end.status, shortened(end.body));
  }
  if (check.body && end.body != *check.body) {
    return fmt::format("expected the body {}, seen: {}", shortened(*check.body),
                       shortened(end.body));
  }
  if (check.contains && end.body.find(*check.contains) == std::string::npos) {
    return fmt::format("expected a body with {}, seen: {}", shortened(*check.contains),
                       shortened(end.body));
  }
  if (check.json.empty()) return {};
  if (!Json::accept(end.body)) return "expected JSON, seen: " + shortened(end.body);
  for (const auto& [pointer, wanted] : check.json) {
    const std::optional<std::string> value = value_at(end.body, pointer);
    if (!value) {
      return fmt::format("expected {} to be {}, seen: nothing there in {}", pointer,
                         shortened(wanted), shortened(end.body));
    }
    if (*value != wanted) {
      return fmt::format("expected {} to be {}, seen: {}", pointer, shortened(wanted),
                         shortened(*value));
    }
  }
  return {};
}

Sight judge(const HttpCheck& check, const trace::HttpEnded& end, Instant at) {
  std::string difference_seen = difference(check, end);
  return {difference_seen.empty(), std::move(difference_seen), at};
}

}  // namespace

std::optional<std::string> value_at(const std::string& json, const std::string& pointer) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  const Json* at = &document;
  for (std::size_t slash = 0; slash < pointer.size();) {
    if (pointer[slash] != '/') return std::nullopt;
    const std::size_t end = std::min(pointer.find('/', slash + 1), pointer.size());
    const std::string step = unescaped(pointer.substr(slash + 1, end - slash - 1));
    if (at->is_object()) {
      const auto member = at->find(step);
      if (member == at->end()) return std::nullopt;
      at = &*member;
    } else {
      std::size_t index = 0;
      const auto [rest, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error != std::errc() || rest != step.data() + step.size()) return std::nullopt;
      if (!at->is_array() || index >= at->size()) return std::nullopt;
      at = &(*at)[index];
    }
    slash = end;
  }
  return at->is_string() ? at->get<std::string>()
                         : at->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Sight> outcome(const Check& check, std::uint64_t call, const trace::Record& record,
                             const Observed& observed) {
  return std::visit(Overloaded{
                        [&](const CallCheck& each) -> std::optional<Sight> {
                          const auto* end = std::get_if<trace::CallEnded>(&record.fact);
                          if (end == nullptr || end->call != call) return std::nullopt;
                          return judge(each, *end, observed.why_ended(call), record.at);
                        },
                        [&](const HttpCheck& each) -> std::optional<Sight> {
                          const auto* end = std::get_if<trace::HttpEnded>(&record.fact);
                          if (end == nullptr || end->call != call) return std::nullopt;
                          return judge(each, *end, record.at);
                        },
                        [](const auto&) -> std::optional<Sight> { return std::nullopt; },
                    },
                    check);
}

}  // namespace peerlab::checks
