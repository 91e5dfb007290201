#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/result.hpp"
#include "peerlab/store/store.hpp"
#include "peerlab/store/table.hpp"
#include "peerlab/trust/authority.hpp"

namespace peerlab::server {

// The state of the cluster's CA and how it changes through the log. What has to be drawn (keys,
// signatures) was drawn by the leader. (datacenter 1.7, type 13)

/// A new CA state, whole: made, reconfigured, rotated or pruned. Ignored if the stored one is no
/// longer that of `expected_index`: a CA that was changed meanwhile stays as it is. Consul reports
/// success all the same (S-05), and so do we.
struct SetCa {
  trust::CaState ca;
  store::RaftIndex expected_index = 0;  ///< 0: there must be none yet
  friend bool operator==(const SetCa&, const SetCa&) = default;
};

/// Takes the next serial number, for a leaf. The result is that number.
struct TakeSerial {
  friend bool operator==(const TakeSerial&, const TakeSerial&) = default;
};

using CaCommand = std::variant<SetCa, TakeSerial>;

std::string encode(const CaCommand& command);
/// Fails with `malformed_message`.
Result<CaCommand> decode_ca_command(std::string_view bytes);

/// The row of the CA, and when it was written.
struct CaRow {
  trust::CaState ca;
  store::RaftIndex create_index = 0;
  store::RaftIndex modify_index = 0;  ///< of the last SetCa; serials do not count
  friend bool operator==(const CaRow&, const CaRow&) = default;
};

/// The CA in the store: one row, or none before the first leader has made it.
class CaTable {
 public:
  explicit CaTable(store::Store& store);

  const CaRow* find(store::WatchSet* watches = nullptr) const;
  /// The index row of the list of roots.
  store::RaftIndex index(store::WatchSet* watches = nullptr) const;

  /// The serial number that was taken, or 0. Fails where a serial is wanted and there is no CA.
  Result<std::uint64_t> apply(const CaCommand& command);

 private:
  store::Store& store_;
  store::Table<CaRow> rows_;
};

}  // namespace peerlab::server
