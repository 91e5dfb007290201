// The engine benchmark as a program of its own: `bench_engine --world small --seeds 1000`.

#include <string_view>
#include <vector>

#include "bench_engine.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  return peerlab::apps::bench_engine(args);
}
