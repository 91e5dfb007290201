#include "actors/server/proxy_door.hpp"

#include <utility>

#include "actors/server/grpc.hpp"
#include "actors/server/proxy_facts.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/trust/authority.hpp"

namespace peerlab::actors {
namespace {

/// Changes that come within this time make one push. (T-215)
constexpr Duration coalescing = std::chrono::milliseconds(200);

/// Within this time after a change of roots a leaf is renewed. (Traffic spec 1.5)
constexpr std::uint64_t renewal_ms = 30'000;

/// Between two tries to get a leaf while there is no leader.
constexpr Duration again_after = std::chrono::seconds(1);

}  // namespace

/// One proxy.
class ProxyDoor::Stream final : public ConnectionUser {
 public:
  Stream(ProxyDoor& door, StreamId id, engine::ConnectionId connection, ProxySubscribe wish)
      : door_(door), id_(id), connection_(connection), wish_(std::move(wish)) {
    context().users[connection_] = this;
  }

  ~Stream() override {
    context().timers.cancel(push_timer_);
    context().timers.cancel(leaf_timer_);
  }

  void on_frame(net::Frame&& frame) override {
    if (frame.is<Http2Ping>()) context().host.send(connection_, Http2Ping{true});
  }

  void on_closed(net::Closing) override {
    context().users.erase(connection_);
    door_.waiters_.forget(id_);
    const auto own = door_.streams_.find(id_);
    context().retire(std::move(own->second));
    door_.streams_.erase(own);
  }

  /// Something that the configuration depends on has changed, or may have.
  void changed() {
    if (push_timer_ != 0) return;
    push_timer_ = context().timers.at(context().host.now() + coalescing, [this] {
      push_timer_ = 0;
      push();
    });
  }

 private:
  ServerContext& context() { return door_.context_; }

  void push() {
    store::WatchSet watches;
    const std::optional<ProxyFacts> facts =
        proxy_facts(context(), wish_.partition, wish_.node, wish_.id, leaf_.has_value(), &watches);
    door_.waiters_.wait(id_, std::move(watches));
    if (!facts) return;
    if (facts->wants_leaf) look_after_leaf(facts->identity, facts->root_id);
    // A sidecar is of no use without its certificate.
    if (facts->needs_leaf && !leaf_) return;
    auto config = mesh_config(*facts, context().config.mutants);
    const std::uint64_t serial = leaf_ ? leaf_->serial() : 0;
    if (config_ && config == *config_ && serial == pushed_serial_) return;
    config_ = std::make_shared<const mesh::ProxyConfig>(std::move(config));
    pushed_serial_ = serial;
    context().host.send(connection_, ProxyUpdate{++version_, config_, leaf_});
  }

  void look_after_leaf(const trust::SpiffeId& identity, const std::string& root_id) {
    identity_ = identity;
    if (asking_ || root_id == root_id_) return;
    const bool first = root_id_.empty();
    root_id_ = root_id;
    // Not all proxies of a datacenter at once.
    const Duration pause =
        std::chrono::milliseconds(first ? 0 : context().random.below(renewal_ms));
    ask_after(pause);
  }

  void ask_after(Duration pause) {
    context().timers.cancel(leaf_timer_);
    leaf_timer_ = context().timers.at(context().host.now() + pause, [this] {
      leaf_timer_ = 0;
      ask();
    });
  }

  void ask() {
    asking_ = true;
    ProxyDoor* const door = &door_;
    door_.certificates_.take_serial([door, id = id_](std::uint64_t serial) {
      const auto found = door->streams_.find(id);
      if (found != door->streams_.end()) found->second->issue(serial);
    });
  }

  void issue(std::uint64_t serial) {
    asking_ = false;
    const server::CaRow* row = context().state.ca().find();
    if (serial == 0 || row == nullptr) return ask_after(again_after);
    const server::Settings& settings = context().config.settings;
    const trust::Signer signer(row->ca, settings.datacenter, settings.edition,
                               context().config.mutants);
    const Instant now = context().host.now();
    Result<trust::Leaf> leaf = signer.issue(
        identity_, serial, now, context().host.random("leaf").fork(std::to_string(serial)));
    if (!leaf) throw engine::Unhandled("no leaf certificate: " + leaf.error().detail);
    root_id_ = leaf->root_id();
    leaf_ = *std::move(leaf);
    const std::uint64_t draw = context().random.below(trust::renewal_steps);
    ask_after(trust::renewal_time(leaf_->validity(), now, draw) - now);
    changed();
  }

  ProxyDoor& door_;
  StreamId id_;
  engine::ConnectionId connection_;
  ProxySubscribe wish_;
  std::shared_ptr<const mesh::ProxyConfig> config_;  // the last one that was pushed
  std::uint64_t version_ = 0;
  std::uint64_t pushed_serial_ = 0;
  std::optional<trust::Leaf> leaf_;
  trust::SpiffeId identity_;
  std::string root_id_;  // the root that signed the leaf, or is about to
  bool asking_ = false;
  Timers::Id push_timer_ = 0;
  Timers::Id leaf_timer_ = 0;
};

ProxyDoor::ProxyDoor(ServerContext& context, ServerCertificate& certificates)
    : context_(context), certificates_(certificates) {}

ProxyDoor::~ProxyDoor() = default;

void ProxyDoor::subscribe(engine::ConnectionId proxy, const ProxySubscribe& wish) {
  const StreamId id = ++last_;
  auto stream = std::make_unique<Stream>(*this, id, proxy, wish);
  stream->changed();
  streams_.emplace(id, std::move(stream));
}

void ProxyDoor::committed(const store::Commit& commit) {
  if (streams_.empty()) return;
  for (const StreamId id : waiters_.wake(commit)) streams_.at(id)->changed();
}

void ProxyDoor::restored() {
  for (const StreamId id : waiters_.abandon()) streams_.at(id)->changed();
}

}  // namespace peerlab::actors
