// Certificate revocation lists of the lab's authority, RFC 5280 5.1 to 5.3: version 2, cRLNumber,
// authorityKeyIdentifier.
#include "distinguished_name.h"
#include "domsec/pki/authority.h"
#include "openssl_ptr.h"
#include "revocation_reason.h"

namespace domsec::pki {
namespace {

void require(bool done, const char* step) {
  if (!done) throw std::runtime_error(std::string("libcrypto refused to ") + step);
}

Asn1TimeOwner time_of(Instant instant) {
  Asn1TimeOwner time(ASN1_TIME_set(nullptr, instant.time_since_epoch().count()));
  if (time == nullptr) throw RecipeError("the date " + rfc3339(instant) + " cannot be encoded");
  return time;
}

X509RevokedOwner entry(const RevokedEntry& revoked) {
  BIGNUM* number = nullptr;
  const int digits = BN_hex2bn(&number, revoked.serial.c_str());
  const BignumOwner serial_owner(number);
  if (revoked.serial.empty() || digits != static_cast<int>(revoked.serial.size())) {
    throw RecipeError("the revoked serial number '" + harmless(revoked.serial) + "' is not hexadecimal");
  }
  X509RevokedOwner made(X509_REVOKED_new());
  const Asn1IntegerOwner serial(BN_to_ASN1_INTEGER(number, nullptr));
  require(X509_REVOKED_set_serialNumber(made.get(), serial.get()) == 1, "set the serial number");
  require(X509_REVOKED_set_revocationDate(made.get(), time_of(revoked.at).get()) == 1,
          "set the revocation date");
  if (revoked.reason.empty()) return made;
  const Asn1EnumeratedOwner reason(ASN1_ENUMERATED_new());
  require(ASN1_ENUMERATED_set(reason.get(), revocation_reason(revoked.reason)) == 1 &&
              X509_REVOKED_add1_ext_i2d(made.get(), NID_crl_reason, reason.get(), 0, X509V3_ADD_APPEND) == 1,
          "set the reason");
  return made;
}

void add_extensions(X509_CRL* list, X509* issuer, std::uint64_t number) {
  const Asn1IntegerOwner crl_number(ASN1_INTEGER_new());
  require(ASN1_INTEGER_set_uint64(crl_number.get(), number) == 1 &&
              X509_CRL_add1_ext_i2d(list, NID_crl_number, crl_number.get(), 0, X509V3_ADD_APPEND) == 1,
          "set cRLNumber");
  const ASN1_OCTET_STRING* key_id = X509_get0_subject_key_id(issuer);
  if (key_id == nullptr) return;
  const AuthorityKeyIdOwner authority(AUTHORITY_KEYID_new());
  authority->keyid = ASN1_OCTET_STRING_dup(key_id);
  require(
      X509_CRL_add1_ext_i2d(list, NID_authority_key_identifier, authority.get(), 0, X509V3_ADD_APPEND) == 1,
      "set authorityKeyIdentifier");
}

}  // namespace

std::string Authority::crl(const CrlRecipe& recipe) const {
  const ErrorQueueMark mark;
  const X509CrlOwner owner(X509_CRL_new());
  X509_CRL* const list = owner.get();
  X509* const issuer = certificate()->x509.get();
  EVP_PKEY* const key = own_.key.key.get();
  require(X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1, "set the version");
  require(X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer)) == 1, "set the issuer");
  require(X509_CRL_set1_lastUpdate(list, time_of(recipe.this_update).get()) == 1, "set thisUpdate");
  require(X509_CRL_set1_nextUpdate(list, time_of(recipe.next_update).get()) == 1, "set nextUpdate");
  for (const RevokedEntry& revoked : recipe.revoked) {
    X509RevokedOwner made = entry(revoked);
    require(X509_CRL_add0_revoked(list, made.get()) == 1, "add an entry");
    (void)made.release();  // the list owns it now
  }
  add_extensions(list, issuer, recipe.number);
  require(X509_CRL_sort(list) == 1, "sort the list");
  const EVP_MD* digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  require(X509_CRL_sign(list, key, digest) > 0, "sign the list");
  unsigned char* octets = nullptr;
  const int length = i2d_X509_CRL(list, &octets);
  require(length > 0, "encode the list");
  const OpensslBuffer<unsigned char> der(octets);
  return {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)};
}

}  // namespace domsec::pki
