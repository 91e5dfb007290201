#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "peerlab/engine/connection.hpp"
#include "peerlab/net/fault.hpp"
#include "peerlab/net/frame.hpp"

namespace peerlab::actors {

/// A part of a role that uses a connection: it is handed what comes along it.
class ConnectionUser {
 public:
  virtual ~ConnectionUser() = default;
  virtual void on_connected() {}
  virtual void on_frame(net::Frame&& frame) = 0;
  virtual void on_closed(net::Closing why) = 0;
};

/// Who uses which connection of a host, and those who have just ceased to.
class ConnectionUsers {
 public:
  void add(engine::ConnectionId connection, ConnectionUser& user) { users_[connection] = &user; }
  void remove(engine::ConnectionId connection) { users_.erase(connection); }
  /// Null where nobody uses it.
  ConnectionUser* find(engine::ConnectionId connection) const {
    const auto found = users_.find(connection);
    return found == users_.end() ? nullptr : found->second;
  }

  /// Keeps a part until the event at hand is over: it may be on the stack now.
  template <class T>
  void retire(std::unique_ptr<T> part) {
    if (part) retired_.push_back(std::shared_ptr<void>(std::move(part)));
  }
  /// To be called at the beginning of each event.
  void bury() { retired_.clear(); }

 private:
  std::map<engine::ConnectionId, ConnectionUser*> users_;
  std::vector<std::shared_ptr<void>> retired_;
};

}  // namespace peerlab::actors
