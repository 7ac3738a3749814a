// What one delivery over a partner's hosts comes to for the message that waits in a queue: the last answer
// for each recipient, and what the schedule of the queue makes of it (policy/queue_schedule.h). Pure.
#pragma once

#include <string>
#include <vector>

#include "domsec/policy/last_error.h"
#include "domsec/policy/queue_schedule.h"
#include "domsec/session/delivery.h"

namespace domsec::session {

struct RecipientAnswer {
  smtp::ForwardPath recipient;
  policy::RecipientState state = policy::RecipientState::waiting;
  smtp::Reply reply;  // code 0: none that concerns him came
  std::string host;   // who gave it; empty for an address
};

struct DeliveryAnswers {
  policy::DeliveryOutcome outcome = policy::DeliveryOutcome::connection_failed;
  std::vector<RecipientAnswer> recipients;  // of the message, in its order
  policy::LastError error;                  // empty text when everybody was delivered to
  bool unanswered = false;  // a host may have the message without having said so (RFC 5321 6.1)
};

/// After one session: the answers that hold for the recipients of `message`. For EndOfData::answered, and for
/// what follows.
[[nodiscard]] std::vector<RecipientAnswer> answers_of(const SendResult& sent, const std::string& host);

/// D-26: a host that refuses us for our certificate fails the session as one that we refuse does; a 5yz reply
/// to the mail is final whatever led to it.
[[nodiscard]] DeliveryAnswers answers_of(const Message& message, const DeliveryResult& result,
                                         pki::Instant now);

}  // namespace domsec::session
