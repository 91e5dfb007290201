#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peerlab::net {

/// A host's disk: named files, of which a power failure leaves only what was synced.
///
/// Modelled: whole-file and appending writes, removal, rename, sync of one file with its directory
/// entry, and the loss of everything since. Not modelled: torn writes, full or slow disks.
class Disk {
 public:
  /// Replaces the content of a file, or creates it.
  void write(std::string_view file, std::string bytes);
  void append(std::string_view file, std::string_view bytes);
  void remove(std::string_view file);
  /// Puts `from` in the place of `to`. Durable once `to` is synced, and all of it or nothing.
  /// `from` must exist.
  void rename(std::string_view from, std::string_view to);

  /// What the running host reads: synced or not. Nothing if there is no such file.
  std::optional<std::string_view> read(std::string_view file) const;

  /// The names of all files, in order.
  std::vector<std::string> files() const;

  /// Makes what was done to this file durable, its removal included.
  void sync(std::string_view file);
  void sync_all();

  /// The power fails: every file is again as it was last synced.
  void crash();

 private:
  struct File {
    bool exists = false;
    std::string content;
    std::size_t synced = 0;  // the first bytes of `content` that are durable, without `before`
    bool durable = false;    // the file survives a crash
    std::optional<std::string> before;  // what a crash restores, where it is no prefix of `content`
  };

  File& open_for_change(std::string_view file);
  static void keep_before(File& file);

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace peerlab::net
