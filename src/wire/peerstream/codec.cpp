#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <limits>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/wire/peerstream_codec.hpp"
#include "peerstream/conversions.hpp"
#include "peerstream/peerstream.pb.h"

namespace peerlab::wire {
namespace {

constexpr const char* leader_address_url =
    "type.googleapis.com/hashicorp.consul.internal.peerstream.LeaderAddress";

void to_proto(const peering::Any& from, google::protobuf::Any& to) {
  to.set_type_url(from.type_url);
  to.set_value(
      std::visit(Overloaded{
                     [](const peering::Resource& resource) { return encode_resource(resource); },
                     [](const peering::Undecoded& undecoded) { return undecoded.bytes; },
                 },
                 from.value));
}

peering::Any from_proto(const google::protobuf::Any& from) {
  const auto type = peering::resource_type(from.type_url());
  if (!type) return {from.type_url(), peering::Undecoded{from.value(), ""}};
  auto resource = decode_resource(*type, from.value());
  if (!resource) {
    return {from.type_url(), peering::Undecoded{from.value(), std::string(not_protobuf)}};
  }
  return {from.type_url(), std::move(*resource)};
}

void to_proto(const peering::Status& from, pb::status::Status& to) {
  to.set_code(static_cast<std::int32_t>(from.code));
  to.set_message(from.message);
  if (!from.leader_address) return;
  pb::peerstream::LeaderAddress leader;
  leader.set_address(*from.leader_address);
  auto& detail = *to.add_details();
  detail.set_type_url(leader_address_url);
  detail.set_value(serialize(leader));
}

std::optional<std::string> leader_address(const pb::status::Status& status) {
  for (const auto& detail : status.details()) {
    pb::peerstream::LeaderAddress leader;
    if (detail.type_url() == leader_address_url && parse(leader, detail.value())) {
      return leader.address();
    }
  }
  return std::nullopt;
}

peering::Status from_proto(const pb::status::Status& from) {
  return {static_cast<peering::GrpcCode>(from.code()), from.message(), leader_address(from)};
}

void to_proto(const peering::RemoteInfo& from, pb::peering::RemoteInfo& to) {
  to.set_partition(from.partition);
  to.set_datacenter(from.datacenter);
  if (from.locality) wire::to_proto(*from.locality, *to.mutable_locality());
}

peering::RemoteInfo from_proto(const pb::peering::RemoteInfo& from) {
  peering::RemoteInfo remote{from.partition(), from.datacenter(), std::nullopt};
  if (from.has_locality()) remote.locality = wire::from_proto(from.locality());
  return remote;
}

pb::peerstream::ReplicationMessage to_proto(const peering::ReplicationMessage& message) {
  pb::peerstream::ReplicationMessage to;
  std::visit(
      Overloaded{
          [](const peering::NoPayload&) {},
          [&](const peering::Open& open) {
            to.mutable_open()->set_peerid(open.peer_id.value());
            to.mutable_open()->set_streamsecretid(open.secret.value());
            if (open.remote) to_proto(*open.remote, *to.mutable_open()->mutable_remote());
          },
          [&](const peering::Request& request) {
            to.mutable_request()->set_peerid(request.peer_id.value());
            to.mutable_request()->set_responsenonce(request.response_nonce.value());
            to.mutable_request()->set_resourceurl(request.resource_url);
            if (request.error) to_proto(*request.error, *to.mutable_request()->mutable_error());
          },
          [&](const peering::Response& response) {
            auto& payload = *to.mutable_response();
            payload.set_nonce(response.nonce.value());
            payload.set_resourceurl(response.resource_url);
            payload.set_resourceid(response.resource_id);
            if (response.resource) to_proto(*response.resource, *payload.mutable_resource());
            payload.set_operation(static_cast<pb::peerstream::Operation>(response.operation));
          },
          [&](const peering::Terminated&) { to.mutable_terminated(); },
          [&](const peering::Heartbeat&) { to.mutable_heartbeat(); },
      },
      message);
  return to;
}

peering::ReplicationMessage from_proto(const pb::peerstream::ReplicationMessage& from) {
  switch (from.Payload_case()) {
    case pb::peerstream::ReplicationMessage::kOpen: {
      const auto& open = from.open();
      peering::Open to{PeerId(open.peerid()), peering::StreamSecret(open.streamsecretid()), {}};
      if (open.has_remote()) to.remote = from_proto(open.remote());
      return to;
    }
    case pb::peerstream::ReplicationMessage::kRequest: {
      const auto& request = from.request();
      peering::Request to{PeerId(request.peerid()),
                          peering::Nonce(request.responsenonce()),
                          request.resourceurl(),
                          {}};
      if (request.has_error()) to.error = from_proto(request.error());
      return to;
    }
    case pb::peerstream::ReplicationMessage::kResponse: {
      const auto& response = from.response();
      peering::Response to{peering::Nonce(response.nonce()), response.resourceurl(),
                           response.resourceid(), std::nullopt,
                           static_cast<peering::Operation>(response.operation())};
      if (response.has_resource()) to.resource = from_proto(response.resource());
      return to;
    }
    case pb::peerstream::ReplicationMessage::kTerminated:
      return peering::Terminated{};
    case pb::peerstream::ReplicationMessage::kHeartbeat:
      return peering::Heartbeat{};
    case pb::peerstream::ReplicationMessage::PAYLOAD_NOT_SET:
      return peering::NoPayload{};
  }
  return peering::NoPayload{};
}

tl::unexpected<Error> malformed() {
  return failure(Errc::malformed_message, std::string(not_protobuf));
}

}  // namespace

std::string serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }  // only now are all bytes there
  return bytes;
}

bool parse(google::protobuf::MessageLite& message, std::string_view bytes) {
  // What a peer sends wrongly is answered by the protocol; Protobuf need not tell our terminal.
  [[maybe_unused]] static const auto silenced = google::protobuf::SetLogHandler(nullptr);
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return false;
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

std::string encode(const peering::ReplicationMessage& message) {
  return serialize(to_proto(message));
}

std::size_t encoded_size(const peering::ReplicationMessage& message) {
  return to_proto(message).ByteSizeLong();
}

Result<peering::ReplicationMessage> decode_replication_message(std::string_view bytes) {
  pb::peerstream::ReplicationMessage message;
  if (!parse(message, bytes)) return malformed();
  return from_proto(message);
}

std::string encode(const peering::ExchangeSecretRequest& request) {
  pb::peerstream::ExchangeSecretRequest to;
  to.set_peerid(request.peer_id.value());
  to.set_establishmentsecret(request.establishment_secret.value());
  return serialize(to);
}

std::string encode(const peering::ExchangeSecretResponse& response) {
  pb::peerstream::ExchangeSecretResponse to;
  to.set_streamsecret(response.stream_secret.value());
  return serialize(to);
}

Result<peering::ExchangeSecretRequest> decode_exchange_secret_request(std::string_view bytes) {
  pb::peerstream::ExchangeSecretRequest from;
  if (!parse(from, bytes)) return malformed();
  return peering::ExchangeSecretRequest{PeerId(from.peerid()),
                                        peering::EstablishmentSecret(from.establishmentsecret())};
}

Result<peering::ExchangeSecretResponse> decode_exchange_secret_response(std::string_view bytes) {
  pb::peerstream::ExchangeSecretResponse from;
  if (!parse(from, bytes)) return malformed();
  return peering::ExchangeSecretResponse{peering::StreamSecret(from.streamsecret())};
}

std::string encode_status_details(const peering::Status& status) {
  if (!status.leader_address) return "";
  pb::status::Status to;
  to_proto(status, to);
  return serialize(to);
}

peering::Status with_status_details(peering::Status status, std::string_view details) {
  pb::status::Status from;
  if (parse(from, details)) status.leader_address = leader_address(from);
  return status;
}

}  // namespace peerlab::wire
