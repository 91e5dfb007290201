#pragma once

#include <map>
#include <string>

#include "actors/server/frames.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// Tells the operator to make an HTTP request. What comes of it is recorded as trace::HttpEnded.
struct MakeRequest {
  static constexpr std::string_view frame_name = "operator/make-request";
  std::uint64_t call = 0;
  net::Address to;
  server::api::Request request;
  Duration timeout{0};

  static constexpr std::size_t encoded_size() { return 0; }
  void hash_into(Hasher& hasher) const;
};

/// Whoever works with the clusters from outside: sends HTTP requests, one on each connection.
class OperatorRole : public engine::Role {
 public:
  explicit OperatorRole(engine::Host& host) : host_(host) {}

  void start() override {}
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;
  void on(engine::Command&& command) override;
  void on(const engine::Closed& closed) override;
  using Role::on;

 protected:
  void make(MakeRequest order);
  /// A request is over; `status` is 0 where there was no answer.
  virtual void ended(std::uint64_t, int) {}

  engine::Host& host_;

 private:
  struct Pending {
    std::uint64_t call = 0;
    std::string request;
    std::uint32_t timer = 0;
  };

  void end(engine::ConnectionId connection, int status, std::string body);

  std::map<engine::ConnectionId, Pending> pending_;
  std::uint32_t timers_ = 0;
};

}  // namespace peerlab::actors
