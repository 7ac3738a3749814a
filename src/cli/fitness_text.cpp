#include <array>
#include <ostream>

#include "fitness_report.h"

namespace domsec::cli {
namespace {

using policy::Colour;

std::string padded(std::string_view word, std::size_t width) {
  std::string out(word);
  out.resize(std::max(width, out.size() + 1), ' ');
  return out;
}

/// `334 days left`, `expired`
std::string life_of(const pki::Certificate& certificate, pki::Instant at) {
  if (at > certificate.not_after) return "expired on " + pki::rfc3339(certificate.not_after).substr(0, 10);
  if (at < certificate.not_before) return "not valid before " + pki::rfc3339(certificate.not_before).substr(0, 10);
  const auto days = std::chrono::floor<std::chrono::days>(certificate.not_after - at).count();
  return std::to_string(days) + (days == 1 ? " day left" : " days left");
}

/// What mends it; the catalogue's advice where no single command does.
std::string repair_of(const policy::LintFinding& found) {
  if (!found.repair.empty()) return "repair: " + found.repair;
  const std::string_view remedy = finding::row(found.finding.code).remedy;
  const bool quiet = policy::colour_of(found.finding.severity) == Colour::green || remedy == "–";
  return quiet ? std::string() : "remedy: " + std::string(remedy);
}

/// What several findings in a row are mended by is said behind the last of them.
void write_findings(const std::vector<policy::LintFinding>& findings, std::ostream& out) {
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const policy::LintFinding& found = findings[i];
    out << "  " << padded(text(policy::colour_of(found.finding.severity)), 7) << finding::name(found.finding.code) << ' '
      << finding::slug(found.finding.code) << " [" << found.rule << "] " << found.finding.detail << '\n';
    const std::string repair = repair_of(found);
    const bool again = i + 1 < findings.size() && repair_of(findings[i + 1]) == repair;
    if (!repair.empty() && !again) out << "         " << repair << '\n';
  }
}

std::string presented_by(const policy::CertificateFitness& fitness) {
  std::string out;
  for (const std::string& title : fitness.presented_by) out += (out.empty() ? "; presented by " : ", ") + title;
  return out;
}

void write_certificate(const policy::FitnessSubject& subject, const policy::CertificateFitness& fitness, pki::Instant at,
                       std::ostream& out) {
  const pki::Certificate& own = *subject.stored.certificate;
  const bool in_file = subject.place == policy::CertificatePlace::file;
  out << padded(text(policy::colour_of(fitness.findings)), 7)
      << (subject.stored.name.empty() ? own.subject : subject.stored.name);
  if (!in_file) out << " (" << subject.origin.text() << ")";
  out << "  " << own.thumbprint << "\n         "
      << (subject.stored.name == own.subject ? "" : own.subject + "; ") << life_of(own, at)
      << "; Status " << policy::text(fitness.status) << presented_by(fitness) << '\n';
  write_findings(fitness.findings, out);
}

}  // namespace

void write_text(const FitnessReport& report, std::ostream& out) {
  std::array<std::size_t, 3> counts{};
  for (const std::size_t index : report.shown) {
    const policy::CertificateFitness& one = report.fitness.certificates[index];
    ++counts[static_cast<std::size_t>(policy::colour_of(one.findings))];
    write_certificate(report.subjects[index], one, report.at, out);
  }
  for (const policy::ConnectorFitness& connector : report.fitness.connectors) {
    if (connector.findings.empty()) continue;
    out << padded(text(policy::colour_of(connector.findings)), 7) << connector.connector.title() << " ("
        << connector.connector.origin.text() << ") presents nothing\n";
    write_findings(connector.findings, out);
  }
  const bool others = !report.fitness.general.empty() || !report.findings.empty();
  if (others) out << "of no certificate alone\n";
  write_findings(report.findings, out);
  write_findings(report.fitness.general, out);
  out << report.shown.size() << (report.shown.size() == 1 ? " certificate: " : " certificates: ") << counts[2] << " red, "
      << counts[1] << " yellow, " << counts[0] << " green\n";
}

}  // namespace domsec::cli
