// The sender's way to TLS: configuration, DNS, connection, greeting, STARTTLS, own certificate. Whatever
// stops it there says nothing about the peer's certificate. The order is that of the session; each function
// answers when it is the end.
#include "way_to_tls.h"

#include "domsec/smtp/replies.h"
#include "refusal_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

std::optional<Code> code_of(OwnTrouble trouble) {
  switch (trouble) {
    case OwnTrouble::none:
      return std::nullopt;
    case OwnTrouble::not_found:
    case OwnTrouble::name_not_found:
      return Code::own_cert_not_found;
    case OwnTrouble::key_missing:
      return Code::own_key_missing;
    case OwnTrouble::key_mismatch:
      return Code::own_key_mismatch;
    case OwnTrouble::key_protected:
      return Code::own_key_protected;
    case OwnTrouble::not_for_smtp:
      return Code::own_cert_no_smtp;
    case OwnTrouble::expired:
      return Code::own_cert_expired;
  }
  return std::nullopt;
}

}  // namespace

bool demands_tls(const Case& c) {
  return c.requirement.requirement >= Requirement::encryption;
}

/// D-2 with --fail-closed: the mail is held for our own configuration, no peer is to blame.
std::optional<Verdict> held_by_configuration(const Case& c) {
  if (c.requirement.requirement != Requirement::domain_secured || c.requirement.broken_by.empty())
    return std::nullopt;
  Outcome outcome;
  std::string flags;
  for (const std::string& flag : c.requirement.broken_by) flags += (flags.empty() ? "" : ", ") + flag;
  outcome.add(
      decided(Code::send_inert, Who::own, Severity::fails,
              "the mail is held: the domain is listed, and the connector does not secure it: " + flags));
  return conclude(c, outcome);
}

std::optional<Verdict> no_connection(const Case& c) {
  const Evidence& seen = c.evidence;
  const bool unresolved = seen.dns != DnsOutcome::ok && seen.dns != DnsOutcome::not_asked;
  if (unresolved && !seen.connected) {
    const std::string why = seen.dns_detail.empty() ? std::string(text_of(seen.dns)) : seen.dns_detail;
    return inconclusive(c, Code::dns_failure, Who::env, "no address to connect to: " + why);
  }
  const bool cut_early = seen.broken && seen.broken->step <= Step::ehlo && !seen.tls.established;
  if (seen.connected && !cut_early) return std::nullopt;
  Outcome outcome;
  const std::string how = seen.broken ? text_of(*seen.broken) : std::string("no connection was made");
  const std::string where =
      seen.broken ? std::string(text(seen.broken->step)) : std::string(text(Step::connect));
  outcome.add(decided(Code::connect_failed, Who::env, Severity::inconclusive, where + ": " + how));
  // spec exchange 6.1: the LastError texts of the transport that are attested.
  if (seen.broken && seen.broken->step == Step::connect) {
    if (seen.broken->kind == BreakKind::timed_out)
      outcome.reply = smtp::Reply(421, "4.4.1 Connection timed out");
    if (seen.broken->kind == BreakKind::refused) outcome.reply = smtp::Reply(421, "4.2.1 Unable to connect");
  }
  return conclude(c, outcome);
}

/// The server ends the session before STARTTLS could be asked for.
std::optional<Verdict> turned_away(const Case& c) {
  const Evidence& seen = c.evidence;
  if (!seen.refusal || seen.refused_at > Step::ehlo || seen.tls.established) return std::nullopt;
  const smtp::Reply& reply = *seen.refusal;
  Outcome outcome;
  outcome.reply = reply;
  const std::string detail = std::string(text(seen.refused_at)) + " was answered " + quoted_reply(reply);
  if (reply.transient_failure()) {
    outcome.add(decided(Code::inconclusive_rate_limited, Who::env, Severity::inconclusive, detail));
    return conclude(c, outcome);
  }
  // RFC 5321 4.1.1.1: a server that does not know EHLO has no extensions, so no STARTTLS.
  const bool no_extensions =
      seen.refused_at == Step::ehlo && (reply.code() == 500 || reply.code() == 502 || reply.code() == 504);
  if (no_extensions) return std::nullopt;
  outcome.add(decided(Code::not_a_tls_fault, Who::they, Severity::inconclusive, detail));
  return conclude(c, outcome);
}

/// Domain security needs a certificate of ours; a TlsCertificateName that finds nothing fails wherever TLS is
/// demanded.
std::optional<Verdict> own_certificate(const Case& c) {
  const OwnEvidence& own = c.evidence.own;
  const std::optional<Code> code = code_of(own.trouble);
  const bool needed =
      c.requirement.requirement == Requirement::domain_secured || own.trouble == OwnTrouble::name_not_found;
  if (!code || !needed || !demands_tls(c)) return std::nullopt;
  Outcome outcome;
  outcome.add(decided(*code, Who::own, Severity::fails,
                      own.detail.empty() ? std::string(text(own.trouble)) : own.detail));
  if (*code == Code::own_cert_not_found) {
    outcome.reply = smtp::replies::tls_certificate_name_not_found();
    outcome.event = "12014";
  }
  if (*code == Code::own_cert_expired) outcome.event = "12016";
  return conclude(c, outcome);
}

/// STARTTLS was not offered, refused, or not to be had, and TLS is demanded: T1, no MAIL FROM (R7).
std::optional<Verdict> starttls_not_to_be_had(const Case& c) {
  const TlsEvidence& tls = c.evidence.tls;
  Outcome outcome;
  if (tls.refused) {
    const smtp::Reply& reply = *tls.refused;
    outcome.reply = reply;
    const bool load =
        reply.code() == 421 || reply.code() == 450 || (reply.transient_failure() && speaks_of_load(reply));
    const std::string detail = "STARTTLS was answered " + quoted_reply(reply);
    outcome.add(load ? decided(Code::inconclusive_rate_limited, Who::env, Severity::inconclusive, detail)
                     : decided(Code::starttls_refused, Who::they, Severity::fails, detail));
    return conclude(c, outcome);
  }
  if (tls.offered) return std::nullopt;
  outcome.reply = smtp::replies::starttls_required();
  if (tls.masked) {
    outcome.add(
        decided(Code::starttls_intercepted, Who::env, Severity::fails,
                "banner or keywords are masked: a device on the path rewrites SMTP and hides STARTTLS"));
  } else {
    outcome.event = "2015";
    outcome.add(decided(Code::starttls_not_supported, Who::we, Severity::fails,
                        "the server does not offer STARTTLS"));
  }
  return conclude(c, outcome);
}

}  // namespace domsec::policy
