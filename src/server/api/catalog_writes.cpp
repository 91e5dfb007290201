#include <fmt/format.h>

#include "handlers.hpp"
#include "peerlab/catalog/request.hpp"
#include "rows.hpp"

// PUT /v1/catalog/register and deregister. (HTTP spec 3.1)
namespace peerlab::server::api {
namespace {

Answer applied_true(const Applied& applied) {
  return applied.result.failed() ? failed(applied.result.error) : json("true");
}

Result<void> may_register(const acl::Authorizer& asking, const catalog::Register& wanted) {
  using acl::Access;
  using acl::Resource;
  if (auto allowed = asking.require({Resource::node, Access::write, wanted.node.node.value()});
      !allowed) {
    return allowed;
  }
  if (wanted.service) {
    return asking.require({Resource::service, Access::write, wanted.service->service.value()});
  }
  return {};
}

Result<void> may_deregister(const acl::Authorizer& asking, const catalog::Deregister& wanted,
                            const catalog::CatalogTables& tables) {
  if (asking.node_write(wanted.node)) return {};
  const catalog::Service* service = tables.services.find(
      catalog::peer_key(wanted.peer, {wanted.node.value(), wanted.service_id.value()}));
  if (!wanted.service_id.value().empty() && service != nullptr) {
    return asking.require({acl::Resource::service, acl::Access::write, service->service.value()});
  }
  return asking.require({acl::Resource::node, acl::Access::write, wanted.node.value()});
}

template <class Command>
Step write(const View& view, const Exchange& exchange, Result<Command> settled,
           const std::function<Result<void>(const acl::Authorizer&, const Command&)>& may) {
  const auto asking = authorizer(view, exchange);
  if (!asking) return done(asking.error());
  if (!settled) return done(failed(settled.error().detail));
  if (auto allowed = may(**asking, *settled); !allowed) {
    return done(failed(allowed.error().detail));
  }
  return propose(CatalogCommand{catalog::Command(*std::move(settled)), exchange.partition()},
                 applied_true);
}

}  // namespace

Prepared catalog_register(const ExchangePtr& exchange, const View& view) {
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  auto request = catalog::decode_register(exchange->request().body);
  if (!request) {
    return refused(failed(400, fmt::format("Request decode failed: {}", request.error().detail)));
  }
  std::string datacenter = request->datacenter.value();
  return Serving(
      [exchange, request = *std::move(request)](const View& now) {
        return write<catalog::Register>(
            now, *exchange,
            catalog::settle_register(request, now.settings.datacenter, tables_of(now, *exchange),
                                     now.mutants),
            may_register);
      },
      std::move(datacenter));
}

Prepared catalog_deregister(const ExchangePtr& exchange, const View& view) {
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  auto request = catalog::decode_deregister(exchange->request().body);
  if (!request) {
    return refused(failed(400, fmt::format("Request decode failed: {}", request.error().detail)));
  }
  std::string datacenter = request->datacenter.value();
  return Serving(
      [exchange, request = *std::move(request)](const View& now) {
        return write<catalog::Deregister>(
            now, *exchange, catalog::settle_deregister(request),
            [&](const acl::Authorizer& asking, const catalog::Deregister& wanted) {
              return may_deregister(asking, wanted, tables_of(now, *exchange));
            });
      },
      std::move(datacenter));
}

}  // namespace peerlab::server::api
