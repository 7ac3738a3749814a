// The certificates that `domsec cert lint` and `domsec preflight` look at: read from files, configuration and
// store, with their keys' files; and what the trusted roots and revocation lists say of them.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/net/loop.h"
#include "domsec/policy/certificate_fitness.h"
#include "domsec/session/examination.h"

namespace domsec::cli {

struct SubjectSources {
  std::vector<std::string> files;  // FILE…
  std::string key;                 // --key, of the only file
  std::string key_pass_file;       // --key-pass-file, of each file
};

struct CertificateSubjects {
  std::vector<policy::FitnessSubject> subjects;
  std::vector<std::size_t> named;  // those of the files, in their order; empty when none was named
  /// What has no certificate to stand by: a file that cannot be read, a request that waits, who can read the
  /// store.
  std::vector<policy::LintFinding> findings;
};

/// Those of the configuration, of its Store, and of the files: what would follow if they were presented, too.
/// A bad certificate of the configuration is a finding. Throws pki::BundleError for a FILE, and
/// store::StoreError.
[[nodiscard]] CertificateSubjects read_subjects(const exchange::Organisation& organisation,
                                                const SubjectSources& sources);

/// Path and revocation of these, under one plan; self-signed ones are left out. The issuers at hand tell what
/// a chain lacks.
void examine(net::Loop& loop, session::ExaminationPlan plan, pki::Instant at,
             const std::vector<std::size_t>& which, std::vector<policy::FitnessSubject>& subjects);

}  // namespace domsec::cli
