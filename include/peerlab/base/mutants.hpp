#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace peerlab {

// Every bug that can be planted, in one table: name and what it plants. Keep it sorted.
//   HB_nnn   as in the list of historic bugs of cluster peering
//   QP_nn    a defect of the reference: Q n in the list of the peering specification, section 14
//   QT_nn    the same in the traffic specification, section 12, where it is called Q-nn
//   RAFT_x   what libraft does by itself or a careless host could
// docs/defects.md says of each QP and QT what was chosen here.
// clang-format off
#define PEERLAB_MUTANTS(X) \
  X(HB_001, "the ID of a peering is made up while the log is applied: another one on each server") \
  X(HB_002, "a second token writes the zero state over that of the peering") \
  X(HB_003, "a token with an empty address list is handed out") \
  X(HB_004, "the partition given to Establish is ignored") \
  X(HB_006, "one peer name may be used as acceptor and then as dialer") \
  X(HB_007, "a cluster may peer with its own partition") \
  X(HB_008, "an empty partition and `default` count as two when a cluster looks for itself") \
  X(HB_009, "two partitions of one datacenter may peer with each other") \
  X(HB_010, "a token with the server name of the dialing cluster is accepted") \
  X(HB_011, "a token with a host name in its address list is refused") \
  X(HB_012, "a token carries LAN addresses although WAN ones are advertised") \
  X(HB_013, "the stream replaces WAN addresses by LAN ones") \
  X(HB_014, "a server with only a TLS gRPC port is left out of address updates") \
  X(HB_015, "a dialer keeps the address list it read at the start") \
  X(HB_016, "establishing again with an old token overwrites fresher addresses") \
  X(HB_017, "an empty address list from the peer erases the stored one") \
  X(HB_018, "an acceptor subscribes to the addresses of a dialer, which it never dials") \
  X(HB_019, "addresses set by hand are replaced by replicated ones") \
  X(HB_020, "a FailedPrecondition inside another error is not recognised: slow redial") \
  X(HB_022, "after meeting a follower a dialer waits 2, 4, 8 seconds") \
  X(HB_024, "establishing through a gateway gives up before the gateway has its configuration") \
  X(HB_025, "the cap of the redial pause is minutes") \
  X(HB_026, "a server that leads no more goes on dialing its peers") \
  X(HB_029, "a token can be made with the mesh or TLS switched off") \
  X(HB_031, "secrets are not in the snapshot") \
  X(HB_032, "two exchanges of one secret both win: no check when the log is applied") \
  X(HB_033, "exchanging a new secret drops the active one") \
  X(HB_035, "the role of a stored peering can be flipped by a write") \
  X(HB_036, "upper-case peer names are accepted") \
  X(HB_038, "a terminated peering cannot be established again") \
  X(HB_040, "IPv6 addresses in a token have no brackets") \
  X(HB_041, "deleting while a stream is opening leaves a stream for a dead peering") \
  X(HB_043, "the list of peerings does not show the state of their streams") \
  X(HB_044, "a stream that closes unexpectedly counts as ended on purpose, no redial") \
  X(HB_045, "a follower accepts the stream") \
  X(HB_046, "a server that loses leadership keeps the stream") \
  X(HB_047, "resources are pushed that the peer did not subscribe to") \
  X(HB_050, "there are no heartbeats, and nobody misses them") \
  X(HB_051, "the state stays ACTIVE after the stream failed") \
  X(HB_052, "health flips to bad on every short reconnect, with no grace") \
  X(HB_053, "a message over 4 MiB ends the stream, and each one after it too") \
  X(HB_054, "a dialer sends messages of up to 4 MiB only, but takes 8 MiB") \
  X(HB_055, "acknowledgements carry no nonce") \
  X(HB_058, "a time that never happened is shown as year one instead of null") \
  X(HB_059, "handling goes on after a Terminated message") \
  X(HB_061, "the connection is closed before the Terminated message can be read") \
  X(HB_062, "a terminated peering vanishes on the side that did not delete it") \
  X(HB_063, "imported instances are never removed") \
  X(HB_064, "imported nodes are told apart by node ID, which may be empty") \
  X(HB_068, "every update writes unchanged nodes and checks again") \
  X(HB_070, "what is un-exported while the stream is down stays imported") \
  X(HB_071, "every import looks mesh-capable once there is a gateway") \
  X(HB_072, "removing the last imported instance of a name forgets the local service of that name") \
  X(HB_074, "the flattened check is that of the last check, and maintenance is lost") \
  X(HB_075, "virtual addresses of the exporter are sent along") \
  X(HB_076, "the list of names comes in another order each time") \
  X(HB_077, "the service consul is exported by a wildcard") \
  X(HB_080, "a client may register a service as if it came from a peer") \
  X(HB_081, "new CA roots reach the trust bundle but not the record used to dial") \
  X(HB_082, "the state says ACTIVE although no heartbeat comes any more") \
  X(HB_083, "CA roots are sent once and never updated") \
  X(HB_088, "a terminated peering cannot be deleted") \
  X(HB_091, "all imports of a deleted peering go in one huge write") \
  X(HB_092, "the record of a deleted peering goes first and its imports stay") \
  X(HB_093, "marked peerings are deleted although peering is switched off") \
  X(HB_094, "intentions do not compare the trust domain of the caller") \
  X(HB_095, "the exporting gateway does not name the caller, so intentions see the gateway") \
  X(HB_096, "of two peers with a caller of one name only one gets into the rules") \
  X(HB_097, "the identity of the gateway is not announced for tcp services") \
  X(HB_098, "the identities of further targets are not announced for tcp services") \
  X(HB_110, "the gateway has no leaf certificate of its own") \
  X(HB_114, "a certificate is signed for a namespace or partition that is not the default") \
  X(HB_115, "one HTTP deny rule under default deny turns into an allow") \
  X(HB_116, "the name in the upstream's certificate is not verified") \
  X(HB_118, "gateways with host names cannot be used") \
  X(HB_121, "defaults of the importer overwrite the protocol of an import") \
  X(HB_122, "the gateway mode of proxy-defaults is not used for upstreams in a peer") \
  X(HB_127, "with equal datacenter names the LAN address of the far gateway is dialed") \
  X(HB_131, "an override without a peer also hits the peer's service of that name") \
  X(HB_142, "the virtual address goes with the last local instance, whatever entries name it") \
  X(HB_145, "mode none for an upstream in a peer gives no warning") \
  X(QP_03, "parallel deletes leave a record TERMINATED with DeletedAt") \
  X(QP_04, "a refused second stream marks the first as disconnected, and the third gets in beside it") \
  X(QP_05, "the redial pauses overflow after about 60 failures and become 0") \
  X(QP_06, "the count of redial failures is not reset by a good connection") \
  X(QP_08, "address updates have IPv6 without brackets, and never an IPv6 WAN address") \
  X(QP_10, "the importer crashes on instances without node, service, node name, service ID or check ID") \
  X(QP_12, "consul.peering.healthy is wrong at dialers and after reconnects") \
  X(QP_18, "synthetic proxies are written again on every upsert") \
  X(QP_20, "a graceful end never finishes: the stream of a deleted peering stays open") \
  X(QP_21, "a dialer takes a fast refusal for a send error and redials slowly") \
  X(QP_22, "Terminated waits for the next pass of the rate-limited sync of peerings") \
  X(QP_23, "the clean-up wipes what a peering established anew has imported") \
  X(QP_25, "an empty or senseless trust bundle is stored") \
  X(QP_26, "after a crash in the importer the acceptor says ACTIVE for a dead stream") \
  X(QT_01, "grpc and sanitizing sidecars remove the caller's header before intentions are judged") \
  X(QT_06, "sidecars do not trust the peers of a wildcard export when there is one by name") \
  X(QT_08, "an instance or a gateway in maintenance is still used by importers") \
  X(QT_14, "under default allow a caller of an unknown cluster is let in through the gateway") \
  X(RAFT_ACK_UNSYNCED, "a server acknowledges entries that are not durable") \
  X(RAFT_OLD_TERM_COMMIT, "a leader counts entries of earlier terms as committed") \
  X(RAFT_TRANSFER_REVOTE, "a leader that stepped down amid a transfer votes for its heir again") \
  X(RAFT_UNCHECKED_ACK, "a server vouches for entries that its leader has not compared") \
  X(RAFT_VOTE_UNSYNCED, "a server answers a vote request before its vote is durable")

enum class Mutant : std::size_t {
#define PEERLAB_MUTANT(name, what) name,
  PEERLAB_MUTANTS(PEERLAB_MUTANT)
#undef PEERLAB_MUTANT
      count_,
};

/// The bugs planted in this run. Compiled always, empty unless a run asks for some.
class Mutants {
 public:
  Mutants() = default;
  Mutants(std::initializer_list<Mutant> planted) {
    for (const Mutant mutant : planted) plant(mutant);
  }

  void plant(Mutant mutant) { planted_.set(static_cast<std::size_t>(mutant)); }
  bool has(Mutant mutant) const { return planted_.test(static_cast<std::size_t>(mutant)); }
  bool empty() const { return planted_.none(); }

 private:
  std::bitset<static_cast<std::size_t>(Mutant::count_) + 1> planted_;
};

struct MutantInfo {
  Mutant mutant;
  std::string name;       ///< as people write it: `HB-044`
  std::string_view what;  ///< the behaviour it plants
};

/// The whole table, in its order.
const std::array<MutantInfo, static_cast<std::size_t>(Mutant::count_)>& all_mutants();

/// `HB-044`, `hb-044` and `HB_044` all name Mutant::HB_044.
std::optional<Mutant> mutant_named(std::string_view name);

}  // namespace peerlab
