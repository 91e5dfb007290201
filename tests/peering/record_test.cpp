#include "peerlab/peering/record.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <set>
#include <string>

#include "golden_lines.hpp"

namespace peerlab::peering {
namespace {

using nlohmann::ordered_json;
using tests::golden_lines;

/// Reads what rfc3339() writes.
Instant instant_of(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  BOOST_REQUIRE(std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute,
                            &second) == 6);
  std::string fraction = "000000000";
  if (text[19] == '.') {
    const std::string digits = text.substr(20, text.size() - 21);
    fraction.replace(0, digits.size(), digits);
  }
  const std::chrono::sys_days days = std::chrono::year(year) / month / day;
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(days.time_since_epoch()).count() +
      hour * 3600 + minute * 60 + second;
  return instant_of_unix_nanos(seconds * 1'000'000'000 + std::stoll(fraction));
}

std::vector<std::string> texts(const ordered_json& json) {
  return json.is_array() ? json.get<std::vector<std::string>>() : std::vector<std::string>();
}

std::optional<Instant> time_of(const ordered_json& json) {
  if (json.is_null() || json == "0001-01-01T00:00:00Z") return std::nullopt;
  return instant_of(json);
}

/// What must have been stored for this answer. The computed states are given by the stream.
Peering peering_of(const ordered_json& json) {
  Peering peering;
  peering.id = PeerId(json["ID"]);
  peering.name = PeerName(json["Name"]);
  if (json.contains("DeletedAt")) peering.deleted_at = instant_of(json["DeletedAt"]);
  if (json.contains("Meta")) peering.meta = json["Meta"];
  const std::string state = json["State"];
  for (int i = 0; i <= static_cast<int>(PeeringState::terminated); ++i) {
    if (state_name(static_cast<PeeringState>(i)) == state) {
      peering.state = static_cast<PeeringState>(i);
    }
  }
  if (json.contains("PeerID")) peering.remote_id = PeerId(json["PeerID"]);
  if (json.contains("PeerCAPems")) peering.peer_ca_pems = texts(json["PeerCAPems"]);
  if (json.contains("PeerServerName")) peering.peer_server_name = json["PeerServerName"];
  if (json.contains("PeerServerAddresses")) {
    peering.peer_server_addresses = texts(json["PeerServerAddresses"]);
  }
  peering.indexes = {json["CreateIndex"], json["ModifyIndex"]};
  const auto& remote = json["Remote"];
  peering.remote = {remote["Partition"], remote["Datacenter"], std::nullopt};
  if (remote.contains("Locality")) {
    peering.remote.locality =
        Locality{remote["Locality"].value("Region", ""), remote["Locality"].value("Zone", "")};
  }
  return peering;
}

std::optional<StreamStatus> stream_of(const ordered_json& json) {
  const auto& status = json["StreamStatus"];
  if (status["LastReceive"].is_null()) return std::nullopt;
  StreamStatus view;
  view.connected = json["State"] == "ACTIVE";
  if (json["State"] == "FAILING") view.disconnect_error = "lost";
  view.imported_services = texts(status["ImportedServices"]);
  view.exported_services = texts(status["ExportedServices"]);
  view.last_heartbeat = time_of(status["LastHeartbeat"]);
  view.last_receive_success = time_of(status["LastReceive"]);
  view.last_send_success = time_of(status["LastSend"]);
  return view;
}

std::string written_again(const std::string& text) {
  const auto json = ordered_json::parse(text);
  const auto stream = stream_of(json);
  Peering peering = peering_of(json);
  // What is stored is never one of these two; the stream makes them.
  if (stream && (stream->connected || !stream->disconnect_error.empty())) {
    peering.state = PeeringState::establishing;
  }
  return to_json(peering, stream ? &*stream : nullptr, {});
}

BOOST_AUTO_TEST_SUITE(record)

// Every peering that a real Consul showed, read into our types and written again byte for byte.
BOOST_AUTO_TEST_CASE(the_recorded_json_of_peerings, *boost::unit_test::label("C-058") *
                                                        boost::unit_test::label("C-059") *
                                                        boost::unit_test::label("C-060")) {
  std::set<std::string> states;
  int peerings = 0;
  for (const auto& line : golden_lines("http-exchanges.jsonl")) {
    const std::string body = line["body"].is_string() ? line["body"].get<std::string>() : "";
    if (body.find(R"("StreamStatus")") == std::string::npos) continue;
    const std::string rest = body.substr(0, body.find_last_not_of('\n') + 1);
    BOOST_TEST_CONTEXT(line["comment"]) {
      if (rest.starts_with('{')) {
        BOOST_TEST(written_again(rest) == rest);
        states.insert(ordered_json::parse(rest)["State"]);
        ++peerings;
        continue;
      }
      std::string list;
      for (const auto& json : ordered_json::parse(rest)) {
        list += (list.empty() ? "" : ",") + written_again(json.dump());
        ++peerings;
      }
      BOOST_TEST("[" + list + "]" == rest);
    }
  }
  for (const auto& line : golden_lines("secrets-table.jsonl")) {
    if (!line.contains("body")) continue;
    BOOST_TEST(written_again(line["body"].dump()) == line["body"].dump());
    states.insert(line["body"]["State"]);
  }
  BOOST_TEST(peerings >= 25);
  BOOST_TEST((states == std::set<std::string>{"ACTIVE", "DELETING", "ESTABLISHING", "FAILING",
                                              "PENDING", "TERMINATED"}));
}

BOOST_AUTO_TEST_CASE(a_server_that_never_had_a_stream_shows_nulls) {
  Peering peering;
  peering.state = PeeringState::pending;
  const std::string text = to_json(peering, nullptr, {});
  BOOST_TEST(text.find(R"("StreamStatus":{"ImportedServices":null,"ExportedServices":null,)"
                       R"("LastHeartbeat":null,"LastReceive":null,"LastSend":null})") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_stream_decides_before_the_stored_state) {
  Peering peering;
  peering.state = PeeringState::deleting;
  StreamStatus stream;
  BOOST_CHECK(shown_state(peering, nullptr) == PeeringState::deleting);
  BOOST_CHECK(shown_state(peering, &stream) == PeeringState::deleting);
  stream.disconnect_error = "lost";
  BOOST_CHECK(shown_state(peering, &stream) == PeeringState::failing);
  stream.connected = true;
  BOOST_CHECK(shown_state(peering, &stream) == PeeringState::active);
}

BOOST_AUTO_TEST_CASE(manual_addresses_win) {
  Peering peering;
  BOOST_TEST(!peering.should_dial());
  peering.peer_server_addresses = {"a:1"};
  BOOST_TEST(peering.addresses_to_dial() == std::vector<std::string>{"a:1"},
             boost::test_tools::per_element());
  peering.manual_server_addresses = {"b:2"};
  BOOST_TEST(peering.addresses_to_dial() == std::vector<std::string>{"b:2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mutant_hb_058_shows_year_one_for_no_heartbeat) {
  const StreamStatus stream;
  const std::string year_one = R"("LastHeartbeat":"0001)";
  BOOST_TEST(to_json({}, &stream, {}).find(year_one) == std::string::npos);
  BOOST_TEST(to_json({}, &stream, {Mutant::HB_058}).find(year_one) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
