#include "peerlab/server/ca.hpp"

#include "command.pb.h"
#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::server {
namespace {

constexpr std::string_view table_name = "connect-ca";

void write(const trust::KeySpec& from, proto::KeySpec& to) {
  to.set_rsa(from.type == trust::KeySpec::Type::rsa);
  to.set_bits(from.bits);
}

trust::KeySpec read(const proto::KeySpec& from) {
  return {from.rsa() ? trust::KeySpec::Type::rsa : trust::KeySpec::Type::ec, from.bits()};
}

void write(const trust::CaConfig& from, proto::CaConfig& to) {
  to.set_cluster_id(from.cluster_id);
  to.set_leaf_ttl(from.leaf_ttl.count());
  to.set_intermediate_ttl(from.intermediate_ttl.count());
  to.set_root_ttl(from.root_ttl.count());
  write(from.key, *to.mutable_key());
}

trust::CaConfig read(const proto::CaConfig& from) {
  return {from.cluster_id(), Duration(from.leaf_ttl()), Duration(from.intermediate_ttl()),
          Duration(from.root_ttl()), read(from.key())};
}

void write(const trust::CaRoot& from, proto::CaRoot& to) {
  to.set_id(from.id);
  to.set_serial(from.serial);
  to.set_signing_key_id(from.signing_key_id);
  to.set_external_trust_domain(from.external_trust_domain);
  to.mutable_validity()->set_not_before(from.validity.not_before);
  to.mutable_validity()->set_not_after(from.validity.not_after);
  to.set_root_pem(from.root_pem);
  for (const std::string& pem : from.intermediate_pems) to.add_intermediate_pems(pem);
  to.set_active(from.active);
  write(from.key, *to.mutable_key());
  if (from.rotated_out_at) to.set_rotated_out_at(from.rotated_out_at->time_since_epoch().count());
}

trust::CaRoot read(const proto::CaRoot& from) {
  trust::CaRoot root;
  root.id = from.id();
  root.serial = from.serial();
  root.signing_key_id = from.signing_key_id();
  root.external_trust_domain = from.external_trust_domain();
  root.validity = {from.validity().not_before(), from.validity().not_after()};
  root.root_pem = from.root_pem();
  root.intermediate_pems.assign(from.intermediate_pems().begin(), from.intermediate_pems().end());
  root.active = from.active();
  root.key = read(from.key());
  if (from.has_rotated_out_at()) root.rotated_out_at = Instant(Duration(from.rotated_out_at()));
  return root;
}

void write(const trust::CaState& from, proto::CaState& to) {
  write(from.config, *to.mutable_config());
  for (const trust::CaRoot& root : from.roots) write(root, *to.add_roots());
  to.set_signing_key_pem(from.signing_key_pem);
  to.set_next_serial(from.next_serial);
}

trust::CaState read(const proto::CaState& from) {
  trust::CaState state;
  state.config = read(from.config());
  for (const proto::CaRoot& root : from.roots()) state.roots.push_back(read(root));
  state.signing_key_pem = from.signing_key_pem();
  state.next_serial = from.next_serial();
  return state;
}

std::string primary(const CaRow&) { return store::key({"ca"}); }

std::string encode_row(const CaRow& row) {
  proto::CaRow message;
  write(row.ca, *message.mutable_ca());
  message.set_create_index(row.create_index);
  message.set_modify_index(row.modify_index);
  return message.SerializeAsString();
}

CaRow decode_row(std::string_view bytes) {
  proto::CaRow message;
  message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return {read(message.ca()), message.create_index(), message.modify_index()};
}

}  // namespace

std::string encode(const CaCommand& command) {
  proto::CaCommand message;
  std::visit(Overloaded{
                 [&](const SetCa& set) {
                   write(set.ca, *message.mutable_set()->mutable_ca());
                   message.mutable_set()->set_expected_index(set.expected_index);
                 },
                 [&](const TakeSerial&) { message.mutable_take_serial(); },
             },
             command);
  return message.SerializeAsString();
}

Result<CaCommand> decode_ca_command(std::string_view bytes) {
  proto::CaCommand message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return failure(Errc::malformed_message, "CA command does not parse");
  }
  switch (message.kind_case()) {
    case proto::CaCommand::kSet:
      return SetCa{read(message.set().ca()), message.set().expected_index()};
    case proto::CaCommand::kTakeSerial:
      return TakeSerial{};
    case proto::CaCommand::KIND_NOT_SET:
      break;
  }
  return failure(Errc::malformed_message, "CA command of no known kind");
}

CaTable::CaTable(store::Store& store)
    : store_(store), rows_(store, {std::string(table_name), primary, encode_row, decode_row}) {}

const CaRow* CaTable::find(store::WatchSet* watches) const {
  return rows_.find(store::key({"ca"}), watches);
}

store::RaftIndex CaTable::index(store::WatchSet* watches) const {
  return store_.index_of(table_name, watches);
}

Result<std::uint64_t> CaTable::apply(const CaCommand& command) {
  const CaRow* before = find();
  if (const auto* set = std::get_if<SetCa>(&command)) {
    if ((before == nullptr ? 0 : before->modify_index) != set->expected_index) return 0;
    const auto index = store_.raft_index();
    rows_.put({set->ca, before == nullptr ? index : before->create_index, index});
    store_.bump(table_name);
    return 0;
  }
  if (before == nullptr) {
    return failure(Errc::invalid_argument, "CA has not finished initializing");
  }
  CaRow next = *before;
  const std::uint64_t serial = next.ca.next_serial++;
  rows_.put(std::move(next));
  return serial;
}

}  // namespace peerlab::server
