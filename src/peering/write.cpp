#include <fmt/format.h>

#include <utility>

#include "peerlab/peering/tables.hpp"

// The rules for writing the record of a peering (spec 4.4; Consul: state/peering.go,
// peeringWriteTxn). The numbers are those of the specification.

namespace peerlab::peering {
namespace {

auto refused(std::string text) { return failure(Errc::invalid_argument, std::move(text)); }

/// Rules 1 to 4: what can be said without the record that is there.
Result<void> check_alone(const Peering& peering) {
  if (peering.id.value().empty()) return refused("Missing Peering ID");
  if (peering.name.value().empty()) return refused("Missing Peering Name");
  const bool deleting = peering.state == PeeringState::deleting;
  if (deleting && !peering.deleted_at) {
    return refused("Missing deletion time for peering in deleting state");
  }
  if (!deleting && peering.deleted_at) {
    return refused(fmt::format("Unexpected state for peering with deletion time: {}",
                               state_name(peering.state)));
  }
  return {};
}

enum class Verdict { write, leave };

/// Rules 5 to 10: what the record that is there permits.
Result<Verdict> check_against(const Peering& old, const Peering& peering, const Mutants& mutants) {
  const bool erases = mutants.has(Mutant::HB_017) && !peering.should_dial();
  const bool flips = mutants.has(Mutant::HB_035) || mutants.has(Mutant::HB_006);
  if (old.should_dial() != peering.should_dial() && !erases && !flips) {
    return refused(fmt::format("Cannot switch peering dialing mode from {} to {}",
                               old.should_dial(), peering.should_dial()));
  }
  if (old.id != peering.id) {
    return refused(
        fmt::format("A peering already exists with the name \"{}\" and a different ID \"{}\"",
                    peering.name.value(), old.id.value()));
  }
  const bool ends =
      peering.state == PeeringState::deleting || peering.state == PeeringState::terminated;
  if (old.state == PeeringState::deleting) {
    if (ends) return Verdict::leave;
    return refused("cannot write to peering that is marked for deletion");
  }
  if (old.state == PeeringState::terminated) {
    if (peering.state == PeeringState::terminated) return Verdict::leave;
    if (mutants.has(Mutant::HB_088) && ends) return Verdict::leave;
    if (mutants.has(Mutant::HB_038) && !ends) {
      return refused("cannot write to peering that is marked for deletion");
    }
  }
  return Verdict::write;
}

}  // namespace

Result<void> PeeringTables::on(const WritePeering& write, const Mutants& mutants) {
  if (auto valid = check_alone(write.peering); !valid) return valid;
  Peering peering = write.peering;
  if (const Peering* old = by_name(peering.partition, peering.name)) {
    const auto verdict = check_against(*old, peering, mutants);
    if (!verdict) return tl::unexpected<Error>(verdict.error());
    if (*verdict == Verdict::leave) return {};
    if (peering.state == PeeringState::undefined && !mutants.has(Mutant::HB_002)) {
      peering.state = old->state;  // rule 11
    }
    if (is_empty(peering.remote)) peering.remote = old->remote;  // rule 12
  } else {
    if (const Peering* taken = by_id(peering.id)) {
      return refused(
          fmt::format("A peering already exists with the ID \"{}\" and a different name \"{}\"",
                      peering.id.value(), taken->name.value()));
    }
    if (!peering.is_active()) return refused("cannot create a new peering marked for deletion");
    if (peering.state == PeeringState::undefined) peering.state = PeeringState::pending;  // rule 15
  }
  // Rule 16. The first write of Establish on a TERMINATED record comes here, too.
  if (!peering.is_active() && secrets_.erase(store::key({peering.id.value()}))) {
    store_.bump("peering-secrets");
  }
  put(std::move(peering));
  if (!write.secrets) return {};
  return change_secrets(*write.secrets, mutants).map_error([](Error error) {
    error.detail = "failed to write peering establishment secret: " + error.detail;
    return error;
  });
}

}  // namespace peerlab::peering
