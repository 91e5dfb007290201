#include "peerlab/net/disk.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::net {
namespace {

std::string content(const Disk& disk, std::string_view file) {
  return std::string(disk.read(file).value_or("(none)"));
}

BOOST_AUTO_TEST_SUITE(disk)

BOOST_AUTO_TEST_CASE(reads_back_what_was_written_synced_or_not) {
  Disk disk;
  disk.write("a", "one");
  disk.append("a", " two");
  BOOST_TEST(content(disk, "a") == "one two");
  BOOST_TEST(content(disk, "b") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_crash_loses_a_file_that_was_never_synced) {
  Disk disk;
  disk.write("a", "one");
  disk.crash();
  BOOST_TEST(content(disk, "a") == "(none)");
  BOOST_TEST(disk.files().empty());
}

BOOST_AUTO_TEST_CASE(a_crash_cuts_an_unsynced_tail) {
  Disk disk;
  disk.append("log", "one ");
  disk.sync("log");
  disk.append("log", "two");
  disk.crash();
  BOOST_TEST(content(disk, "log") == "one ");
}

BOOST_AUTO_TEST_CASE(a_crash_brings_back_what_was_overwritten) {
  Disk disk;
  disk.write("a", "old");
  disk.sync("a");
  disk.append("a", " tail");
  disk.write("a", "new");
  disk.append("a", "er");
  disk.crash();
  BOOST_TEST(content(disk, "a") == "old");
}

BOOST_AUTO_TEST_CASE(a_synced_overwrite_survives) {
  Disk disk;
  disk.write("a", "old");
  disk.sync("a");
  disk.write("a", "new");
  disk.sync("a");
  disk.crash();
  BOOST_TEST(content(disk, "a") == "new");
}

BOOST_AUTO_TEST_CASE(a_crash_brings_back_an_unsynced_removal) {
  Disk disk;
  disk.write("a", "old");
  disk.sync("a");
  disk.remove("a");
  BOOST_TEST(content(disk, "a") == "(none)");
  disk.write("a", "new");
  disk.crash();
  BOOST_TEST(content(disk, "a") == "old");
  disk.remove("a");
  disk.sync("a");
  disk.crash();
  BOOST_TEST(content(disk, "a") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_rename_is_durable_with_its_target) {
  Disk disk;
  disk.write("meta", "1");
  disk.sync("meta");
  disk.write("meta.new", "2");
  disk.sync("meta.new");
  disk.rename("meta.new", "meta");
  BOOST_TEST(content(disk, "meta") == "2");
  BOOST_TEST(content(disk, "meta.new") == "(none)");
  Disk other = disk;
  disk.crash();
  BOOST_TEST(content(disk, "meta") == "1");
  other.sync_all();
  other.crash();
  BOOST_TEST(content(other, "meta") == "2");
  BOOST_TEST(other.files().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::net
