#include "actors/server/certificate.hpp"

#include <utility>

#include "peerlab/trust/authority.hpp"

namespace peerlab::actors {
namespace {

/// Between two tries to get a certificate while there is no leader or no CA.
constexpr Duration again_after = std::chrono::seconds(1);

}  // namespace

void ServerCertificate::look() {
  const server::CaRow* row = context_.state.ca().find();
  if (row == nullptr || asking_) return;
  if (row->ca.active_root().id != root_id_) ask();
}

void ServerCertificate::ask() {
  asking_ = true;
  context_.timers.cancel(timer_);
  take_serial([this](std::uint64_t serial) {
    asking_ = false;
    if (serial != 0) return issue(serial);
    timer_ = context_.timers.at(context_.host.now() + again_after, [this] {
      timer_ = 0;
      look();
    });
  });
}

void ServerCertificate::take_serial(std::function<void(std::uint64_t)> done) {
  if (!context_.situation.leader) {
    return leader_.call(SerialRequest{}, [done = std::move(done)](net::Frame&& reply) {
      done(reply.empty() ? 0 : reply.get<SerialReply>().serial);
    });
  }
  context_.propose(server::CaCommand(server::TakeSerial{}),
                   [done = std::move(done)](const server::api::Input& end) {
                     const auto* applied = std::get_if<server::api::Applied>(&end);
                     const bool good = applied != nullptr && !applied->result.failed();
                     done(good ? applied->result.value : 0);
                   });
}

void ServerCertificate::issue(std::uint64_t serial) {
  const trust::CaState& ca = context_.state.ca().find()->ca;
  const server::Settings& settings = context_.config.settings;
  const trust::Signer signer(ca, settings.datacenter, settings.edition, context_.config.mutants);
  const Instant now = context_.host.now();
  const Result<trust::Leaf> leaf =
      trust::issue_server_leaf(signer, ca.trust_domain(), settings.datacenter, serial, now,
                               context_.host.random("certificate").fork(std::to_string(serial)));
  if (!leaf) throw engine::Unhandled("no server certificate: " + leaf.error().detail);
  root_id_ = leaf->root_id();
  const std::uint64_t draw = context_.random.below(trust::renewal_steps);
  timer_ = context_.timers.at(trust::renewal_time(leaf->validity(), now, draw), [this] {
    timer_ = 0;
    ask();
  });
  issued_(*leaf);
}

}  // namespace peerlab::actors
