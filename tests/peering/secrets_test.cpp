#include "peerlab/peering/secrets.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <optional>
#include <string>

#include "golden_lines.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/base/random.hpp"

namespace peerlab::peering {
namespace {

using tests::golden_lines;

const PeerId peer("1b6e1d4a-0f0e-4b39-8d0f-6f3f5d7c2a10");

/// An acceptor with one peering. Secrets are drawn as UUIDs and called e1, e2, ... and p1, p2, ...
/// in the order drawn, as the recording calls them.
struct Acceptor {
  Mutants mutants;
  std::optional<PeeringSecrets> secrets;
  std::map<std::string, std::string> ids;
  Random random{1};
  int establishments = 0;
  int streams = 0;

  /// Empty where the change was applied, else Consul's text.
  std::string apply(const SecretsChange& change) {
    const auto in_use = [&](const std::string& uuid) {
      return secrets && (uuid == secrets->establishment.value() ||
                         uuid == secrets->pending.value() || uuid == secrets->active.value());
    };
    auto after = apply_change(secrets ? &*secrets : nullptr, SecretsWrite{peer, change}, false,
                              in_use, mutants);
    if (!after) return after.error().detail;
    secrets = std::move(*after);
    return {};
  }

  void generate() {
    const std::string name = "e" + std::to_string(++establishments);
    ids[name] = random.uuid();
    BOOST_TEST(apply(GenerateTokenWrite{EstablishmentSecret(ids[name])}) == "");
  }

  Status exchange(const std::string& name) {
    const StreamSecret fresh(random.uuid());
    const auto verdict =
        judge_exchange(peer, EstablishmentSecret(ids[name]), secrets ? &*secrets : nullptr, fresh);
    if (const auto* refusal = std::get_if<Status>(&verdict)) return *refusal;
    return apply_exchange(std::get<SecretsWrite>(verdict));
  }

  Status apply_exchange(const SecretsWrite& write) {
    if (const auto text = apply(write.change); !text.empty()) {
      return exchange_failed(
          Error{Errc::invalid_argument, "failed to write peering secret: " + text});
    }
    ids["p" + std::to_string(++streams)] =
        std::get<ExchangeSecretWrite>(write.change).pending.value();
    return {};
  }

  Status open(const std::string& name) {
    const auto found = ids.find(name);
    const StreamSecret shown(found == ids.end() ? random.uuid() : found->second);
    return std::visit(Overloaded{
                          [](const SecretAccepted&) { return Status{}; },
                          [&](const SecretToPromote& promote) {
                            BOOST_TEST(apply(promote.write.change) == "");
                            return Status{};
                          },
                          [](const Status& refusal) { return refusal; },
                      },
                      judge_open(secrets ? &*secrets : nullptr, shown));
  }

  std::string state() const {
    const auto name_of = [&](const std::string& id) -> std::string {
      for (const auto& [name, value] : ids) {
        if (value == id && !id.empty()) return name;
      }
      return "-";
    };
    return "(" + name_of(secrets->establishment.value()) + "," + name_of(secrets->pending.value()) +
           "," + name_of(secrets->active.value()) + ")";
  }
};

/// The state that `before` becomes by one more GenerateToken, which the recording does not list.
std::string with_next_token(const Acceptor& acceptor) {
  Acceptor copy = acceptor;
  copy.generate();
  return copy.state();
}

BOOST_AUTO_TEST_SUITE(secrets)

/// `Open(p2) again` -> {"Open", "p2"}
std::pair<std::string, std::string> operation_of(const std::string& text) {
  const auto open = text.find('(');
  if (open == std::string::npos) return {text, ""};
  return {text.substr(0, open), text.substr(open + 1, text.find(')') - open - 1)};
}

BOOST_AUTO_TEST_CASE(the_recorded_table_of_states_and_operations,
                     *boost::unit_test::label("C-073") * boost::unit_test::label("C-080") *
                         boost::unit_test::label("C-081") * boost::unit_test::label("C-082") *
                         boost::unit_test::label("C-083")) {
  Acceptor acceptor;
  acceptor.generate();
  int rows = 0;
  for (const auto& line : golden_lines("secrets-table.jsonl")) {
    if (!line.contains("state")) continue;
    ++rows;
    const std::string row = line["state"].get<std::string>() + " " + line["op"].get<std::string>();
    BOOST_TEST_CONTEXT(row) {
      const std::string state = row.substr(0, row.find(')') + 1);
      if (acceptor.state() != state && with_next_token(acceptor) == state) acceptor.generate();
      BOOST_TEST(acceptor.state() == state);
      const auto [operation, argument] = operation_of(line["op"]);
      const auto& result = line["result"];
      if (operation == "GenerateToken") {
        acceptor.generate();
        continue;
      }
      const Status status =
          operation == "Open" ? acceptor.open(argument) : acceptor.exchange(argument);
      if (result.is_string()) {
        BOOST_TEST(result.get<std::string>() == "accepted");
        BOOST_TEST(status.message == "");
      } else {
        BOOST_TEST(static_cast<int>(status.code) == result[0].get<int>());
        if (status.code != GrpcCode::ok) BOOST_TEST(status.message == result[1].get<std::string>());
      }
    }
  }
  BOOST_TEST(rows == 19);
}

BOOST_AUTO_TEST_CASE(of_six_exchanges_at_once_one_wins, *boost::unit_test::label("C-079")) {
  Acceptor acceptor;
  acceptor.generate();
  std::vector<SecretsWrite> writes;  // all six callers pass the check of the RPC
  for (int i = 0; i < 6; ++i) {
    writes.push_back(std::get<SecretsWrite>(
        judge_exchange(peer, EstablishmentSecret(acceptor.ids["e1"]), &*acceptor.secrets,
                       StreamSecret(acceptor.random.uuid()))));
  }
  for (const auto& line : golden_lines("secrets-table.jsonl")) {
    if (!line.contains("results")) continue;
    for (std::size_t i = 0; i < 6; ++i) {
      const Status status = acceptor.apply_exchange(writes[i]);
      BOOST_TEST(static_cast<int>(status.code) == line["results"][i][0].get<int>());
      if (i > 0) BOOST_TEST(status.message == line["results"][i][1].get<std::string>());
    }
  }
  BOOST_TEST(acceptor.streams == 1);
}

BOOST_AUTO_TEST_CASE(exchange_secret_answers_as_recorded,
                     *boost::unit_test::label("C-072") * boost::unit_test::label("C-074") *
                         boost::unit_test::label("C-075") * boost::unit_test::label("C-076") *
                         boost::unit_test::label("C-077")) {
  Acceptor acceptor;
  acceptor.generate();
  acceptor.ids["empty"] = "";
  acceptor.ids["wrong"] = "00000000-0000-0000-0000-000000000000";
  const auto ask = [&](const std::string& id, const std::string& secret,
                       const PeeringSecrets* secrets) {
    const auto verdict = judge_exchange(PeerId(id), EstablishmentSecret(acceptor.ids[secret]),
                                        secrets, StreamSecret("p"));
    return std::get<Status>(verdict);
  };
  std::map<std::string, Status> answers;
  answers["good token"] = acceptor.exchange("e1");
  answers["same token again"] = acceptor.exchange("e1");
  answers["wrong secret"] = acceptor.exchange("wrong");
  answers["empty secret while none is stored"] = acceptor.exchange("empty");
  const std::string unknown = "00000000-0000-0000-0000-000000000001";
  answers["unknown PeerID"] = ask(unknown, "e1", nullptr);
  answers["unknown PeerID, empty secret"] = ask(unknown, "empty", nullptr);
  answers["PeerID is not a UUID"] = ask("nope", "e1", nullptr);
  answers["PeerID of 36 characters, not hex"] =
      ask("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz", "e1", nullptr);
  answers["PeerID empty"] = ask("", "e1", nullptr);
  for (const auto& line : golden_lines("exchange-secret.jsonl")) {
    BOOST_TEST_CONTEXT(line["case"]) {
      const auto answer = answers.find(line["case"].get<std::string>());
      BOOST_REQUIRE(answer != answers.end());
      BOOST_TEST(static_cast<int>(answer->second.code) == line["code"].get<int>());
      if (line["code"] != 0) {
        BOOST_TEST(answer->second.message == line["message"].get<std::string>());
        BOOST_TEST(code_name(answer->second.code) == line["code_name"].get<std::string>());
      }
      answers.erase(answer);
    }
  }
  BOOST_TEST(answers.empty());
}

BOOST_AUTO_TEST_CASE(no_secrets_at_all_need_a_new_peering) {
  const auto verdict = judge_open(nullptr, StreamSecret("s"));
  BOOST_CHECK((std::get<Status>(verdict) ==
               Status{GrpcCode::internal,
                      "unable to authorize connection, peering must be re-established",
                      {}}));
}

BOOST_AUTO_TEST_CASE(an_empty_secret_opens_nothing) {
  Acceptor acceptor;
  acceptor.generate();
  acceptor.ids["empty"] = "";
  BOOST_TEST(acceptor.open("empty").message == "invalid peering stream secret");
}

BOOST_AUTO_TEST_CASE(only_the_pending_secret_is_promoted, *boost::unit_test::label("C-084")) {
  Acceptor acceptor;
  BOOST_TEST(acceptor.apply(PromotePendingWrite{StreamSecret("x")}) ==
             "cannot promote pending secret: no known secrets for peering");
  BOOST_TEST(acceptor.apply(ExchangeSecretWrite{EstablishmentSecret("x"), StreamSecret("y")}) ==
             "cannot exchange peering secret: no known secrets for peering");
  acceptor.generate();
  BOOST_TEST(acceptor.apply(PromotePendingWrite{StreamSecret("x")}) ==
             "invalid pending stream secret");
  BOOST_TEST(acceptor.apply(EstablishWrite{StreamSecret("x")}) ==
             "an accepting peer should not have called Establish RPC");
}

BOOST_AUTO_TEST_CASE(a_uuid_is_issued_once, *boost::unit_test::label("C-088")) {
  Acceptor acceptor;
  acceptor.generate();
  const std::string used = acceptor.ids["e1"];
  BOOST_TEST(acceptor.apply(GenerateTokenWrite{EstablishmentSecret(used)}) ==
             "peering secret is already in use, retry the operation");
  acceptor.generate();  // e1 is retired and may come again
  BOOST_TEST(acceptor.apply(GenerateTokenWrite{EstablishmentSecret(used)}) == "");
}

BOOST_AUTO_TEST_CASE(a_dialer_takes_nothing_but_establish, *boost::unit_test::label("C-085")) {
  const auto never = [](const std::string&) { return false; };
  const auto text_of_change = [&](const SecretsChange& change) -> std::string {
    const auto outcome = apply_change(nullptr, SecretsWrite{peer, change}, true, never, {});
    return outcome ? "" : outcome.error().detail;
  };
  const EstablishmentSecret e("e");
  const StreamSecret s("s");
  const std::string end = " when persisting stream secret for dialing peer";
  BOOST_TEST(text_of_change(GenerateTokenWrite{e}) ==
             "invalid request type *pbpeering.SecretsWriteRequest_GenerateToken" + end);
  BOOST_TEST(text_of_change(ExchangeSecretWrite{e, s}) ==
             "invalid request type *pbpeering.SecretsWriteRequest_ExchangeSecret" + end);
  BOOST_TEST(text_of_change(PromotePendingWrite{s}) ==
             "invalid request type *pbpeering.SecretsWriteRequest_PromotePending" + end);

  PeeringSecrets old{peer, {}, StreamSecret("p"), StreamSecret("a")};
  const auto after = apply_change(&old, SecretsWrite{peer, EstablishWrite{s}}, true, never, {});
  BOOST_CHECK((after.value() == PeeringSecrets{peer, {}, {}, s}));
}

BOOST_AUTO_TEST_CASE(a_write_without_its_ids_is_invalid) {
  const auto fault = [](const SecretsWrite& write) -> std::string {
    const auto valid = validate(write);
    return valid ? "" : valid.error().detail;
  };
  BOOST_TEST(fault({PeerId(), EstablishWrite{StreamSecret("s")}}) ==
             "invalid secret write request: missing peer ID");
  BOOST_TEST(fault({peer, EstablishWrite{}}) == "invalid secret write request: missing secret ID");
  BOOST_TEST(fault({peer, EstablishWrite{StreamSecret("s")}}) == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_032_lets_two_exchanges_win) {
  Acceptor acceptor;
  acceptor.mutants.plant(Mutant::HB_032);
  acceptor.generate();
  const auto write = [&] {
    return SecretsWrite{peer, ExchangeSecretWrite{EstablishmentSecret(acceptor.ids["e1"]),
                                                  StreamSecret(acceptor.random.uuid())}};
  };
  BOOST_CHECK(acceptor.apply_exchange(write()).code == GrpcCode::ok);
  BOOST_CHECK(acceptor.apply_exchange(write()).code == GrpcCode::ok);
}

BOOST_AUTO_TEST_CASE(mutant_hb_033_drops_the_active_secret) {
  for (const bool planted : {false, true}) {
    Acceptor acceptor;
    if (planted) acceptor.mutants.plant(Mutant::HB_033);
    acceptor.generate();
    acceptor.exchange("e1");
    acceptor.open("p1");
    acceptor.generate();
    acceptor.exchange("e2");
    BOOST_CHECK((acceptor.open("p1").code == GrpcCode::ok) == !planted);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
