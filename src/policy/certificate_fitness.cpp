// All rules over all certificates. Linear in the certificates: one selection for each connector, and no rule
// looks at the others but through what was counted before (twins_of, name_set).
#include "domsec/policy/certificate_fitness.h"

#include <algorithm>

#include "fitness_repairs.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;
using Findings = std::vector<LintFinding>;

int rank(Severity severity) {
  switch (severity) {
    case Severity::fails:
      return 0;
    case Severity::warning:
      return 1;
    case Severity::inconclusive:
    case Severity::unknown:
      return 2;
    case Severity::information:
    case Severity::ok:
    case Severity::silent:
      break;
  }
  return 3;
}

void add(Findings& all, std::optional<LintFinding> found) {
  if (found) all.push_back(std::move(*found));
}

void add(Findings& all, Findings found) {
  std::ranges::move(found, std::back_inserter(all));
}

/// What several connectors say of one certificate is said once, at its worst.
void add_once(Findings& all, std::optional<LintFinding> found) {
  if (!found) return;
  const auto known = std::ranges::find_if(
      all, [&](const LintFinding& one) { return one.finding.code == found->finding.code; });
  if (known == all.end()) {
    all.push_back(std::move(*found));
  } else if (rank(found->finding.severity) < rank(known->finding.severity)) {
    *known = std::move(*found);
  }
}

Findings alone(const FitnessSubject& subject, const FitnessQuestion& question) {
  Findings all;
  add(all, key_fault(subject));
  for (const KeyFile& file : subject.key_files) add(all, key_file_exposure(file));
  add(all, end_of_validity(subject, question.at));
  add(all, weakness(subject));
  add(all, ecc_refused(subject, question.ecc));
  add(all, names_without_san(subject));
  add(all, chain_faults(subject));
  add(all, distribution_point_missing(subject, question.crl_fail));
  add(all, revocation_faults(subject, question.crl_fail));
  add(all, usage_faults(subject, question.profile));
  return all;
}

CertificateStatus status_of(const FitnessSubject& subject, pki::Instant at) {
  const pki::Certificate& own = *subject.stored.certificate;
  const bool by_itself = own.self_signed || at < own.not_before || at > own.not_after;
  if (!subject.path && !by_itself) return CertificateStatus::unknown;
  return certificate_status(own, subject.path.value_or(pki::PathExamination()),
                            subject.revocations.value_or(std::vector<pki::Revocation>()), at);
}

/// What selection says of the certificate that it chose, or of having none.
Findings told(const PresentingConnector& connector, const Selection& selection) {
  Findings all;
  for (const Finding& finding : selection.findings) {
    LintFinding found{finding, connector.tls_certificate_name ? "R38" : "R11", connector.origin};
    found.finding.detail = connector.title() + ": " + finding.detail;
    if (finding.code == Code::own_cert_not_found && !connector.tls_certificate_name) {
      found.repair = connector.fqdn
                         ? request_command("CN=" + connector.fqdn->text(), {connector.fqdn->text()})
                         : "set ServerFqdn below [organization], or Fqdn of the connector";
    }
    all.push_back(std::move(found));
  }
  return all;
}

void look_at_chosen(const PresentingConnector& connector, const Selection& selection,
                    const FitnessQuestion& question, const FitnessSubject& subject,
                    CertificateFitness& into) {
  into.presented_by.push_back(connector.title());
  for (LintFinding& found : told(connector, selection)) {
    if (found.finding.code == Code::own_cert_no_smtp) found.repair = enable_repair(subject);
    add_once(into.findings, std::move(found));
  }
  add_once(into.findings, self_signed_presented(connector, subject.stored));
  add_once(into.findings, domains_unproved(connector, subject, question.accepted_domains));
  add_once(into.findings, subscription_outdated(subject, question.subscription));
}

ConnectorFitness look_at(const PresentingConnector& connector, const FitnessQuestion& question,
                         const std::vector<StoredCertificate>& store,
                         const std::vector<FitnessSubject>& subjects,
                         std::vector<CertificateFitness>& certificates) {
  ConnectorFitness fitness{connector, {}, {}, {}};
  const Selection selection = selection_for(connector, store, question.at);
  fitness.searched_for = selection.searched_for;
  fitness.presents = selection.chosen;
  for (const Candidate& candidate : selection.candidates) {
    if (!candidate.name_matches) continue;
    CertificateFitness& into = certificates[candidate.index];
    into.wanted = true;
    if (selection.chosen == candidate.index) {
      look_at_chosen(connector, selection, question, subjects[candidate.index], into);
    } else {
      add_once(into.findings, smtp_missing(connector, candidate, subjects[candidate.index]));
    }
  }
  if (!selection.chosen) fitness.findings = told(connector, selection);
  return fitness;
}

}  // namespace

Fitness examine_fitness(const FitnessQuestion& question, const std::vector<FitnessSubject>& subjects) {
  Fitness fitness;
  std::vector<StoredCertificate> store;
  for (const FitnessSubject& subject : subjects) {
    store.push_back(subject.stored);
    fitness.certificates.push_back({{}, false, status_of(subject, question.at), alone(subject, question)});
  }
  for (const PresentingConnector& connector : question.connectors)
    fitness.connectors.push_back(look_at(connector, question, store, subjects, fitness.certificates));
  const std::vector<Twins> twins = twins_of(store);
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    Findings& findings = fitness.certificates[i].findings;
    add_once(findings, twin_confusion(subjects, i, twins[i], question.connectors));
    add(findings, names_unused(subjects[i], question.every, question.accepted_domains));
    std::ranges::stable_sort(findings, {}, [](const LintFinding& one) { return rank(one.finding.severity); });
  }
  if (store.empty()) return fitness;
  NameSet names = name_set(question.every, store, question.accepted_domains);
  names.unused.clear();  // names_unused says it of each certificate
  add(fitness.general, name_set_advice(names, question.origin));
  return fitness;
}

Colour colour_of(Severity severity) {
  const int worst = rank(severity);
  return worst == 0 ? Colour::red : worst < 3 ? Colour::yellow : Colour::green;
}

Colour colour_of(const std::vector<LintFinding>& findings) {
  Colour worst = Colour::green;
  for (const LintFinding& one : findings) worst = std::max(worst, colour_of(one.finding.severity));
  return worst;
}

std::string_view text(Colour colour) {
  switch (colour) {
    case Colour::green:
      return "green";
    case Colour::yellow:
      return "yellow";
    case Colour::red:
      return "red";
  }
  return "";
}

}  // namespace domsec::policy
