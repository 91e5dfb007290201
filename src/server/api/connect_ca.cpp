#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/base/time.hpp"

// GET /v1/connect/ca/roots. (HTTP spec 3.6)
namespace peerlab::server::api {
namespace {

/// Go's strconv.ParseBool; empty is no.
std::optional<bool> wants_pem(const std::string& value) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (value == yes) return true;
  }
  for (const std::string_view no : {"", "0", "f", "F", "false", "FALSE", "False"}) {
    if (value == no) return false;
  }
  return std::nullopt;
}

std::string date(std::int64_t unix_seconds) {
  return rfc3339(instant_of_unix_nanos(unix_seconds * 1'000'000'000));
}

std::string root_json(const trust::CaRoot& root, const CaRow& row) {
  return JsonObject()
      .add("ID", root.id)
      .add("Name", trust::root_name)
      .add("SerialNumber", root.serial)
      .add("SigningKeyID", root.signing_key_id)
      .add("ExternalTrustDomain", root.external_trust_domain)
      .add("NotBefore", date(root.validity.not_before))
      .add("NotAfter", date(root.validity.not_after))
      .add("RootCert", root.root_pem)
      .raw("IntermediateCerts", json_array_or_null(root.intermediate_pems))
      .add("Active", root.active)
      .add("PrivateKeyType", trust::to_text(root.key.type))
      .add("PrivateKeyBits", root.key.bits)
      .add("CreateIndex", row.create_index)
      .add("ModifyIndex", row.modify_index)
      .text();
}

Page roots(const View& view, bool pem, store::WatchSet* watches) {
  if (!view.settings.connect_enabled) {
    return failed_page("Connect must be enabled in order to use this endpoint");
  }
  const CaRow* row = view.state.ca().find(watches);
  if (row == nullptr) return failed_page("CA has not finished initializing");
  if (pem) {
    std::string all;
    for (const trust::CaRoot& root : row->ca.roots) all += root.root_pem;
    Page page{
        {200, {{"Content-Type", "application/pem-certificate-chain"}}, std::move(all), false}};
    page.with_metadata = false;
    return page;
  }
  return {json(JsonObject()
                   .add("ActiveRootID", row->ca.active_root().id)
                   .add("TrustDomain", row->ca.trust_domain())
                   .raw("Roots", json_array(row->ca.roots,
                                            [&](const trust::CaRoot& root) {
                                              return root_json(root, *row);
                                            }))
                   .text()),
          view.state.ca().index(watches)};
}

}  // namespace

// H-183 to H-185
Prepared connect_ca_roots(const ExchangePtr& exchange, const View&) {
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  const auto pem = wants_pem(exchange->query().get("pem"));
  if (!pem) {
    return refused(failed(400, "The 'pem' query parameter must be a boolean value"));
  }
  return Serving([options = *options, pem = *pem](const View& view) {
    return read(view, options, {}, [pem](const View& now, store::WatchSet* watches) {
      return roots(now, pem, watches);
    });
  });
}

}  // namespace peerlab::server::api
