#pragma once

#include <map>
#include <memory>

#include "actors/proxy/frames.hpp"
#include "actors/server/certificate.hpp"
#include "actors/server/context.hpp"

namespace peerlab::actors {

/// Makes the configurations of the proxies that are connected to this server, out of its own
/// tables, and pushes each when what it depends on has changed. (Traffic spec 10.1)
class ProxyDoor {
 public:
  ProxyDoor(ServerContext& context, ServerCertificate& certificates);
  ~ProxyDoor();
  ProxyDoor(const ProxyDoor&) = delete;
  ProxyDoor& operator=(const ProxyDoor&) = delete;

  void subscribe(engine::ConnectionId proxy, const ProxySubscribe& wish);

  /// The store has changed.
  void committed(const store::Commit& commit);
  /// The store was replaced by a snapshot.
  void restored();

 private:
  class Stream;
  using StreamId = store::Waiters::Id;

  ServerContext& context_;
  ServerCertificate& certificates_;
  store::Waiters waiters_;
  std::map<StreamId, std::unique_ptr<Stream>> streams_;
  StreamId last_ = 0;
};

}  // namespace peerlab::actors
