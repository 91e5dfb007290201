#include "exchange.hpp"

#include <fmt/format.h>

#include <charconv>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/time.hpp"

namespace peerlab::server::api {
namespace {

constexpr std::string_view partitions_text = "Partitions are a Consul Enterprise feature";
constexpr std::string_view namespaces_text = "Namespaces are a Consul Enterprise feature";

/// The first word behind `Bearer`, whose case does not count.
std::string bearer(std::string_view value) {
  const auto skip = [&] {
    while (value.starts_with(' ')) value.remove_prefix(1);
  };
  const auto word = [&] {
    skip();
    const std::size_t end = value.find(' ');
    std::string taken(value.substr(0, end));
    value.remove_prefix(end == std::string_view::npos ? value.size() : end);
    return taken;
  };
  std::string scheme = word();
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return scheme == "bearer" ? word() : std::string();
}

/// Directives with a number must have one; others pass. (HTTP spec 1.14)
bool is_cache_control(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    std::string_view directive = value.substr(0, comma);
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    while (directive.starts_with(' ')) directive.remove_prefix(1);
    while (directive.ends_with(' ')) directive.remove_suffix(1);
    for (const std::string_view numbered : {"max-age=", "stale-if-error="}) {
      if (directive.starts_with(numbered) && !parse_uint(directive.substr(numbered.size()))) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::string Exchange::datacenter() const {
  const std::string name = query_.get("datacenter");
  return name.empty() ? query_.get("dc") : name;
}

std::string Exchange::token() const {
  if (std::string token = query_.get("token"); !token.empty()) return token;
  if (std::string token = header(request_->headers, "X-Consul-Token"); !token.empty()) {
    return token;
  }
  return bearer(header(request_->headers, "Authorization"));
}

std::optional<Answer> refuse_unknown(const View& view, const PartitionName& partition) {
  const bool known = view.state.catalog(partition) != nullptr;
  if (known || view.settings.edition == Edition::community) return std::nullopt;
  return failed(400, fmt::format("unknown partition \"{}\"", partition.value()));
}

PartitionName Exchange::partition() const {
  std::string name = query_.get("partition");
  if (name.empty()) name = header(request_->headers, "X-Consul-Partition");
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return PartitionName(std::move(name));
}

std::optional<Answer> Exchange::refuse_partition(const View& view) const {
  if (view.settings.edition == Edition::enterprise) return refuse_unknown(view, partition());
  if (!query_.get("partition").empty()) {
    return failed(400, fmt::format("Invalid query parameter: \"partition\" - {}", partitions_text));
  }
  if (!header(request_->headers, "X-Consul-Partition").empty()) {
    return failed(400, fmt::format("Invalid header: \"X-Consul-Partition\" - {}", partitions_text));
  }
  return std::nullopt;
}

std::optional<Answer> Exchange::refuse_tenancy(const View& view) const {
  if (view.settings.edition == Edition::enterprise) return refuse_partition(view);
  if (!header(request_->headers, "X-Consul-Namespace").empty()) {
    return failed(400, fmt::format("Invalid header: \"X-Consul-Namespace\" - {}", namespaces_text));
  }
  if (!query_.get("ns").empty()) {
    return failed(400, fmt::format("Invalid query parameter: \"ns\" - {}", namespaces_text));
  }
  return refuse_partition(view);
}

tl::expected<ReadOptions, Answer> Exchange::wait_options() const {
  ReadOptions options;
  if (const std::string wait = query_.get("wait"); !wait.empty()) {
    const auto parsed = parse_go_duration(wait);
    if (!parsed) return refused(failed(400, "Invalid wait time"));
    options.wait = *parsed;
  }
  if (const std::string index = query_.get("index"); !index.empty()) {
    const auto parsed = parse_uint(index);
    if (!parsed) return refused(failed(400, "Invalid index"));
    options.min_index = *parsed;
  }
  return options;
}

tl::expected<ReadOptions, Answer> Exchange::consistency_options() const {
  ReadOptions options;
  options.stale = query_.has("stale");
  options.consistent = query_.has("consistent");
  options.cached = query_.has("cached");
  if (const std::string age = query_.get("max_stale"); !age.empty()) {
    const auto parsed = parse_go_duration(age);
    if (!parsed) return refused(failed(400, fmt::format("Invalid max_stale value \"{}\"", age)));
    options.max_stale = *parsed;
    if (options.max_stale > Duration(0)) options.stale = true;
  }
  if (options.stale && options.consistent) {
    return refused(failed(400, "Cannot specify ?stale with ?consistent, conflicting semantics."));
  }
  if (options.cached && options.consistent) {
    return refused(failed(400, "Cannot specify ?cached with ?consistent, conflicting semantics."));
  }
  if (!is_cache_control(header(request_->headers, "Cache-Control"))) {
    return refused(failed(400, "Invalid Cache-Control header."));
  }
  return options;
}

tl::expected<ReadOptions, Answer> Exchange::read_options() const {
  auto options = consistency_options();
  if (!options) return options;
  return wait_options().map([&](const ReadOptions& waiting) {
    options->min_index = waiting.min_index;
    options->wait = waiting.wait;
    return *options;
  });
}

tl::expected<const acl::Authorizer*, Answer> authorizer(const View& view,
                                                        const Exchange& exchange) {
  if (!view.settings.acl_enabled) return &acl::allow_all();
  const acl::Authorizer* found = view.authorizer(exchange.token());
  if (found == nullptr) return refused(failed("ACL not found"));
  return found;
}

Step propose(Command command, std::function<Step(const View&, const Applied&)> then) {
  return {Propose{std::move(command)},
          [then = std::move(then)](const View& view, const Input& input) -> Step {
            if (const auto* failure = std::get_if<NotApplied>(&input)) {
              return done(failed(failure->why));
            }
            const auto* applied = std::get_if<Applied>(&input);
            PEERLAB_ASSERT(applied != nullptr);
            return then(view, *applied);
          }};
}

Step propose(Command command, std::function<Answer(const Applied&)> answer) {
  return propose(std::move(command),
                 [answer = std::move(answer)](const View&, const Applied& applied) -> Step {
                   return done(answer(applied));
                 });
}

Answer json_bool(bool value) { return json(value ? "true" : "false"); }

tl::expected<std::uint64_t, std::string> parse_uint(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size() && !text.empty();
  if (error == std::errc() && whole) return value;
  return tl::unexpected<std::string>(fmt::format(
      "strconv.ParseUint: parsing \"{}\": {}", text,
      error == std::errc::result_out_of_range && whole ? "value out of range" : "invalid syntax"));
}

}  // namespace peerlab::server::api
