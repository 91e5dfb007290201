#include "faults.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;

constexpr Duration furthest_jump = std::chrono::hours(876'000);

class FaultReader {
 public:
  explicit FaultReader(const Lookup& lookup) : lookup_(lookup) {}

  Inject read(std::string_view verb, const Node& node) {
    Inject inject;
    if (verb == "scale") return scale(node);
    if (const Node* lasts = node.get("for")) inject.lasts = duration(*lasts);
    if (const Node* between = node.get("between")) {
      const std::optional<Sides> sides = sides_of(*between);
      if (sides) link_fault(verb, node, *sides, inject);
      return inject;
    }
    if (verb == "skew" && !is_bearable(*node.get("by"))) return inject;
    const Node* targets =
        node.is_scalar() || node.kind == text::Kind::list ? &node : node.get("target");
    for (const Node& target : elements(*targets)) {
      if (const auto path = lookup_.host(target))
        host_fault(verb, node, net::HostGroup(*path), inject);
    }
    return inject;
  }

 private:
  /// Far from the dates that clocks and certificates can hold, a jump would show nothing.
  bool is_bearable(const Node& by) const {
    if (std::chrono::abs(duration(by)) <= furthest_jump) return true;
    lookup_.diagnostics()
        .error(text::codes::bad_number, by.span, "a clock jumps by 876000h (100 years) at most")
        .help("certificates last for 10 years: `by: +100000h` outlives them all");
    return false;
  }

  /// The first so many instances run, whoever ran before; the others lose their power.
  Inject scale(const Node& node) {
    Inject inject;
    const std::string service = lookup_.service(*node.get("service"));
    if (service.empty()) return inject;
    const std::vector<std::string> hosts = lookup_.instances(service);
    const Node& to = *node.get("to");
    const std::uint64_t wanted = whole_number(to);
    if (wanted > hosts.size()) {
      lookup_.diagnostics()
          .error(text::codes::bad_number, to.span,
                 fmt::format("{} has {} instance{} in the topology",
                             text::quote(node.get("service")->text), hosts.size(),
                             hosts.size() == 1 ? "" : "s"))
          .help(fmt::format("give it as many as ever run (`instances: {}`) and scale it down first",
                            wanted));
    }
    for (std::size_t index = 0; index < hosts.size(); ++index) {
      const net::HostGroup host(hosts[index]);
      if (index < wanted) {
        inject.faults.push_back(net::Start{host});
      } else {
        inject.faults.push_back(net::Crash{host});
        inject.ends.push_back(net::Start{host});
      }
    }
    return inject;
  }

  struct Sides {
    net::HostGroup one, other;
    std::string one_label, other_label;
  };

  std::optional<Sides> sides_of(const Node& between) {
    const auto pair = elements(between);
    if (pair.size() != 2) {
      lookup_.diagnostics()
          .error(text::codes::bad_sides, between.span, "there must be two sides")
          .help("write `between: [dc1, dc2]`");
      return std::nullopt;
    }
    const auto one = lookup_.host(pair[0]);
    const auto other = lookup_.host(pair[1]);
    if (!one || !other) return std::nullopt;
    return Sides{net::HostGroup(*one), net::HostGroup(*other), pair[0].text, pair[1].text};
  }

  void link_fault(std::string_view verb, const Node& node, const Sides& sides, Inject& inject) {
    using net::Direction;
    if (verb == "cut") {
      const Node* direction = node.get("direction");
      const std::string wanted = direction != nullptr ? direction->text : "both";
      if (wanted == "both") {
        inject.faults = {net::Cut{sides.one, sides.other, Direction::both_ways}};
        inject.ends = {net::Heal{sides.one, sides.other, Direction::both_ways}};
      } else if (wanted == "to_" + sides.one_label) {
        inject.faults = {net::Cut{sides.other, sides.one, Direction::one_way}};
        inject.ends = {net::Heal{sides.other, sides.one, Direction::one_way}};
      } else if (wanted == "to_" + sides.other_label) {
        inject.faults = {net::Cut{sides.one, sides.other, Direction::one_way}};
        inject.ends = {net::Heal{sides.one, sides.other, Direction::one_way}};
      } else {
        lookup_.diagnostics()
            .error(text::codes::bad_choice, direction->span,
                   fmt::format("{} is no direction of this cut", text::quote(wanted)))
            .help(fmt::format("write `both`, `to_{}` or `to_{}`", sides.one_label,
                              sides.other_label));
      }
    } else if (verb == "heal") {
      inject.faults = {net::Heal{sides.one, sides.other, Direction::both_ways}};
    } else if (verb == "reset") {
      inject.faults = {net::ResetConnections{sides.one, sides.other}};
    } else if (verb == "half_open") {
      inject.faults = {net::HalfOpen{sides.one, sides.other}};
    } else {
      PEERLAB_ASSERT(verb == "link");
      inject.faults = {net::ShapeLink{sides.one, sides.other, link_model(node)}};
    }
  }

  net::LinkModel link_model(const Node& node) {
    net::LinkModel model;
    if (const Node* latency = node.get("latency")) model.latency = duration(*latency);
    if (const Node* jitter = node.get("jitter")) model.jitter = duration(*jitter);
    if (const Node* loss = node.get("loss")) model.loss = percent(*loss);
    if (const Node* rate = node.get("rate")) model.bytes_per_second = bits_per_second(*rate) / 8;
    if (const Node* queue = node.get("queue")) model.queue_bytes = bytes(*queue);
    return model;
  }

  void host_fault(std::string_view verb, const Node& node, const net::HostGroup& hosts,
                  Inject& inject) {
    const auto both = [&](const net::Fault& fault, const net::Fault& end) {
      inject.faults.push_back(fault);
      inject.ends.push_back(end);
    };
    if (verb == "mute") {
      both(net::Mute{hosts}, net::Unmute{hosts});
    } else if (verb == "kill") {
      both(net::Crash{hosts}, net::Start{hosts});
    } else if (verb == "start") {
      inject.faults.push_back(net::Start{hosts});
    } else if (verb == "restart") {
      inject.faults.push_back(net::Crash{hosts});
      inject.faults.push_back(net::Start{hosts});
    } else if (verb == "pause") {
      both(net::Pause{hosts}, net::Resume{hosts});
    } else if (verb == "resume") {
      inject.faults.push_back(net::Resume{hosts});
    } else {
      PEERLAB_ASSERT(verb == "skew");
      const Duration by = duration(*node.get("by"));
      both(net::JumpClock{hosts, by}, net::JumpClock{hosts, -by});
    }
  }

  const Lookup& lookup_;
};

}  // namespace

Inject read_fault(std::string_view verb, const Node& node, const Lookup& lookup) {
  return FaultReader(lookup).read(verb, node);
}

}  // namespace peerlab::scenario
