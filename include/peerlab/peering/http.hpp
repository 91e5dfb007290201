#pragma once

#include <string>
#include <string_view>

#include "peerlab/base/result.hpp"
#include "peerlab/peering/service.hpp"

namespace peerlab::peering {

// The bodies of the HTTP API for peering. Fails with `invalid_argument`; the detail is then the
// body of an answer with status 400. (spec 3.9)

Result<GenerateTokenRequest> read_generate_body(std::string_view body);
Result<EstablishRequest> read_establish_body(std::string_view body);

/// `{"PeeringToken":"..."}`
std::string token_answer(std::string_view token);

}  // namespace peerlab::peering
