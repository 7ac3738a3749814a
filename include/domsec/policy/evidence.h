// What one session showed, observation by observation: never folded into one bool. Made from a transcript,
// judged by domain_security.h. A log of another MTA gives a partial one: what was not seen stays empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/certificate.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/ocsp.h"
#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"
#include "domsec/pki/tls_text.h"
#include "domsec/smtp/reply.h"

namespace domsec::policy {

enum class Role { send, receive };

/// The steps of a session in their order, the same words for both roles.
enum class Step {
  resolve,
  connect,
  greeting,
  ehlo,
  starttls,
  handshake,
  examination,
  ehlo_inside_tls,
  mail,
  rcpt,
  data,
  end_of_data,
  quit,
};

/// How a connection ended too early.
enum class BreakKind { refused, unreachable, timed_out, closed, reset, protocol_error, local_error };

struct Break {
  Step step = Step::connect;
  BreakKind kind = BreakKind::closed;
  std::string what;  // one clause
};

enum class DnsOutcome { not_asked, ok, no_such_domain, no_address, null_mx, failed };

struct TlsEvidence {
  bool offered = false;                // STARTTLS in the first EHLO reply (send: theirs, receive: ours)
  bool masked = false;                 // banner or keywords rewritten on the path (DS013)
  std::optional<smtp::Reply> refused;  // a reply to STARTTLS that was not 220
  bool started = false;                // 220 given, handshake begun
  bool established = false;            // our side finished it
  bool confirmed = false;              // the first reply (send) or command (receive) inside TLS has arrived
  std::string version;
  std::string cipher;
  std::string group;
  bool client_certificate_requested = false;
  bool own_certificate_sent = false;
  std::vector<std::string> requested_ca_names;
  std::optional<pki::Alert> alert_sent;
  std::optional<pki::Alert> alert_received;
  bool alert_after_handshake = false;  // TLS 1.3 late refusal (D-16)
  bool clear_text = false;             // text where a TLS record was due (DS013, DS023)
  std::string failure;                 // OpenSSL's reason or the way the connection ended
};

struct PeerEvidence {
  pki::Chain presented;  // leaf first; empty = none
  std::optional<pki::PathExamination> path;
  pki::UsageFit usage = pki::UsageFit::absent_any;
  std::vector<pki::Revocation> revocations;  // every certificate below the anchor, leaf first
  bool revocation_checked = false;           // false: --crl off
  /// Send: what the server stapled. Nothing when it stapled nothing and its certificate does not demand it.
  std::optional<pki::StapledStatus> stapled;
  std::optional<pki::NameMatch> name;        // against the domain being judged
};

/// Why we have nothing to present.
enum class OwnTrouble {
  none,
  not_found,
  key_missing,
  key_mismatch,
  key_protected,
  not_for_smtp,
  expired,
  name_not_found
};

struct OwnEvidence {
  pki::CertificatePtr certificate;  // what was chosen
  OwnTrouble trouble = OwnTrouble::none;
  std::string detail;
  pki::Chain chain;            // what goes out with it, leaf first; empty = not known
  pki::CertificatePtr issuer;  // its issuer, where that is one of our trusted roots
};

struct Evidence {
  Role role = Role::send;
  Step reached = Step::resolve;
  DnsOutcome dns = DnsOutcome::not_asked;
  std::string dns_detail;
  bool connected = false;
  TlsEvidence tls;
  PeerEvidence peer;
  OwnEvidence own;
  std::optional<Break> broken;
  /// The first 4yz or 5yz reply of the peer that ended what was wanted, and where (send).
  std::optional<smtp::Reply> refusal;
  Step refused_at = Step::connect;
};

[[nodiscard]] std::string_view text(Role role);
[[nodiscard]] std::string_view text(Step step);  // `greeting`, `ehlo inside TLS` …
[[nodiscard]] std::string_view text(BreakKind kind);
[[nodiscard]] std::string_view text(OwnTrouble trouble);

}  // namespace domsec::policy
