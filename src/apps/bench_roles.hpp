#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "peerlab/engine/role.hpp"
#include "reference_world.hpp"

namespace peerlab::apps {

/// What the roles of one run share: the world they are told about and the tally they add to.
struct BenchRun {
  const ReferenceWorld& world;
  Seeded seeded;
  Tally& tally;
  Instant zero;  ///< when the world's time begins; its connections are made before
};

/// Frames between leaders. `n` is a counter or a version; `from` and `to` are datacenters.
struct Heartbeat {
  static constexpr std::string_view frame_name = "bench/heartbeat";
  std::uint32_t from = 0, to = 0;
  std::uint64_t n = 0;
};
struct Replicate {
  static constexpr std::string_view frame_name = "bench/replicate";
  std::uint16_t from = 0, to = 0;
  std::uint32_t service = 0;
  std::uint64_t n = 0;
  std::array<std::uint64_t, 5> payload{};
};
struct Ack {
  static constexpr std::string_view frame_name = "bench/ack";
  std::uint16_t from = 0, to = 0;
  std::uint32_t service = 0;
  std::uint64_t n = 0;
};

/// Frames inside a datacenter.
struct FollowerPing {
  static constexpr std::string_view frame_name = "bench/ping";
  std::uint64_t follower = 0, n = 0;
};
struct Pong {
  static constexpr std::string_view frame_name = "bench/pong";
  std::uint64_t follower = 0, n = 0;
};
struct Update {
  static constexpr std::string_view frame_name = "bench/update";
  std::uint64_t service = 0, version = 0;
};

/// The leader of a datacenter: writes heartbeats and its services' changes to its peers, directly
/// or through its gateway, and keeps a table of theirs.
class Leader final : public engine::Role {
 public:
  Leader(engine::Host& host, BenchRun& run, std::uint32_t datacenter);
  ~Leader() override;  // adds the table to the tally

  using Role::on;
  void start() override;
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;
  void on(const engine::Accepted& accepted) override;

 private:
  void note(Kind kind, std::uint64_t value);

  engine::Host& host_;
  BenchRun& run_;
  std::uint32_t datacenter_;
  std::uint64_t acks_ = 0;
  struct Peer {
    std::uint32_t datacenter;
    engine::ConnectionId connection;  // to the peer, or to the gateway here
    std::uint64_t heartbeats = 0;     // sent to it
  };
  std::vector<Peer> peers_;
  std::vector<std::uint64_t> table_;  // the version of each service of each datacenter
};

/// A follower pings its leader, a service tells it of changes: both send a count to it each period.
class Member final : public engine::Role {
 public:
  enum class What : std::uint8_t { follower, service };
  Member(engine::Host& host, BenchRun& run, What what, std::uint32_t datacenter, std::uint32_t id);

  using Role::on;
  void start() override;
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;

 private:
  engine::Host& host_;
  BenchRun& run_;
  What what_;
  std::uint32_t datacenter_;
  std::uint32_t id_;
  engine::ConnectionId leader_;
  std::uint64_t count_ = 0;
};

/// A mesh gateway passes what leaders write to each other on to the gateway of the other side, and
/// what comes from there to its leader.
class Gateway final : public engine::Role {
 public:
  Gateway(engine::Host& host, BenchRun& run, std::uint32_t datacenter);

  using Role::on;
  void start() override;
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Accepted& accepted) override;

 private:
  engine::Host& host_;
  BenchRun& run_;
  std::uint32_t datacenter_;
  engine::ConnectionId leader_;
  std::vector<engine::ConnectionId> gateways_;  // by datacenter
};

/// `dc7/leader` and so on.
net::HostName bench_host(std::uint32_t datacenter, std::string_view entity);
net::HostName bench_host(std::uint32_t datacenter, std::string_view entity, std::uint32_t id);

}  // namespace peerlab::apps
