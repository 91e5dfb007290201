#include "peerlab/peering/command.hpp"

#include "peerlab/base/overloaded.hpp"
#include "rows.hpp"

namespace peerlab::peering {
namespace {

proto::SecretsWrite to_proto(const SecretsWrite& write) {
  proto::SecretsWrite out;
  out.set_peer_id(write.peer_id.value());
  std::visit(
      Overloaded{
          [&](const GenerateTokenWrite& w) {
            out.mutable_generate_token()->set_establishment(w.establishment.value());
          },
          [&](const ExchangeSecretWrite& w) {
            out.mutable_exchange_secret()->set_establishment(w.establishment.value());
            out.mutable_exchange_secret()->set_pending(w.pending.value());
          },
          [&](const PromotePendingWrite& w) {
            out.mutable_promote_pending()->set_active(w.active.value());
          },
          [&](const EstablishWrite& w) { out.mutable_establish()->set_active(w.active.value()); },
      },
      write.change);
  return out;
}

Result<SecretsWrite> from_proto(const proto::SecretsWrite& message) {
  const PeerId id(message.peer_id());
  switch (message.change_case()) {
    case proto::SecretsWrite::kGenerateToken:
      return SecretsWrite{
          id, GenerateTokenWrite{EstablishmentSecret(message.generate_token().establishment())}};
    case proto::SecretsWrite::kExchangeSecret:
      return SecretsWrite{
          id, ExchangeSecretWrite{EstablishmentSecret(message.exchange_secret().establishment()),
                                  StreamSecret(message.exchange_secret().pending())}};
    case proto::SecretsWrite::kPromotePending:
      return SecretsWrite{id,
                          PromotePendingWrite{StreamSecret(message.promote_pending().active())}};
    case proto::SecretsWrite::kEstablish:
      return SecretsWrite{id, EstablishWrite{StreamSecret(message.establish().active())}};
    case proto::SecretsWrite::CHANGE_NOT_SET:
      break;
  }
  return failure(Errc::malformed_message, "a change of secrets without a change");
}

template <class Named>
void name(proto::PeeringName& out, const PartitionName& partition, const Named& peer) {
  out.set_partition(partition.value());
  out.set_name(peer.value());
}

}  // namespace

std::string encode(const Command& command) {
  proto::Command out;
  std::visit(
      Overloaded{
          [&](const WritePeering& write) {
            *out.mutable_write()->mutable_peering() = to_proto(write.peering);
            if (write.secrets) {
              *out.mutable_write()->mutable_secrets() = to_proto(*write.secrets);
            }
          },
          [&](const RemovePeering& remove) {
            name(*out.mutable_remove(), remove.partition, remove.name);
          },
          [&](const TerminatePeering& terminate) { out.set_terminate(terminate.id.value()); },
          [&](const WriteTrustBundle& write) {
            *out.mutable_write_bundle() = to_proto(StoredTrustBundle{write.bundle, {}});
          },
          [&](const RemoveTrustBundle& remove) {
            name(*out.mutable_remove_bundle(), remove.partition, remove.peer);
          },
          [&](const SecretsWrite& write) { *out.mutable_write_secrets() = to_proto(write); },
          [&](const RemoveImports& remove) {
            auto& imports = *out.mutable_remove_imports();
            name(*imports.mutable_peer(), remove.partition, remove.peer);
            for (const NodeName& node : remove.nodes) imports.add_nodes(node.value());
          },
      },
      command);
  return to_bytes(out);
}

Result<Command> decode_command(std::string_view bytes) {
  proto::Command message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return failure(Errc::malformed_message, "not a command of peering");
  }
  switch (message.kind_case()) {
    case proto::Command::kWrite: {
      WritePeering write{from_proto(message.write().peering()), std::nullopt};
      if (message.write().has_secrets()) {
        auto secrets = from_proto(message.write().secrets());
        if (!secrets) return tl::unexpected<Error>(std::move(secrets.error()));
        write.secrets = std::move(*secrets);
      }
      return write;
    }
    case proto::Command::kRemove:
      return RemovePeering{PartitionName(message.remove().partition()),
                           PeerName(message.remove().name())};
    case proto::Command::kTerminate:
      return TerminatePeering{PeerId(message.terminate())};
    case proto::Command::kWriteBundle:
      return WriteTrustBundle{from_proto(message.write_bundle()).bundle};
    case proto::Command::kRemoveBundle:
      return RemoveTrustBundle{PartitionName(message.remove_bundle().partition()),
                               PeerName(message.remove_bundle().name())};
    case proto::Command::kWriteSecrets:
      return from_proto(message.write_secrets()).map([](SecretsWrite write) -> Command {
        return write;
      });
    case proto::Command::kRemoveImports: {
      const auto& imports = message.remove_imports();
      RemoveImports remove{
          PartitionName(imports.peer().partition()), PeerName(imports.peer().name()), {}};
      for (const auto& node : imports.nodes()) remove.nodes.emplace_back(node);
      return remove;
    }
    case proto::Command::KIND_NOT_SET:
      break;
  }
  return failure(Errc::malformed_message, "an empty command of peering");
}

}  // namespace peerlab::peering
