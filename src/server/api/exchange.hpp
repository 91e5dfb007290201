#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <variant>

#include "peerlab/server/api/call.hpp"
#include "url.hpp"

namespace peerlab::server::api {

/// What one move of a call comes to: what it wants, and how it goes on when it has it.
struct Step {
  Outcome outcome;
  Continuation next = {};
};

/// The options that nearly every read takes. (HTTP spec 1.6)
struct ReadOptions {
  bool stale = false;
  bool consistent = false;
  bool cached = false;
  Duration max_stale{0};
  store::RaftIndex min_index = 0;
  Duration wait{0};
};

/// A request taken apart, with what is known of it before anybody looks at a state.
class Exchange {
 public:
  Exchange(std::shared_ptr<const Request> request, std::string path, Query query)
      : request_(std::move(request)), path_(std::move(path)), query_(std::move(query)) {}

  const Request& request() const { return *request_; }
  const std::string& path() const { return path_; }  ///< decoded
  const Query& query() const { return query_; }

  /// What stands behind the pattern, decoded, slashes included.
  std::string tail(std::string_view pattern) const { return path_.substr(pattern.size()); }
  /// `datacenter`, else `dc`, else empty.
  std::string datacenter() const;
  /// Query, `X-Consul-Token`, bearer; empty where there is none. (H-034)
  std::string token() const;

  /// The partition that query or header names, in lower case; empty where neither does.
  PartitionName partition() const;

  /// The 400 that Community Edition gives a partition (or namespace) in query or header, and
  /// Enterprise Edition one that does not exist. (H-032, H-033)
  std::optional<Answer> refuse_partition(const View& view) const;
  std::optional<Answer> refuse_tenancy(const View& view) const;

  /// Consistency, cache and wait parameters, in the order in which Consul looks at them; the 400 of
  /// the first that is wrong.
  tl::expected<ReadOptions, Answer> read_options() const;
  /// All but `wait` and `index`, and these alone.
  tl::expected<ReadOptions, Answer> consistency_options() const;
  tl::expected<ReadOptions, Answer> wait_options() const;

 private:
  std::shared_ptr<const Request> request_;
  std::string path_;
  Query query_;
};

/// The refusal of a partition that an enterprise cluster does not have.
std::optional<Answer> refuse_unknown(const View& view, const PartitionName& partition);

using ExchangePtr = std::shared_ptr<const Exchange>;

/// What is left to do once a request has been found well formed: to be done by the server that is
/// to serve it, which may be another one.
using Serve = std::function<Step(const View&)>;

/// A request that was found well formed.
struct Serving {
  // Not explicit: handlers return the function alone unless the body names a datacenter.
  template <class Function>
  requires std::is_invocable_r_v<Step, Function, const View&> Serving(Function function)  // NOLINT
      : serve(std::move(function)) {}
  Serving(Serve function, std::string where)
      : serve(std::move(function)), datacenter(std::move(where)) {}

  Serve serve;
  std::string datacenter;  ///< as the body names it; then the query does not count
};

/// Who serves. (datacenter 1.9)
enum class Place {
  here,          ///< whichever server was asked
  any_on_stale,  ///< the leader of the datacenter that `dc` names; any server there with `stale`
  leader,        ///< the leader of the datacenter that `dc` names
  own_leader     ///< the leader of this cluster, whatever `dc` or `stale` say: peerings
};

/// Checks a request as far as it can be checked without a state. Errors found here answer before
/// the call is forwarded.
using Prepared = tl::expected<Serving, Answer>;
using Prepare = Prepared (*)(const ExchangePtr&, const View&);

struct Route {
  std::string_view pattern;  ///< ending in `/`: the whole subtree
  std::string_view methods;  ///< as `Allow` shows them, without OPTIONS
  Place place = Place::here;
  Prepare prepare = nullptr;  ///< null: not built yet
  /// A failed read shows index 1 and no leader, where others show nothing. (datacenter 1.9)
  bool failure_has_metadata = false;
};

/// The table, and the one place where a new endpoint is entered.
const Route* find_route(std::string_view path);
/// True where a subtree is known and only its trailing slash is missing.
bool lacks_slash(std::string_view path);

/// A finished call.
inline Step done(Answer answer) { return {std::move(answer)}; }
inline tl::unexpected<Answer> refused(Answer answer) {
  return tl::unexpected<Answer>(std::move(answer));
}

/// Who asks; the 403 of an unknown token. (H-036)
tl::expected<const acl::Authorizer*, Answer> authorizer(const View& view, const Exchange& exchange);

/// What a read found, as an answer that lacks its metadata.
struct Page {
  Answer answer;
  store::RaftIndex index = 0;
  /// Nothing was found: wake-ups that change nothing about that are suppressed.
  bool missing = false;
  /// Content that is compared so that only a change of it wakes. (HTTP spec 1.8, item 9)
  std::optional<std::string> fingerprint = {};
  bool with_metadata = true;  ///< 404 of a peering goes without
  bool filtered = false;      ///< rights took something away
};

/// How an endpoint's reads behave.
struct ReadStyle {
  bool shows_consistency = false;  ///< `X-Consul-Effective-Consistency`
  bool streaming = false;          ///< answered from a view that is kept up to date (1.5)
  bool blocks = true;
  bool cacheable = false;  ///< `?cached` asks the agent's cache (1.14)
};

/// Says whether the agent's cache had the answer, and since when. (HTTP spec 1.14)
void show_cache(const View& view, const Exchange& exchange, Answer& answer);

using Look = std::function<Page(const View&, store::WatchSet*)>;

/// A read by somebody whose rights are asked.
using LookAs = std::function<Page(const View&, const acl::Authorizer&, store::WatchSet*)>;

/// Carries out a read: verifies leadership where asked to, evaluates, and blocks until the index
/// grows or the time is up. (HTTP spec 1.8, datacenter 2.3)
Step read(const View& view, const ReadOptions& options, const ReadStyle& style, Look look);
/// The same for whoever's token the exchange carries.
Step read_as(const View& view, const Exchange& exchange, const ReadOptions& options,
             const ReadStyle& style, LookAs look);

/// A page that is an error.
Page failed_page(std::string text);

/// Appends `command` and answers with what `answer` makes of the result.
Step propose(Command command, std::function<Answer(const Applied&)> answer);
/// The same, where more is to be done after it.
Step propose(Command command, std::function<Step(const View&, const Applied&)> then);

/// `true` or `false`.
Answer json_bool(bool value);

/// Go's strconv.ParseUint in base 10, with its error text.
tl::expected<std::uint64_t, std::string> parse_uint(std::string_view text);
}  // namespace peerlab::server::api
