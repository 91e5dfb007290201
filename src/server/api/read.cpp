#include <fmt/format.h>

#include <algorithm>

#include "exchange.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::server::api {
namespace {

/// A read between two evaluations.
struct Reading {
  ReadOptions options;
  ReadStyle style;
  Look look;
  Instant deadline;
  store::RaftIndex min_index = 0;
  bool looked = false;
  bool was_missing = false;
  std::optional<Instant> unready_since = {};  ///< elected, but not yet established
  Page last = {};
};

std::string_view consistency(const ReadOptions& options) {
  return options.consistent ? "consistent" : options.stale ? "stale" : "leader";
}

/// The answer with what Consul tells about a read in its headers. (H-024, H-025)
Answer finished(const View& view, const Reading& reading) {
  Answer answer = reading.last.answer;
  if (!reading.last.with_metadata) return answer;
  const bool streaming = reading.style.streaming;
  const bool failed = answer.status >= 400 && !reading.last.missing;
  const auto put = [&](std::string_view name, std::string value) {
    answer.headers.emplace_back(name, std::move(value));
  };
  put("X-Consul-Index", std::to_string(std::max<store::RaftIndex>(reading.last.index, 1)));
  put("X-Consul-Knownleader",
      view.situation.leader_known && !streaming && !failed ? "true" : "false");
  const bool stands_alone = view.situation.leader || streaming;
  const auto contact =
      std::chrono::duration_cast<std::chrono::milliseconds>(view.situation.last_contact);
  put("X-Consul-Lastcontact", stands_alone ? "0" : std::to_string(contact.count()));
  if (reading.style.shows_consistency && !failed) {
    put("X-Consul-Effective-Consistency", std::string(consistency(reading.options)));
  }
  put("X-Consul-Query-Backend", streaming ? "streaming" : "blocking-query");
  if (reading.last.filtered) put("X-Consul-Results-Filtered-By-Acls", "true");
  return answer;
}

Step evaluate(Reading reading, const View& view);

/// Where wake-ups are suppressed because the answer stays the same, its index goes on all the same.
/// (H-045)
Reading up_to_date(Reading reading, const View& view) {
  if (!reading.last.with_metadata) return reading;
  if (!reading.last.missing && !reading.last.fingerprint) return reading;
  const Page page = reading.look(view, nullptr);
  reading.last.index = std::max(reading.last.index, page.index);
  return reading;
}

Step wait(Reading reading, store::WatchSet watches) {
  const Instant deadline = reading.deadline;
  return {Wait{std::move(watches), deadline},
          [reading = std::move(reading)](const View& view, const Input& input) -> Step {
            if (std::holds_alternative<Woken>(input)) return evaluate(reading, view);
            // A time-out is no error, and a store that was replaced under the query answers with
            // what was read from the old one. (datacenter 2.3)
            const bool elapsed = std::holds_alternative<Elapsed>(input);
            PEERLAB_ASSERT(elapsed || std::holds_alternative<Abandoned>(input));
            return done(finished(view, elapsed ? up_to_date(reading, view) : reading));
          }};
}

Step look(Reading reading, const View& view) {
  store::WatchSet watches;
  const bool may_wait = reading.min_index > 0;
  Page page = reading.look(view, may_wait ? &watches : nullptr);
  page.index = std::max<store::RaftIndex>(page.index, 1);
  const bool failed = page.answer.status >= 400 && !page.missing;
  // "Still nothing there" and "still the same" move the bar, so that writes to something else that
  // shares the index row do not wake the caller. (H-045)
  if (page.missing) {
    if (reading.was_missing) reading.min_index = page.index;
    reading.was_missing = true;
  } else if (page.fingerprint && reading.looked && page.fingerprint == reading.last.fingerprint) {
    reading.min_index = page.index;
  }
  reading.looked = true;
  reading.last = std::move(page);
  if (!may_wait || failed || reading.last.index > reading.min_index) {
    return done(finished(view, reading));
  }
  return wait(std::move(reading), std::move(watches));
}

/// Leadership is sure; but a new leader must also have finished establishing. (datacenter 1.9)
Step look_when_ready(Reading reading, const View& view) {
  if (view.situation.ready) {
    reading.unready_since.reset();
    return look(std::move(reading), view);
  }
  if (!reading.unready_since) reading.unready_since = view.now;
  const Duration hold = view.settings.rpc_hold_timeout;
  if (view.now - *reading.unready_since >= hold) {
    return done(failed("Not ready to serve consistent reads"));
  }
  return {Wait{{}, view.now + hold / 16},
          [reading = std::move(reading)](const View& later, const Input&) -> Step {
            return look_when_ready(reading, later);
          }};
}

Step evaluate(Reading reading, const View& view) {
  if (!reading.options.consistent) return look(std::move(reading), view);
  return {Verify{}, [reading = std::move(reading)](const View& later, const Input& input) -> Step {
            if (const auto* lost = std::get_if<NotApplied>(&input)) return done(failed(lost->why));
            PEERLAB_ASSERT(std::holds_alternative<Verified>(input));
            return look_when_ready(reading, later);
          }};
}

/// H-042, H-043; the stream backend waits exactly.
Duration wait_time(const View& view, const ReadOptions& options, const ReadStyle& style) {
  const Settings& settings = view.settings;
  const Duration wanted = options.wait <= Duration(0) ? settings.default_query_time : options.wait;
  const Duration base = std::min(wanted, settings.max_query_time);
  const auto spread = static_cast<std::uint64_t>((base / 16).count());
  if (style.streaming || spread == 0) return base;
  return base + Duration(view.random.below(spread));
}

}  // namespace

Step read(const View& view, const ReadOptions& options, const ReadStyle& style, Look look) {
  Reading reading{options, style, std::move(look), view.now};
  if (style.blocks && options.min_index > 0) {
    reading.min_index = options.min_index;
    reading.deadline = view.now + wait_time(view, options, style);
  }
  return evaluate(std::move(reading), view);
}

void show_cache(const View& view, const Exchange& exchange, Answer& answer) {
  const auto found = view.cache.look(view.now, exchange.path() + "?" + exchange.query().encoded());
  answer.headers.emplace_back("X-Cache", found ? "HIT" : "MISS");
  if (!found) return;
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(*found);
  answer.headers.emplace_back("Age", std::to_string(age.count()));
}

Step read_as(const View& view, const Exchange& exchange, const ReadOptions& options,
             const ReadStyle& style, LookAs look) {
  const auto asking = authorizer(view, exchange);
  if (!asking) return done(asking.error());
  // A cached read is looked up when it is made, not when it is answered.
  Answer cache;
  if (style.cacheable && options.cached) show_cache(view, exchange, cache);
  return read(view, options, style,
              [asking = *asking, cache = std::move(cache.headers), look = std::move(look)](
                  const View& now, store::WatchSet* watches) {
                Page page = look(now, *asking, watches);
                // Whoever shows no token does not learn that there was more. (H-026)
                page.filtered = page.filtered && !asking->accessor().empty();
                auto& headers = page.answer.headers;
                if (page.answer.status == 200) {
                  headers.insert(headers.end(), cache.begin(), cache.end());
                }
                return page;
              });
}

Page failed_page(std::string text) {
  Page page{failed(std::move(text))};
  page.with_metadata = false;
  return page;
}

}  // namespace peerlab::server::api
