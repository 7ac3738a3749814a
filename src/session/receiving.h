// Where one receiving session is: what the client has said and built up, the replies that wait for their
// group to end. Shared by the parts of receive_session alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dialogue_play.h"
#include "domsec/session/receive_session.h"

namespace domsec::session {

/// A line or a message beyond its limit is skipped to its end and answered, up to so many octets; then the
/// connection ends.
inline constexpr std::size_t skip_limit = 16U << 20;

/// What MAIL, RCPT and BDAT have built up (RFC 5321 4.1.4: the buffers that RSET clears).
struct Transaction {
  smtp::ReversePath reverse_path;
  std::vector<smtp::ForwardPath> recipients;
  policy::Verdict verdict;
  std::optional<smtp::Domain> author{};  // --match p2: whom the header names first
  smtp::AllowUtf8 utf8 = smtp::AllowUtf8::no;
  std::string chunks;
  bool chunking = false;  // BDAT begun: DATA is out of order (RFC 3030 2)
  bool chunks_too_large = false;
};

/// The next thing to do after a command was answered.
enum class Next { go_on, close };

struct Receiving {
  const ReceivePlan& plan;
  net::Channel& channel;
  transcript::Transcript& transcript;
  net::SteadyPoint end;  // ConnectionTimeout: the session ends then, whatever it is doing
  policy::Step step = policy::Step::connect;
  bool greeted = false;
  std::string helo{};  // may be empty (RequireEHLODomain $false)
  bool esmtp = false;
  std::optional<transcript::TlsEstablished> tls{};
  pki::Chain presented{};
  std::optional<transcript::ChainExamined> chain{};
  bool examined = false;
  bool confirmed = false;
  std::optional<policy::Protection> measured{};  // TlsDomainCapabilities were decided for it
  bool judged = false;
  bool asked_for_tls = false;
  int protocol_errors = 0;
  std::optional<Transaction> transaction{};
  std::chrono::seconds held_back{
      0};                 // TarpitInterval, for each reply among the pending ones that calls for it
  std::string pending{};  // replies of a pipelined group, written together
  std::size_t said = 0;   // octets of commands since the last message was kept
  // On purpose:
  DialoguePlay play{};
  std::optional<DialogueFault> pending_fault{};  // in what manner the pending group leaves, and what follows
  std::optional<smtp::Reply> as_read{};  // the last reply as its client reads it; nothing when it reads none

  void begin(policy::Step next) {
    if (step == next) return;
    step = next;
    transcript.append(transcript::StepBegun{next});
  }
  /// The session ends with the pending group: nothing comes behind it.
  [[nodiscard]] bool ends_on_purpose() const {
    return pending_fault && pending_fault->then != DialogueFault::Then::go_on;
  }
  /// Does the client read that code as the last reply? Not when a fault has put another in its place.
  [[nodiscard]] bool answered(int code) const { return as_read && as_read->code() == code; }
};

/// LongAddressesEnabled.
[[nodiscard]] smtp::AddressLength address_length(const exchange::ReceiveConnector& connector);
/// A reply for the transcript and into the group that waits. A permanent refusal by policy (RFC 3463 X.7.x:
/// no relay, no TLS) or of a recipient (550 X.1.x) calls for the connector's TarpitInterval: who tries many addresses
/// shall have to wait.
void give(Receiving& receiving, const smtp::Reply& reply);
/// One write for all replies of a group (RFC 2920 3.2): when the client has nothing more for us yet, and
/// after what they are held back for. A fault among them may end the session here: EndedOnPurpose.
net::task<void> flush(Receiving& receiving);
/// Will the client read a 2xx when the next reply of the step is one? Not when a fault waits there.
[[nodiscard]] bool will_acknowledge(const Receiving& receiving);
/// ConnectionInactivityTimeout from now on, and never beyond ConnectionTimeout (spec exchange 3.2).
[[nodiscard]] net::SteadyPoint idle_limit(const Receiving& receiving);

}  // namespace domsec::session
