#include "actors/server/context.hpp"

#include <charconv>
#include <iterator>

#include "peerlab/base/assert.hpp"

namespace peerlab::actors {
namespace {

/// ACLs come with a later issue; until then every token may do everything.
const std::function<const acl::Authorizer*(std::string_view)> everybody = [](std::string_view) {
  return &acl::allow_all();
};

server::api::Input refused(consensus::Refusal why) {
  return server::api::NotApplied{std::string(consensus::text(why))};
}

}  // namespace

net::Address address_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  net::Address address{text.substr(0, colon), 0};
  if (colon != std::string::npos) {
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), address.port);
  }
  return address;
}

Result<void> result_of(const server::api::Input& end) {
  if (const auto* why = std::get_if<server::api::NotApplied>(&end)) {
    return failure(Errc::invalid_argument, why->why);
  }
  const server::ApplyResult& result = std::get<server::api::Applied>(end).result;
  if (result.failed()) return failure(Errc::invalid_argument, result.error);
  return {};
}

std::uint64_t count_life(net::Disk& disk) {
  constexpr std::string_view file = "lives";
  disk.append(file, ".");
  disk.sync(file);
  return disk.read(file)->size();
}

server::api::View ServerContext::view() {
  // The leader's word is as old as what this server last heard of it.
  const std::optional<Instant> contact = raft->state().last_contact;
  situation.last_contact = situation.leader || !contact ? Duration{0} : host.now() - *contact;
  return {state, config.settings, situation,      streams,  host.now(),
          cache, random,          config.mutants, everybody};
}

void ServerContext::propose(const server::Command& command,
                            std::function<void(const server::api::Input&)> done) {
  std::string bytes = server::encode(command);
  const auto tell = [this, kind = server::kind_of(command), size = bytes.size()](std::uint64_t at) {
    host.record(trace::EntryApplied{at, kind, size});
  };
  raft->propose(std::move(bytes), [this, tell, done = std::move(done)](const auto& end) {
    const auto* index = std::get_if<consensus::Index>(&end);
    if (index == nullptr) return done(refused(std::get<consensus::Refusal>(end)));
    const auto result = results.find(*index);
    PEERLAB_ASSERT(result != results.end());
    tell(index->value());
    const server::api::Applied applied{index->value(), std::move(result->second)};
    // Entries are applied and completed in order: nobody asks for an earlier one any more.
    results.erase(results.begin(), std::next(result));
    done(applied);
  });
}

void ServerContext::verify(std::function<void(const server::api::Input&)> done) {
  raft->verify([done = std::move(done)](const auto& end) {
    if (const auto* why = std::get_if<consensus::Refusal>(&end)) return done(refused(*why));
    done(server::api::Verified{});
  });
}

}  // namespace peerlab::actors
