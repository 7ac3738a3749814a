#include "domsec/session/delivery_answers.h"

#include <algorithm>

namespace domsec::session {
namespace {

using policy::DeliveryOutcome;
using policy::RecipientState;

RecipientState state_of(const smtp::Reply& reply, bool delivered) {
  if (delivered) return RecipientState::delivered;
  return reply.permanent_failure() ? RecipientState::failed : RecipientState::waiting;
}

/// Later answers take the place of earlier ones, except of final ones.
void take_over(std::vector<RecipientAnswer>& into, const std::vector<RecipientAnswer>& from) {
  for (const RecipientAnswer& answer : from) {
    for (RecipientAnswer& known : into) {
      const bool final = known.state != RecipientState::waiting;
      if (!final && answer.reply.code() != 0 && known.recipient.text() == answer.recipient.text())
        known = answer;
    }
  }
}

void refuse_all(std::vector<RecipientAnswer>& recipients, const smtp::Reply& reply, const std::string& host) {
  for (RecipientAnswer& recipient : recipients) {
    if (recipient.state != RecipientState::waiting) continue;
    recipient.reply = reply;
    recipient.state = state_of(reply, false);
    recipient.host = host;
  }
}

/// A connection that the other side, or the network, ended too early.
bool cut_off(const policy::Evidence& evidence) {
  return evidence.broken && evidence.broken->kind != policy::BreakKind::local_error;
}

/// What was refused to one recipient is not what the session ended with.
std::string error_of(const SendResult& sent, const policy::Evidence& evidence) {
  if (!sent.recipients.empty() && cut_off(evidence)) return policy::connection_error(evidence.broken->kind);
  return policy::session_error(sent.verdict, evidence);
}

/// The error of those who wait; else of those who failed; none when everybody has the message.
void settle_error(DeliveryAnswers& answers) {
  std::string failed;
  bool waiting = false;
  for (const RecipientAnswer& answer : answers.recipients) {
    if (answer.state == RecipientState::failed) failed = answer.reply.text();
    if (answer.state != RecipientState::waiting) continue;
    waiting = true;
    if (answer.reply.code() != 0) answers.error.text = answer.reply.text();
  }
  if (waiting) return;
  answers.error.text = failed;
  if (failed.empty()) answers.error = {};
}

/// The server lacks what the message needs (8BITMIME, SMTPUTF8, SIZE); asking again changes nothing.
std::optional<smtp::Reply> cannot_be_carried(const policy::Evidence& evidence) {
  const bool ours = evidence.broken && evidence.broken->kind == policy::BreakKind::local_error;
  if (!ours || evidence.broken->step != policy::Step::mail) return std::nullopt;
  return smtp::Reply(554, "5.6.0 " + evidence.broken->what);
}

}  // namespace

std::vector<RecipientAnswer> answers_of(const SendResult& sent, const std::string& host) {
  std::vector<RecipientAnswer> answers;
  for (const RecipientResult& recipient : sent.recipients) {
    RecipientAnswer answer{recipient.recipient, RecipientState::waiting, recipient.reply, host};
    const bool taken = recipient.reply.code() == 250 || recipient.reply.code() == 251;
    if (taken) answer.reply = sent.content_reply.value_or(smtp::Reply());
    answer.state = state_of(answer.reply, taken && sent.delivered);
    answers.push_back(std::move(answer));
  }
  return answers;
}

DeliveryAnswers answers_of(const Message& message, const DeliveryResult& result, pki::Instant now) {
  DeliveryAnswers answers;
  for (const smtp::ForwardPath& recipient : message.recipients) {
    answers.recipients.push_back(RecipientAnswer{recipient, RecipientState::waiting, {}, {}});
  }
  bool good_session = false;
  for (const Attempt& attempt : result.attempts) {
    const SendResult& sent = attempt.result;
    const policy::Evidence evidence = transcript::evidence_of(attempt.transcript);
    const std::string host = net::read_endpoint(attempt.host + ":0") ? std::string() : attempt.host;
    answers.unanswered = answers.unanswered || sent.unanswered;
    good_session =
        good_session || sent.delivered || (sent.verdict.result == policy::Result::pass && !cut_off(evidence));
    take_over(answers.recipients, answers_of(sent, host));
    if (sent.recipients.empty() && sent.final_reply) refuse_all(answers.recipients, *sent.final_reply, host);
    if (const auto reply = cannot_be_carried(evidence)) refuse_all(answers.recipients, *reply, host);
    if (const auto reply = policy::permanent_lookup_failure(evidence))
      refuse_all(answers.recipients, *reply, host);
    if (!sent.delivered) answers.error = {error_of(sent, evidence), host, attempt.transcript.remote(), now};
  }
  const bool waiting = std::ranges::any_of(answers.recipients, [](const RecipientAnswer& answer) {
    return answer.state == RecipientState::waiting;
  });
  answers.outcome = !waiting       ? DeliveryOutcome::completed
                    : good_session ? DeliveryOutcome::message_deferred
                                   : DeliveryOutcome::connection_failed;
  settle_error(answers);
  return answers;
}

}  // namespace domsec::session
