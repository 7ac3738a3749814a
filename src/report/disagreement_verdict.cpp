// Disagreements about what the session came to: the judgement, the message.
#include <algorithm>

#include "disagreement.h"
#include "session_events.h"

namespace domsec::report {

namespace {

std::string demand_of(const transcript::PolicyDecided& decided) {
  if (decided.list.empty()) return "its connector's demand";
  return decided.domain + " on its " + decided.list;
}

std::string accepted_text(const transcript::MessageAccepted& accepted) {
  return accepted.domain_secured ? "domain secured" : "not domain secured";
}

/// What an end thinks of the other: its last judgement that is not "they refuse us"; the last one where there
/// is no other. Null: it judged nothing.
const transcript::Event* own_judgement(const OneEnd& end) {
  const transcript::Event* last = nullptr;
  const transcript::Event* own = nullptr;
  for (const transcript::Event& event : end.transcript.events()) {
    const auto* decided = event.body.as<transcript::PolicyDecided>();
    if (decided == nullptr) continue;
    last = &event;
    if (decided->verdict.headline.who != policy::Who::they) own = &event;
  }
  return own != nullptr ? own : last;
}

const transcript::PolicyDecided* decided_by(const transcript::Event* event) {
  return event == nullptr ? nullptr : event->body.as<transcript::PolicyDecided>();
}

/// Whether a certificate is revoked could not be told, and the mail was refused for it (D-9).
bool lacks_revocation(const policy::Verdict& verdict) {
  using finding::Code;
  const Code code = verdict.headline.code;
  return verdict.treatment == policy::Treatment::refuse &&
         (code == Code::revocation_unavailable ||
          (code >= Code::crl_unreachable && code <= Code::crl_invalid));
}

bool refuses(const transcript::PolicyDecided* decided) {
  if (decided == nullptr) return false;
  return decided->verdict.result == policy::Result::fail || lacks_revocation(decided->verdict);
}

/// A refusal of its own. What ends a connection before TLS stands is no judgement of the other.
bool refuses_by_itself(const BothEnds& ends, const transcript::PolicyDecided* decided) {
  if (!refuses(decided) || decided->verdict.headline.who == policy::Who::they) return false;
  return decided->verdict.headline.who == policy::Who::we ||
         (ends.sender.evidence.tls.established && ends.receiver.evidence.tls.established);
}

std::string judgement_text(const transcript::PolicyDecided* decided) {
  return decided == nullptr ? "judged nothing" : verdict_text(*decided);
}

std::chrono::milliseconds time_of(const BothEnds& ends, const OneEnd& end) {
  const std::size_t at = *end.last<transcript::PolicyDecided>();
  return &end == &ends.sender ? ends.senders_time(at) : ends.receivers_time(at);
}

/// One refuses the other, who thinks well of it or knows nothing of it.
MaybeDisagreement refused_by_one(const BothEnds& ends, const OneEnd& refusing, const OneEnd& other) {
  const auto* refusal = decided_by(own_judgement(refusing));
  const auto* opinion = decided_by(own_judgement(other));
  if (!refuses_by_itself(ends, refusal) || refuses(opinion)) return {};
  const bool by_sender = &refusing == &ends.sender;
  Disagreement found;
  found.at = time_of(ends, refusing);
  found.subject = "verdict";
  found.sender = judgement_text(by_sender ? refusal : opinion);
  found.receiver = judgement_text(by_sender ? opinion : refusal);
  found.meaning = by_sender ? "The sender refuses, by " + demand_of(*refusal) +
                                  ". Nothing tells the receiver: in its log a client left."
                            : "The receiver refuses, by " + demand_of(*refusal) +
                                  ". What the sender found at the receiver was in order.";
  return found;
}

/// The sender was refused, and the receiver knows nothing of it.
MaybeDisagreement refused_by_nobody(const BothEnds& ends) {
  const auto* sender = ends.sender.last_facts<transcript::PolicyDecided>();
  const auto* receiver = decided_by(own_judgement(ends.receiver));
  if (!refuses(sender) || sender->verdict.headline.who != policy::Who::they || receiver == nullptr ||
      receiver->verdict.result != policy::Result::pass)
    return {};
  return Disagreement{time_of(ends, ends.sender), "verdict", verdict_text(*sender), verdict_text(*receiver),
                      "The receiver's judgement is not what refused: another rule of its server did, or "
                      "something in between."};
}

}  // namespace

MaybeDisagreement verdicts(const BothEnds& ends) {
  if (MaybeDisagreement found = refused_by_one(ends, ends.sender, ends.receiver)) return found;
  if (MaybeDisagreement found = refused_by_one(ends, ends.receiver, ends.sender)) return found;
  return refused_by_nobody(ends);
}

MaybeDisagreement delivery(const BothEnds& ends) {
  const auto* sender = ends.sender.last_facts<transcript::MessageAccepted>();
  const auto* receiver = ends.receiver.last_facts<transcript::MessageAccepted>();
  if ((sender == nullptr) == (receiver == nullptr)) return {};
  Disagreement found;
  found.subject = "message";
  if (sender != nullptr) {
    found.at = ends.senders_time(*ends.sender.last<transcript::MessageAccepted>());
    found.sender = "delivered: " + sender->id;
    found.receiver = "took no message";
    found.meaning = "The message is lost, or lies with something in between.";
  } else {
    found.at = ends.receivers_time(*ends.receiver.last<transcript::MessageAccepted>());
    found.sender = "not delivered";
    found.receiver = "taken as " + receiver->id;
    found.meaning = "The reply to the content was lost: the sender will send the message again (RFC 1047).";
  }
  return found;
}

MaybeDisagreement treatment(const BothEnds& ends) {
  const auto* sender = ends.sender.last_facts<transcript::MessageAccepted>();
  const auto* receiver = ends.receiver.last_facts<transcript::MessageAccepted>();
  if (sender == nullptr || receiver == nullptr) return {};
  if (sender->domain_secured == receiver->domain_secured) return {};
  const bool by_sender = sender->domain_secured;
  const auto* judged = decided_by(own_judgement(by_sender ? ends.receiver : ends.sender));
  Disagreement found;
  found.at = ends.receivers_time(*ends.receiver.last<transcript::MessageAccepted>());
  found.subject = "treatment";
  found.sender = accepted_text(*sender);
  found.receiver = accepted_text(*receiver);
  found.meaning = "The mail was secured for the " +
                  std::string(text(by_sender ? End::sender : End::receiver)) +
                  " alone; the other end came to " + judgement_text(judged) +
                  ": its list, and whom the mail names as sender, are to be looked at.";
  return found;
}

std::vector<Disagreement> disagreements(const BothEnds& ends) {
  std::vector<Disagreement> found;
  for (const auto& rule :
       {addresses, starttls_offer, tls_stands_at_one_end, tls_is_not_the_same, certificate_was_asked_for,
        senders_certificate, receivers_certificate, senders_alert, receivers_alert}) {
    if (MaybeDisagreement one = rule(ends)) found.push_back(*std::move(one));
  }
  for (const auto& rule : {commands_that_changed, replies_that_changed}) {
    for (Disagreement& one : rule(ends)) found.push_back(std::move(one));
  }
  for (const auto& rule : {verdicts, delivery, treatment, end_of_connection}) {
    if (MaybeDisagreement one = rule(ends)) found.push_back(*std::move(one));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Disagreement& one, const Disagreement& other) { return one.at < other.at; });
  return found;
}

}  // namespace domsec::report
