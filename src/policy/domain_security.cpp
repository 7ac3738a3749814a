// The judgement in the order in which a session can fail: the way to the peer, STARTTLS, our own certificate,
// the handshake, the peer's certificate (D-20), refusals that come late (D-16), the replies to the mail. The
// first of them that fails decides. Not here: the way to TLS (way_to_tls.cpp), what a certificate's faults
// are called (peer_judgement.cpp), what was proved
// when nothing failed (proof.cpp), what a refusal of the peer means (refusal_judgement.cpp).
#include "domsec/policy/domain_security.h"

#include <algorithm>

#include "domsec/smtp/replies.h"
#include "outcome.h"
#include "own_judgement.h"
#include "peer_judgement.h"
#include "proof.h"
#include "refusal_judgement.h"
#include "way_to_tls.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

// ---- with TLS ----

constexpr int unsupported_certificate = 43;  // RFC 8446 6.2

/// spec protocol-log 6.1: 42 to 46, 48, 49, and 51 for a bad signature.
bool speaks_of_certificate(int alert) {
  return (alert >= 42 && alert <= 46) || alert == 48 || alert == 49 || alert == 51;
}

/// The peer's findings into the outcome: as faults where a certificate is demanded, else as remarks.
void add_peer(const Case& c, Outcome& outcome) {
  const Requirement demanded = c.requirement.requirement;
  const bool authenticated = demanded >= Requirement::certificate_validation;
  const bool named = demanded >= Requirement::domain_validation;
  const bool known = c.requirement.reference || c.evidence.peer.name;
  const PeerQuestion question{c.evidence.role,
                              named || (!authenticated && known) ? NameDemand::must_match : NameDemand::none,
                              c.requirement.reference};
  for (const PeerFinding& found : judge_peer(question, c.evidence.peer, c.rules, c.at)) {
    const bool fault = found.finding.severity == Severity::fails;
    // The first fault names the status; a good self-signed one has a status of its own.
    if (outcome.status.empty() && (fault || found.finding.code == Code::valid_self_signed))
      outcome.status = found.status;
    outcome.add(authenticated ? found.finding : as_remark(found.finding));
  }
}

/// Our alert says that a certificate was refused and not why: what the examination found wrong is the better
/// word. A verifier inside the handshake takes the purpose strictly, whatever D-10 allows afterwards.
std::optional<Verdict> refused_in_handshake(const Case& c) {
  const TlsEvidence& tls = c.evidence.tls;
  if (tls.alert_received || !tls.alert_sent || !speaks_of_certificate(tls.alert_sent->number)) return {};
  if (!c.evidence.peer.path) return {};
  Rules strict = c.rules;
  if (tls.alert_sent->number == unsupported_certificate) strict.strict_eku = StrictEku::yes;
  const Case as_refused{c.requirement, c.evidence, strict, c.at};
  Outcome outcome;
  add_peer(as_refused, outcome);
  if (!outcome.fails()) return std::nullopt;
  return conclude(as_refused, outcome);
}

/// RFC 3207 4: a handshake that fails takes the connection with it, whatever was demanded.
Verdict failed_handshake(const Case& c) {
  const TlsEvidence& tls = c.evidence.tls;
  const bool cut =
      c.evidence.broken || tls.alert_received || tls.alert_sent || !tls.failure.empty() || tls.clear_text;
  if (!cut)
    return inconclusive(c, Code::queue_error_generic, Who::env, "the session ended before the handshake did");
  if (auto verdict = refused_in_handshake(c)) return *verdict;
  Outcome outcome;
  outcome.add(handshake_failure(c.evidence, c.at));
  if (outcome.findings.front().code == Code::handshake_closed && c.evidence.role == Role::send) {
    const bool timed_out = c.evidence.broken && c.evidence.broken->kind == BreakKind::timed_out;
    outcome.reply = smtp::Reply(
        421, std::string("4.4.2 Connection dropped due to ") + (timed_out ? "TimedOut" : "SocketError"));
  }
  return conclude(c, outcome);
}

/// The replies to the mail, and a connection lost on the way: no fault of TLS unless they say so.
void add_transaction(const Case& c, Outcome& outcome) {
  const Evidence& seen = c.evidence;
  if (seen.refusal && seen.role == Role::send) {
    if (const std::optional<Finding> said = from_reply(seen, *seen.refusal)) {
      outcome.reply = *seen.refusal;
      // DS000 says that both sides accepted; the peer has just said otherwise.
      std::erase_if(outcome.findings, [](const Finding& f) { return f.code == Code::mutual_tls_ok; });
      outcome.add(*said);
    } else {
      outcome.add(
          finding_of(Code::not_a_tls_fault, Who::note, c.rules,
                     std::string(text(seen.refused_at)) + " was answered " + quoted_reply(*seen.refusal)));
    }
  } else if (seen.broken && seen.role == Role::send) {
    const std::string detail = std::string(text(seen.broken->step)) + ": " + text_of(*seen.broken);
    const bool ours = seen.broken->kind == BreakKind::local_error;
    outcome.add(ours ? finding_of(Code::not_a_tls_fault, Who::note, c.rules, detail)
                     : decided(Code::queue_error_generic, Who::env, Severity::inconclusive, detail));
  }
}

/// No TLS, and nothing demanded it.
Verdict in_clear(const Case& c) {
  Outcome outcome;
  outcome.treatment = Treatment::clear;
  add_transaction(c, outcome);
  outcome.add_first(finding_of(Code::delivered_in_clear, Who::note, c.rules,
                               c.evidence.tls.offered
                                   ? "STARTTLS was on offer and not used; nothing demanded it"
                                   : "STARTTLS was not on offer; nothing demanded it"));
  if (c.evidence.tls.masked) {
    outcome.add(as_remark(finding_of(Code::starttls_intercepted, Who::note, c.rules,
                                     "banner or keywords are masked by a device on the path")));
  }
  return conclude(c, outcome);
}

/// DS206, D-16: in TLS 1.3 the handshake alone proves nothing about the peer's opinion of us.
Verdict not_confirmed(const Case& c, Outcome outcome) {
  outcome.status.clear();
  outcome.add_first(decided(Code::refused_after_handshake, Who::they, Severity::inconclusive,
                            "nothing has arrived inside TLS yet, so the peer may still refuse us"));
  return conclude(c, std::move(outcome));
}

Verdict sent_over_tls(const Case& c) {
  Outcome outcome;
  add_peer(c, outcome);
  add_not_requested(c, outcome);
  add_own_remarks(c, outcome);
  if (outcome.fails()) {
    // T3 is for what a certificate lacks; other causes have no attested text.
    if (!outcome.status.empty())
      outcome.reply = smtp::replies::certificate_validation_failure(without_dagger(outcome.status));
    return conclude(c, outcome);
  }
  if (const std::optional<Finding> late = late_refusal(c.evidence, c.at)) {
    outcome.reply = c.evidence.refusal;
    outcome.status.clear();
    if (late->code == Code::refused_unknown_ca && c.evidence.refusal) outcome.event = "2004";
    outcome.add_first(*late);
    return conclude(c, outcome);
  }
  if (!c.evidence.tls.confirmed) return not_confirmed(c, std::move(outcome));
  add_success(c, outcome);
  add_transaction(c, outcome);
  return conclude(c, outcome);
}

// ---- as receiver ----

/// D-6: T2 with the status, or its permanent variant.
smtp::Reply refusal_reply(const Rules& rules, std::string_view status) {
  switch (rules.refusal_style) {
    case RefusalStyle::temporary:
      return smtp::replies::tls_channel_refused(status);
    case RefusalStyle::permanent:
      return smtp::replies::tls_channel_refused_permanently(status);
  }
  return smtp::replies::tls_channel_refused(status);
}

/// D-6: T1; the permanent variant is that of RFC 3207 4.
smtp::Reply starttls_required_reply(const Rules& rules) {
  switch (rules.refusal_style) {
    case RefusalStyle::temporary:
      return smtp::replies::starttls_required();
    case RefusalStyle::permanent:
      return smtp::Reply(530, "5.7.0 Must issue a STARTTLS command first");
  }
  return smtp::replies::starttls_required();
}

Verdict received_without_tls(const Case& c) {
  if (!demands_tls(c)) return in_clear(c);
  Outcome outcome;
  outcome.reply = starttls_required_reply(c.rules);
  if (c.requirement.requirement == Requirement::domain_secured) outcome.event = "11012";
  outcome.add(decided(Code::policy_no_tls, Who::we, Severity::fails,
                      c.evidence.tls.offered
                          ? "the client sent MAIL without the STARTTLS that we offered"
                          : "the client sent MAIL without TLS, and we did not offer STARTTLS"));
  return conclude(c, outcome);
}

Verdict received_over_tls(const Case& c) {
  Outcome outcome;
  add_peer(c, outcome);
  add_own_remarks(c, outcome);
  if (outcome.fails()) {
    outcome.reply = refusal_reply(c.rules, without_dagger(outcome.status));
    if (outcome.findings.front().code == Code::certificate_host_mismatch) outcome.event = "11015";
    return conclude(c, outcome);
  }
  if (const std::optional<Finding> late = late_refusal(c.evidence, c.at)) {
    outcome.status.clear();
    outcome.add_first(*late);
    return conclude(c, outcome);
  }
  if (!c.evidence.tls.confirmed) return not_confirmed(c, std::move(outcome));
  add_success(c, outcome);
  return conclude(c, outcome);
}

Verdict sent(const Case& c) {
  const Evidence& evidence = c.evidence;
  if (auto verdict = held_by_configuration(c)) return *verdict;
  if (auto verdict = no_connection(c)) return *verdict;
  if (auto verdict = turned_away(c)) return *verdict;
  if (evidence.tls.established) {
    if (auto verdict = own_certificate(c)) return *verdict;
    return sent_over_tls(c);
  }
  const bool cut_at_starttls = evidence.broken && evidence.broken->step == Step::starttls;
  if (evidence.tls.started || cut_at_starttls) return failed_handshake(c);
  if (!demands_tls(c)) return in_clear(c);
  if (auto verdict = starttls_not_to_be_had(c)) return *verdict;
  if (auto verdict = own_certificate(c)) return *verdict;
  return inconclusive(c, Code::queue_error_generic, Who::env, "the session ended before STARTTLS was tried");
}

Verdict received(const Case& c) {
  const Evidence& evidence = c.evidence;
  if (evidence.tls.established) return received_over_tls(c);
  if (evidence.tls.started) return failed_handshake(c);
  if (evidence.broken && evidence.reached < Step::mail) {
    return inconclusive(c, Code::queue_error_generic, Who::env, "the client left before MAIL");
  }
  return received_without_tls(c);
}

// ---- the other modes of revocation ----

Result under(const Case& c, CrlFail crl_fail, Verdict (*judge_case)(const Case&)) {
  Rules rules = c.rules;
  rules.crl_fail = crl_fail;
  return judge_case({c.requirement, c.evidence, rules, c.at}).result;
}

Result without_revocation(const Case& c, Verdict (*judge_case)(const Case&)) {
  Evidence evidence = c.evidence;
  evidence.peer.revocation_checked = false;
  return judge_case({c.requirement, evidence, c.rules, c.at}).result;
}

/// Where every certificate is known to be good, all modes say the same.
bool all_good(const PeerEvidence& peer) {
  return !peer.revocations.empty() && !(peer.stapled && peer.stapled->revoked()) &&
         std::ranges::all_of(peer.revocations, [](const pki::Revocation& revocation) {
           return revocation.state == pki::RevocationState::good;
         });
}

Verdict with_outlook(const Case& c, Verdict (*judge_case)(const Case&)) {
  Verdict verdict = judge_case(c);
  const PeerEvidence& peer = c.evidence.peer;
  if (!c.evidence.tls.established || peer.presented.empty()) return verdict;
  RevocationOutlook outlook;
  if (!peer.revocation_checked) {
    outlook.off = verdict.result;
  } else {
    const bool hard = c.rules.crl_fail == CrlFail::hard;
    outlook.in_force = hard ? RevocationMode::hard : RevocationMode::soft;
    outlook.hard = outlook.soft = outlook.off = verdict.result;
    if (!all_good(peer)) {
      (hard ? outlook.soft : outlook.hard) = under(c, hard ? CrlFail::soft : CrlFail::hard, judge_case);
      outlook.off = without_revocation(c, judge_case);
    }
  }
  verdict.revocation = outlook;
  return verdict;
}

}  // namespace

Verdict judge_send(const TlsRequirement& requirement, const Evidence& evidence, const Rules& rules,
                   pki::Instant at) {
  return with_outlook({requirement, evidence, rules, at}, sent);
}

Verdict judge_receive(const TlsRequirement& requirement, const Evidence& evidence, const Rules& rules,
                      pki::Instant at) {
  return with_outlook({requirement, evidence, rules, at}, received);
}

Verdict judge(const TlsRequirement& requirement, const Evidence& evidence, const Rules& rules,
              pki::Instant at) {
  switch (evidence.role) {
    case Role::send:
      return judge_send(requirement, evidence, rules, at);
    case Role::receive:
      return judge_receive(requirement, evidence, rules, at);
  }
  return judge_send(requirement, evidence, rules, at);
}

}  // namespace domsec::policy
