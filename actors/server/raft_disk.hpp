#pragma once

#include <string_view>

#include "peerlab/consensus/log.hpp"
#include "peerlab/net/disk.hpp"

namespace peerlab::actors {

/// A server's Raft files on the disk of its host: a journal of writes, begun anew with each
/// snapshot. What was written but not synced is lost in a crash, as everything on that disk.
class RaftDisk {
 public:
  /// Reads what an earlier life left behind; `fresh` is what a server without a disk starts from.
  RaftDisk(net::Disk& disk, consensus::Persisted fresh);

  const consensus::Persisted& found() const { return content_; }

  /// Not durable before `sync`.
  void write(const consensus::Write& write);
  void sync();

 private:
  void read(std::string_view journal);
  void begin_anew();

  net::Disk& disk_;
  consensus::Persisted content_;  // what the journal says, written or synced
};

}  // namespace peerlab::actors
