#include "domsec/lab/stored_identities.h"

#include <algorithm>
#include <filesystem>

#include "domsec/session/own_identity.h"

namespace domsec::lab {
namespace {

session::OwnIdentity identity_of(const store::Certificates& certificates,
                                 const store::CertificateEntry& entry) {
  session::OwnIdentity identity{stored_certificate(entry), {}};
  if (!entry.has_private_key) return identity;
  try {
    identity.credentials =
        pki::Credentials{entry.chain(), certificates.private_key(entry.certificate->thumbprint)};
  } catch (
      const pki::BundleError&) {  // as without a key: selection passes it over, `cert lint` says why (R18)
    identity.stored.has_private_key = false;
  }
  return identity;
}

}  // namespace

policy::StoredCertificate stored_certificate(const store::CertificateEntry& entry) {
  policy::StoredCertificate stored;
  stored.certificate = entry.certificate;
  stored.has_private_key = entry.has_private_key;
  stored.for_smtp = entry.services.has(policy::Service::smtp);
  stored.name = entry.friendly_name.empty() ? entry.certificate->subject : entry.friendly_name;
  return stored;
}

std::vector<session::OwnIdentity> stored_identities(const exchange::Organisation& organisation,
                                                    pki::KeyDecoding decoding) {
  std::vector<session::OwnIdentity> identities;
  std::error_code error;
  if (organisation.store.empty() || !std::filesystem::exists(organisation.store, error)) return identities;
  store::Database database(organisation.store, store::migrations());
  const store::Certificates certificates(database, decoding);
  for (const store::CertificateEntry& entry : certificates.all())
    identities.push_back(identity_of(certificates, entry));
  return identities;
}

std::vector<session::OwnIdentity> own_identities(const exchange::Organisation& organisation) {
  std::vector<session::OwnIdentity> all;
  for (const exchange::CertificateFile& file : organisation.certificates) {
    session::OwnFiles own = session::read_own_files(file);
    all.push_back({std::move(own.stored), std::move(own.credentials)});
  }
  for (session::OwnIdentity& stored : stored_identities(organisation)) {
    const bool in_a_file = std::ranges::any_of(all, [&stored](const session::OwnIdentity& one) {
      return one.stored.certificate->thumbprint == stored.stored.certificate->thumbprint;
    });
    if (!in_a_file) all.push_back(std::move(stored));
  }
  return all;
}

}  // namespace domsec::lab
