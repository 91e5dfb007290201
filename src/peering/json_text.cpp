#include "json_text.hpp"

#include "peerlab/base/go_json.hpp"

namespace peerlab::peering {

std::string json_list(const std::vector<std::string>& texts) {
  if (texts.empty()) return "null";
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "[" : ",") + go_json_quote(text);
  return out + "]";
}

std::string json_locality(const Locality& locality) {
  std::string members;
  if (!locality.region.empty()) members += "\"Region\":" + go_json_quote(locality.region);
  if (!locality.zone.empty()) {
    members += (members.empty() ? "" : ",") + ("\"Zone\":" + go_json_quote(locality.zone));
  }
  return "{" + members + "}";
}

}  // namespace peerlab::peering
