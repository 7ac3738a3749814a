// Any octets behind the issuer of a revocation list, signed by that issuer: dates, entries and extensions
// count. What is said of a certificate is held against libcrypto's own reading of the list.
#include <openssl/x509v3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/authority.h"
#include "domsec/pki/crl_facts.h"
#include "domsec/pki/crl_listing.h"
#include "domsec/pki/revocation.h"
#include "fuzz/property.h"
#include "fuzz/reissue.h"

namespace {

using namespace domsec::pki;
using domsec::fuzz::der_of;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
constexpr unsigned char sequence = 0x30;

CertificateRecipe recipe(const char* subject, const char* serial) {
  CertificateRecipe made;
  made.subject = subject;
  made.serial = serial;
  made.not_before = now - std::chrono::days{1};
  made.not_after = now + std::chrono::days{1};
  made.crl_distribution_points = {"http://crl.contoso.com/ca.crl"};
  return made;
}

Authority root() {
  CertificateRecipe made = recipe("CN=Contoso Root", "01");
  made.ca = true;
  return Authority::root(made);
}

struct House {
  Authority authority = root();
  std::vector<CertificatePtr> leaves;  // with serials of the seeds: short, with a padded octet, the longest
  std::string issuer;                  // DER of the name

  House() {
    for (const char* serial : {"02", "80", "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"})
      leaves.push_back(authority.certify(recipe("CN=mail.contoso.com", serial), authority.own().key));
    unsigned char* octets = nullptr;
    const int length = i2d_X509_NAME(X509_get_subject_name(authority.certificate()->x509.get()), &octets);
    issuer.assign(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
    OPENSSL_free(octets);
  }
};

const House& house() {
  static const House built;
  return built;
}

std::string signed_list(std::string_view behind_the_issuer) {
  // version 2, ecdsa-with-SHA256 (RFC 5758 3.2)
  const std::string version("\x02\x01\x01");
  const std::string algorithm("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02");
  const std::string tbs =
      der_of(sequence, version + algorithm + house().issuer + std::string(behind_the_issuer));
  const std::string signature = domsec::fuzz::signature_of(tbs, house().authority.own().key.key.get());
  return der_of(sequence, tbs + algorithm + der_of(0x03, std::string(1, '\0') + signature));
}

/// libcrypto lists a certificate under the entry that it finds first, and so does the index.
void hold_against_libcrypto(const std::string& der, const Crl& list, const Certificate& leaf) {
  if (list.indirect() || !crl_facts(list).fault.empty()) return;
  const auto* next = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> theirs(
      d2i_X509_CRL(nullptr, &next, static_cast<long>(der.size())), X509_CRL_free);
  if (theirs == nullptr) return;
  bool listed = false;
  STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(theirs.get());
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    if (ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(entry), X509_get0_serialNumber(leaf.x509.get())) != 0)
      continue;
    ASN1_ENUMERATED* reason =
        static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr));
    if (reason == nullptr || ASN1_ENUMERATED_get(reason) != CRL_REASON_REMOVE_FROM_CRL) listed = true;
    ASN1_ENUMERATED_free(reason);
  }
  property(!listed || is_listed(list, leaf), "what libcrypto finds in a list, the index finds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string der = signed_list({reinterpret_cast<const char*>(data), size});
  const auto list = Crl::read(der);
  if (list == nullptr) return 0;
  const CrlFacts facts = crl_facts(*list);
  property(facts.octets == der.size(), "a list is as long as it came");
  const std::vector<CrlCandidate> candidates{{list, CrlOrigin::file, "fuzz", {}, {}}};
  for (const CertificatePtr& leaf : house().leaves) {
    hold_against_libcrypto(der, *list, *leaf);
    const Chain path{leaf, house().authority.certificate()};
    const Revocation lax = examine_revocation({path}, candidates, {.at = now, .expiry_counts = false});
    const Revocation strict = examine_revocation({path}, candidates, {.at = now, .profile_counts = true});
    property(lax.problem != CrlProblem::bad_signature, "the signature is right");
    property(strict.state != RevocationState::good || lax.state == RevocationState::good,
             "what the strict profile calls good, the other calls good");
    property(lax.state != RevocationState::revoked || is_listed(*list, *leaf), "who is revoked is listed");
    property(facts.fault.empty() || lax.state == RevocationState::unknown,
             "a list with a fault says nothing");
  }
  return 0;
}
