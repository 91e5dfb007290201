#include "crash.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "exit_code.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/engine/engine.hpp"

namespace peerlab::apps {
namespace {

struct Fatal {
  int number;
  const char* name;
};

constexpr std::array fatal_signals{Fatal{SIGSEGV, "SIGSEGV"}, Fatal{SIGABRT, "SIGABRT"},
                                   Fatal{SIGBUS, "SIGBUS"}, Fatal{SIGFPE, "SIGFPE"},
                                   Fatal{SIGILL, "SIGILL"}};

/// What a handler reads; it may neither allocate nor wait for a lock.
std::string replay_command;
std::array<struct sigaction, fatal_signals.size()> before;

/// A stack overflow leaves no room for the handler on the stack that overflowed.
std::array<char, 65536> handler_stack;

const char* name_of(int number) {
  for (const Fatal& fatal : fatal_signals) {
    if (fatal.number == number) return fatal.name;
  }
  return "a signal";
}

/// Seconds with three digits. The times before the epoch are those of a world that still starts.
template <class Out>
Out write_time(Out out, Instant at) {
  const std::int64_t milliseconds = at.time_since_epoch().count() / 1'000'000;
  const std::uint64_t size = static_cast<std::uint64_t>(std::abs(milliseconds));
  return fmt::format_to(out, "{}{}.{:03}s", milliseconds < 0 ? "-" : "", size / 1000, size % 1000);
}

void tell(int number) {
  std::array<char, 4096> text;
  char* const end = text.data() + text.size();
  char* out = text.data();
  const auto put = [&](std::string_view format, auto&&... values) {
    const auto room = static_cast<std::size_t>(end - out);
    const auto done = fmt::format_to_n(out, room, fmt::runtime(format), values...);
    out = done.out;
  };
  put("peerlab: internal error: ");
  if (const auto handling = engine::now_handling()) {
    std::array<char, 32> time;
    const char* const time_end = write_time(time.data(), handling->at);
    put("{} failed at {} on {}", handling->host,
        std::string_view(time.data(), static_cast<std::size_t>(time_end - time.data())),
        handling->event);
    if (!handling->detail.empty()) put(" {}", handling->detail);
    put(": ");
  }
  put("{}\n   = replay: {}\n", name_of(number), replay_command);
  const char* from = text.data();
  while (from < out) {
    const ssize_t written = write(STDERR_FILENO, from, static_cast<std::size_t>(out - from));
    if (written <= 0) break;
    from += written;
  }
}

void on_signal(int number) {
  tell(number);
  _exit(static_cast<int>(ExitCode::internal));
}

}  // namespace

CrashReport::CrashReport(std::string replay) {
  PEERLAB_ASSERT(replay_command.empty());
  replay_command = std::move(replay);
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  for (std::size_t index = 0; index < fatal_signals.size(); ++index) {
    const int number = fatal_signals.at(index).number;
    sigaction(number, nullptr, &before.at(index));
    if (before.at(index).sa_handler == SIG_DFL) sigaction(number, &action, nullptr);
  }
}

CrashReport::~CrashReport() {
  for (std::size_t index = 0; index < fatal_signals.size(); ++index) {
    sigaction(fatal_signals.at(index).number, &before.at(index), nullptr);
  }
  replay_command.clear();
}

}  // namespace peerlab::apps
