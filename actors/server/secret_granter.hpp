#pragma once

#include <functional>
#include <variant>

#include "actors/server/leader_calls.hpp"
#include "peerlab/peering/message.hpp"
#include "peerlab/peering/secrets.hpp"

namespace peerlab::actors {

/// ExchangeSecret as a follower hands it on to its leader, and the leader's answer.
struct ForwardedExchange {
  static constexpr std::string_view frame_name = "rpc/exchange-secret";
  peering::ExchangeSecretRequest request;
  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};
struct ForwardedGrant {
  static constexpr std::string_view frame_name = "rpc/exchange-secret-reply";
  std::variant<peering::StreamSecret, peering::Status> grant;
  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

/// The acceptor's side of ExchangeSecret. A follower asks its leader (C-078).
class SecretGranter {
 public:
  using Grant = std::variant<peering::StreamSecret, peering::Status>;
  using Done = std::function<void(Grant)>;

  SecretGranter(ServerContext& context, LeaderCalls& leader) : context_(context), leader_(leader) {}

  void exchange(const peering::ExchangeSecretRequest& request, Done done);

 private:
  ServerContext& context_;
  LeaderCalls& leader_;
};

}  // namespace peerlab::actors
