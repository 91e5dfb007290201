// Each file of tests/bad/ whose expected findings come from the readers alone is read, and what a
// user would see is compared with the file beside it. The others need the scenario room.
//
// After a change that is meant, PEERLAB_BLESS=1 writes the expected files anew; read the diff.

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "peerlab/text/hcl.hpp"
#include "peerlab/text/json.hpp"
#include "support.hpp"

using namespace peerlab::text;
namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Reads a scenario as far as its syntax goes: the file, and the blocks of config entries in it.
std::string findings(const fs::path& path) {
  Sources sources;
  Diagnostics diagnostics;
  const FileId file = sources.add("tests/bad/" + path.filename().string(), contents(path));
  const auto tree = read_yaml(sources, file, diagnostics);
  const Node* config = tree ? tree->get("config") : nullptr;
  for (const Node& item : config == nullptr ? std::vector<Node>() : config->items) {
    for (const Entry& entry : item.entries) {
      if (entry.value.kind != Kind::string) continue;
      const FileId block = sources.embed(entry.value.span, entry.value.text);
      if (entry.key == "hcl") read_hcl(sources, block, diagnostics);
      if (entry.key == "json") read_json(sources, block, diagnostics);
      if (entry.key == "crd") read_yaml_documents(sources, block, diagnostics);
    }
  }
  return render(diagnostics, sources);
}

/// Whether only the readers can have found this: codes of encoding and syntax.
bool concerns_syntax(const std::string& expected) {
  static const std::set<std::string> codes{"PL001", "PL002", "PL003", "PL004", "PL005", "PL006",
                                           "PL007", "PL008", "PL009", "PL010", "PL015", "PL016",
                                           "PL017", "PL018", "PL019", "PL020", "PL021"};
  for (auto at = expected.find("[PL"); at != std::string::npos; at = expected.find("[PL", at + 1)) {
    if (codes.count(expected.substr(at + 1, 5)) == 0) return false;
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(gives_the_findings_that_stand_beside_it) {
  const bool bless = std::getenv("PEERLAB_BLESS") != nullptr;
  std::size_t compared = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(PEERLAB_SOURCE_DIR) / "tests/bad")) {
    if (entry.path().extension() != ".yaml") continue;
    const fs::path beside = fs::path(entry.path()).replace_extension(".expected");
    if (bless && !fs::exists(beside)) std::ofstream(beside, std::ios::binary);
    const std::string expected = contents(beside);
    if (!concerns_syntax(expected)) continue;
    const std::string found = findings(entry.path());
    if (bless) std::ofstream(beside, std::ios::binary) << found;
    BOOST_TEST(!found.empty(), entry.path().filename());
    BOOST_TEST((bless || found == expected), entry.path().filename() << " gives\n"
                                                                     << found << "instead of\n"
                                                                     << expected);
    ++compared;
  }
  BOOST_TEST(compared >= 25U);
}

BOOST_AUTO_TEST_SUITE_END()
