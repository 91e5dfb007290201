#include "handlers.hpp"
#include "json_text.hpp"

namespace peerlab::server::api {
namespace {

Prepared answer_with(const ExchangePtr& exchange, std::string (*value)(const Situation&)) {
  // The wait parameters are looked at and then ignored. (HTTP spec 1.6)
  if (const auto options = exchange->read_options(); !options) return refused(options.error());
  return Serving([value](const View& view) { return done(json(value(view.situation))); });
}

}  // namespace

// H-127
Prepared status_leader(const ExchangePtr& exchange, const View&) {
  return answer_with(exchange, [](const Situation& s) { return to_json(s.leader_address); });
}

Prepared status_peers(const ExchangePtr& exchange, const View&) {
  return answer_with(exchange, [](const Situation& s) { return json_array(s.server_addresses); });
}

}  // namespace peerlab::server::api
