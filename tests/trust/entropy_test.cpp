#include "peerlab/trust/entropy.hpp"

#include <openssl/rand.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "peerlab/trust/key.hpp"

namespace peerlab::trust {
namespace {

std::array<unsigned char, 16> draw() {
  std::array<unsigned char, 16> bytes{};
  BOOST_REQUIRE(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(entropy)

BOOST_AUTO_TEST_CASE(what_openssl_draws_comes_from_the_scope) {
  Random one(1);
  Random same(1);
  Random other(2);
  const auto first = [&] {
    const EntropyScope scope(one);
    return draw();
  }();
  const EntropyScope scope(same);
  BOOST_TEST((draw() == first));
  BOOST_TEST((draw() != first));
  {
    const EntropyScope inner(other);
    BOOST_TEST((draw() != first));
  }
  // The inner scope took nothing from the outer stream.
  one.next();
  one.next();
  BOOST_TEST(one.next() == same.next());
}

BOOST_AUTO_TEST_CASE(private_draws_come_from_it_too) {
  Random one(1);
  Random same(1);
  std::array<unsigned char, 16> public_bytes{};
  std::array<unsigned char, 16> private_bytes{};
  {
    const EntropyScope scope(one);
    RAND_bytes(public_bytes.data(), 16);
  }
  const EntropyScope scope(same);
  RAND_priv_bytes(private_bytes.data(), 16);
  BOOST_TEST((public_bytes == private_bytes));
}

BOOST_AUTO_TEST_CASE(outside_of_any_scope_the_process_ends) {
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    PrivateKey::generate();
    _exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGABRT);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::trust
