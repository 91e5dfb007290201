#include "peerlab/server/command.hpp"

#include "command.pb.h"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::server {

std::string_view kind_of(const Command& command) {
  return std::visit(Overloaded{
                        [](const CatalogCommand&) -> std::string_view { return "catalog"; },
                        [](const peering::Command&) -> std::string_view { return "peering"; },
                        [](const CaCommand&) -> std::string_view { return "ca"; },
                    },
                    command);
}

std::string encode(const Command& command) {
  proto::Command message;
  std::visit(Overloaded{
                 [&](const CatalogCommand& of) {
                   message.mutable_catalog()->set_command(catalog::encode(of.command));
                   message.mutable_catalog()->set_partition(of.partition.value());
                 },
                 [&](const peering::Command& of) { message.set_peering(peering::encode(of)); },
                 [&](const CaCommand& of) { message.set_ca(encode(of)); },
             },
             command);
  return message.SerializeAsString();
}

Result<Command> decode_command(std::string_view bytes) {
  proto::Command message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return failure(Errc::malformed_message, "log entry does not parse");
  }
  const auto wrap = [](auto command) { return Command(std::move(command)); };
  switch (message.room_case()) {
    case proto::Command::kPeering:
      return peering::decode_command(message.peering()).map(wrap);
    case proto::Command::kCa:
      return decode_ca_command(message.ca()).map(wrap);
    case proto::Command::kCatalog:
      return catalog::decode_command(message.catalog().command())
          .map([&](catalog::Command command) -> Command {
            return CatalogCommand{std::move(command), PartitionName(message.catalog().partition())};
          });
    case proto::Command::kAcl:
    case proto::Command::ROOM_NOT_SET:
      break;
  }
  return failure(Errc::malformed_message, "log entry of no known room");
}

}  // namespace peerlab::server
