#include "peerlab/peering/message.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::peering {
namespace {

constexpr std::size_t mebibyte = 1024UL * 1024UL;
using boost::unit_test::label;

}  // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(each_resource_type_has_a_url_that_names_it) {
  for (const auto type : {ResourceType::exported_service, ResourceType::exported_service_list,
                          ResourceType::trust_bundle, ResourceType::server_addresses}) {
    BOOST_TEST((resource_type(type_url(type)) == type));
  }
  BOOST_TEST(!resource_type(""));
  BOOST_TEST(!resource_type("type.googleapis.com/foo"));
}

BOOST_AUTO_TEST_CASE(a_resource_knows_its_type) {
  BOOST_TEST((type_of(ExportedService{}) == ResourceType::exported_service));
  BOOST_TEST((type_of(ExportedServiceList{}) == ResourceType::exported_service_list));
  BOOST_TEST((type_of(PeeringTrustBundle{}) == ResourceType::trust_bundle));
  BOOST_TEST((type_of(PeeringServerAddresses{}) == ResourceType::server_addresses));
}

BOOST_AUTO_TEST_CASE(a_status_reads_as_in_go) {
  BOOST_TEST(text_of({GrpcCode::cancelled, "context canceled", {}}) ==
             "rpc error: code = Canceled desc = context canceled");
  BOOST_TEST(code_name(GrpcCode::unauthenticated) == "Unauthenticated");
  BOOST_TEST(code_name(static_cast<GrpcCode>(17)) == "Code(17)");
  BOOST_TEST(code_name(static_cast<GrpcCode>(-1)) == "Code(4294967295)");
}

BOOST_AUTO_TEST_CASE(a_dialer_sends_8_MiB_and_not_a_byte_more, *label("C-231")) {
  BOOST_TEST(!too_large_to_send(Side::dialer, 8 * mebibyte));
  const auto status = too_large_to_send(Side::dialer, 8 * mebibyte + 1);
  BOOST_TEST((status->code == GrpcCode::resource_exhausted));
  BOOST_TEST(status->message == "trying to send message larger than max (8388609 vs. 8388608)");
  BOOST_TEST(!too_large_to_send(Side::acceptor, 100 * mebibyte));
}

BOOST_AUTO_TEST_CASE(a_dialer_receives_8_MiB_and_an_acceptor_50, *label("C-230") * label("C-232")) {
  BOOST_TEST(!too_large_to_receive(Side::dialer, 8 * mebibyte));
  BOOST_TEST(too_large_to_receive(Side::dialer, 8 * mebibyte + 1)->message ==
             "grpc: received message larger than max (8388609 vs. 8388608)");
  BOOST_TEST(!too_large_to_receive(Side::acceptor, 50 * mebibyte));
  BOOST_TEST(too_large_to_receive(Side::acceptor, 53477481)->message ==
             "grpc: received message larger than max (53477481 vs. 52428800)");
}

BOOST_AUTO_TEST_CASE(hb_053_refuses_more_than_4_MiB, *label("HB-053")) {
  BOOST_TEST(too_large_to_receive(Side::dialer, 5 * mebibyte, {Mutant::HB_053}).has_value());
}

BOOST_AUTO_TEST_CASE(hb_054_sends_less_than_it_takes, *label("HB-054")) {
  const Mutants planted{Mutant::HB_054};
  BOOST_TEST(too_large_to_send(Side::dialer, 5 * mebibyte, planted).has_value());
  BOOST_TEST(!too_large_to_receive(Side::dialer, 5 * mebibyte, planted));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
