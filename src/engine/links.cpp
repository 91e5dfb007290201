#include "links.hpp"

#include <algorithm>

namespace peerlab::engine {
namespace {

/// What ends a part of a host's name (net::contains).
constexpr std::string_view separators = "/@";

std::uint64_t pair_key(std::uint32_t from, std::uint32_t to) {
  return std::uint64_t{from} << 32U | to;
}

}  // namespace

Links::Both Links::between(Machine& from, Machine& to) {
  if (from.index > to.index) {
    const Both reverse = between(to, from);
    return {reverse.back, reverse.there};
  }
  auto [at, is_new] = by_ends_.try_emplace(pair_key(from.index, to.index), Both{});
  if (is_new) {
    SimLink& there = add(from, to);
    at->second = {&there, &from == &to ? &there : &add(to, from)};
  }
  return at->second;
}

SimLink& Links::add(Machine& from, Machine& to) {
  const net::LinkModel shape = model(from, to);
  // Named by both ends, so that other links do not change what this one draws.
  const Random stream = random_.fork(from.name.value()).fork(to.name.value());
  links_.push_back({&from, &to, net::Link(shape, stream), net::is_plain(shape), is_cut(from, to)});
  return links_.back();
}

std::uint32_t Links::group(const std::string& path) {
  const auto [at, is_new] = groups_.try_emplace(path, static_cast<std::uint32_t>(groups_.size()));
  if (is_new) {
    const auto parts = std::count_if(path.begin(), path.end(), [](char letter) {
      return separators.find(letter) != std::string_view::npos;
    });
    depth_.push_back(path.empty() ? 0 : static_cast<std::uint32_t>(parts) + 1);
  }
  return at->second;
}

const std::vector<std::uint32_t>& Links::groups_of(Machine& machine) {
  if (machine.groups_version == groups_.size()) return machine.groups;
  machine.groups.clear();
  const std::string_view name = machine.name.value();
  const auto take = [&](std::string_view path) {
    const auto found = groups_.find(path);
    if (found != groups_.end()) machine.groups.push_back(found->second);
  };
  take("");
  for (std::size_t at = name.find_first_of(separators); at != std::string_view::npos;
       at = name.find_first_of(separators, at + 1))
    take(name.substr(0, at));
  take(name);
  machine.groups_version = groups_.size();
  return machine.groups;
}

net::LinkModel Links::model(Machine& from, Machine& to) {
  // A host talks to itself without a network in between.
  if (&from == &to) return {};
  const Rule* best = nullptr;
  std::uint32_t best_depth = 0;
  const auto& sources = groups_of(from);
  const auto& targets = groups_of(to);
  for (const std::uint32_t source : sources) {
    for (const std::uint32_t target : targets) {
      const auto found = rules_.find(pair_key(source, target));
      if (found == rules_.end()) continue;
      const std::uint32_t depth = depth_[source] + depth_[target];
      const bool better = best == nullptr || depth > best_depth ||
                          (depth == best_depth && found->second.order > best->order);
      if (!better) continue;
      best = &found->second;
      best_depth = depth;
    }
  }
  return best == nullptr ? net::LinkModel{} : best->model;
}

void Links::shape(const net::ShapeLink& shape) {
  const std::uint32_t from = group(shape.from.value());
  const std::uint32_t to = group(shape.to.value());
  rules_.insert_or_assign(pair_key(from, to), Rule{shape.model, ++rules_made_});
  if (shape.direction == net::Direction::both_ways)
    rules_.insert_or_assign(pair_key(to, from), Rule{shape.model, rules_made_});
  shape_again();
}

void Links::shape_again() {
  for (SimLink& link : links_) {
    const net::LinkModel shape = model(*link.from, *link.to);
    link.path.set_model(shape);
    link.plain = net::is_plain(shape);
  }
}

bool Links::is_cut(const Machine& from, const Machine& to) const {
  if (&from == &to) return false;
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const Pair& cut) {
    return net::contains(net::HostGroup(cut.from), from.name.value()) &&
           net::contains(net::HostGroup(cut.to), to.name.value());
  });
}

void Links::cut(const net::Cut& cut) {
  cuts_.push_back({cut.from.value(), cut.to.value()});
  if (cut.direction == net::Direction::both_ways)
    cuts_.push_back({cut.to.value(), cut.from.value()});
  cut_again();
}

void Links::heal(const net::Heal& heal) {
  std::erase(cuts_, Pair{heal.from.value(), heal.to.value()});
  if (heal.direction == net::Direction::both_ways)
    std::erase(cuts_, Pair{heal.to.value(), heal.from.value()});
  cut_again();
}

void Links::cut_again() {
  for (SimLink& link : links_) link.cut = is_cut(*link.from, *link.to);
}

}  // namespace peerlab::engine
