#include "handlers.hpp"
#include "peerlab/catalog/exports.hpp"
#include "rows.hpp"

// GET /v1/exported-services. (HTTP spec 3.5)
namespace peerlab::server::api {

Prepared exported_services(const ExchangePtr& exchange, const View& view) {
  if (auto refusal = exchange->refuse_partition(view)) return refused(*refusal);
  // A wrong option is answered with its text and then with the list, as for reads of peerings.
  const auto asked = exchange->read_options();
  const ReadOptions options = asked.value_or(ReadOptions{});
  const std::string complaint = asked ? "" : asked.error().body;
  return Serving([exchange, options, complaint](const View& then) {
    return read_as(
        then, *exchange, options, {},
        [exchange, complaint](const View& now, const acl::Authorizer& asking,
                              store::WatchSet* watches) -> Page {
          if (auto may = asking.require({acl::Resource::mesh, acl::Access::read}); !may) {
            return failed_page(may.error().detail);
          }
          const auto found = catalog::resolved_exports(tables_of(now, *exchange), watches);
          std::string list = catalog::to_json_text(found.rows);
          if (complaint.empty()) return {json(std::move(list)), found.index};
          Page page{failed(400, complaint + list)};
          page.with_metadata = false;
          return page;
        });
  });
}

}  // namespace peerlab::server::api
