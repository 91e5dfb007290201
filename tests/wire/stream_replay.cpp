#include "wire/stream_replay.hpp"

#include <algorithm>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/importer.hpp"
#include "peerlab/peering/open_check.hpp"
#include "peerlab/wire/peerstream_codec.hpp"
#include "wire/message_json.hpp"

namespace peerlab::peering::tests {

Instant at_ms(double milliseconds) {
  return Instant{} + std::chrono::microseconds(static_cast<std::int64_t>(milliseconds * 1000));
}

std::string ReplayedServer::import(const PeerId& peering, const Import& import) {
  const Peering* record = tables.by_id(peering);
  PEERLAB_ASSERT(record != nullptr);
  const ImportTarget target{catalog, tables, peering, record->name, record->partition};
  Importing importing(plan_import(target, import.resource_id, import.resource, mutants));
  auto output = importing.start();
  while (const auto* next = std::get_if<ImportWrite>(&output)) {
    const auto command = next->command;
    output = importing.applied(write(command));
  }
  const auto* failed = std::get_if<ImportFailed>(&output);
  return failed == nullptr ? "" : failed->cause;
}

Result<void> ReplayedServer::write(const std::variant<catalog::Command, Command>& command) {
  store::Transaction transaction(store, ++index);
  auto result =
      std::visit(Overloaded{
                     [&](const catalog::Command& of) -> Result<void> {
                       return catalog.apply(of, mutants).map([](bool) {});
                     },
                     [&](const Command& of) { return tables.apply(of, mutants, &catalog); },
                 },
                 command);
  if (result) transaction.commit();
  return result;
}

void StreamReplay::advance(Instant now) {
  for (;;) {
    const auto next =
        std::min_element(timers_.begin(), timers_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (next == timers_.end() || next->second > now) return;
    const auto [timer, due] = *next;
    timers_.erase(next);
    feed(due, Expired{timer});
  }
}

void StreamReplay::feed(Instant now, const Input& input) {
  for (const Output& output : stream_.step(now, input)) carry_out(now, output);
}

void StreamReplay::receive(Instant now, const std::string& bytes) {
  const auto message = wire::decode_replication_message(bytes);
  if (message) {
    feed(now, Received{*message});
  } else {
    feed(now,
         ReceiveFailed{{GrpcCode::internal,
                        "grpc: failed to unmarshal the received message: " + message.error().detail,
                        {}}});
  }
}

std::vector<nlohmann::json> StreamReplay::sent_json() const {
  std::vector<nlohmann::json> texts;
  for (const Sent& one : sent) texts.push_back(to_json(one.message));
  return texts;
}

void StreamReplay::carry_out(Instant now, const Output& output) {
  std::visit(
      Overloaded{
          [&](const Send& send) {
            sent.push_back({now, send.message});
          },
          [&](const Arm& arm) { timers_[arm.timer] = arm.due; },
          [&](const CheckOpen& open) { feed(now, check_open(server_->tables, open, true)); },
          [&](const PromoteSecret& promote) {
            const std::string refusal = server_->apply(promotion(server_->tables, promote));
            if (refusal.empty()) {
              feed(now, SecretPromoted{});
            } else {
              feed(now, PromotionFailed{refusal});
            }
          },
          [](const Subscribed&) {},
          [&](const Import& import) {
            const std::string cause = server_->import(peering, import);
            if (cause.empty()) {
              feed(now, ImportApplied{});
            } else {
              feed(now, ImportFailed{cause});
            }
          },
          [&](const MarkTerminated& mark) { server_->apply(TerminatePeering{mark.peering}); },
          [&](const HalfClose&) { half_closed = true; },
          [&](const Hangup& hangup) {
            ended = hangup.status;
            ended_at = now;
            timers_.clear();
          },
          [&](const Crash&) { crashed = true; },
      },
      output);
}

}  // namespace peerlab::peering::tests
