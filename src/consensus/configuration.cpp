#include <algorithm>

#include "peerlab/base/assert.hpp"
#include "peerlab/consensus/types.hpp"

namespace peerlab::consensus {
namespace {

// libraft's layout: a version, the number of servers, then for each its id, its address with a NUL,
// and its role; padded with zeros to a multiple of eight. Numbers are little-endian.
constexpr char version = 1;
constexpr std::size_t number_size = 8;
constexpr char standby = 0;
constexpr char voter = 1;

void put_number(std::string& out, std::uint64_t value) {
  for (unsigned byte = 0; byte < number_size; ++byte) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * byte))));
  }
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  if (bytes.size() < number_size) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t byte = number_size; byte-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(bytes[byte]);
  }
  bytes.remove_prefix(number_size);
  return value;
}

std::optional<Server> take_server(std::string_view& bytes) {
  const auto id = take_number(bytes);
  if (!id || *id == 0) return std::nullopt;
  const std::size_t length = bytes.find('\0');
  if (length == std::string_view::npos || length + 1 >= bytes.size()) return std::nullopt;
  const char role = bytes[length + 1];
  if (role != voter && role != standby) return std::nullopt;
  Server server{ServerId(*id), std::string(bytes.substr(0, length)), role == voter};
  bytes.remove_prefix(length + 2);
  return server;
}

}  // namespace

std::size_t quorum(const Configuration& configuration) {
  const auto voters = std::count_if(configuration.begin(), configuration.end(),
                                    [](const Server& server) { return server.voter; });
  return static_cast<std::size_t>(voters) / 2 + 1;
}

const Server* find(const Configuration& configuration, ServerId id) {
  const auto found = std::find_if(configuration.begin(), configuration.end(),
                                  [&](const Server& server) { return server.id == id; });
  return found == configuration.end() ? nullptr : &*found;
}

Persisted bootstrapped(const Configuration& configuration) {
  PEERLAB_ASSERT(!configuration.empty());
  Persisted persisted;
  persisted.term = Term(1);
  persisted.entries.push_back(
      Entry{Term(1), EntryKind::configuration, encode_configuration(configuration)});
  return persisted;
}

std::string encode_configuration(const Configuration& configuration) {
  std::string bytes(1, version);
  put_number(bytes, configuration.size());
  for (const Server& server : configuration) {
    PEERLAB_ASSERT(server.id != ServerId{} && server.address.find('\0') == std::string::npos);
    put_number(bytes, server.id.value());
    bytes += server.address;
    bytes.push_back('\0');
    bytes.push_back(server.voter ? voter : standby);
  }
  bytes.resize((bytes.size() + 7) / 8 * 8, '\0');
  return bytes;
}

std::optional<Configuration> decode_configuration(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != version) return std::nullopt;
  bytes.remove_prefix(1);
  const auto count = take_number(bytes);
  if (!count || *count == 0 || *count > bytes.size()) return std::nullopt;
  Configuration configuration;
  for (std::uint64_t taken = 0; taken < *count; ++taken) {
    const auto server = take_server(bytes);
    if (!server || find(configuration, server->id) != nullptr) return std::nullopt;
    for (const Server& other : configuration) {
      if (other.address == server->address) return std::nullopt;
    }
    configuration.push_back(*server);
  }
  // libraft pads, and nothing else may follow.
  if (bytes.size() >= number_size || bytes.find_first_not_of('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  return configuration;
}

}  // namespace peerlab::consensus
