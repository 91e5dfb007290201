#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "machine.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/net/fault.hpp"
#include "peerlab/net/link.hpp"

namespace peerlab::engine {

/// One direction between two machines, made when it is first used.
struct SimLink {
  Machine* from;
  Machine* to;
  net::Link path;
  bool plain;  ///< each arrival is the time of sending plus the latency
  bool cut = false;
};

/// All links, the models that shape them and the cuts through them.
class Links {
 public:
  explicit Links(Random random) : random_(random) {}

  /// Both directions between two machines.
  struct Both {
    SimLink* there;
    SimLink* back;
  };
  Both between(Machine& from, Machine& to);

  void shape(const net::ShapeLink& shape);
  void cut(const net::Cut& cut);
  void heal(const net::Heal& heal);

 private:
  struct Rule {
    net::LinkModel model;
    std::uint64_t order;  // later ones win among equally specific ones
  };
  struct Pair {
    std::string from, to;
    friend bool operator==(const Pair&, const Pair&) = default;
  };

  SimLink& add(Machine& from, Machine& to);
  std::uint32_t group(const std::string& path);
  const std::vector<std::uint32_t>& groups_of(Machine& machine);
  net::LinkModel model(Machine& from, Machine& to);
  bool is_cut(const Machine& from, const Machine& to) const;
  void shape_again();
  void cut_again();

  Random random_;
  std::deque<SimLink> links_;
  std::unordered_map<std::uint64_t, Both> by_ends_;           // lower index first; looked up only
  std::map<std::string, std::uint32_t, std::less<>> groups_;  // that some rule names
  std::vector<std::uint32_t> depth_;                          // of each group
  std::unordered_map<std::uint64_t, Rule> rules_;             // looked up only, never walked
  std::uint64_t rules_made_ = 0;
  std::vector<Pair> cuts_;
};

}  // namespace peerlab::engine
