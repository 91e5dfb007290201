#include "peerlab/net/fault.hpp"

#include <fmt/format.h>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::net {
namespace {

std::string who(const HostGroup& group) {
  return group.value().empty() ? "every host" : group.value();
}

std::string between(const HostGroup& from, const HostGroup& to, Direction direction) {
  return direction == Direction::one_way ? fmt::format("from {} to {}", who(from), who(to))
                                         : fmt::format("between {} and {}", who(from), who(to));
}

std::string text(const LinkModel& model) {
  std::string shape = fmt::format("latency {}", go_duration(model.latency));
  if (model.jitter != Duration::zero())
    shape += fmt::format(", jitter {}", go_duration(model.jitter));
  if (model.bytes_per_second != 0) {
    shape += fmt::format(", {} bytes/s", model.bytes_per_second);
    if (model.queue_bytes != 0) shape += fmt::format(", queue of {} bytes", model.queue_bytes);
  }
  if (model.loss.numerator != 0)
    shape += fmt::format(", loss {}/{}", model.loss.numerator, model.loss.denominator);
  return shape;
}

}  // namespace

std::string text(const Fault& fault) {
  return std::visit(
      Overloaded{
          [](const ShapeLink& f) {
            return fmt::format("shapes the links {}: {}", between(f.from, f.to, f.direction),
                               text(f.model));
          },
          [](const Cut& f) {
            return fmt::format("cuts the links {}", between(f.from, f.to, f.direction));
          },
          [](const Heal& f) {
            return fmt::format("heals the links {}", between(f.from, f.to, f.direction));
          },
          [](const Mute& f) { return fmt::format("mutes {}", who(f.hosts)); },
          [](const Unmute& f) { return fmt::format("unmutes {}", who(f.hosts)); },
          [](const ResetConnections& f) {
            return fmt::format("resets the connections between {} and {}", who(f.one),
                               who(f.other));
          },
          [](const HalfOpen& f) {
            return fmt::format("swallows the connections between {} and {}", who(f.one),
                               who(f.other));
          },
          [](const Crash& f) { return fmt::format("takes the power from {}", who(f.hosts)); },
          [](const Kill& f) { return fmt::format("kills the process of {}", who(f.hosts)); },
          [](const Stop& f) { return fmt::format("stops {}", who(f.hosts)); },
          [](const Start& f) { return fmt::format("starts {}", who(f.hosts)); },
          [](const Pause& f) { return fmt::format("pauses {}", who(f.hosts)); },
          [](const Resume& f) { return fmt::format("resumes {}", who(f.hosts)); },
          [](const JumpClock& f) {
            return fmt::format("sets the clock of {} by {}", who(f.hosts), go_duration(f.by));
          },
          [](const DriftClock& f) {
            return fmt::format("lets the clock of {} drift by {} ppm", who(f.hosts), f.ppm);
          },
      },
      fault);
}

std::string_view text(Closing closing) {
  switch (closing) {
    case Closing::by_peer:
      return "closed by peer";
    case Closing::reset:
      return "reset";
    case Closing::timed_out:
      return "timed out";
    case Closing::refused:
      return "refused";
    case Closing::unreachable:
      return "unreachable";
  }
  return "?";
}

}  // namespace peerlab::net
