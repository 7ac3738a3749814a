// Certificates, requests and keys hold together: what a command that was killed could have left half done,
// and what another program could have put there.
#include <set>

#include "check_parts.h"
#include "domsec/pki/bundle.h"
#include "domsec/pki/certificate_facts.h"
#include "domsec/pki/request.h"
#include "domsec/policy/certificate_services.h"

namespace domsec::store {
namespace {

constexpr std::string_view import_again = "remove it and import the file with its key again";

/// What was said of one certificate or request.
struct Telling {
  About about;
  std::string name;  // `certificate 0F5E… (CN=mail.contoso.com)`
  StoreCheck& check;
  void operator()(const std::string& what, std::string_view remedy) const {
    check.problems.push_back({about, name + " " + what, std::string(remedy)});
  }
};

/// Nothing when it cannot be read, which is told.
std::optional<pki::PrivateKey> key_of(const Statement& row, int column, const Telling& tell) {
  try {
    return pki::read_private_key(row.text(column), "its key");
  } catch (const pki::BundleError& error) {
    tell(std::string("has a key that cannot be read (") + error.what() + ")", import_again);
    return std::nullopt;
  }
}

void check_issuers(const std::string& issuers, const Telling& tell) {
  if (issuers.empty()) return;
  try {
    (void)pki::read_certificates(issuers, "its issuers");
  } catch (const pki::BundleError& error) {
    tell(std::string("has issuers that cannot be read (") + error.what() + ")", import_again);
  }
}

/// Hashes of the public keys of certificates.
using Keys = std::set<std::string>;

void check_certificate(const Statement& row, StoreCheck& check, Keys& keys) {
  Telling tell{About::certificate, "certificate " + row.text(0), check};
  const pki::CertificatePtr certificate = pki::read_certificate_der(row.text(1));
  if (certificate == nullptr) return tell("is none: its octets cannot be read", import_again);
  tell.name += " (" + certificate->subject + ")";
  if (certificate->thumbprint != row.text(0))
    tell("has the thumbprint " + certificate->thumbprint, "remove it and import it again");
  check_issuers(row.text(2), tell);
  if (!row.is_null(3)) {
    const std::optional<pki::PrivateKey> key = key_of(row, 3, tell);
    if (key && !pki::belongs_to(*key, *certificate)) tell("has the key of another certificate", import_again);
  }
  const auto bits = static_cast<std::uint64_t>(row.integer(4));
  if (bits > ~0U || policy::ServiceSet::of_bits(static_cast<unsigned>(bits)).bits() != bits)
    tell("is assigned to services that do not exist (" + std::to_string(row.integer(4)) + ")",
         "enable it for the services that it is meant for, from a backup if need be");
  keys.insert(pki::certificate_facts(*certificate).key_sha256);
}

void check_request(const Statement& row, const Keys& keys, StoreCheck& check) {
  Telling tell{About::request, "pending request " + row.text(0), check};
  constexpr std::string_view make_again = "remove it and make a new request";
  try {
    const pki::Request request = pki::read_request(row.text(1), "it");
    tell.name += " (" + request.subject + ")";
    if (request.thumbprint != row.text(0)) tell("has the thumbprint " + request.thumbprint, make_again);
    if (request.key_sha256 != row.text(2))
      tell("is found under another key than its own, so that its certificate would come without one",
           make_again);
    const std::optional<pki::PrivateKey> key = key_of(row, 3, tell);
    if (key && !pki::belongs_to(*key, request)) tell("has the key of another request", make_again);
    if (keys.contains(request.key_sha256))
      tell("waits although the certificate with its key is there",
           "remove the request; its certificate stays");
  } catch (const pki::BundleError& error) {
    tell(std::string("cannot be read (") + error.what() + ")", make_again);
  }
}

void check_default(const Database& database, StoreCheck& check) {
  constexpr std::string_view enable = "enable a certificate with its key for SMTP";
  const Telling tell{About::default_certificate, "the default SMTP certificate", check};
  Statement others = database.prepare("SELECT purpose FROM default_certificates WHERE purpose <> 'SMTP'");
  while (others.step())
    check.problems.push_back({About::default_certificate,
                              "there is a default certificate for " + others.text(0) + ", which nothing uses",
                              "put a backup in its place"});
  Statement row = database.prepare(
      "SELECT d.thumbprint, c.thumbprint IS NOT NULL, c.key IS NOT NULL FROM default_certificates d "
      "LEFT JOIN certificates c ON c.thumbprint = d.thumbprint WHERE d.purpose = 'SMTP'");
  if (row.step()) {
    if (row.integer(1) == 0) return tell(row.text(0) + " is not in the store", enable);
    if (row.integer(2) == 0) tell(row.text(0) + " has no private key", enable);
    return;
  }
  Statement any = database.prepare("SELECT count(*) FROM certificates WHERE services & ?");
  any.add(static_cast<std::int64_t>(policy::Service::smtp));
  if (any.step() && any.integer(0) > 0)
    tell("is not named, although certificates are assigned to SMTP", enable);
}

}  // namespace

void check_certificates(const Database& database, StoreCheck& check) {
  Keys keys;
  Statement certificates =
      database.prepare("SELECT thumbprint, der, issuers, key, services FROM certificates ORDER BY id");
  while (certificates.step()) {
    ++check.certificates;
    check_certificate(certificates, check, keys);
  }
  Statement requests =
      database.prepare("SELECT thumbprint, der, key_sha256, key FROM certificate_requests ORDER BY id");
  while (requests.step()) {
    ++check.requests;
    check_request(requests, keys, check);
  }
  check_default(database, check);
}

void check_auth_config(const Database& database, const CheckSettings& settings, StoreCheck& check) {
  const exchange::AuthConfig& config = *settings.auth_config;
  const std::set<std::string> elsewhere(settings.thumbprints.begin(), settings.thumbprints.end());
  struct Named {
    const char* parameter;
    const std::string& thumbprint;
    const char* remedy;
  };
  const Named named[] = {
      {"CurrentCertificateThumbprint", config.current_certificate_thumbprint,
       "import it with its key, or make a new one with New-ExchangeCertificate, stage it with Set-AuthConfig "
       "-NewCertificateThumbprint and publish it with Set-AuthConfig -PublishCertificate"},
      {"NextCertificateThumbprint", config.next_certificate_thumbprint,
       "import it with its key, or stage another one with Set-AuthConfig -NewCertificateThumbprint"},
      {"PreviousCertificateThumbprint", config.previous_certificate_thumbprint,
       "import it, or forget it with Set-AuthConfig -ClearPreviousCertificate"}};
  for (const Named& one : named) {
    if (one.thumbprint.empty() || elsewhere.contains(one.thumbprint)) continue;
    const Telling tell{About::auth, std::string("[AuthConfig] ") + one.parameter, check};
    Statement row = database.prepare("SELECT key IS NOT NULL FROM certificates WHERE thumbprint = ?");
    row.add(one.thumbprint);
    if (check.version < 2 || !row.step()) {
      tell("names " + one.thumbprint + ", which is not in the store", one.remedy);
    } else if (row.integer(0) == 0) {
      tell("names " + one.thumbprint + ", which has no private key in the store", one.remedy);
    }
  }
}

}  // namespace domsec::store
