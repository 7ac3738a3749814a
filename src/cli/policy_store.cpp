// Loads the [[Certificate]] sections for `domsec policy`. A session refuses to start with a bad file (session/edge.cpp);
// here the certificate stays in the store without its key, so that selection can say what would follow (R18, R20).
#include "policy_store.h"

#include <algorithm>

#include "domsec/lab/stored_identities.h"
#include "domsec/session/own_identity.h"

namespace domsec::cli {

namespace {

using finding::Code;

Code code_of(pki::BundleError::Kind kind) {
  switch (kind) {
    case pki::BundleError::Kind::key_protected:
    case pki::BundleError::Kind::wrong_pass_phrase: return Code::own_key_protected;
    case pki::BundleError::Kind::key_missing: return Code::own_key_missing;
    case pki::BundleError::Kind::key_mismatch: return Code::own_key_mismatch;
    case pki::BundleError::Kind::unreadable:
    case pki::BundleError::Kind::too_large:
    case pki::BundleError::Kind::empty:
    case pki::BundleError::Kind::not_pem:
    case pki::BundleError::Kind::garbage:
    case pki::BundleError::Kind::no_certificate:
    case pki::BundleError::Kind::unwritable: return Code::own_cert_unusable;
  }
  return Code::own_cert_unusable;
}

policy::LintFinding trouble(const exchange::CertificateFile& file, const pki::BundleError& error) {
  policy::Finding finding;
  finding.code = code_of(error.kind);
  finding.who = policy::Who::own;
  finding.severity = finding::severity(finding.code, finding::Profile::exchange);
  finding.detail = error.what();
  return {std::move(finding), "R20", file.origin};
}

/// The certificates of the Store behind those of the files; a store that cannot be read is a finding as well.
void add_stored(const exchange::Organisation& organisation, CertificateStore& store) {
  try {
    for (const session::OwnIdentity& identity : lab::stored_identities(organisation)) {
      const auto in_a_file = [&](const policy::StoredCertificate& stored) {
        return stored.certificate->thumbprint == identity.stored.certificate->thumbprint;
      };
      if (std::ranges::none_of(store.certificates, in_a_file)) store.certificates.push_back(identity.stored);
    }
  } catch (const std::runtime_error& error) {  // of the store, or of what is in it
    policy::Finding finding;
    finding.code = Code::own_cert_unusable;
    finding.who = policy::Who::own;
    finding.severity = finding::severity(finding.code, finding::Profile::exchange);
    finding.detail = error.what();
    store.findings.push_back({std::move(finding), "R18", organisation.origins.of("Store")});
  }
}

}  // namespace

CertificateStore load_certificates(const exchange::Organisation& organisation) {
  CertificateStore store;
  for (const exchange::CertificateFile& file : organisation.certificates) {
    policy::StoredCertificate stored;
    stored.name = file.name();
    stored.for_smtp = file.services.empty() || std::find(file.services.begin(), file.services.end(), "SMTP") != file.services.end();
    try {
      const pki::Credentials credentials = session::own_credentials(file);
      stored.certificate = credentials.chain.front();
      stored.has_private_key = true;
    } catch (const pki::BundleError& error) {
      store.findings.push_back(trouble(file, error));
      try {
        stored.certificate = session::own_certificates(file).front();
      } catch (const pki::BundleError&) {
        continue;  // the first error says it already
      }
    }
    store.certificates.push_back(std::move(stored));
  }
  add_stored(organisation, store);
  return store;
}

}  // namespace domsec::cli
