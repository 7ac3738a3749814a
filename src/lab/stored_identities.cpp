#include "domsec/lab/stored_identities.h"

#include <algorithm>
#include <filesystem>

#include "domsec/session/own_identity.h"
#include "domsec/store/certificates.h"

namespace domsec::lab {
namespace {

session::OwnIdentity identity_of(const store::Certificates& certificates,
                                 const store::CertificateEntry& entry) {
  session::OwnIdentity identity;
  identity.stored.certificate = entry.certificate;
  identity.stored.has_private_key = entry.has_private_key;
  identity.stored.for_smtp = entry.services.has(policy::Service::smtp);
  identity.stored.name = entry.friendly_name.empty() ? entry.certificate->subject : entry.friendly_name;
  if (!entry.has_private_key) return identity;
  pki::Credentials credentials;
  credentials.chain.push_back(entry.certificate);
  credentials.chain.insert(credentials.chain.end(), entry.issuers.begin(), entry.issuers.end());
  credentials.key = certificates.private_key(entry.certificate->thumbprint);
  identity.credentials = std::move(credentials);
  return identity;
}

session::OwnIdentity identity_of(const exchange::CertificateFile& file) {
  session::OwnIdentity identity;
  identity.stored.name = file.name();
  identity.stored.for_smtp =
      file.services.empty() || std::ranges::find(file.services, "SMTP") != file.services.end();
  try {
    identity.credentials = session::own_credentials(file);
    identity.stored.certificate = identity.credentials->chain.front();
    identity.stored.has_private_key = true;
  } catch (const pki::BundleError&) {
    identity.stored.certificate = session::own_certificates(file).front();
  }
  return identity;
}

}  // namespace

std::vector<session::OwnIdentity> stored_identities(const exchange::Organisation& organisation) {
  std::vector<session::OwnIdentity> identities;
  std::error_code error;
  if (organisation.store.empty() || !std::filesystem::exists(organisation.store, error)) return identities;
  store::Database database(organisation.store, store::migrations());
  const store::Certificates certificates(database);
  for (const store::CertificateEntry& entry : certificates.all())
    identities.push_back(identity_of(certificates, entry));
  return identities;
}

std::vector<session::OwnIdentity> own_identities(const exchange::Organisation& organisation) {
  std::vector<session::OwnIdentity> all;
  for (const exchange::CertificateFile& file : organisation.certificates) all.push_back(identity_of(file));
  for (session::OwnIdentity& stored : stored_identities(organisation)) {
    const bool in_a_file = std::ranges::any_of(all, [&stored](const session::OwnIdentity& one) {
      return one.stored.certificate->thumbprint == stored.stored.certificate->thumbprint;
    });
    if (!in_a_file) all.push_back(std::move(stored));
  }
  return all;
}

}  // namespace domsec::lab
