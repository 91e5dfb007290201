// The messages of catalog.proto against the descriptions of the rows, name by name: they are
// filled by position alone.

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "catalog/key_names.hpp"
#include "catalog/kv_fields.hpp"
#include "catalog/row_fields.hpp"

using namespace peerlab::catalog;

namespace {

using Messages = std::map<std::string, std::vector<std::string>>;

/// The names of the fields of each message, in the order of their numbers.
Messages messages() {
  std::ifstream file(PEERLAB_SOURCE_DIR + "/src/catalog/catalog.proto");
  Messages found;
  std::string message;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_match(line, match, std::regex(R"(message (\w+) \{)"))) {
      message = match[1];
    } else if (std::regex_match(line, match,
                                std::regex(R"(  (?:repeated |optional )?\w+ (\w+) = (\d+);)"))) {
      found[message].push_back(match[1]);
      BOOST_TEST(std::stoul(match[2]) == found[message].size(), line);
    }
  }
  return found;
}

template <Described T>
void agrees(const Messages& messages, const std::string& message) {
  std::vector<std::string> names;
  for_each_field<T>([&](const auto& field) {
    names.push_back(field.name.empty() ? "indexes" : key_alias(field.name));
  });
  BOOST_TEST_CONTEXT(message) {
    BOOST_TEST(messages.at(message) == names, boost::test_tools::per_element());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fields)

BOOST_AUTO_TEST_CASE(every_message_has_the_fields_of_its_row) {
  const Messages all = messages();
  agrees<Locality>(all, "Locality");
  agrees<Node>(all, "Node");
  agrees<ServiceAddress>(all, "ServiceAddress");
  agrees<ServicePort>(all, "ServicePort");
  agrees<Weights>(all, "Weights");
  agrees<MeshGatewayConfig>(all, "MeshGatewayConfig");
  agrees<ExposePath>(all, "ExposePath");
  agrees<ExposeConfig>(all, "ExposeConfig");
  agrees<TransparentProxyConfig>(all, "TransparentProxyConfig");
  agrees<AccessLogsConfig>(all, "AccessLogsConfig");
  agrees<Upstream>(all, "Upstream");
  agrees<ProxyConfig>(all, "ProxyConfig");
  agrees<PeeringServiceMeta>(all, "PeeringServiceMeta");
  agrees<ServiceConnect>(all, "ServiceConnect");
  agrees<Service>(all, "Service");
  agrees<CheckDefinition>(all, "CheckDefinition");
  agrees<Check>(all, "Check");
  agrees<KvEntry>(all, "KvEntry");
  agrees<Tombstone>(all, "Tombstone");
  agrees<VirtualIp>(all, "VirtualIp");
  agrees<FreeVirtualIp>(all, "FreeVirtualIp");
}

BOOST_AUTO_TEST_CASE(keys_have_a_snake_case_spelling) {
  BOOST_TEST(key_alias("MutualTLSMode") == "mutual_tls_mode");
  BOOST_TEST(key_alias("ExternalSNI") == "external_sni");
  BOOST_TEST(key_alias("EnforcingConsecutive5xx") == "enforcing_consecutive_5xx");
  BOOST_TEST(key_alias("HTTP") == "http");
  BOOST_TEST(key_alias("Peer") == "peer_name");
}

BOOST_AUTO_TEST_SUITE_END()
