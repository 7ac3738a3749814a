// The receiving engine: one connection of a partner, the mirror of send_session. It asks for a client certificate and does
// not demand one; the demand is judged per message at MAIL FROM (spec exchange 1.4, D-4, D-6), because one connection may
// carry listed and unlisted senders.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domsec/exchange/receive_connector.h"
#include "domsec/exchange/transport_config.h"
#include "domsec/net/channel.h"
#include "domsec/policy/domain_security.h"
#include "domsec/session/dialogue.h"
#include "domsec/session/dialogue_fault.h"
#include "domsec/session/examination.h"
#include "domsec/session/submission_rate.h"
#include "domsec/smtp/path.h"
#include "domsec/transcript/transcript.h"

namespace domsec::session {

/// How a client certificate is demanded. request: judged per message, refused in SMTP. require_421: 421 4.7.1 right after the
/// handshake, as Postfix does. require_alert: a TLS alert, as stacks do that judge inside the handshake.
enum class ClientCertificateMode { request, require_421, require_alert };

/// D-4: whose domain the receive list is asked about. p1: that of MAIL FROM; p2: those of the From field.
enum class SenderMatch { p1, p2 };

/// A message that was taken whole; it counts as received only after the store has kept it.
struct ReceivedMessage {
  std::string session;                       // session id of the logs
  std::string remote;
  std::string helo;
  smtp::ReversePath reverse_path;
  std::vector<smtp::ForwardPath> recipients;
  std::string content;
  policy::Verdict verdict;                   // of its MAIL FROM
  std::string partner;                       // sender's domain, empty for the null reverse-path
  bool esmtp = true;
  std::optional<transcript::TlsEstablished> tls;
};

/// The queue id of a kept message, or one sentence about what went wrong.
struct Kept { std::string id; };
struct NotKept { std::string what; };
/// Must not return before the message is on stable storage: the 250 to the end of data follows at once.
using Keep = std::function<std::variant<Kept, NotKept>(const ReceivedMessage&, const transcript::Transcript&)>;

/// Everything one session needs; immutable, shared by all sessions of a listener, replaced whole on reload.
struct ReceivePlan {
  exchange::TransportConfig transport_config;
  exchange::ReceiveConnector connector;
  std::string fqdn;                          // the connector's Fqdn or the server's
  std::vector<std::string> own_names{};      // this server's in trace fields, lower case (MaxLocalHopCount)
  std::vector<smtp::Domain> accepted_domains;  // empty = every recipient is ours
  policy::Rules rules;
  SenderMatch sender_match = SenderMatch::p1;
  /// Null = STARTTLS is not offered (no usable certificate, or AuthMechanism without Tls).
  std::shared_ptr<const net::TlsContext> tls;
  transcript::OwnCertificateChosen own;
  ClientCertificateMode client_certificate = ClientCertificateMode::request;
  TlsStartup tls_startup = TlsStartup::starttls;
  ExaminationPlan examination;
  Timeouts timeouts;
  std::function<pki::Instant()> now;
  Keep keep;
  /// MessageRateLimit, over all sessions of the connector; null = unlimited.
  std::shared_ptr<SubmissionRate> submissions{};
  /// Faults on purpose; a sound server has none.
  std::vector<DialogueFault> dialogue_faults{};
  std::optional<net::HandshakeFault> handshake_fault{};
};

/// Never throws for the peer's or the network's faults.
net::task<void> receive_session(std::shared_ptr<const ReceivePlan> plan, net::Channel channel,
                                transcript::Transcript& transcript);

}  // namespace domsec::session
