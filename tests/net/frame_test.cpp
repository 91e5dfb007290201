#include "peerlab/net/frame.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

namespace peerlab::net {
namespace {

struct Ping {
  static constexpr std::string_view frame_name = "test/ping";
  std::uint64_t n = 0;
};

struct Full {
  static constexpr std::string_view frame_name = "test/full";
  std::array<std::uint64_t, 7> words{};
};

struct Large {
  static constexpr std::string_view frame_name = "test/large";
  std::array<std::uint64_t, 8> words{};
};

struct Text {
  static constexpr std::string_view frame_name = "test/text";
  static constexpr bool passes_mute = true;
  std::string value;
  std::size_t encoded_size() const { return value.size() + 2; }
  void hash_into(Hasher& hasher) const { hasher.add(value); }
};

std::uint64_t hash(const Frame& frame) {
  Hasher hasher;
  frame.hash_into(hasher);
  return hasher.digest();
}

BOOST_AUTO_TEST_SUITE(frame)

BOOST_AUTO_TEST_CASE(holds_a_value_and_knows_its_type) {
  const Frame frame = Ping{7};
  BOOST_TEST(frame.name() == "test/ping");
  BOOST_TEST((frame.kind() == kind_of<Ping>));
  BOOST_TEST(frame.get<Ping>().n == 7U);
  BOOST_TEST(frame.get_if<Full>() == nullptr);
  BOOST_TEST(frame.encoded_size() == 8U);
  BOOST_TEST(frame.raw_bytes().size() == 8U);
  BOOST_TEST(!frame.passes_mute());
}

BOOST_AUTO_TEST_CASE(small_values_lie_inside) {
  const Frame frame = Full{};
  const auto* inside = reinterpret_cast<const std::byte*>(&frame);
  const auto* payload = reinterpret_cast<const std::byte*>(&frame.get<Full>());
  BOOST_TEST(payload > inside);
  BOOST_TEST(payload < inside + sizeof(Frame));
}

BOOST_AUTO_TEST_CASE(large_values_move_without_a_copy) {
  Large large;
  large.words[7] = 9;
  Frame frame = large;
  const Large* before = frame.get_if<Large>();
  const Frame moved = std::move(frame);
  BOOST_TEST(moved.get_if<Large>() == before);
  BOOST_TEST(moved.get<Large>().words[7] == 9U);
}

BOOST_AUTO_TEST_CASE(owns_what_the_payload_owns) {
  Frame frame = Text{std::string(100, 'x')};
  BOOST_TEST(frame.encoded_size() == 102U);
  BOOST_TEST(frame.passes_mute());
  BOOST_TEST(frame.raw_bytes().empty());
  const Frame copy = frame.clone();
  BOOST_TEST(frame.take<Text>().value.size() == 100U);
  BOOST_TEST(frame.empty());
  BOOST_TEST(copy.get<Text>().value.size() == 100U);
  frame = Text{"again"};
  frame = Ping{1};
  BOOST_TEST(frame.is<Ping>());
}

BOOST_AUTO_TEST_CASE(equal_values_hash_alike_and_others_do_not) {
  BOOST_TEST(hash(Ping{1}) == hash(Ping{1}));
  BOOST_TEST(hash(Ping{1}) != hash(Ping{1 | 1ULL << 63U}));
  BOOST_TEST(hash(Text{"a"}) == hash(Text{"a"}));
  BOOST_TEST(hash(Text{"a"}) != hash(Text{"b"}));
}

BOOST_AUTO_TEST_CASE(asking_for_the_wrong_type_is_our_own_fault) {
  const Frame frame = Ping{};
  BOOST_CHECK_THROW(frame.get<Text>(), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::net
