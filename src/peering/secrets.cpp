#include "peerlab/peering/secrets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::peering {
namespace {

/// The Go type name of a change, as it stands in Consul's error texts.
std::string_view type_name(const SecretsChange& change) {
  return std::visit(Overloaded{
                        [](const GenerateTokenWrite&) {
                          return std::string_view("*pbpeering.SecretsWriteRequest_GenerateToken");
                        },
                        [](const ExchangeSecretWrite&) {
                          return std::string_view("*pbpeering.SecretsWriteRequest_ExchangeSecret");
                        },
                        [](const PromotePendingWrite&) {
                          return std::string_view("*pbpeering.SecretsWriteRequest_PromotePending");
                        },
                        [](const EstablishWrite&) {
                          return std::string_view("*pbpeering.SecretsWriteRequest_Establish");
                        },
                    },
                    change);
}

auto refused(std::string text) { return failure(Errc::invalid_argument, std::move(text)); }

/// Applies one change on the acceptor's side.
class AcceptorChange {
 public:
  AcceptorChange(const PeeringSecrets* before, const SecretsWrite& write, const SecretInUse& in_use,
                 const Mutants& mutants)
      : before_(before), in_use_(in_use), mutants_(mutants) {
    if (before != nullptr) out_ = *before;
    out_.peer_id = write.peer_id;
  }

  Result<PeeringSecrets> operator()(const GenerateTokenWrite& write) {
    const std::string& id = write.establishment.value();
    if (in_use_(id)) return refused("peering secret is already in use, retry the operation");
    // The stream secrets stay: a new token does not disturb a running stream (C-081).
    out_.establishment = write.establishment;
    return std::move(out_);
  }

  Result<PeeringSecrets> operator()(const ExchangeSecretWrite& write) {
    if (before_ == nullptr) {
      return refused("cannot exchange peering secret: no known secrets for peering");
    }
    // The RPC has compared the secrets already, but two callers can hold one token and both pass
    // there. The log decides who was first (C-079).
    if (!mutants_.has(Mutant::HB_032)) {
      if (before_->establishment.value().empty()) {
        return refused("invalid establishment secret: peering was already established");
      }
      if (before_->establishment != write.establishment) {
        return refused("invalid establishment secret");
      }
    }
    if (in_use_(write.pending.value())) {
      return refused("peering secret is already in use, retry the operation");
    }
    out_.establishment = {};
    out_.pending = write.pending;
    if (mutants_.has(Mutant::HB_033)) out_.active = {};
    return std::move(out_);
  }

  Result<PeeringSecrets> operator()(const PromotePendingWrite& write) {
    if (before_ == nullptr) {
      return refused("cannot promote pending secret: no known secrets for peering");
    }
    if (before_->pending != write.active) return refused("invalid pending stream secret");
    out_.pending = {};
    out_.active = write.active;
    return std::move(out_);
  }

  Result<PeeringSecrets> operator()(const EstablishWrite&) {
    return refused("an accepting peer should not have called Establish RPC");
  }

 private:
  const PeeringSecrets* before_;
  const SecretInUse& in_use_;
  const Mutants& mutants_;
  PeeringSecrets out_;
};

}  // namespace

Result<void> validate(const SecretsWrite& write) {
  const auto invalid = [](std::string_view what) {
    return refused("invalid secret write request: " + std::string(what));
  };
  if (write.peer_id.value().empty()) return invalid("missing peer ID");
  const bool complete =
      std::visit(Overloaded{
                     [](const GenerateTokenWrite& w) { return !w.establishment.value().empty(); },
                     // An empty establishment secret is let through and refused when the change is
                     // applied: so it was seen on a live server (exchange-secret.jsonl, "empty
                     // secret while none is stored").
                     [](const ExchangeSecretWrite& w) { return !w.pending.value().empty(); },
                     [](const PromotePendingWrite& w) { return !w.active.value().empty(); },
                     [](const EstablishWrite& w) { return !w.active.value().empty(); },
                 },
                 write.change);
  if (!complete) return invalid("missing secret ID");
  return {};
}

Result<PeeringSecrets> apply_change(const PeeringSecrets* before, const SecretsWrite& write,
                                    bool dialer, const SecretInUse& in_use,
                                    const Mutants& mutants) {
  if (auto valid = validate(write); !valid) return tl::unexpected<Error>(std::move(valid.error()));
  if (!dialer) {
    return std::visit(AcceptorChange(before, write, in_use, mutants), write.change);
  }
  const auto* establish = std::get_if<EstablishWrite>(&write.change);
  if (establish == nullptr) {
    return refused("invalid request type " + std::string(type_name(write.change)) +
                   " when persisting stream secret for dialing peer");
  }
  // The value was made by the acceptor, so it never enters our set of UUIDs in use.
  return PeeringSecrets{write.peer_id, {}, {}, establish->active};
}

OpenVerdict judge_open(const PeeringSecrets* secrets, const StreamSecret& shown) {
  if (secrets == nullptr) {
    return Status{
        GrpcCode::internal, "unable to authorize connection, peering must be re-established", {}};
  }
  // A secret that is not there never matches, so an empty one is refused like a wrong one.
  if (!shown.value().empty()) {
    if (shown == secrets->active) return SecretAccepted{};
    if (shown == secrets->pending) {
      return SecretToPromote{SecretsWrite{secrets->peer_id, PromotePendingWrite{shown}}};
    }
  }
  return Status{GrpcCode::permission_denied, "invalid peering stream secret", {}};
}

std::variant<SecretsWrite, Status> judge_exchange(const PeerId& peer_id,
                                                  const EstablishmentSecret& presented,
                                                  const PeeringSecrets* secrets,
                                                  const StreamSecret& fresh) {
  if (const std::string fault = uuid_fault(peer_id.value()); !fault.empty()) {
    return Status{
        GrpcCode::internal,
        "failed to read peering secret: failed peering secret lookup: index error: " + fault,
        {}};
  }
  // Strings are compared, so an empty secret passes while none is stored. The write is refused
  // then (C-077).
  if (secrets == nullptr || secrets->establishment != presented) {
    return Status{GrpcCode::permission_denied, "invalid peering establishment secret", {}};
  }
  return SecretsWrite{peer_id, ExchangeSecretWrite{presented, fresh}};
}

Status exchange_failed(const Error& error) {
  return Status{GrpcCode::internal, "failed to persist peering secret: " + error.detail, {}};
}

std::string uuid_fault(std::string_view text) {
  if (text.size() != 36) return "UUID must be 36 characters";
  const auto hyphens = static_cast<std::size_t>(std::ranges::count(text, '-'));
  if (hyphens > 4)
    return fmt::format("invalid UUID: UUID can only have 4 hyphens: found {}", hyphens);
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '-'; });
  for (const char c : digits) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) {
      return fmt::format("invalid UUID: encoding/hex: invalid byte: U+{:04X} '{}'",
                         static_cast<unsigned>(static_cast<unsigned char>(c)), c);
    }
  }
  if (digits.size() % 2 != 0) return "invalid UUID: encoding/hex: odd length hex string";
  return {};
}

}  // namespace peerlab::peering
