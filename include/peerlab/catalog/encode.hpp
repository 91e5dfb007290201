#pragma once

#include <map>
#include <string>
#include <vector>

#include "peerlab/catalog/types.hpp"

/// JSON of rows, byte for byte as Consul's HTTP API answers them.
namespace peerlab::catalog {

std::string to_json_text(const Node& node);
/// A NodeService, as under /v1/catalog/node and in entries of /v1/health.
std::string to_json_text(const Service& service);
std::string to_json_text(const Check& check);
/// An entry of /v1/health/service.
std::string to_json_text(const CheckServiceNode& entry);

/// A ServiceNode: node and service in one flat object, as under /v1/catalog/service.
std::string service_node_json(const Node& node, const Service& service);

/// What /v1/catalog/services answers: the tags of each name.
using ServiceTags = std::map<std::string, std::vector<std::string>>;
std::string to_json_text(const ServiceTags& services);

/// `[a,b]` of texts that are JSON.
std::string json_list(const std::vector<std::string>& items);

}  // namespace peerlab::catalog
