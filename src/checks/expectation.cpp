#include "peerlab/checks/expectation.hpp"

#include <fmt/format.h>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::checks {
namespace {

std::string of_peer(std::string_view what, std::string_view peer) {
  return peer.empty() ? std::string(what) : fmt::format("{} of {}", what, peer);
}

std::string messages_text(const MessagesCheck& check) {
  std::string text = "messages";
  if (check.kind) text = *check.kind + " messages";
  if (check.type) text += " for " + *check.type;
  if (check.sent) text += *check.sent ? " sent" : " received";
  if (check.error) text += fmt::format(" with \"{}\"", *check.error);
  return fmt::format("{} in {}", of_peer(text, check.peer), check.cluster);
}

}  // namespace

std::string text(const Tenant& tenant) {
  return tenant.partition == "default" ? tenant.cluster
                                       : fmt::format("{}@{}", tenant.cluster, tenant.partition);
}

bool Count::holds(std::uint64_t actual) const {
  switch (is) {
    case Is::equal:
      return actual == number;
    case Is::unequal:
      return actual != number;
    case Is::less:
      return actual < number;
    case Is::at_most:
      return actual <= number;
    case Is::more:
      return actual > number;
    case Is::at_least:
      return actual >= number;
  }
  return false;
}

std::string text(const Count& count) {
  constexpr std::string_view signs[] = {"", "!= ", "< ", "<= ", "> ", ">= "};
  return fmt::format("{}{}", signs[static_cast<std::size_t>(count.is)], count.number);
}

bool is_active(const Check& check) {
  return std::holds_alternative<CallCheck>(check) || std::holds_alternative<HttpCheck>(check);
}

std::string describe(const Check& check) {
  return std::visit(
      Overloaded{
          [](const CallCheck& call) {
            return fmt::format("{} calls {}{}", call.from, call.to, call.direct ? " directly" : "");
          },
          [](const HttpCheck& http) {
            return fmt::format("{} {} at {}", http.method, http.target, http.server);
          },
          [](const LeaderCheck& leader) { return fmt::format("leader of {}", leader.cluster); },
          [](const PeeringCheck& peering) {
            return fmt::format("peering {} in {}", peering.peer, text(peering.in));
          },
          [](const ServicesCheck& services) {
            const bool imported = services.way == ServicesCheck::Way::imported;
            return fmt::format("{} {} in {}", imported ? "imports from" : "exports to",
                               services.peer, text(services.in));
          },
          [](const InstancesCheck& instances) {
            return fmt::format("instances of {} in {}", of_peer(instances.service, instances.peer),
                               text(instances.in));
          },
          [](const RootsCheck& roots) {
            return fmt::format("{} in {}", of_peer("roots", roots.of_peer), text(roots.in));
          },
          [](const MessagesCheck& messages) { return messages_text(messages); },
          [](const WorkCheck& work) { return fmt::format("log of {}", work.cluster); },
      },
      check);
}

}  // namespace peerlab::checks
