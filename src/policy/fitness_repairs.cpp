#include "fitness_repairs.h"

#include <algorithm>

#include "connector_rules.h"

namespace domsec::policy {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

std::string new_command(const std::string& what, const std::string& subject,
                        const std::vector<std::string>& names) {
  return "New-ExchangeCertificate" + what + " -SubjectName " + shell_literal(exchange::Value{subject}) +
         (names.empty() ? "" : " -DomainName " + joined(names));
}

}  // namespace

std::vector<std::string> host_names(const pki::Certificate& certificate) {
  std::vector<std::string> names = certificate.dns_names;
  for (const std::string& name : certificate.common_names) {
    const bool host = name.find('.') != std::string::npos && name.find(' ') == std::string::npos;
    if (host && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string request_command(const std::string& subject, const std::vector<std::string>& names) {
  return new_command(" -GenerateRequest", subject, names);
}

std::string renewal_command(const pki::Certificate& certificate) {
  return new_command(certificate.self_signed ? "" : " -GenerateRequest", certificate.subject,
                     host_names(certificate));
}

std::string import_command() {
  return "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path own.pfx -Encoding Byte "
         "-ReadCount 0))";
}

std::string enable_repair(const FitnessSubject& subject) {
  switch (subject.place) {
    case CertificatePlace::store:
      return "Enable-ExchangeCertificate -Thumbprint " + subject.stored.certificate->thumbprint +
             " -Services SMTP";
    case CertificatePlace::configuration:
      return "add SMTP to Services, " + subject.origin.text();
    case CertificatePlace::file:
      break;
  }
  return {};
}

std::string removal_repair(const FitnessSubject& subject) {
  switch (subject.place) {
    case CertificatePlace::store:
      return "Remove-ExchangeCertificate -Thumbprint " + subject.stored.certificate->thumbprint;
    case CertificatePlace::configuration:
      return "remove the section [[Certificate]], " + subject.origin.text();
    case CertificatePlace::file:
      break;
  }
  return {};
}

std::string chain_repair(const FitnessSubject& subject) {
  switch (subject.place) {
    case CertificatePlace::store:
      return import_command() + ", from a file with the intermediates";
    case CertificatePlace::configuration:
      return "set ChainFile to the intermediates, " + subject.origin.text();
    case CertificatePlace::file:
      return "cat intermediate.pem >> " + subject.stored.name;
  }
  return {};
}

LintFinding fitness_finding(finding::Code code, std::string rule, const FitnessSubject& subject,
                            std::string detail, std::string repair) {
  LintFinding found{own_configuration(code, std::move(detail)), std::move(rule), subject.origin};
  found.repair = std::move(repair);
  return found;
}

LintFinding weighed(LintFinding found, finding::Severity severity) {
  found.finding.severity = severity;
  return found;
}

}  // namespace domsec::policy
