// Every #include between rooms is held against the list that the room's CMake target names.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string>;
using Rooms = std::map<std::string, Names>;

/// The lists as the build wrote them: `room: a;b` on each line.
Rooms declared_rooms() {
  Rooms rooms;
  std::ifstream file(PEERLAB_BINARY_DIR + "/rooms.txt");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    Names& uses = rooms[line.substr(0, colon)];
    std::istringstream list(line.substr(colon + 1));
    for (std::string name; std::getline(list, name, ';');) {
      name.erase(0, std::min(name.size(), name.find_first_not_of(' ')));
      if (!name.empty()) uses.insert(name);
    }
  }
  return rooms;
}

/// The rooms of the plan (docs/how-it-works.md) with what each may use.
const Rooms& allowed_rooms() {
  static const Rooms rooms = [] {
    const Names domain = {"trust",     "acl",    "catalog",    "mesh",   "peering",
                          "consensus", "gossip", "federation", "server", "agent"};
    const auto with_domain = [&](Names others) {
      others.insert(domain.begin(), domain.end());
      return others;
    };
    Rooms table = {
        {"base", {}},
        {"text", {"base"}},
        {"net", {"base"}},
        {"store", {"base"}},
        {"trust", {"base", "store"}},
        {"acl", {"base", "text", "store"}},
        {"catalog", {"base", "text", "store", "trust", "acl"}},
        {"mesh", {"base", "trust", "catalog"}},
        {"peering", {"base", "text", "store", "trust", "acl", "catalog", "mesh"}},
        {"consensus", {"base"}},
        {"gossip", {"base"}},
        {"federation", {"base", "gossip", "trust", "acl", "catalog"}},
        {"server",
         {"base", "text", "net", "store", "trust", "acl", "catalog", "mesh", "peering", "consensus",
          "gossip", "federation"}},
        {"agent", {"base", "acl", "catalog", "gossip", "mesh"}},
        {"wire", with_domain({"base"})},
        {"trace", with_domain({"base", "net"})},
        {"checks", with_domain({"base", "net", "trace"})},
        {"scenario", with_domain({"base", "text", "net", "trace", "checks"})},
        {"engine", {"base", "net", "trace"}},
        {"actors", with_domain({"base", "text", "net", "store", "wire", "trace", "checks",
                                "scenario", "engine"})},
        {"reports", with_domain({"base", "text", "net", "trace", "checks", "scenario"})},
    };
    Names all;
    for (const auto& [name, uses] : table) all.insert(name);
    table["apps"] = all;
    return table;
  }();
  return rooms;
}

/// Which room a file belongs to: include/peerlab/<room>/, src/<room>/, actors/ or reports/.
std::optional<std::string> room_of(const fs::path& relative) {
  std::vector<std::string> parts;
  for (const fs::path& part : relative) parts.push_back(part.string());
  if (parts.size() > 3 && parts[0] == "include") return parts[2];
  if (parts.size() > 2 && parts[0] == "src") return parts[1];
  if (parts.size() > 1 && (parts[0] == "actors" || parts[0] == "reports")) return parts[0];
  return std::nullopt;
}

/// Calls `visit(file, line)` for every line of our own C++ files, tests left out.
void for_each_line(const std::function<void(const fs::path&, const std::string&)>& visit) {
  const fs::path root(PEERLAB_SOURCE_DIR);
  for (const char* top : {"include", "src", "actors", "reports"}) {
    if (!fs::exists(root / top)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        visit(entry.path().lexically_relative(root), line);
      }
    }
  }
}

bool may_use_caf(const std::string& file) {
  return file.starts_with("src/engine/") || file.starts_with("include/peerlab/engine/") ||
         file.starts_with("actors/live/");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rooms)

BOOST_AUTO_TEST_CASE(every_room_names_only_rooms_that_the_plan_allows) {
  const Rooms declared = declared_rooms();
  BOOST_TEST(declared.size() > 1);
  for (const auto& [room, uses] : declared) {
    const auto allowed = allowed_rooms().find(room);
    BOOST_TEST((allowed != allowed_rooms().end()), room << " is no room of the plan");
    if (allowed == allowed_rooms().end()) continue;
    for (const std::string& used : uses) {
      BOOST_TEST(allowed->second.contains(used), room << " must not use " << used);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_include_is_named_in_the_list_of_its_room) {
  static const std::regex own_header(
      R"re(^\s*#\s*include\s*["<](peerlab/(\w+)|actors|reports)/.+\.hpp[">])re");
  const Rooms declared = declared_rooms();
  std::size_t seen = 0;
  for_each_line([&](const fs::path& file, const std::string& line) {
    std::smatch match;
    if (!std::regex_search(line, match, own_header)) return;
    ++seen;
    const std::string target = match[2].matched ? match[2].str() : match[1].str();
    const std::optional<std::string> room = room_of(file);
    BOOST_REQUIRE_MESSAGE(room, file << " belongs to no room");
    if (target == *room) return;
    const auto uses = declared.find(*room);
    BOOST_REQUIRE_MESSAGE(uses != declared.end(), file << ": room without a target");
    BOOST_TEST(uses->second.contains(target), file << " includes from " << target << ", which "
                                                   << *room << " does not name in USES");
  });
  BOOST_TEST(seen > 0);
}

BOOST_AUTO_TEST_CASE(caf_stays_in_the_engine_and_in_live) {
  for_each_line([](const fs::path& file, const std::string& line) {
    if (line.find("#include <caf/") == std::string::npos) return;
    BOOST_TEST(may_use_caf(file.string()), file << " includes CAF");
  });
}

/// Recordings of peering that no test reads yet, and why.
const std::map<std::string, std::string> unread = {
    {"dialer-transport.jsonl", "bytes of TLS and HTTP/2, which the rooms do not speak yet"},
};

BOOST_AUTO_TEST_CASE(every_recording_of_peering_is_read_by_a_test) {
  std::string tests;
  for (const auto& entry : fs::recursive_directory_iterator(PEERLAB_SOURCE_DIR + "/tests")) {
    if (entry.path().extension() != ".cpp" || entry.path().parent_path().filename() == "house")
      continue;
    std::ifstream file(entry.path());
    tests.append(std::istreambuf_iterator<char>(file), {});
  }
  std::size_t seen = 0;
  for (const auto& entry : fs::directory_iterator(PEERLAB_SOURCE_DIR + "/tests/golden/peering")) {
    const std::string name = entry.path().filename().string();
    if (name == "README.md") continue;
    ++seen;
    const bool read = tests.find("/" + name + "\"") != std::string::npos ||
                      tests.find("\"" + name + "\"") != std::string::npos;
    BOOST_TEST(read != unread.contains(name), name << (read ? " is read now" : " is not read"));
  }
  BOOST_TEST(seen > unread.size());
}

BOOST_AUTO_TEST_SUITE_END()
