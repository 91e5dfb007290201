#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "actors/proxy/context.hpp"

namespace peerlab::actors {

/// The connection that a proxy makes for one that it has accepted: in clear, or with TLS where the
/// cluster asks for it. Closed for good when it is destroyed.
class Outgoing final : public ConnectionUser {
 public:
  struct Owner {
    std::function<void(net::Frame&&)> frame;
    /// It is over. Nothing: the other end closed it; otherwise why it could not be made.
    std::function<void(std::optional<mesh::Refusal>)> ended;
  };

  /// Begins to connect. `call` is for the trace.
  Outgoing(ProxyContext& context, mesh::Dial dial, std::uint64_t call, Owner owner);
  ~Outgoing() override;
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  /// Waits where the connection is not ready yet.
  void send(net::Frame frame);

  void on_connected() override;
  void on_frame(net::Frame&& frame) override;
  void on_closed(net::Closing why) override;

 private:
  void greeted(const trust::Leaf& server);
  void ready();
  void fail(mesh::Refused why, std::string detail);
  void end(std::optional<mesh::Refusal> why);

  ProxyContext& context_;
  mesh::Dial dial_;
  std::uint64_t call_;
  Owner owner_;
  engine::ConnectionId connection_{};
  std::vector<net::Frame> waiting_;
  Timers::Id timer_ = 0;
  bool ready_ = false;
  bool open_ = true;
};

}  // namespace peerlab::actors
