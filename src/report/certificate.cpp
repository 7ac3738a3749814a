#include "domsec/report/certificate.h"

#include "domsec/pki/certificate_facts.h"
#include "domsec/pki/harmless.h"
#include "domsec/pki/key_usage.h"
#include "layout.h"

namespace domsec::report {
namespace {

constexpr std::size_t indent = 16;
constexpr std::size_t most_names = 100;

std::string row(std::string_view title, const std::string& text) {
  return padded("  " + std::string(title), indent) + wrapped(text, indent);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const std::string& text : texts) line += (line.empty() ? "" : ", ") + text;
  return line;
}

/// Nothing where there is nothing to say.
std::string row_of(std::string_view title, const std::vector<std::string>& texts) {
  return texts.empty() ? std::string() : row(title, joined(texts));
}

std::string days_text(std::chrono::seconds span) {
  const auto days = std::chrono::floor<std::chrono::days>(span).count();
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

std::vector<std::string> harmless_names(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == most_names) {
      shown.push_back("and " + std::to_string(names.size() - most_names) + " more");
      break;
    }
    shown.push_back(pki::harmless(name));
  }
  return shown;
}

std::string names_rows(const pki::Certificate& certificate) {
  std::string out = row_of("names", harmless_names(certificate.dns_names));
  if (certificate.dns_names.empty() && !certificate.ca) out += row("names", "no dNSName");
  return out + row_of("other names", certificate.other_names) +
         row_of("CN", harmless_names(certificate.common_names));
}

std::string usage_rows(const pki::Certificate& certificate) {
  std::vector<std::string> usages;
  if (certificate.key_usage) {
    for (const std::string_view name : pki::key_usage_names(*certificate.key_usage))
      usages.emplace_back(name);
  }
  std::string out = row("key usage", !certificate.key_usage ? "not limited"
                                     : usages.empty()       ? "none at all"
                                                            : joined(usages));
  if (!certificate.extended_key_usage) return out + row("extended use", "not limited");
  std::vector<std::string> names;
  for (const std::string& usage : *certificate.extended_key_usage) names.push_back(pki::usage_name(usage));
  return out + row("extended use", names.empty() ? "none at all" : joined(names));
}

std::string constraint_row(const pki::Certificate& certificate, const pki::CertificateFacts& facts) {
  if (!certificate.ca) return row("CA", "no");
  if (!facts.path_length) return row("CA", "yes");
  return row("CA", "yes, at most " + std::to_string(*facts.path_length) + " authorities below it");
}

std::string critical_rows(const pki::CertificateFacts& facts) {
  std::vector<std::string> critical;
  for (const pki::ExtensionName& each : facts.extensions) {
    if (each.critical) critical.push_back(each.name);
  }
  return row_of("critical", critical);
}

std::string identifier_rows(const pki::Certificate& certificate, const pki::CertificateFacts& facts) {
  std::string out;
  if (!facts.subject_key_id.empty()) out += row("key id", facts.subject_key_id);
  if (!facts.authority_key_id.empty()) out += row("issuer key id", facts.authority_key_id);
  std::string lower = facts.key_sha256;
  for (char& digit : lower) digit = digit >= 'A' && digit <= 'F' ? static_cast<char>(digit + 32) : digit;
  return out + row("SHA-1", certificate.thumbprint) + row("SHA-256", certificate.thumbprint_sha256) +
         row("TLSA 3 1 1", lower);
}

}  // namespace

std::string validity_text(const pki::Certificate& certificate, pki::Instant at) {
  if (certificate.not_after < at) return "expired " + days_text(at - certificate.not_after) + " ago";
  if (certificate.not_before > at) return "not before " + pki::rfc3339(certificate.not_before);
  return days_text(certificate.not_after - at) + " left";
}

std::string certificate_text(const pki::Certificate& certificate, std::size_t number, pki::Instant at) {
  const pki::CertificateFacts facts = pki::certificate_facts(certificate);
  const std::string title = "[" + std::to_string(number) + "] ";
  std::string out =
      title + wrapped(certificate.subject.empty() ? "(no subject)" : certificate.subject, title.size());
  out += row("issuer", certificate.issuer + (certificate.self_signed ? " (self-signed)" : ""));
  out += row("serial", certificate.serial);
  out += row("valid", pki::rfc3339(certificate.not_before) + " to " + pki::rfc3339(certificate.not_after) +
                          ", " + validity_text(certificate, at));
  out += row("key", certificate.key_algorithm);
  out += row("signature", certificate.signature_algorithm);
  out += names_rows(certificate) + usage_rows(certificate) + constraint_row(certificate, facts) +
         critical_rows(facts);
  out += row_of("policies", certificate.policies) + row_of("CRL", certificate.crl_distribution_points);
  out += row_of("issuer at", facts.ca_issuers) + row_of("OCSP", facts.ocsp);
  return out + identifier_rows(certificate, facts);
}

std::string trust_text(const pki::PathExamination& path) {
  std::string out = row("trust", path.good() ? "trusted, the path ends in " + path.anchor : "not trusted");
  for (const pki::PathProblem& each : path.problems) {
    out += row("", std::string(pki::text(each.fault)) + ": [" + std::to_string(each.depth) + "] " +
                       each.subject + ": " + each.text);
  }
  if (path.fetched) out += row("missing", pki::text(*path.fetched));
  std::size_t depth = 0;
  for (const pki::CertificatePtr& each : path.path) {
    const bool last = depth + 1 == path.path.size();
    out += row(depth == 0 ? "path" : "", "[" + std::to_string(depth) + "] " + each->subject +
                                             (last && path.anchored ? ", trusted root" : ""));
    ++depth;
  }
  return out;
}

}  // namespace domsec::report
