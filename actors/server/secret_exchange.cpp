#include "actors/server/secret_exchange.hpp"

#include <utility>

namespace peerlab::actors {

namespace api = server::api;

void SecretExchange::begin(const api::Dial& dial, Done done) {
  const CallId id = ++calls_;
  active_.emplace(id, Active{std::move(done)});
  dialer_.dial({dial.address, dial.ca, dial.server_name}, [this, id, dial](auto outcome) {
    if (auto* status = std::get_if<peering::Status>(&outcome)) {
      return end(id, api::Dialled{std::move(*status)});
    }
    call(id, std::get<engine::ConnectionId>(outcome), dial);
  });
}

void SecretExchange::call(CallId id, engine::ConnectionId connection, const api::Dial& dial) {
  const auto on_frame = [this, id](net::Frame&& frame) {
    if (const auto* reply = frame.get_if<ExchangeSecretReply>()) {
      end(id, api::Dialled{reply->response.stream_secret});
    } else if (const auto* trailers = frame.get_if<GrpcTrailers>()) {
      end(id, api::Dialled{trailers->status});
    }
  };
  const auto on_broken = [this, id](peering::Status why) { end(id, api::Dialled{std::move(why)}); };
  Active& active = active_.at(id);
  active.channel = std::make_unique<GrpcChannel>(context_, connection, dialer_keepalive,
                                                 GrpcChannel::Owner{on_frame, on_broken});
  active.channel->send(ExchangeSecretCall{{dial.peer_id, dial.secret}});
}

void SecretExchange::end(CallId id, api::Dialled outcome) {
  const auto found = active_.find(id);
  if (found == active_.end()) return;
  Active over = std::move(found->second);
  active_.erase(found);
  context_.retire(std::move(over.channel));
  over.done(std::move(outcome));
}

}  // namespace peerlab::actors
