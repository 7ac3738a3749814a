// A receiving session that ended before any MAIL FROM was judged. Nothing was demanded of the client and it
// failed at nothing, unless it said so: what it may have thought of our certificate stays open. Part of
// domain_security.h.
#include "outcome.h"
#include "peer_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

/// D-16, the other way round: a client may look at our certificate after the handshake, and leave.
Finding left_at_once(const Evidence& seen) {
  const std::string how = seen.broken ? text_of(*seen.broken) : std::string("we ended the session");
  Finding out = decided(Code::refused_after_handshake, Who::they, Severity::inconclusive,
                        "the client said nothing inside TLS (" + how +
                            "): so leaves one that refuses our certificate, and so does a probe");
  out.level = Level::ambiguous;
  out.alternatives = {Code::refused_unknown_ca, Code::refused_host_mismatch, Code::refused_expired,
                      Code::refused_unspecified};
  return out;
}

Finding left(const Evidence& seen) {
  if (seen.reached == Step::quit) {
    return decided(Code::not_a_tls_fault, Who::note, Severity::inconclusive,
                   "the client said QUIT before MAIL: TLS was up, and there was no sender to judge");
  }
  if (!seen.tls.confirmed) return left_at_once(seen);
  const std::string how = seen.broken ? std::string(text(seen.broken->step)) + ": " + text_of(*seen.broken)
                                      : "we ended the session at " + std::string(text(seen.reached));
  return decided(Code::queue_error_generic, Who::env, Severity::inconclusive,
                 "TLS was up, and no MAIL FROM came to be judged (" + how + ")");
}

}  // namespace

Verdict judge_without_mail(const TlsRequirement& requirement, const Evidence& evidence, const Rules& rules,
                           pki::Instant at) {
  // A certificate without the service SMTP is found, and then fails in the handshake (spec exchange 4.1).
  if (!evidence.tls.established && evidence.own.trouble == OwnTrouble::not_for_smtp) {
    Outcome outcome;
    outcome.add(decided(Code::own_cert_no_smtp, Who::own, Severity::fails, evidence.own.detail));
    return conclude(Case{requirement, evidence, rules, at}, outcome);
  }
  if (!evidence.tls.established && !evidence.tls.started) {
    Outcome outcome;
    outcome.add(decided(Code::queue_error_generic, Who::env, Severity::inconclusive,
                        "the client asked for TLS, and the session ended before the handshake" +
                            (evidence.broken ? " (" + text_of(*evidence.broken) + ")" : std::string())));
    return conclude(Case{requirement, evidence, rules, at}, outcome);
  }
  // A handshake that failed and an alert after a good one say what was refused, as they do at MAIL FROM.
  if (!evidence.tls.established || evidence.tls.alert_received) {
    return judge_receive(requirement, evidence, rules, at);
  }
  const Case c{requirement, evidence, rules, at};
  Outcome outcome;
  outcome.add(left(evidence));
  const PeerQuestion question{Role::receive, NameDemand::none, std::nullopt};
  for (const PeerFinding& found : judge_peer(question, evidence.peer, rules, at)) {
    outcome.add(as_remark(found.finding));
  }
  return conclude(c, outcome);
}

}  // namespace domsec::policy
