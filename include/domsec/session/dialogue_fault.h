// A fault on purpose in an SMTP dialogue: what one end says at one step instead of, or beside, what it
// should. As server the step's reply is meant, as client its command. A sound session has none. RFC 5321 4.
//
// Of several faults that stand at the same reply or command the first in the list is played. The transcript
// tells what really left, and each thing that was done on purpose as an Irregularity that begins with `on
// purpose:`.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "domsec/policy/evidence.h"

namespace domsec::session {

struct DialogueFault {
  /// greeting (server alone), ehlo (HELO too), starttls, ehlo_inside_tls, mail, rcpt, data, end_of_data,
  /// quit. A reply to another verb belongs to the step that the session is in. Client: at end_of_data the
  /// content with its dot is meant.
  policy::Step at = policy::Step::greeting;
  /// Which reply or command of that step, counted from 1 over the whole session; 0 = each of them.
  int nth = 1;

  // Texts. `{fqdn}` stands for the name that this end gives itself, `{client}` for the client's address
  // (server) or our own name (client), `{server}` for our own name (server) or the server's (client).

  /// In its place, as it is, line ends included; nothing = the right text. Empty text says nothing at all.
  ///
  /// What follows from a reply follows from the one that left: a 220 to STARTTLS that became a 454 begins no
  /// handshake, a 354 that became a 554 reads no data, and a message whose end of data is answered with no
  /// 2xx is not kept. All else goes on as if the right reply had been given: RCPT is taken after a MAIL that
  /// a fault refused.
  ///
  /// A client that says several commands here takes the first reply for its own, and then waits a moment for
  /// as many more; the transcript has them.
  std::optional<std::string> instead{};
  /// Before and behind what is said, in the same write.
  std::string before{};
  std::string behind{};

  /// How long it is held back, with all replies of its group.
  std::chrono::milliseconds delay{0};
  /// In pieces of so many octets, each a segment of its own, `pause` apart; 0 = whole.
  std::size_t piece = 0;
  std::chrono::milliseconds pause{0};

  /// What follows. Server: once the reply has left. Client: once the command has left, before its reply is
  /// read.
  enum class Then {
    go_on,
    close,    // FIN, inside TLS behind a close_notify
    cut,      // FIN without close_notify (RFC 8446 6.1: a truncation)
    reset,    // RST
    silence,  // nothing more, until the peer goes or the session's time is over (client: ten minutes)
    alert,    // a fatal alert, `alert`, then FIN; in clear the record is a plain one
  };
  Then then = Then::go_on;
  int alert = 40;
};

/// Why an end in that role cannot play the fault: one sentence with its remedy. Empty = it can. To be asked
/// before a session begins; the engines do not.
[[nodiscard]] std::string refusal(const DialogueFault& fault, policy::Role role);

}  // namespace domsec::session
