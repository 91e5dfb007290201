#pragma once

#include <string>
#include <vector>

#include "exchange.hpp"
#include "filter.hpp"
#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/encode.hpp"
#include "peerlab/catalog/types.hpp"

// What the reads of catalog and health have in common.
namespace peerlab::server::api {

/// `node-meta=key:value`, each of which must hold. (HTTP spec 1.6)
catalog::Meta node_meta(const Exchange& exchange);
bool has_meta(const catalog::Node& node, const catalog::Meta& wanted);
/// Whether a service carries all tags, without regard to case.
bool has_tags(const catalog::Service& service, const std::vector<std::string>& wanted);

/// Which rows the caller may see; remembers whether any was kept back.
class Sight {
 public:
  explicit Sight(const acl::Authorizer& asking) : asking_(asking) {}

  bool sees(const catalog::Node& node);
  bool sees(const catalog::Node& node, const catalog::Service& service);
  bool sees(const catalog::Check& check);
  bool sees_service(const ServiceName& name, const PeerName& peer);

  bool kept_back() const { return kept_back_; }

 private:
  bool note(bool seen) {
    kept_back_ = kept_back_ || !seen;
    return seen;
  }

  const acl::Authorizer& asking_;
  bool kept_back_ = false;
};

/// A list of rows that are JSON already, as far as they pass the filter of the query.
Page filtered_list(const Exchange& exchange, const Shape& shape, std::vector<std::string> rows,
                   store::RaftIndex index, const Sight& sight);

/// The tables that the request's partition names: of Community Edition there is one.
const catalog::CatalogTables& tables_of(const View& view, const Exchange& exchange);

/// Where the config entry of a request is written to.
catalog::EntryHome home_of(const View& view, const Exchange& exchange);

}  // namespace peerlab::server::api
