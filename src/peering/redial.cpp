#include "peerlab/peering/redial.hpp"

#include <algorithm>
#include <chrono>

#include "peerlab/base/assert.hpp"

namespace peerlab::peering {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// agent/consul/leader_peering.go: fastConnRetryTimeout, maxFastConnRetries, maxFastRetryBackoff,
// maxRetryBackoff.
constexpr Duration fast_pause = milliseconds(8);
constexpr std::uint64_t fast_attempts = 5;
constexpr Duration longest_fast_pause = milliseconds(8192);
constexpr Duration longest_pause = seconds(64);

/// `unit * 2^doublings`, at most `longest`.
Duration doubled(Duration unit, std::uint64_t doublings, Duration longest) {
  while (doublings-- > 0 && unit < longest) unit *= 2;
  return std::min(unit, longest);
}

/// The same in 64 bits, as Go's `unit << doublings` wraps. A negative pause is none.
Duration wrapped(Duration unit, std::uint64_t doublings, Duration longest) {
  const auto bits = static_cast<std::uint64_t>(unit.count());
  const auto product = static_cast<std::int64_t>(doublings < 64 ? bits << doublings : 0);
  return std::clamp(Duration(product), Duration::zero(), longest);
}

}  // namespace

Duration redial_delay(std::uint64_t failures, GrpcCode code, const Mutants& mutants) {
  const auto grow = mutants.has(Mutant::QP_05) ? wrapped : doubled;
  if (code == GrpcCode::failed_precondition && !mutants.has(Mutant::HB_022)) {
    if (failures <= fast_attempts) return fast_pause;
    return grow(fast_pause, failures - fast_attempts, longest_fast_pause);
  }
  if (code == GrpcCode::resource_exhausted) return longest_fast_pause;
  if (mutants.has(Mutant::QP_05)) {
    // Go compares the power with 64 before it multiplies by a second: from 2^63 on it is negative
    // or 0, and the product 0.
    return failures >= 63 ? Duration::zero() : doubled(seconds(1), failures, longest_pause);
  }
  return doubled(seconds(1), failures,
                 mutants.has(Mutant::HB_025) ? Duration(std::chrono::minutes(17)) : longest_pause);
}

Duration Redial::failed(GrpcCode code, Duration stream_lasted) {
  if (stream_lasted >= longest_pause && !mutants_.has(Mutant::QP_06)) failures_ = 0;
  return redial_delay(++failures_, code, mutants_);
}

void AddressRing::replace(const std::vector<std::string>& gateways,
                          const std::vector<std::string>& servers) {
  std::vector<std::string> addresses = gateways;
  addresses.insert(addresses.end(), servers.begin(), servers.end());
  if (addresses.empty() || addresses == addresses_) return;
  if (mutants_.has(Mutant::HB_015) && !addresses_.empty()) return;
  addresses_ = std::move(addresses);
  position_ = 0;
}

std::string AddressRing::next() {
  PEERLAB_ASSERT(!addresses_.empty());
  const std::string& address = addresses_[position_];
  position_ = (position_ + 1) % addresses_.size();
  return address;
}

}  // namespace peerlab::peering
