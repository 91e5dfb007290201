#include "actors/server/secret_granter.hpp"

#include <utility>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/wire/peerstream_codec.hpp"

namespace peerlab::actors {
namespace {

using peering::GrpcCode;
using peering::Status;

}  // namespace

std::size_t ForwardedExchange::encoded_size() const { return 8 + wire::encode(request).size(); }
void ForwardedExchange::hash_into(Hasher& hasher) const { hasher.add(wire::encode(request)); }
std::size_t ForwardedGrant::encoded_size() const { return 64; }
void ForwardedGrant::hash_into(Hasher& hasher) const {
  std::visit(Overloaded{
                 [&](const peering::StreamSecret& secret) { hasher.add(secret.value()); },
                 [&](const Status& status) { hasher.add(status.message); },
             },
             grant);
}

void SecretGranter::exchange(const peering::ExchangeSecretRequest& request, Done done) {
  if (!context_.situation.leader) {
    return leader_.call(ForwardedExchange{request}, [done = std::move(done)](net::Frame&& reply) {
      if (reply.empty()) return done(Status{GrpcCode::unavailable, "No cluster leader", {}});
      done(reply.get<ForwardedGrant>().grant);
    });
  }
  const peering::StreamSecret fresh(context_.random.uuid());
  auto verdict = peering::judge_exchange(request.peer_id, request.establishment_secret,
                                         context_.state.peering().secrets(request.peer_id), fresh);
  const auto judged = [this, request](bool accepted) {
    context_.host.record(
        trace::SecretJudged{request.peer_id.value(), trace::SecretJudged::Kind::establishment,
                            hash_of(request.establishment_secret.value()), accepted});
  };
  if (auto* status = std::get_if<Status>(&verdict)) {
    judged(false);
    return done(std::move(*status));
  }
  context_.propose(peering::Command(std::get<peering::SecretsWrite>(verdict)),
                   [done = std::move(done), judged, fresh](const server::api::Input& end) {
                     const Result<void> result = result_of(end);
                     judged(result.has_value());
                     if (result) return done(fresh);
                     done(peering::exchange_failed(result.error()));
                   });
}

}  // namespace peerlab::actors
