#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lookup.hpp"
#include "peerlab/scenario/vocabulary.hpp"
#include "peers.hpp"

namespace peerlab::scenario {

/// Reads checks, wherever a scenario holds some.
class CheckReader {
 public:
  /// All must outlive this. `titles` are those of the steps so far; the statements that checks
  /// prove go into `covers`.
  CheckReader(const Lookup& lookup, const Peers& peers, const std::set<std::string>& titles,
              std::set<std::string>& covers)
      : lookup_(lookup), peers_(peers), titles_(titles), covers_(covers) {}

  /// Whether it is the word of a step or check, not what may stand beside it.
  static bool is_word(const text::Entry& entry);

  /// Takes in the statements that a step or check proves.
  void cover(const text::Node& item, std::span<const Word> words) const;

  /// The checks of a list, each with the place of its name. One that is said of `any` cluster
  /// becomes one for each.
  std::vector<checks::Check> list(const text::Node& list, std::vector<text::Span>& spans) const;

  checks::CallCheck call(const text::Node& node) const;
  checks::HttpCheck http(const text::Node& node) const;

  /// What a step must come to, into a check that has no expectation yet.
  void expect(const text::Node& step, checks::HttpCheck& check) const;

 private:
  using Checks = std::vector<checks::Check>;

  void add(std::string_view word, const text::Node& node, Checks& into) const;
  checks::LeaderCheck leader(const text::Node& node) const;
  void peering(const text::Node& node, Checks& into) const;
  checks::ServicesCheck services(checks::ServicesCheck::Way way, const text::Node& node) const;
  checks::InstancesCheck instances(const text::Node& node) const;
  checks::RootsCheck roots(const text::Node& node) const;
  void messages(const text::Node& node, Checks& into) const;
  void work(const text::Node& node, Checks& into) const;
  std::vector<std::string> clusters(const text::Node& in) const;
  std::optional<std::string> since(const text::Node& node) const;

  const Lookup& lookup_;
  const Peers& peers_;
  const std::set<std::string>& titles_;
  std::set<std::string>& covers_;
};

}  // namespace peerlab::scenario
