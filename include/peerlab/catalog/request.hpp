#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/catalog/types.hpp"

/// Registrations between the request and the log (http 3.1).
namespace peerlab::catalog {

/// The body of `PUT /v1/catalog/register`.
struct RegisterRequest {
  DatacenterName datacenter;  ///< empty: that of the server
  NodeId id;
  NodeName node;
  std::string address;
  Meta tagged_addresses;
  Meta node_meta;
  std::optional<Service> service;
  std::optional<Check> check;
  std::vector<Check> checks;
  bool skip_node_update = false;
  PeerName peer;
  std::optional<Locality> locality;
  std::string token;
  friend bool operator==(const RegisterRequest&, const RegisterRequest&) = default;
};

/// The body of `PUT /v1/catalog/deregister`.
struct DeregisterRequest {
  DatacenterName datacenter;
  NodeName node;
  std::string address;  ///< taken and not looked at
  ServiceId service_id;
  CheckId check_id;
  PeerName peer;
  std::string token;
  friend bool operator==(const DeregisterRequest&, const DeregisterRequest&) = default;
};

/// Read with the verdicts of Go's encoding/json. The text of a failure goes out with status 400,
/// after `Request decode failed: `.
Result<RegisterRequest> decode_register(std::string_view body);
Result<DeregisterRequest> decode_deregister(std::string_view body);

/// Fills in what a request may leave out and checks it, with a look at what is registered already.
/// The text of a failure goes out with status 500. The server has dealt with a foreign datacenter
/// before; `own` goes into the node where the request names none.
Result<Register> settle_register(RegisterRequest request, const DatacenterName& own,
                                 const CatalogTables& tables, const Mutants& mutants = {});
Result<Deregister> settle_deregister(const DeregisterRequest& request);

}  // namespace peerlab::catalog
