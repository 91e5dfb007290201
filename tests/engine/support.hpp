#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "peerlab/engine/engine.hpp"
#include "peerlab/engine/role.hpp"
#include "peerlab/trace/text.hpp"

namespace peerlab::engine::testing {

using namespace std::chrono_literals;

inline constexpr Instant start{};

struct Note {
  static constexpr std::string_view frame_name = "test/note";
  std::uint64_t number = 0;
};

struct Ping {
  static constexpr std::string_view frame_name = "test/keepalive";
  static constexpr bool passes_mute = true;
  std::uint64_t number = 0;
};

/// A role made of functions. What happens to it is written down, with the host's own time.
class Script final : public Role {
 public:
  explicit Script(Host& host) : host_(host) {}
  /// As the parts of a role do that hold a connection.
  ~Script() override {
    if (closes_at_its_end) host_.close(connection);
  }

  using Role::on;
  void start() override {
    if (on_start) on_start(*this);
  }
  void stop() override { say("stops"); }
  void on(net::Frame&& frame, ConnectionId from) override {
    if (const auto* note = frame.get_if<Note>()) {
      say("note " + std::to_string(note->number));
    } else if (const auto* ping = frame.get_if<Ping>()) {
      say("ping " + std::to_string(ping->number));
    } else {
      Role::on(std::move(frame), from);
    }
    if (on_frame) on_frame(*this, from);
  }
  void on(const Due& due) override {
    say("timer " + std::to_string(due.key.timer));
    if (on_due) on_due(*this, due.key);
  }
  void on(Command&& command) override {
    say("command " + std::to_string(command.what.get<Note>().number));
    if (on_command) on_command(*this);
  }
  void on(const Accepted& accepted) override {
    connection = accepted.id;
    say("accepts " + accepted.from.value());
    if (on_accepted) on_accepted(*this);
  }
  void on(const Connected&) override { say("connected"); }
  void on(const Closed& closed) override { say(std::string(text(closed.why))); }
  void on(Datagram&& datagram) override {
    say("datagram " + std::to_string(datagram.frame.get<Note>().number));
  }

  void say(const std::string& what) {
    const auto millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(host_.now().time_since_epoch());
    story->push_back(std::to_string(millis.count()) + " " + what);
  }

  Host& host() { return host_; }

  std::shared_ptr<std::vector<std::string>> story = std::make_shared<std::vector<std::string>>();
  ConnectionId connection;
  bool closes_at_its_end = false;
  std::function<void(Script&)> on_start, on_command, on_accepted;
  std::function<void(Script&, ConnectionId)> on_frame;
  std::function<void(Script&, TimerKey)> on_due;

 private:
  Host& host_;
};

/// An engine with scripted hosts, whose stories outlive their roles.
struct Stage {
  explicit Stage(const Options& options = {}) : engine(options) {}

  /// `setup` is run on each new role of the host.
  std::shared_ptr<std::vector<std::string>> add(const std::string& name,
                                                std::function<void(Script&)> setup) {
    auto story = std::make_shared<std::vector<std::string>>();
    engine.add_host(net::HostName(name), [setup = std::move(setup), story](Host& host) {
      auto role = std::make_unique<Script>(host);
      role->story = story;
      setup(*role);
      return role;
    });
    return story;
  }
  Script& script(const std::string& name) {
    return static_cast<Script&>(*engine.role(net::HostName(name)));
  }
  void run_to(Duration since_start) { engine.run({.until = start + since_start}); }
  void send(const std::string& name, std::uint64_t number) {
    engine.command(net::HostName(name), Note{number});
  }

  Engine engine;
};

inline std::string lines(const std::vector<std::string>& story) {
  std::string text;
  for (const std::string& line : story) text += line + "\n";
  return text;
}

/// A dialer `west` and a listener `east`, 10 ms apart. Each command makes `west` send a note with
/// the next number; `east` answers nothing.
struct TwoHosts : Stage {
  explicit TwoHosts(const Options& options = {}) : Stage(options) {
    engine.shape_link(net::HostGroup(""), net::HostGroup(""), {.latency = 10ms});
    east_story = add("east", [](Script& east) {
      east.on_start = [](Script& self) { self.host().listen(80); };
      east.on_command = [](Script& self) { self.host().send(self.connection, Note{100}); };
    });
    west_story = add("west", [](Script& west) {
      west.on_start = [](Script& self) { self.connection = self.host().connect({"east", 80}); };
      west.on_command = [n = std::uint64_t{0}](Script& self) mutable {
        self.host().send(self.connection, Note{++n});
      };
    });
  }
  std::shared_ptr<std::vector<std::string>> east_story, west_story;
};

}  // namespace peerlab::engine::testing
