#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/result.hpp"
#include "peerlab/catalog/config_entry.hpp"
#include "peerlab/catalog/config_write.hpp"

/// Stored form and rules of each kind; normalize() calls the one that fits.
namespace peerlab::catalog {

Result<void> settle(ProxyDefaults& entry);
Result<void> settle(ServiceDefaults& entry);
Result<void> settle(MeshConfig& entry);
Result<void> settle(ExportedServices& entry, const EntryHome& home);
Result<void> settle(ServiceIntentions& entry, const EntryHome& home);
Result<void> settle(ServiceResolver& entry);
Result<void> settle(ServiceSplitter& entry);
Result<void> settle(ServiceRouter& entry);
Result<void> settle(OtherEntry& entry);

/// Refuses an entry, with the text that goes to its writer.
inline tl::unexpected<Error> refuse(std::string text) {
  return failure(Errc::invalid_argument, std::move(text));
}

/// The texts about the Meta of an entry.
std::vector<std::string> meta_errors(const Meta& meta);
/// Fails with these texts as a list, if there are any.
Result<void> check(const std::vector<std::string>& errors);

bool is_one_of(std::string_view text, std::span<const std::string_view> choices);
/// Turns methods into capitals and refuses unknown and repeated ones; `prefix` leads the text.
Result<void> settle_methods(std::vector<std::string>& methods, std::string_view prefix);
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

}  // namespace peerlab::catalog
