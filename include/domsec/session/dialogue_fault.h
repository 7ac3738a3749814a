// A fault on purpose in an SMTP dialogue: what one end says at one step instead of, or beside, what it should. As server the
// step's reply is meant, as client its command. A sound session has none. RFC 5321 4.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domsec/policy/evidence.h"

namespace domsec::session {

struct DialogueFault {
  /// greeting (server alone), ehlo, starttls, ehlo_inside_tls, mail, rcpt, data, end_of_data, quit.
  policy::Step at = policy::Step::greeting;
  /// Which reply or command of that step, counted from 1; 0 = each of them.
  int nth = 1;
  /// In its place, as they are, line ends included; nothing = the right text. Empty text says nothing at all.
  std::optional<std::string> instead{};
  /// Before and behind what is said, in the same write.
  std::string before{};
  std::string behind{};
  /// How long it is held back.
  std::chrono::milliseconds delay{0};
  /// In pieces of so many octets, each a segment of its own, `pause` apart; 0 = whole.
  std::size_t piece = 0;
  std::chrono::milliseconds pause{0};
  /// What follows.
  enum class Then {
    go_on,
    close,    // FIN, inside TLS behind a close_notify
    cut,      // FIN without close_notify (RFC 8446 6.1: a truncation)
    reset,    // RST
    silence,  // nothing more, until the peer goes or the session's time is over
    alert,    // inside TLS: a fatal alert, `alert`, then FIN
  };
  Then then = Then::go_on;
  int alert = 40;
};

}  // namespace domsec::session
