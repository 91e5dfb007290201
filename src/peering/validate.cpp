#include "validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace peerlab::peering {
namespace {

bool is_default(std::string_view partition) {
  constexpr std::string_view name = "default";
  return std::ranges::equal(partition, name,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_key_character(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string_view fault_of_pair(std::string_view key, std::string_view value) {
  if (key.empty()) return "Key cannot be blank";
  if (!std::ranges::all_of(key, is_key_character)) return "Key contains invalid characters";
  if (key.size() > 128) return "Key is too long (limit: 128 characters)";
  if (key.starts_with("consul-")) return "Key prefix 'consul-' is reserved for internal use";
  if (value.size() > 512) return "Value is too long (limit: 512 characters)";
  return {};
}

}  // namespace

std::optional<std::string> fault_of_name(const PeerName& name, const Mutants& mutants) {
  std::string text = name.value();
  if (mutants.has(Mutant::HB_036)) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  const bool fits =
      !text.empty() && text.size() <= 63 && is_lower_or_digit(text.front()) &&
      is_lower_or_digit(text.back()) &&
      std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
  if (fits) return std::nullopt;
  return name.value() +
         " is not a valid peer name: a valid peering name must consist of lower case "
         "alphanumeric characters or '-', and must start and end with an alphanumeric character";
}

std::optional<std::string> fault_of_meta(const std::map<std::string, std::string>& meta) {
  const std::string prefix = "meta tags failed validation: ";
  if (meta.size() > 64) return prefix + "Node metadata cannot contain more than 64 key/value pairs";
  for (const auto& [key, value] : meta) {
    if (const auto fault = fault_of_pair(key, value); !fault.empty()) {
      return fmt::format("{}Couldn't load metadata pair ('{}', '{}'): {}", prefix, key, value,
                         fault);
    }
  }
  return std::nullopt;
}

bool is_known_partition(const PartitionName& partition, Edition edition) {
  return edition == Edition::enterprise || partition.value().empty() ||
         is_default(partition.value());
}

PartitionName stored_partition(const PartitionName& partition, Edition edition) {
  if (edition == Edition::community) return {};
  return partition.value().empty() || is_default(partition.value()) ? PartitionName("default")
                                                                    : partition;
}

}  // namespace peerlab::peering
