#include "bench_engine.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "bench_roles.hpp"
#include "peerlab/engine/engine.hpp"
#include "reference_world.hpp"

namespace peerlab::apps {
namespace {

using namespace std::chrono_literals;

struct BenchOptions {
  ReferenceWorld world = *reference_world("reference");
  std::uint64_t seeds = 1;
  bool trace = false;
};

std::optional<std::int64_t> positive(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

std::optional<BenchOptions> parse(std::span<const std::string_view> args) {
  BenchOptions options;
  std::optional<std::int64_t> virtual_seconds;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string_view option = args[i];
    if (option == "--trace") {
      options.trace = true;
      continue;
    }
    if (++i == args.size()) return std::nullopt;
    if (option == "--world") {
      const auto world = reference_world(args[i]);
      if (!world.has_value()) return std::nullopt;
      options.world = *world;
      continue;
    }
    const auto number = positive(args[i]);
    if (!number.has_value()) return std::nullopt;
    if (option == "--virtual-s") {
      virtual_seconds = number;
    } else if (option == "--seeds") {
      options.seeds = static_cast<std::uint64_t>(*number);
    } else {
      return std::nullopt;
    }
  }
  if (virtual_seconds.has_value()) options.world.horizon = std::chrono::seconds(*virtual_seconds);
  return options;
}

/// User and system time of this process.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Peak resident memory of this program; ru_maxrss would also count what ran before exec.
long peak_rss_kb() {
  long kilobytes = 0;
  if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
    std::array<char, 256> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), status) != nullptr) {
      if (std::strncmp(line.data(), "VmHWM:", 6) == 0) kilobytes = std::atol(line.data() + 6);
    }
    std::fclose(status);
  }
  return kilobytes;
}

void shape_links(engine::Engine& engine, const BenchRun& run) {
  // Between gateways the wide-area delay counts in the same way as between leaders.
  for (std::uint32_t dc = 0; dc < run.world.datacenters; ++dc) {
    const net::HostGroup here("dc" + std::to_string(dc));
    engine.shape_link(here, here, {.latency = lan_delay});
    for (const std::uint32_t peer : peers_of(dc, run.world)) {
      engine.shape_link(here, net::HostGroup("dc" + std::to_string(peer)),
                        {.latency = run.seeded.wan_delay(dc, peer)}, net::Direction::one_way);
    }
  }
}

template <class Role, class... Args>
void add_host(engine::Engine& engine, const net::HostName& name, BenchRun& run, Args... args) {
  engine.add_host(name, [&run, args...](engine::Host& host) {
    return std::make_unique<Role>(host, run, args...);
  });
}

/// In the order in which timers are to be started: leader, followers, services.
void add_hosts(engine::Engine& engine, BenchRun& run) {
  for (std::uint32_t dc = 0; dc < run.world.datacenters; ++dc) {
    add_host<Leader>(engine, bench_host(dc, "leader"), run, dc);
    for (std::uint32_t id = 1; id <= followers; ++id)
      add_host<Member>(engine, bench_host(dc, "follower/", id), run, Member::What::follower, dc,
                       id);
    for (std::uint32_t id = 1 + followers; id <= followers + services; ++id)
      add_host<Member>(engine, bench_host(dc, "service/", id), run, Member::What::service, dc, id);
    if (run.world.gateways) add_host<Gateway>(engine, bench_host(dc, "gateway"), run, dc);
  }
}

/// One world from its making to its end; false if it failed.
bool run_world(const ReferenceWorld& world, std::uint64_t seed, Tally& tally) {
  // Connections are made in the second before the world's time begins.
  constexpr Instant zero{};
  BenchRun run{world, {world, seed}, tally, zero};
  engine::Engine engine({.seed = seed, .begin = zero - 1s});
  shape_links(engine, run);
  add_hosts(engine, run);
  const engine::Outcome outcome = engine.run({.until = zero + world.horizon});
  if (outcome.reason == engine::StopReason::end_time) return true;
  if (engine.failure().has_value()) fmt::print(stderr, "{}\n", text(*engine.failure()));
  return false;
}

}  // namespace

std::optional<Tally> run_reference_world(const ReferenceWorld& world, std::uint64_t seeds,
                                         bool tracing) {
  Tally tally;
  tally.tracing = tracing;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    if (!run_world(world, seed, tally)) return std::nullopt;
  }
  return tally;
}

int bench_engine(std::span<const std::string_view> args) {
  const auto options = parse(args);
  if (!options.has_value()) {
    fmt::print(stderr,
               "usage: bench engine [--world reference|small|ties|large] [--virtual-s N] "
               "[--seeds N] [--trace]\n");
    return 2;
  }
  const auto wall_before = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  const auto result = run_reference_world(options->world, options->seeds, options->trace);
  if (!result.has_value()) return 1;
  const Tally& tally = *result;
  const double cpu = cpu_seconds() - cpu_before;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_before;
  const auto virtual_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(options->world.horizon).count() *
      static_cast<std::int64_t>(options->seeds);
  const std::string trace =
      options->trace ? fmt::format("\"trace\":\"{}\",", hash_text(tally.trace)) : "";
  // The engine's clock is exact, and roles record what it shows: there is no skew to measure.
  fmt::print(
      "{{\"peer\":\"peerlab\",\"world\":\"{}\",\"seeds\":{},\"events\":{},\"digest\":\"{}\","
      "\"state\":\"{}\",{}\"skew_ns\":0,\"virtual_s\":{},\"cpu_s\":{:.6f},\"wall_s\":{:.6f},"
      "\"ns_per_event\":{:.1f},\"peak_rss_kb\":{}}}\n",
      options->world.name, options->seeds, tally.events, hash_text(tally.digest),
      hash_text(tally.state), trace, virtual_seconds, cpu, wall.count(),
      cpu * 1e9 / static_cast<double>(tally.events), peak_rss_kb());
  return 0;
}

}  // namespace peerlab::apps
