#pragma once

#include <functional>

#include "actors/proxy/context.hpp"
#include "actors/proxy/frames.hpp"

namespace peerlab::actors {

/// A proxy's stream to a server, from which its configuration comes. When it breaks, another server
/// is asked; until it answers, the proxy goes by what it has.
class ConfigStream final : public ConnectionUser {
 public:
  using Updated = std::function<void(ProxyUpdate&&)>;

  ConfigStream(ProxyContext& context, Updated updated);

  void begin() { connect(); }

  void on_frame(net::Frame&& frame) override;
  void on_closed(net::Closing why) override;

 private:
  void connect();
  void connect_later();
  void heard();
  void ping();

  ProxyContext& context_;
  Updated updated_;
  std::size_t server_ = 0;
  Duration pause_;
  engine::ConnectionId connection_{};
  Timers::Id timer_ = 0;
};

}  // namespace peerlab::actors
