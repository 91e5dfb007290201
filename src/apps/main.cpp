// The command line of peerlab.

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  CLI::App app("Simulates Consul cluster peering and checks scenarios against it");
  CLI11_PARSE(app, argc, argv);
  return 0;
}
