#include "actors/act.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "peerlab/base/encoding.hpp"

namespace peerlab::actors {
namespace {

using Json = nlohmann::ordered_json;
using Outputs = std::vector<checks::Output>;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Pause final : public Act {
 public:
  explicit Pause(Duration lasts) : lasts_(lasts) {}

  Outputs begin(Instant now) override {
    due_ = now + lasts_;
    return {checks::WakeAt{due_}};
  }
  Outputs observe(const trace::Record&) override { return {}; }
  Outputs expired(Instant now) override {
    if (now < due_) return {};
    return {checks::Settled{true, 0, {}, {}}};
  }

 private:
  Duration lasts_;
  Instant due_{};
};

class Watching final : public Act {
 public:
  Watching(checks::Expectation expectation, Stage& stage)
      : stage_(stage), waiting_(std::move(expectation), stage.next_call) {}

  Outputs begin(Instant now) override { return waiting_.begin(now, stage_.observed); }
  Outputs observe(const trace::Record& record) override {
    return waiting_.observe(record, stage_.observed);
  }
  Outputs expired(Instant now) override { return waiting_.expired(now, stage_.observed); }

 private:
  Stage& stage_;
  checks::Waiting waiting_;
};

/// `text` with the value of each `${name}` that was captured. Where the text is a JSON object,
/// names stand in its strings, and values are escaped for them.
std::string filled(std::string_view text, const Captured& captured) {
  const bool json = text.starts_with('{');
  std::string result;
  while (!text.empty()) {
    const std::size_t at = text.find("${");
    result += text.substr(0, at);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    const std::size_t close = text.find('}');
    const auto value =
        close == std::string_view::npos ? captured.end() : captured.find(text.substr(2, close - 2));
    if (value == captured.end()) {
      result += text.substr(0, 2);
      text.remove_prefix(2);
      continue;
    }
    if (json) {
      const std::string quoted = dumped(Json(value->second));
      result += quoted.substr(1, quoted.size() - 2);
    } else {
      result += value->second;
    }
    text.remove_prefix(close + 1);
  }
  return result;
}

/// The same for what is asked and for what is expected.
void fill(checks::HttpCheck& http, const Captured& captured) {
  http.target = filled(http.target, captured);
  http.request_body = filled(http.request_body, captured);
  if (http.body) http.body = filled(*http.body, captured);
  if (http.contains) http.contains = filled(*http.contains, captured);
  for (auto& [pointer, value] : http.json) value = filled(value, captured);
}

/// The token after a merge patch; nothing if it is none.
std::optional<std::string> patched(const std::string& token, const std::string& patch) {
  const std::optional<std::string> text = from_base64(token);
  Json json = Json::parse(text.value_or(""), nullptr, false);
  const Json change = Json::parse(patch, nullptr, false);
  if (!json.is_object() || !change.is_object()) return std::nullopt;
  json.merge_patch(change);
  return to_base64(dumped(json));
}

bool is_for(const Json& consumer, const std::string& peer) {
  const auto found = consumer.is_object() ? consumer.find("Peer") : consumer.end();
  return found != consumer.end() && *found == peer;
}

/// The list of consumers under `item`, which is made where there is none.
Json& consumers_of(Json& item) {
  Json& consumers = item["Consumers"];
  if (!consumers.is_array()) consumers = Json::array();
  return consumers;
}

/// The entry `exported-services` in `list` (as the API lists entries), changed, for writing it.
/// What is left without a consumer goes.
std::string edited(const std::string& list, const scenario::ExportEdit& edit) {
  Json entry = Json::object();
  const Json entries = Json::parse(list, nullptr, false);
  if (entries.is_array() && !entries.empty()) entry = entries.front();
  entry["Kind"] = "exported-services";
  entry["Name"] = edit.partition;
  Json& services = entry["Services"];
  if (!services.is_array()) services = Json::array();
  for (const std::string& name : edit.services) {
    Json* item = nullptr;
    for (Json& each : services) {
      if (each.is_object() && each.value("Name", "") == name) item = &each;
    }
    if (item == nullptr) {
      if (!edit.exported) continue;
      services.push_back({{"Name", name}, {"Consumers", Json::array()}});
      item = &services.back();
    }
    Json kept = Json::array();
    for (Json& consumer : consumers_of(*item)) {
      if (!is_for(consumer, edit.peer)) kept.push_back(std::move(consumer));
    }
    if (edit.exported) kept.push_back({{"Peer", edit.peer}});
    (*item)["Consumers"] = std::move(kept);
  }
  Json left = Json::array();
  for (Json& item : services) {
    if (item.is_object() && !consumers_of(item).empty()) left.push_back(std::move(item));
  }
  services = std::move(left);
  return dumped(entry);
}

class Asking final : public Act {
 public:
  Asking(std::vector<scenario::Request> requests, Stage& stage)
      : stage_(stage), requests_(std::move(requests)) {}

  Outputs begin(Instant now) override { return go_on(now); }

  Outputs observe(const trace::Record& record) override {
    const auto* end = std::get_if<trace::HttpEnded>(&record.fact);
    if (!waiting_ || end == nullptr || end->call != call_) return {};
    Outputs outputs = waiting_->observe(record, stage_.observed);
    const auto* settled = outputs.empty() ? nullptr : std::get_if<checks::Settled>(&outputs.back());
    if (settled == nullptr) return outputs;
    if (!settled->passed) return is_expected(record) ? done() : outputs;
    for (const scenario::Capture& capture : requests_[next_ - 1].captures) {
      if (auto problem = keep(capture, end->body); !problem.empty()) {
        return {checks::Settled{false, 0, std::move(problem), record.at}};
      }
    }
    return go_on(record.at);
  }

  Outputs expired(Instant) override { return {}; }

 private:
  Outputs go_on(Instant now) {
    if (next_ == requests_.size()) return done();
    const scenario::Request& request = requests_[next_++];
    checks::HttpCheck http = request.http;
    fill(http, stage_.captured);
    if (request.edit) {
      http.request_body = edited(stage_.captured[request.edit->captured], *request.edit);
    }
    checks::Expectation answer{checks::Expectation::Mode::now, {}, {}, {std::move(http)}};
    waiting_.emplace(std::move(answer), stage_.next_call);
    call_ = stage_.next_call;
    return waiting_->begin(now, stage_.observed);
  }

  static Outputs done() { return {checks::Settled{true, 0, {}, {}}}; }

  /// A refusal that the step expects may come before the last of its requests.
  bool is_expected(const trace::Record& record) const {
    checks::HttpCheck last = requests_.back().http;
    if (!last.status || *last.status < 300) return false;
    fill(last, stage_.captured);
    const auto sight = checks::outcome(last, call_, record, stage_.observed);
    return sight && sight->holds;
  }

  /// Why the answer leaves nothing behind; empty if it does.
  std::string keep(const scenario::Capture& capture, const std::string& body) {
    std::optional<std::string> value =
        capture.pointer.empty() ? body : checks::value_at(body, capture.pointer);
    if (!value) return fmt::format("nothing stands at {} of {}", capture.pointer, body);
    if (capture.token_patch) {
      value = patched(*value, filled(*capture.token_patch, stage_.captured));
      if (!value) return "this is no token whose fields could be changed";
    }
    stage_.captured.insert_or_assign(capture.name, *std::move(value));
    return {};
  }

  Stage& stage_;
  std::vector<scenario::Request> requests_;
  std::size_t next_ = 0;
  std::optional<checks::Waiting> waiting_;
  std::uint64_t call_ = 0;
};

class Obeyed final : public Act {
 public:
  Obeyed(std::string_view kind, std::size_t count) : kind_(kind), left_(count) {}

  Outputs begin(Instant) override { return {}; }
  Outputs observe(const trace::Record& record) override {
    const auto* given = std::get_if<trace::CommandGiven>(&record.fact);
    if (given == nullptr || given->kind != kind_ || --left_ > 0) return {};
    return {checks::Settled{true, 0, {}, {}}};
  }
  Outputs expired(Instant) override { return {}; }

 private:
  std::string_view kind_;
  std::size_t left_;
};

}  // namespace

std::unique_ptr<Act> orders_carried_out(std::string_view kind, std::size_t count) {
  return std::make_unique<Obeyed>(kind, count);
}

std::unique_ptr<Act> act_of(const scenario::Wait& wait) {
  return std::make_unique<Pause>(wait.lasts);
}

std::unique_ptr<Act> act_of(const scenario::Requests& requests, Stage& stage) {
  return std::make_unique<Asking>(requests.all, stage);
}

std::unique_ptr<Act> act_of(const checks::Expectation& expectation, Stage& stage) {
  checks::Expectation whole = expectation;
  for (checks::Check& check : whole.all) {
    if (auto* http = std::get_if<checks::HttpCheck>(&check)) fill(*http, stage.captured);
  }
  return std::make_unique<Watching>(std::move(whole), stage);
}

}  // namespace peerlab::actors
