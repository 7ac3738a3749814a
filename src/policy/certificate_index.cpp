#include "domsec/policy/certificate_index.h"

#include <algorithm>

#include "domsec/exchange/x500_name.h"
#include "domsec/pki/name_match.h"

namespace domsec::policy {
namespace {

std::string names_key(std::string_view subject, std::string_view issuer) {
  const std::string first = exchange::x500_key(subject);
  return std::to_string(first.size()) + ':' + first + exchange::x500_key(issuer);
}

}  // namespace

CertificateIndex::CertificateIndex(const std::vector<StoredCertificate>& store) {
  for (std::size_t place = 0; place < store.size(); ++place) {
    const pki::Certificate& certificate = *store[place].certificate;
    by_names_[names_key(certificate.subject, certificate.issuer)].push_back(place);
    for (const auto* names : {&certificate.dns_names, &certificate.common_names}) {
      for (const std::string& name : *names) {
        const std::string key = pki::covering_key(name);
        if (key.empty()) continue;
        std::vector<std::size_t>& places = by_host_[key];
        if (places.empty() || places.back() != place) places.push_back(place);
      }
    }
  }
}

std::vector<std::size_t> CertificateIndex::with_name(
    const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
    const std::optional<smtp::Domain>& fqdn) const {
  std::vector<std::size_t> found;
  const auto add = [&found](const Places& all, const std::string& key) {
    if (const auto places = all.find(key); places != all.end())
      found.insert(found.end(), places->second.begin(), places->second.end());
  };
  if (tls_certificate_name) {
    add(by_names_, names_key(tls_certificate_name->subject, tls_certificate_name->issuer));
    return found;
  }
  if (!fqdn) return found;
  for (const std::string& key : pki::covering_keys(fqdn->text())) add(by_host_, key);
  std::ranges::sort(found);
  const auto again = std::ranges::unique(found);
  found.erase(again.begin(), again.end());
  return found;
}

}  // namespace domsec::policy
