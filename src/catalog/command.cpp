#include "peerlab/catalog/command.hpp"

#include "catalog/config_fields.hpp"
#include "catalog/store_rows.hpp"
#include "peerlab/base/hash.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/catalog/config_write.hpp"

namespace peerlab::catalog {

namespace {

Result<Command> malformed(std::string_view what) {
  return failure(Errc::malformed_message, fmt::format("catalog command: {}", what));
}

void write(const Register& command, proto::Command& message) {
  auto& out = *message.mutable_register_();
  write_proto(command.node, *out.mutable_node());
  out.set_skip_node_update(command.skip_node_update);
  if (command.service) write_proto(*command.service, *out.mutable_service());
  for (const Check& check : command.checks) write_proto(check, *out.add_checks());
}

void write(const Deregister& command, proto::Command& message) {
  auto& out = *message.mutable_deregister();
  out.set_node(command.node.value());
  out.set_service_id(command.service_id.value());
  out.set_check_id(command.check_id.value());
  out.set_peer_name(command.peer.value());
}

void write(const KvWrite& command, proto::Command& message) {
  auto& out = *message.mutable_kv();
  out.set_verb(static_cast<proto::KvWrite::Verb>(command.verb));
  write_proto(command.entry, *out.mutable_entry());
}

void write(const ReapTombstones& command, proto::Command& message) {
  message.mutable_reap()->set_index(command.index);
}

void write(const UpsertConfig& command, proto::Command& message) {
  auto& out = *message.mutable_config();
  out.set_verb(command.cas ? proto::ConfigWrite::UPSERT_CAS : proto::ConfigWrite::UPSERT);
  out.set_cas(command.cas.value_or(0));
  write_entry(command.entry, *out.mutable_entry());
}

void write(const DeleteConfig& command, proto::Command& message) {
  auto& out = *message.mutable_config();
  out.set_verb(command.cas ? proto::ConfigWrite::DELETE_CAS : proto::ConfigWrite::DELETE);
  out.set_cas(command.cas.value_or(0));
  out.set_kind(command.kind);
  out.set_name(command.name);
}

Register read(const proto::Register& message) {
  Register command;
  read_proto(message.node(), command.node);
  command.skip_node_update = message.skip_node_update();
  if (message.has_service()) read_proto(message.service(), command.service.emplace());
  for (const auto& check : message.checks()) read_proto(check, command.checks.emplace_back());
  return command;
}

Deregister read(const proto::Deregister& message) {
  return {NodeName(message.node()), ServiceId(message.service_id()), CheckId(message.check_id()),
          PeerName(message.peer_name())};
}

Result<Command> read(const proto::KvWrite& message) {
  if (!proto::KvWrite::Verb_IsValid(message.verb())) return malformed("unknown verb");
  KvWrite command{static_cast<KvWrite::Verb>(message.verb()), {}};
  read_proto(message.entry(), command.entry);
  return command;
}

Result<Command> read(const proto::ConfigWrite& message) {
  const bool upsert = message.verb() == proto::ConfigWrite::UPSERT ||
                      message.verb() == proto::ConfigWrite::UPSERT_CAS;
  const bool with_cas = message.verb() == proto::ConfigWrite::UPSERT_CAS ||
                        message.verb() == proto::ConfigWrite::DELETE_CAS;
  if (!proto::ConfigWrite::Verb_IsValid(message.verb())) return malformed("unknown verb");
  const auto cas = with_cas ? std::optional(message.cas()) : std::nullopt;
  if (!upsert) return DeleteConfig{message.kind(), message.name(), cas};
  return read_entry(message.entry()).transform([&](ConfigEntry entry) -> Command {
    return UpsertConfig{std::move(entry), cas};
  });
}

}  // namespace

void write_entry(const ConfigEntry& entry, proto::ConfigEntry& message) {
  ConfigEntry bare = entry;
  tail_of(bare) = {};
  message.set_body(to_json_text(bare));
  write_proto(tail_of(entry).indexes, *message.mutable_indexes());
}

Result<ConfigEntry> read_entry(const proto::ConfigEntry& message) {
  // What is in the log was accepted before it got there.
  auto entry = decode_config_entry(message.body(), Edition::enterprise);
  if (!entry) return failure(Errc::malformed_message, entry.error().detail);
  tail_of(*entry) = {};
  tail_of(*entry).hash = hash_of(to_json_text(*entry));
  read_proto(message.indexes(), tail_of(*entry).indexes);
  return entry;
}

std::string encode(const Command& command) {
  proto::Command message;
  std::visit([&](const auto& kind) { write(kind, message); }, command);
  return message.SerializeAsString();
}

Result<Command> decode_command(std::string_view bytes) {
  proto::Command message;
  if (bytes.size() > std::numeric_limits<int>::max() ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return malformed("not Protobuf");
  }
  switch (message.kind_case()) {
    case proto::Command::kRegister:
      return read(message.register_());
    case proto::Command::kDeregister:
      return read(message.deregister());
    case proto::Command::kKv:
      return read(message.kv());
    case proto::Command::kReap:
      return ReapTombstones{message.reap().index()};
    case proto::Command::kConfig:
      return read(message.config());
    case proto::Command::KIND_NOT_SET:
      break;
  }
  return malformed("none");
}

}  // namespace peerlab::catalog
