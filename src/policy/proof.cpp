#include "proof.h"

#include <algorithm>

#include "peer_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

/// What the session did about our own certificate; to be mutual TLS, both ends must have shown one.
enum class Ours { presented, not_requested, withheld };

Ours ours(const Evidence& seen) {
  if (seen.role == Role::receive) return Ours::presented;  // a TLS server always shows its own
  if (!seen.tls.client_certificate_requested) return Ours::not_requested;
  return seen.tls.own_certificate_sent ? Ours::presented : Ours::withheld;
}

std::string proof_text(const Case& c) {
  const std::optional<pki::NameMatch> match = name_under(c.rules, c.evidence.peer, c.requirement.reference);
  std::string out = c.evidence.peer.presented.empty() ? std::string("the peer")
                                                      : c.evidence.peer.presented.front()->subject;
  if (!match || !match->matches || !match->by || c.requirement.requirement < Requirement::domain_validation)
    return out + " is good";
  out += " proves " + match->reference.text + " by " + std::string(pki::text(match->by->source)) + " " +
         match->by->text + " (mode " + std::string(pki::text(match->rule.mode));
  return out + (match->other_mode_matches ? ")" : "; the other mode would refuse it)");
}

/// DS000 is for both sides. When it was the server alone that proved itself, the reason leads.
void add_proof(const Case& c, Outcome& outcome) {
  switch (ours(c.evidence)) {
    case Ours::presented:
      outcome.add_first(finding_of(Code::mutual_tls_ok, Who::note, c.rules, proof_text(c)));
      return;
    case Ours::not_requested: {
      const auto told = std::ranges::find(outcome.findings, Code::client_cert_not_requested, &Finding::code);
      told->detail += "; " + proof_text(c);
      std::rotate(outcome.findings.begin(), told, told + 1);
      return;
    }
    case Ours::withheld: {
      // DS130 with us as the sending side. Whether that will do is the server's to say: it says DS205 or goes
      // on.
      Finding finding = decided(Code::client_cert_missing, Who::note, Severity::warning,
                                "the server asked for our certificate and we sent none; " + proof_text(c));
      if (c.requirement.requirement != Requirement::domain_secured) finding = as_remark(std::move(finding));
      outcome.add_first(std::move(finding));
      return;
    }
  }
}

}  // namespace

/// R10: the server must want to know us, or it is not mutual TLS. Nothing documents what Exchange does about
/// a server that does not ask; the catalogue has W in its profile (DS131): the mail goes, with a warning and
/// without the claim. The strict profile refuses.
void add_not_requested(const Case& c, Outcome& outcome) {
  if (c.requirement.requirement < Requirement::certificate_validation) return;
  if (ours(c.evidence) != Ours::not_requested) return;
  Finding finding = finding_of(Code::client_cert_not_requested, Who::note, c.rules,
                               "the server did not ask for our certificate, so it cannot tell who we are");
  if (c.requirement.requirement != Requirement::domain_secured) finding = as_remark(std::move(finding));
  if (finding.severity == Severity::fails) finding.who = Who::we;
  outcome.add(std::move(finding));
}

void add_success(const Case& c, Outcome& outcome) {
  switch (c.requirement.requirement) {
    case Requirement::none:
    case Requirement::opportunistic:
      outcome.treatment = Treatment::opportunistic;
      outcome.add_first(finding_of(Code::tls_not_authenticated, Who::note, c.rules,
                                   "TLS is up and nothing demanded to know the peer"));
      return;
    case Requirement::encryption:
      outcome.treatment = Treatment::tls_required;
      outcome.add_first(finding_of(Code::tls_not_authenticated, Who::note, c.rules,
                                   "TLS is up, as demanded; nobody asked who the peer is"));
      return;
    case Requirement::certificate_validation:
    case Requirement::domain_validation:
      outcome.treatment = Treatment::tls_required;
      break;
    case Requirement::domain_secured:
      // Domain-secured means that both ends proved who they are; else TLS as demanded and no more.
      outcome.treatment =
          ours(c.evidence) == Ours::presented ? Treatment::domain_secured : Treatment::tls_required;
      break;
  }
  if (outcome.status.empty()) outcome.status = "Valid";
  add_proof(c, outcome);
}

}  // namespace domsec::policy
