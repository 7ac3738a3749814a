// The sending engine: one connection to one address of a partner, read from top to bottom. It observes; the verdict is
// policy's. RFC 5321, 3207; spec exchange 1.4. With a list entry in force no MAIL FROM leaves before both ends are proven.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/net/channel.h"
#include "domsec/policy/domain_security.h"
#include "domsec/session/dialogue.h"
#include "domsec/session/dialogue_fault.h"
#include "domsec/session/examination.h"
#include "domsec/smtp/path.h"
#include "domsec/transcript/transcript.h"

namespace domsec::session {

/// A message with its envelope. `content` may have any line ends; they become CRLF.
struct Message {
  smtp::ReversePath reverse_path;
  std::vector<smtp::ForwardPath> recipients;
  std::string content;
};

enum class Hello { ehlo, helo };             // ForceHELO

/// What the server's certificate is compared with (--names). Exchange: the recipient's domain (spec exchange 5.2). Others ask
/// for the host: the name in the MX record, or the one that the server gives itself in its greeting.
enum class ReferenceName { domain, mx_host, greeting };

struct SendResult;

/// What a queue has to know in time, because its next moment may be its last (RFC 5321 6.1). What they throw ends the session
/// and leaves send_session(). `host` is the peer's name, empty for an address.
struct EndOfData {
  /// Before the octets that complete the content leave: from then on the peer may have the message.
  std::function<void(const SendResult&, const std::string& host)> leaves{};
  /// As soon as the peer has answered them.
  std::function<void(const SendResult&, const std::string& host)> answered{};
};

/// Everything one session needs; shared by the sessions of one delivery, never changed by them.
struct SendPlan {
  std::string connector = "Internet";
  std::string helo;                          // the connector's Fqdn
  Hello hello = Hello::ehlo;
  TlsStartup tls_startup = TlsStartup::starttls;
  policy::TlsRequirement requirement;
  policy::Rules rules;
  /// Whom the peer should prove to be when nothing demands it: compared and reported all the same.
  std::optional<pki::ReferenceId> reference;
  /// Takes the place of both references when it is no domain; a host that names none proves nothing.
  ReferenceName reference_name = ReferenceName::domain;
  /// Null when there is no TLS to be had (IgnoreSTARTTLS).
  std::shared_ptr<const net::TlsContext> tls;
  transcript::OwnCertificateChosen own;      // which certificate is presented and why, or why none can be
  std::optional<std::string> sni;            // nothing = the host's name; empty = none
  ExaminationPlan examination;
  Timeouts timeouts;
  /// The last step taken before QUIT; `mail` and later need a message.
  policy::Step until = policy::Step::ehlo_inside_tls;
  std::optional<Message> message;
  EndOfData end_of_data{};
  std::function<pki::Instant()> now;
  /// Faults on purpose; a sound client has none.
  std::vector<DialogueFault> dialogue_faults{};
  std::optional<net::HandshakeFault> handshake_fault{};
};

/// What became of one recipient.
struct RecipientResult {
  smtp::ForwardPath recipient;
  smtp::Reply reply;
};

struct SendResult {
  policy::Verdict verdict;
  bool delivered = false;                    // the end of data was answered with 250
  bool unanswered = false;                   // the end of data went out and no answer came: the peer may have the message
  std::optional<smtp::Reply> final_reply;
  std::optional<smtp::Reply> content_reply;  // to DATA or the end of data: for every recipient who was taken
  std::vector<RecipientResult> recipients;   // empty when MAIL was refused: what RCPT is then answered says nothing of them
};

/// Never throws for the peer's or the network's faults: they are in the transcript and in the verdict.
net::task<SendResult> send_session(const SendPlan& plan, net::Endpoint to, std::string host, transcript::Transcript& transcript);

}  // namespace domsec::session
