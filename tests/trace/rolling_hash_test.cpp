#include "peerlab/trace/rolling_hash.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace peerlab::trace {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{};

template <std::size_t Words>
struct Block {
  static constexpr std::string_view frame_name = "test/block";
  std::array<std::uint64_t, Words> words{};
};

struct Odd {
  static constexpr std::string_view frame_name = "test/odd";
  std::array<char, 21> letters{};
};

struct Text {
  static constexpr std::string_view frame_name = "test/text";
  std::string value;
  std::size_t encoded_size() const { return value.size(); }
  void hash_into(Hasher& hasher) const { hasher.add(value); }
};

std::uint64_t hash(const net::Frame& frame, Instant at = start, std::uint64_t receiver = 1) {
  RollingHash rolling;
  rolling.add(at, receiver, frame);
  return rolling.value();
}

BOOST_AUTO_TEST_SUITE(rolling_hash)

BOOST_AUTO_TEST_CASE(sees_time_receiver_kind_and_payload) {
  const std::set<std::uint64_t> hashes = {
      hash(Block<1>{}),
      hash(Block<1>{}, start + 1ns),
      hash(Block<1>{}, start, 2),
      hash(Block<1>{{1}}),
      hash(Text{""}),
      hash(Text{"a"}),
      hash(Block<1>{}, start, 0),
      hash(Block<1>{}, start + 1ns, 2),
  };
  BOOST_TEST(hashes.size() == 8U);
}

template <class T>
std::size_t distinct_flips() {
  std::set<std::uint64_t> hashes;
  for (std::size_t bit = 0; bit < 8 * sizeof(T); ++bit) {
    T value{};
    reinterpret_cast<unsigned char*>(&value)[bit / 8] = static_cast<unsigned char>(1U << bit % 8);
    hashes.insert(hash(value));
  }
  return hashes.size();
}

BOOST_AUTO_TEST_CASE(sees_every_bit_of_payloads_of_any_size) {
  BOOST_TEST(distinct_flips<Block<1>>() == 64U);
  BOOST_TEST(distinct_flips<Block<2>>() == 128U);
  BOOST_TEST(distinct_flips<Block<7>>() == 448U);
  BOOST_TEST(distinct_flips<Block<9>>() == 576U);
  BOOST_TEST(distinct_flips<Odd>() == 168U);
}

BOOST_AUTO_TEST_CASE(depends_on_the_order_of_events) {
  RollingHash one;
  one.add(start, 1, 5, 0);
  one.add(start, 2, 5, 0);
  RollingHash other;
  other.add(start, 2, 5, 0);
  other.add(start, 1, 5, 0);
  BOOST_TEST(one.value() != other.value());
}

BOOST_AUTO_TEST_CASE(is_the_same_on_every_platform) {
  RollingHash rolling;
  rolling.add(start + 1s, 7, 3, 11);
  rolling.add(start + 2s, 7, Block<3>{{1, 2, 3}});
  rolling.add(start + 3s, 8, Text{"peering"});
  BOOST_TEST(hash_text(rolling.value()) == "4e1ac2201d119b1a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::trace
