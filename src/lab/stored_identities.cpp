#include "domsec/lab/stored_identities.h"

#include <filesystem>

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

}  // namespace domsec::lab
