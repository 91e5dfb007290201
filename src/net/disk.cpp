#include "peerlab/net/disk.hpp"

#include <utility>

#include "peerlab/base/assert.hpp"

namespace peerlab::net {

void Disk::keep_before(File& file) {
  if (!file.durable || file.before.has_value()) return;
  if (!file.exists) return;  // removed: its durable content went to `before` then
  file.before = file.content.substr(0, file.synced);
}

Disk::File& Disk::open_for_change(std::string_view file) {
  auto found = files_.find(file);
  if (found == files_.end()) found = files_.emplace(std::string(file), File{}).first;
  return found->second;
}

void Disk::write(std::string_view file, std::string bytes) {
  File& entry = open_for_change(file);
  keep_before(entry);
  entry.exists = true;
  entry.content = std::move(bytes);
  entry.synced = 0;
}

void Disk::append(std::string_view file, std::string_view bytes) {
  // What is durable stays a prefix of the content, so nothing needs to be kept aside.
  File& entry = open_for_change(file);
  entry.exists = true;
  entry.content.append(bytes);
}

void Disk::remove(std::string_view file) {
  const auto found = files_.find(file);
  if (found == files_.end()) return;
  File& entry = found->second;
  keep_before(entry);
  if (!entry.durable) {
    files_.erase(found);
    return;
  }
  entry.exists = false;
  entry.content.clear();
  entry.synced = 0;
}

void Disk::rename(std::string_view from, std::string_view to) {
  const auto content = read(from);
  PEERLAB_ASSERT(content.has_value());
  write(to, std::string(*content));
  remove(from);
}

std::optional<std::string_view> Disk::read(std::string_view file) const {
  const auto found = files_.find(file);
  if (found == files_.end() || !found->second.exists) return std::nullopt;
  return found->second.content;
}

std::vector<std::string> Disk::files() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) {
    if (file.exists) names.push_back(name);
  }
  return names;
}

void Disk::sync(std::string_view file) {
  const auto found = files_.find(file);
  if (found == files_.end()) return;
  File& entry = found->second;
  if (!entry.exists) {
    files_.erase(found);
    return;
  }
  entry.durable = true;
  entry.synced = entry.content.size();
  entry.before.reset();
}

void Disk::sync_all() {
  for (auto at = files_.begin(); at != files_.end();) {
    const std::string name = at->first;
    ++at;
    sync(name);
  }
}

void Disk::crash() {
  for (auto at = files_.begin(); at != files_.end();) {
    File& file = at->second;
    if (!file.durable) {
      at = files_.erase(at);
      continue;
    }
    if (file.before.has_value()) {
      file.content = std::move(*file.before);
      file.before.reset();
    } else {
      file.content.resize(file.synced);
    }
    file.synced = file.content.size();
    file.exists = true;
    ++at;
  }
}

}  // namespace peerlab::net
