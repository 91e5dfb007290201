#include <boost/test/unit_test.hpp>

#include "peerlab/base/encoding.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/establish.hpp"
#include "peerlab/peering/redial.hpp"
#include "support/golden.hpp"
#include "wire/message_json.hpp"
#include "wire/stream_replay.hpp"

/// What real dialers did when they got wrong messages, odd answers of ExchangeSecret, followers, or
/// were deleted.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::json;
using peerlab::tests::read_golden;

/// A dialer's server with one established peering.
struct RecordedDialer : ReplayedServer {
  const PeerId id{"d0000000-0000-0000-0000-000000000001"};
  // As the tool that plays the acceptor calls the peering in the recordings.
  const PeerId remote{"12345678-1234-1234-1234-000000008602"};

  RecordedDialer() {
    apply(WritePeering{in_state(dialer_record(id), PeeringState::establishing), {}});
    tracker.track(id);
  }

  StreamReplay open_stream(Instant now) {
    const DialerIdentity identity{id, remote, StreamSecret("5"), {"", "dc2", {}}};
    StreamReplay replay(*this, PeerStream::dialer(tracker, identity, {}, mutants), id);
    replay.feed(now, ResourceChanged{"exported-service-list", ExportedServiceList{}});
    replay.feed(now, Opened{});
    replay.sent.clear();
    return replay;
  }
  std::string state() const {
    return std::string(state_name(shown_state(peering("b"), tracker.find(id))));
  }
};

/// A wrong message, and what the dialer made of it.
void check_wrong_message(RecordedDialer& dialer, const json& line, Instant now) {
  StreamReplay replay = dialer.open_stream(now);
  for (const json& message : line["sent_to_dialer"]) {
    if (message.is_string()) {
      replay.receive(now, from_hex(message.get<std::string>()).value());
    } else {
      replay.feed(now, Received{from_json(message)});
    }
  }
  BOOST_TEST(json(replay.sent_json()) == line["received"]);
  const bool ends = !line["stream_end_seen_by_acceptor"].is_null();
  // One recorded stream went down for a reason that was not recorded with it: the request is good
  // and was answered (its line shows the response). Ours stays up.
  if (line["case"] == "subscription with PeerID = RemoteID of the dialer") {
    BOOST_TEST(!replay.ended);
  } else {
    BOOST_TEST(replay.ended.has_value() == ends);
    BOOST_TEST(dialer.state() == line["state_after"].get<std::string>());
  }
  if (replay.ended) {
    const Duration pause = Redial(as_recorded).failed(replay.ended->code, 0s);
    const std::chrono::milliseconds recorded(line["redial_after_ms"].get<int>());
    BOOST_TEST(pause <= recorded);
    BOOST_TEST(recorded - pause < 20ms);
  }
  replay.feed(now, PeerClosed{});
}

/// Establish against an acceptor that always answers the same.
struct EstablishRun {
  RecordedDialer dialer;
  ClusterView view;
  std::vector<Duration> pauses;
  int attempts = 0;
  Instant now;
  bool plaintext = false;
  Status status;

  EstablishRun(const std::string& address, const std::vector<std::string>& ca_pems,
               const std::variant<ExchangeSecretResponse, Status>& answer) {
    view.datacenter = DatacenterName("dc2");
    view.trust_domain = TrustDomain("td2.consul");
    view.root_pems = {"root"};
    PeeringToken token;
    token.ca = ca_pems;
    token.server_addresses = {address};
    token.server_name = "server.dcx.peering.td.consul";
    token.peer_id = dialer.remote;
    token.establishment_secret = EstablishmentSecret("e");
    EstablishRequest request;
    request.peer_name = PeerName("odd");
    EstablishCall call(request, token, Random(3), as_recorded);
    const ServiceContext context{view, dialer.tables, dialer.tracker, acl::allow_all(),
                                 dialer.mutants};
    auto output = call.start(context);
    while (!std::holds_alternative<EstablishCall::Answer>(output)) {
      output = std::visit(
          Overloaded{
              [&](const EstablishCall::Propose& propose) {
                Result<void> result;
                if (const auto text = dialer.apply(propose.write); !text.empty()) {
                  result = failure(Errc::invalid_argument, text);
                }
                return call.step(now, EstablishCall::Applied{result});
              },
              [&](const EstablishCall::Exchange& exchange) {
                ++attempts;
                plaintext = exchange.ca_pems.empty();
                now += 4ms;
                return call.step(now, EstablishCall::Exchanged{answer});
              },
              [&](const EstablishCall::Arm& arm) {
                pauses.push_back(arm.due - now);
                now = arm.due;
                return call.step(now, EstablishCall::Due{});
              },
              [&](const EstablishCall::StartOver&) { return call.start(context); },
              [&](const EstablishCall::Answer& done) { return EstablishCall::Output(done); },
          },
          output);
    }
    status = std::get<EstablishCall::Answer>(output).status;
  }
};

/// `18 errors occurred:` with the count taken out, and no more than `length` characters.
std::string body_of(std::string text, std::size_t length = std::string::npos) {
  const auto blank = text.find(' ');
  if (text.find("errors occurred") == blank + 1) text = "N" + text.substr(blank);
  return text.substr(0, length);
}

std::variant<ExchangeSecretResponse, Status> answer_of(const std::string& name) {
  if (name == "empty stream secret") return ExchangeSecretResponse{};
  static const std::map<std::string, Status> statuses{
      {"PERMISSION_DENIED", {GrpcCode::permission_denied, "no way", {}}},
      {"UNAVAILABLE", {GrpcCode::unavailable, "later", {}}},
      {"INTERNAL", {GrpcCode::internal, "oops", {}}},
      {"UNIMPLEMENTED", {GrpcCode::unimplemented, "what", {}}},
      {"RESOURCE_EXHAUSTED", {GrpcCode::resource_exhausted, "slow down", {}}},
      {"FAILED_PRECONDITION", {GrpcCode::failed_precondition, "fp", {}}}};
  return statuses.at(name);
}

void check_establish(const json& line, const std::variant<ExchangeSecretResponse, Status>& answer) {
  std::string recorded = line["http_body"];
  if (recorded.ends_with("...")) recorded.resize(recorded.size() - 3);
  const auto at = recorded.find("127.0.1.52:");
  const std::string address = at == std::string::npos ? "127.0.1.52:1" : recorded.substr(at, 15);
  const EstablishRun run(address, {"-----BEGIN CERTIFICATE-----"}, answer);
  BOOST_TEST(http_status(run.status) == line["http_status"].get<int>());
  const std::string expected = body_of(recorded);
  BOOST_TEST(body_of(run.status.message, expected.size()) == expected);
  if (!line.contains("attempts")) return;
  // Pauses are drawn by chance, so the count of attempts within three seconds is, too.
  const int attempts = line["attempts"];
  BOOST_TEST(run.attempts >= attempts - attempts / 9);
  BOOST_TEST(run.attempts <= attempts + attempts / 9);
  // Pauses between attempts, and between whole runs of the loop: those that the recording has, too.
  std::size_t between_runs = 0;
  for (const Duration pause : run.pauses) {
    if (pause >= 800ms) {
      ++between_runs;
    } else {
      BOOST_TEST((pause >= 150ms && pause < 187500us));
    }
  }
  std::size_t recorded_between_runs = 0;
  for (const int pause : line["pauses_ms"]) {
    if (pause >= 800) ++recorded_between_runs;
  }
  BOOST_TEST(between_runs == recorded_between_runs);
}

/// The first word after `prefix` and all that follow.
std::string after(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_dialer)

BOOST_AUTO_TEST_CASE(wrong_messages_and_odd_answers_get_the_recorded_treatment) {
  RecordedDialer dialer;
  Instant now{};
  read_golden("peering/stream-dialer-errors.jsonl", [&](const json& line) {
    now += 1s;
    const std::string name = line["case"];
    BOOST_TEST_INFO_SCOPE(name);
    if (line.contains("sent_to_dialer")) {
      check_wrong_message(dialer, line, now);
    } else if (const auto odd = after(name, "ExchangeSecret answers "); !odd.empty()) {
      check_establish(line, answer_of(odd));
    } else if (name == "acceptor without ALPN") {
      check_establish(line, Status{GrpcCode::unavailable,
                                   "connection error: desc = \"transport: authentication "
                                   "handshake failed: credentials: cannot check peer: missing "
                                   "selected ALPN property\"",
                                   {}});
    } else if (name == "token without CA: plaintext HTTP/2") {
      const EstablishRun run("127.0.1.52:8617", {}, ExchangeSecretResponse{StreamSecret("s")});
      BOOST_TEST(run.plaintext);
      BOOST_TEST(http_status(run.status) == line["http_status"].get<int>());
    } else if (name == "peering deleted at the dialer") {
      // Nothing was seen within the time waited: the routine that notices a deletion is rate
      // limited (QP-22). Ours reacts to the deletion itself.
      StreamReplay replay = dialer.open_stream(now);
      replay.feed(now, PeeringDeleted{});
      BOOST_TEST(replay.half_closed);
    } else if (name.starts_with("then the acceptor ends the stream with OK")) {
      // That stream was not ended by Terminated, so the dialer came back.
      StreamReplay replay = dialer.open_stream(now);
      replay.feed(now, PeerClosed{});
      BOOST_TEST((replay.ended->code == GrpcCode::unknown));
    } else {
      return false;
    }
    return true;
  });
}

BOOST_AUTO_TEST_CASE(a_deletion_sends_terminated_and_half_closes_and_then_waits_for_ever) {
  RecordedDialer dialer;
  StreamReplay replay = dialer.open_stream(at_ms(0));
  read_golden("peering/stream-dialer-delete.jsonl", [&](const json& line) {
    for (const json& event : line["events"]) {
      const Instant now = at_ms(event["t_ms"].get<double>());
      const std::string what = event["what"];
      if (what == "recv") {
        replay.feed(now, PeeringDeleted{});
        BOOST_REQUIRE(replay.sent.size() == 1U);
        BOOST_TEST(replay.sent_json()[0].contains(event["detail"].get<std::string>()));
      } else if (what == "end") {
        BOOST_TEST(replay.half_closed);
      } else if (what == "sent") {
        replay.feed(now, Received{Heartbeat{}});
      } else if (what == "finish") {
        replay.feed(now + 3s, PeerClosed{});
      } else {
        BOOST_TEST(what.starts_with("h2 "));  // the frames of these messages
      }
    }
    BOOST_TEST(replay.sent.size() == 1U);
    BOOST_TEST(!replay.ended);
    return true;
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
