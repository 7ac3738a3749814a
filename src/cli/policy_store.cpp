// Loads the certificates for `domsec policy`. A session refuses to start with a bad file (session/edge.cpp);
// here the certificate stays in the store without its key, so that selection can say what would follow (R18,
// R20).
#include "policy_store.h"

#include "certificate_subjects.h"
#include "domsec/policy/own_configuration.h"

namespace domsec::cli {

namespace {

/// A store that cannot be read is a finding as well.
CertificateSubjects without_store(exchange::Organisation organisation, const std::string& why) {
  const exchange::Origin origin = organisation.origins.of("Store");
  organisation.store.clear();
  CertificateSubjects read = read_subjects(organisation, {});
  read.findings.push_back({policy::own_configuration(finding::Code::own_cert_unusable, why), "R18", origin});
  return read;
}

CertificateSubjects readable_subjects(const exchange::Organisation& organisation) {
  try {
    return read_subjects(organisation, {});
  } catch (const std::runtime_error& error) {  // of the store, or of what is in it
    return without_store(organisation, error.what());
  }
}

}  // namespace

CertificateStore as_stored(const CertificateSubjects& read) {
  CertificateStore store;
  for (const policy::FitnessSubject& subject : read.subjects) {
    // R18 of a store's certificate is told by the connector that would present it.
    if (subject.key_trouble) {
      if (auto found = policy::key_fault(subject)) store.findings.push_back(std::move(*found));
    }
    store.certificates.push_back(subject.stored);
  }
  for (const policy::LintFinding& found : read.findings) {
    // Who can read the store, and which requests wait, is not the configuration's business: `cert lint` tells
    // it.
    const bool of_store = found.finding.code == finding::Code::key_file_exposed || found.rule == "R17";
    if (!of_store) store.findings.push_back(found);
  }
  return store;
}

CertificateStore load_certificates(const exchange::Organisation& organisation) {
  return as_stored(readable_subjects(organisation));
}

}  // namespace domsec::cli
