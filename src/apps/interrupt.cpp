#include "interrupt.hpp"

#include <csignal>

namespace peerlab::apps {
namespace {

std::atomic<bool> came = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

}  // namespace

void catch_interrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) {
    if (came) std::signal(SIGINT, SIG_DFL);
    came = true;
  };
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
}

const std::atomic<bool>& interrupted() { return came; }

}  // namespace peerlab::apps
