// Whatever a role does wrong, somebody is told which host did it, at what, when, and how to see it
// again.

#include "crash.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "exit_code.hpp"
#include "peerlab/engine/engine.hpp"
#include "run.hpp"

namespace peerlab::apps {

using namespace std::chrono_literals;

namespace {

/// A role whose only timer does what it is told.
class Faulty final : public engine::Role {
 public:
  Faulty(engine::Host& host, std::function<void()> fault) : host_(host), fault_(std::move(fault)) {}
  using engine::Role::on;
  void start() override { host_.arm({1, 0}, host_.now() + 1500ms); }
  void on(const engine::Due&) override { fault_(); }

 private:
  engine::Host& host_;
  std::function<void()> fault_;
};

struct Ended {
  int status = 0;
  std::string text;
};

/// Runs a world with a faulty role in a process of its own.
Ended run_with(const std::function<void()>& fault) {
  std::array<int, 2> pipe_ends{};
  BOOST_REQUIRE(pipe(pipe_ends.data()) == 0);
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    dup2(pipe_ends[1], STDERR_FILENO);
    close(pipe_ends[0]);
    // The test framework has handlers of its own.
    for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL})
      std::signal(number, SIG_DFL);
    const CrashReport report("./peerlab run x.yaml --seed 7");
    engine::Engine world;
    world.add_host(net::HostName("dc1/sidecar/web/0"),
                   [&](engine::Host& host) { return std::make_unique<Faulty>(host, fault); });
    world.run();
    _exit(0);
  }
  close(pipe_ends[1]);
  Ended ended;
  std::array<char, 512> buffer{};
  for (ssize_t got; (got = read(pipe_ends[0], buffer.data(), buffer.size())) > 0;) {
    ended.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

std::string report_of(std::string_view signal) {
  return "peerlab: internal error: dc1/sidecar/web/0 failed at 1.500s on timer: " +
         std::string(signal) + "\n   = replay: ./peerlab run x.yaml --seed 7\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crash_report)

BOOST_AUTO_TEST_CASE(names_the_host_the_event_the_time_and_the_replay_of_a_bad_access) {
  const Ended ended = run_with([] { raise(SIGSEGV); });
  BOOST_TEST(ended.status == static_cast<int>(ExitCode::internal));
  BOOST_TEST(ended.text == report_of("SIGSEGV"));
}

BOOST_AUTO_TEST_CASE(tells_of_an_exception_that_nobody_can_catch) {
  const Ended ended = run_with([] { std::terminate(); });
  BOOST_TEST(ended.status == static_cast<int>(ExitCode::internal));
  BOOST_TEST(ended.text.find(report_of("SIGABRT")) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_the_engine_reports_by_itself) {
  const Ended ended = run_with([] { throw std::logic_error("caught"); });
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.text == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(exit_status)

BOOST_AUTO_TEST_CASE(a_fault_of_ours_outweighs_every_verdict) {
  BOOST_TEST((exit_code({.passed = 2}) == ExitCode::passed));
  BOOST_TEST((exit_code({.passed = 2, .undecided = 1}) == ExitCode::undecided));
  BOOST_TEST((exit_code({.failed = 1, .undecided = 1}) == ExitCode::failed));
  BOOST_TEST((exit_code({.passed = 2, .failed = 1, .broken = 1}) == ExitCode::internal));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::apps
