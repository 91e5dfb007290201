#include "peerlab/acl/authorizer.hpp"

#include <boost/test/unit_test.hpp>

using namespace peerlab;
using namespace peerlab::acl;

BOOST_AUTO_TEST_SUITE(authorizer)

BOOST_AUTO_TEST_CASE(allow_all_allows_everything) {
  BOOST_TEST(allow_all().peering_write());
  BOOST_TEST(allow_all().service_read(ServiceName("web"), PeerName("east")));
  BOOST_TEST(allow_all().require({Resource::acl, Access::write}).has_value());
}

BOOST_AUTO_TEST_CASE(a_granted_write_implies_list_and_read_of_that_resource_alone) {
  const Granted caller("id", {{Resource::key, Access::write}, {Resource::mesh, Access::read}});
  BOOST_TEST(caller.key_write("k"));
  BOOST_TEST(caller.key_list("k"));
  BOOST_TEST(caller.key_read("k"));
  BOOST_TEST(caller.mesh_read());
  BOOST_TEST(!caller.mesh_write());
  BOOST_TEST(!caller.keyring_read());
  BOOST_TEST(!caller.peering_read());
}

BOOST_AUTO_TEST_CASE(a_refusal_names_token_right_and_thing) {
  const Granted caller("c906e086-0071-768f-ecb6-7572ddb0d11c", {});
  BOOST_TEST(caller.require({Resource::peering, Access::write}).error().detail ==
             "Permission denied: token with AccessorID 'c906e086-0071-768f-ecb6-7572ddb0d11c' "
             "lacks permission 'peering:write'");
  BOOST_TEST(caller.require({Resource::service, Access::write, "web"}).error().detail ==
             "Permission denied: token with AccessorID 'c906e086-0071-768f-ecb6-7572ddb0d11c' "
             "lacks permission 'service:write' on \"web\"");
}

BOOST_AUTO_TEST_CASE(a_refused_caller_without_token_is_told_so) {
  const auto refused = Granted("", {}).require({Resource::key, Access::read, "foo/x"});
  BOOST_TEST((refused.error().code == Errc::permission_denied));
  BOOST_TEST(refused.error().detail ==
             "Permission denied: anonymous token lacks permission 'key:read' on \"foo/x\". The "
             "anonymous token is used implicitly when a request does not specify a token.");
}

BOOST_AUTO_TEST_CASE(imports_are_read_by_whoever_may_write_any_service) {
  const Granted writer("id", {{Resource::service, Access::write}});
  BOOST_TEST(writer.node_read(NodeName("n"), PeerName("east")));
  BOOST_TEST(!writer.node_read(NodeName("n")));
  const Granted reader("id", {{Resource::node, Access::read}});
  BOOST_TEST(reader.node_read(NodeName("n"), PeerName("east")));
  BOOST_TEST(!reader.service_read(ServiceName("web"), PeerName("east")));
}

BOOST_AUTO_TEST_SUITE_END()
