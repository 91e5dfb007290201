#include "peerlab/trust/entropy.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

// The replacement of the RAND method is deprecated since OpenSSL 3.0 in favour of a provider, but
// it is the one switch that every draw of libcrypto and libssl passes, public and private alike.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>

namespace peerlab::trust {
namespace {

thread_local Random* current = nullptr;

int draw(unsigned char* out, int count) {
  if (current == nullptr) {
    std::fputs("peerlab: OpenSSL asked for entropy outside of any EntropyScope\n", stderr);
    std::abort();
  }
  // Whole words only, each used from its low end: what one draw leaves over is dropped, so that
  // a later draw never depends on how an earlier one was cut.
  for (int written = 0; written < count;) {
    std::uint64_t word = current->next();
    for (int i = 0; i < 8 && written < count; ++i, ++written, word >>= 8) {
      out[written] = static_cast<unsigned char>(word & 0xff);
    }
  }
  return 1;
}

int seed(const void*, int) { return 1; }  // nobody outside decides what is drawn
int add(const void*, int, double) { return 1; }
void cleanup() {}
int status() { return 1; }

const RAND_METHOD method = {seed, draw, cleanup, add, draw, status};

}  // namespace

void use_scoped_entropy() {
  static const int installed = RAND_set_rand_method(&method);
  if (installed != 1) std::abort();
}

EntropyScope::EntropyScope(Random& random) : outer_(current) {
  use_scoped_entropy();
  current = &random;
}

EntropyScope::~EntropyScope() { current = outer_; }

}  // namespace peerlab::trust
