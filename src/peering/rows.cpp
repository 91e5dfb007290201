#include "rows.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

namespace peerlab::peering {
namespace {

std::vector<std::string> list_of(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

void fill(google::protobuf::RepeatedPtrField<std::string>& out,
          const std::vector<std::string>& texts) {
  out.Assign(texts.begin(), texts.end());
}

proto::RemoteInfo to_proto(const RemoteInfo& remote) {
  proto::RemoteInfo out;
  out.set_partition(remote.partition);
  out.set_datacenter(remote.datacenter);
  if (remote.locality) {
    out.mutable_locality()->set_region(remote.locality->region);
    out.mutable_locality()->set_zone(remote.locality->zone);
  }
  return out;
}

RemoteInfo from_proto(const proto::RemoteInfo& message) {
  RemoteInfo out{message.partition(), message.datacenter(), std::nullopt};
  if (message.has_locality()) {
    out.locality = Locality{message.locality().region(), message.locality().zone()};
  }
  return out;
}

}  // namespace

proto::Peering to_proto(const Peering& peering) {
  proto::Peering out;
  out.set_id(peering.id.value());
  out.set_name(peering.name.value());
  out.set_partition(peering.partition.value());
  if (peering.deleted_at) out.set_deleted_at(unix_nanos(*peering.deleted_at));
  out.mutable_meta()->insert(peering.meta.begin(), peering.meta.end());
  out.set_state(static_cast<std::int32_t>(peering.state));
  out.set_remote_id(peering.remote_id.value());
  fill(*out.mutable_peer_ca_pems(), peering.peer_ca_pems);
  out.set_peer_server_name(peering.peer_server_name);
  fill(*out.mutable_peer_server_addresses(), peering.peer_server_addresses);
  fill(*out.mutable_manual_server_addresses(), peering.manual_server_addresses);
  *out.mutable_remote() = to_proto(peering.remote);
  out.set_create_index(peering.indexes.create);
  out.set_modify_index(peering.indexes.modify);
  return out;
}

Peering from_proto(const proto::Peering& message) {
  Peering out;
  out.id = PeerId(message.id());
  out.name = PeerName(message.name());
  out.partition = PartitionName(message.partition());
  if (message.has_deleted_at()) out.deleted_at = instant_of_unix_nanos(message.deleted_at());
  out.meta.insert(message.meta().begin(), message.meta().end());
  const bool known = message.state() >= 0 &&
                     message.state() <= static_cast<std::int32_t>(PeeringState::terminated);
  out.state = known ? static_cast<PeeringState>(message.state()) : PeeringState::undefined;
  out.remote_id = PeerId(message.remote_id());
  out.peer_ca_pems = list_of(message.peer_ca_pems());
  out.peer_server_name = message.peer_server_name();
  out.peer_server_addresses = list_of(message.peer_server_addresses());
  out.manual_server_addresses = list_of(message.manual_server_addresses());
  out.remote = from_proto(message.remote());
  out.indexes = {message.create_index(), message.modify_index()};
  return out;
}

proto::Secrets to_proto(const PeeringSecrets& secrets) {
  proto::Secrets out;
  out.set_peer_id(secrets.peer_id.value());
  out.set_establishment(secrets.establishment.value());
  out.set_pending(secrets.pending.value());
  out.set_active(secrets.active.value());
  return out;
}

PeeringSecrets from_proto(const proto::Secrets& message) {
  return {PeerId(message.peer_id()), EstablishmentSecret(message.establishment()),
          StreamSecret(message.pending()), StreamSecret(message.active())};
}

proto::TrustBundle to_proto(const StoredTrustBundle& stored) {
  proto::TrustBundle out;
  out.set_trust_domain(stored.bundle.trust_domain);
  out.set_peer_name(stored.bundle.peer_name);
  out.set_partition(stored.bundle.partition);
  fill(*out.mutable_root_pems(), stored.bundle.root_pems);
  out.set_exported_partition(stored.bundle.exported_partition);
  out.set_create_index(stored.indexes.create);
  out.set_modify_index(stored.indexes.modify);
  return out;
}

StoredTrustBundle from_proto(const proto::TrustBundle& message) {
  return {{message.trust_domain(), message.peer_name(), message.partition(),
           list_of(message.root_pems()), message.exported_partition()},
          {message.create_index(), message.modify_index()}};
}

std::string to_bytes(const google::protobuf::MessageLite& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return out;
}

}  // namespace peerlab::peering
