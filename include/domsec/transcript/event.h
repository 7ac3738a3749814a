// The typed events of one session: what happened on the wire and what was observed, in order. A session
// appends them and concludes nothing; logs, evidence, reports are made from them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/certificate.h"
#include "domsec/pki/channel_binding.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/ocsp.h"
#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"
#include "domsec/pki/tls_text.h"
#include "domsec/policy/domain_capabilities.h"
#include "domsec/policy/evidence.h"
#include "domsec/policy/verdict.h"
#include "domsec/smtp/reply.h"
#include "domsec/transcript/one_of.h"

namespace domsec::transcript {

enum class Direction { sent, received };

/// One MX host as looked up.
struct HostFound {
  int preference = 0;
  std::string host;
  std::vector<std::string> addresses;
};

struct HostsResolved {
  std::string domain;
  policy::DnsOutcome outcome = policy::DnsOutcome::ok;
  bool implicit_mx = false;
  std::vector<HostFound> hosts;
  std::string detail;
};
/// A step begins; replies, breaks and refusals belong to the last one.
struct StepBegun {
  policy::Step step;
};
struct Connecting {
  std::string host;
  std::string remote;
};
struct Connected {
  std::string local;
  std::string remote;
};
/// The rights of the session, in Exchange's words (`SMTPSubmit SMTPAcceptAnySender …`).
struct PermissionsSet {
  std::string rights;
};
struct CommandLine {
  Direction direction;
  std::string line;
};
struct ReplyGiven {
  Direction direction;
  smtp::Reply reply;
};
/// Message content: octets only, never the text.
struct DataPassed {
  Direction direction;
  std::uint64_t octets = 0;
};
struct StarttlsOffer {
  bool offered = false;
  bool masked = false;
};
struct OwnCertificateChosen {
  pki::CertificatePtr certificate;
  policy::OwnTrouble trouble = policy::OwnTrouble::none;
  std::string reason;
  pki::Chain chain{};            // what goes out with it, leaf first; empty = not known
  pki::CertificatePtr issuer{};  // its issuer, where that is one of our trusted roots
};
struct TlsEstablished {
  std::string version;
  std::string cipher;
  std::string group;
  std::string sni;
  bool client_certificate_requested = false;
  bool own_certificate_sent = false;
  std::vector<std::string> requested_ca_names;
  pki::ChannelBindings bindings;
};
struct TlsFailed {
  policy::BreakKind kind = policy::BreakKind::protocol_error;
  std::string reason;  // OpenSSL's words, or the way the connection ended
  bool clear_text = false;
  // What the handshake had shown by then.
  std::string version{};
  bool client_certificate_requested = false;
  bool own_certificate_sent = false;
  std::vector<std::string> requested_ca_names{};
};
struct AlertSeen {
  Direction direction;
  pki::Alert alert;
  bool after_handshake = false;
};
/// Leaf first; empty = the peer presented none.
struct PeerCertificatesSeen {
  pki::Chain presented;
};
struct ChainExamined {
  pki::PathExamination path;
  pki::UsageFit usage = pki::UsageFit::absent_any;
  pki::Purpose purpose = pki::Purpose::server;
};
/// A response was stapled, or the certificate demands one that did not come.
struct StapledStatusExamined {
  pki::StapledStatus status;
};
struct RevocationExamined {
  std::vector<pki::Revocation> certificates;
};
struct NameCompared {
  pki::NameMatch match;
};
/// The first reply (send) or command (receive) inside TLS arrived: the handshake stands (D-16).
struct TlsConfirmed {};
struct PolicyDecided {
  std::string domain;  // the partner's
  std::string list;    // `TLSSendDomainSecureList`; empty when not listed
  policy::Verdict verdict;
};
struct MessageAccepted {
  std::string id;
  std::uint64_t octets = 0;
  std::string partner;
  bool domain_secured = false;
};
/// Something worth a note that did not end the session by itself: injection after STARTTLS, bare line feeds, a
/// From field that disagrees with MAIL FROM.
struct Irregularity {
  std::string what;
};
/// A reply that is held back (TarpitInterval), before the reply itself.
struct Tarpitted {
  std::chrono::seconds interval;
  std::string reason;  // the reply's text
};
/// TlsDomainCapabilities of the receive connector, once per session that they concern.
struct CapabilitiesDecided {
  policy::DomainCapabilities decided;
};
struct Broken {
  policy::Step step;
  policy::BreakKind kind;
  std::string what;
};
enum class DisconnectReason { local, remote, remote_socket_error, timeout };
struct Disconnected {
  DisconnectReason reason = DisconnectReason::local;
};

using Body = OneOf<HostsResolved, StepBegun, Connecting, Connected, PermissionsSet, CommandLine, ReplyGiven,
                   DataPassed, StarttlsOffer, OwnCertificateChosen, TlsEstablished, TlsFailed, AlertSeen,
                   PeerCertificatesSeen, ChainExamined, StapledStatusExamined, RevocationExamined, NameCompared,
                   TlsConfirmed, PolicyDecided, MessageAccepted, Irregularity, Tarpitted, CapabilitiesDecided, Broken,
                   Disconnected>;

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

struct Event {
  Time at;
  Body body;
};

}  // namespace domsec::transcript
