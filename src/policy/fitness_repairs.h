// What mends a certificate, as a command of `domsec shell` where it stands in a store, else as the line of
// the configuration to change. Part of certificate_fitness.h.
#pragma once

#include <string>
#include <vector>

#include "domsec/policy/certificate_fitness.h"

namespace domsec::policy {

/// SAN and the host names among the CNs, each once.
[[nodiscard]] std::vector<std::string> host_names(const pki::Certificate& certificate);
/// `New-ExchangeCertificate -GenerateRequest …` for a certificate with these names.
[[nodiscard]] std::string request_command(const std::string& subject, const std::vector<std::string>& names);
/// For the successor of this one; without -GenerateRequest where it is self-signed.
[[nodiscard]] std::string renewal_command(const pki::Certificate& certificate);
/// `Import-ExchangeCertificate -FileData …` of a PKCS#12 file.
[[nodiscard]] std::string import_command();
/// That it serves SMTP; that it is gone; that its intermediates are sent with it.
[[nodiscard]] std::string enable_repair(const FitnessSubject& subject);
[[nodiscard]] std::string removal_repair(const FitnessSubject& subject);
[[nodiscard]] std::string chain_repair(const FitnessSubject& subject);

/// A finding about a certificate; severity as the catalogue has it for Exchange.
[[nodiscard]] LintFinding fitness_finding(finding::Code code, std::string rule, const FitnessSubject& subject,
                                          std::string detail, std::string repair);
/// The same with another weight: the scale of spec exchange 8.4.
[[nodiscard]] LintFinding weighed(LintFinding found, finding::Severity severity);

}  // namespace domsec::policy
