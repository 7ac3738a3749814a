// The certificates that the configuration names, as selection sees them, with what is wrong with their files.
#pragma once

#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/policy/certificate_selection.h"
#include "domsec/policy/connector_lint.h"

namespace domsec::cli {

struct CertificateStore {
  std::vector<policy::StoredCertificate> certificates;
  std::vector<policy::LintFinding> findings;  // DS210, DS211, DS213, DS215 at the line of the section
};

struct CertificateSubjects;
/// The same certificates, as the rules of the configuration see them.
[[nodiscard]] CertificateStore as_stored(const CertificateSubjects& subjects);

/// Never throws over a bad certificate or key file: that is a finding.
[[nodiscard]] CertificateStore load_certificates(const exchange::Organisation& organisation);

}  // namespace domsec::cli
