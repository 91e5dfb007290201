#include "peerlab/trust/leaf.hpp"

#include <algorithm>
#include <utility>

#include "peerlab/base/assert.hpp"

namespace peerlab::trust {

Result<Leaf> Leaf::from(PrivateKey key, CertificateChain chain, std::string root_id) {
  if (chain.empty()) return failure(Errc::malformed_message, "a leaf needs a certificate");
  auto id = chain.front().spiffe_id();
  if (!id) return tl::unexpected(std::move(id).error());
  Leaf leaf({*std::move(id), chain.front().serial(), chain.front().validity(), std::move(root_id)},
            {});
  leaf.state_->pair = std::make_unique<Pair>(Pair{std::move(key), std::move(chain)});
  return leaf;
}

Leaf::Leaf(Facts facts, std::function<Pair()> make)
    : state_(std::make_shared<State>(State{std::move(facts), std::move(make), nullptr})) {}

const Leaf::Pair& Leaf::pair() const {
  if (state_->pair == nullptr) {
    PEERLAB_ASSERT(state_->make);
    state_->pair = std::make_unique<Pair>(std::exchange(state_->make, {})());
  }
  return *state_->pair;
}

Instant renewal_time(const Validity& validity, Instant now, std::uint64_t draw) {
  const std::int64_t life = validity.not_after - validity.not_before;
  const auto at = [&](std::int64_t tenths) {
    return instant_of_unix_nanos(validity.not_before * 1'000'000'000 + life * tenths * 100'000'000);
  };
  const Instant earliest = at(6);
  const Instant latest = at(9);
  if (now >= latest) return now;
  const auto step = (latest - earliest).count() / static_cast<std::int64_t>(renewal_steps);
  return std::max(now, earliest + Duration(step * static_cast<std::int64_t>(draw)));
}

}  // namespace peerlab::trust
