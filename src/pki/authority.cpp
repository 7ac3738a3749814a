// The lab's certification authority. It writes what the recipe says, sound or not; only what cannot be
// encoded is refused.
#include "domsec/pki/authority.h"

#include <algorithm>
#include <array>

#include "distinguished_name.h"
#include "domsec/pki/request.h"
#include "key_algorithm.h"
#include "openssl_ptr.h"
#include "recipe_extensions.h"
#include "recipe_subject.h"

namespace domsec::pki {
namespace {

Asn1TimeOwner time_of(Instant instant) {
  // UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5).
  Asn1TimeOwner time(ASN1_TIME_set(nullptr, instant.time_since_epoch().count()));
  if (time == nullptr) throw RecipeError("the date " + rfc3339(instant) + " cannot be encoded");
  return time;
}

BignumOwner serial_number(const std::optional<std::string>& serial) {
  BIGNUM* number = nullptr;
  if (!serial) {
    // 127 random bits: positive in 16 octets (RFC 5280 4.1.2.2 allows 20).
    BignumOwner random(BN_new());
    if (BN_rand(random.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1)
      throw std::runtime_error("no random octets");
    return random;
  }
  const int digits = BN_hex2bn(&number, serial->c_str());
  BignumOwner owner(number);
  if (serial->empty() || digits != static_cast<int>(serial->size())) {
    throw RecipeError("the serial number '" + harmless(*serial) + "' is not hexadecimal");
  }
  return owner;
}

/// Ed25519 signs the text itself: no digest (RFC 8410). `null` is libcrypto's word for it.
const EVP_MD* digest_for(EVP_PKEY* key, const std::optional<std::string>& name) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return nullptr;
  const EVP_MD* digest = EVP_get_digestbyname(name.value_or("SHA256").c_str());
  if (digest == nullptr)
    throw RecipeError("'" + harmless(*name) + "' is no digest; write SHA256, SHA384, SHA512 or SHA1");
  return digest;
}

void require(int result, const char* step) {
  if (result <= 0) throw std::runtime_error(std::string("libcrypto refused to ") + step);
}

struct Issuer {
  X509* certificate = nullptr;  // null: the new certificate issues itself
  EVP_PKEY* key = nullptr;
};

struct Subject {
  const X509_NAME* name = nullptr;
  EVP_PKEY* key = nullptr;
};

CertificatePtr build(const CertificateRecipe& recipe, const Subject& subject, const Issuer& issuer) {
  const ErrorQueueMark mark;
  const X509Owner certificate(X509_new());
  X509* const x509 = certificate.get();
  require(X509_set_version(x509, X509_VERSION_3), "set the version");
  const Asn1IntegerOwner serial(BN_to_ASN1_INTEGER(serial_number(recipe.serial).get(), nullptr));
  require(X509_set_serialNumber(x509, serial.get()), "set the serial number");
  require(X509_set1_notBefore(x509, time_of(recipe.not_before).get()), "set notBefore");
  require(X509_set1_notAfter(x509, time_of(recipe.not_after).get()), "set notAfter");
  require(X509_set_subject_name(x509, subject.name), "set the subject");
  const X509* const issued_by = issuer.certificate == nullptr ? x509 : issuer.certificate;
  require(X509_set_issuer_name(x509, X509_get_subject_name(issued_by)), "set the issuer");
  require(X509_set_pubkey(x509, subject.key), "set the public key");
  add_recipe_extensions(x509, issued_by, recipe);
  require(X509_sign(x509, issuer.key, digest_for(issuer.key, recipe.digest)), "sign the certificate");
  // Read from its DER, as a peer would get it: libcrypto caches nothing of the building.
  unsigned char* octets = nullptr;
  const int length = i2d_X509(x509, &octets);
  require(length, "encode the certificate");
  const OpensslBuffer<unsigned char> owner(octets);
  return read_certificate_der({reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)});
}

EVP_PKEY* generate(KeyKind kind) {
  switch (kind) {
    case KeyKind::ec_p256: return EVP_EC_gen("P-256");
    case KeyKind::ec_p384: return EVP_EC_gen("P-384");
    case KeyKind::rsa_1024: return EVP_RSA_gen(1024);
    case KeyKind::rsa_2048: return EVP_RSA_gen(2048);
    case KeyKind::rsa_4096: return EVP_RSA_gen(4096);
    case KeyKind::ed25519: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

/// What is sent behind a certificate of this authority: its own chain, less a self-signed root, which the
/// peer must have anyway (RFC 8446 4.4.2).
Chain sent_behind(const Credentials& authority) {
  Chain chain;
  for (const CertificatePtr& certificate : authority.chain) {
    if (!certificate->self_signed) chain.push_back(certificate);
  }
  return chain;
}

Credentials issued(const Authority& by, const CertificateRecipe& recipe) {
  Credentials credentials;
  credentials.key = make_key(recipe.key);
  credentials.chain.push_back(by.certify(recipe, credentials.key));
  const Chain behind = sent_behind(by.own());
  credentials.chain.insert(credentials.chain.end(), behind.begin(), behind.end());
  return credentials;
}

}  // namespace

std::optional<KeyKind> read_key_kind(std::string_view word) {
  if (word == "rsa2048") return KeyKind::rsa_2048;
  if (word == "rsa4096") return KeyKind::rsa_4096;
  if (word == "ec-p256") return KeyKind::ec_p256;
  if (word == "ec-p384") return KeyKind::ec_p384;
  return std::nullopt;
}

PrivateKey make_key(KeyKind kind) {
  const ErrorQueueMark mark;
  EvpPkeyOwner key(generate(kind));
  if (key == nullptr) throw std::runtime_error("libcrypto refused to make a key");
  PrivateKey made;
  made.algorithm = key_algorithm(key.get());
  made.key = std::shared_ptr<EVP_PKEY>(key.release(), EVP_PKEY_free);
  return made;
}

Credentials self_signed(const CertificateRecipe& recipe) {
  Credentials credentials;
  credentials.key = make_key(recipe.key);
  EVP_PKEY* const key = credentials.key.key.get();
  const X509NameOwner name = recipe.renews ? nullptr : recipe_subject(recipe.subject);
  const X509_NAME* const subject = recipe.renews ? X509_get_subject_name(recipe.renews->x509.get()) : name.get();
  credentials.chain.push_back(build(recipe, Subject{subject, key}, Issuer{nullptr, key}));
  return credentials;
}

Authority Authority::root(const CertificateRecipe& recipe) { return Authority(self_signed(recipe)); }

Authority Authority::subordinate(const CertificateRecipe& recipe) const {
  return Authority(issued(*this, recipe));
}

Credentials Authority::issue(const CertificateRecipe& recipe) const { return issued(*this, recipe); }

CertificatePtr Authority::certify(const CertificateRecipe& recipe, const PrivateKey& subject_key) const {
  const X509NameOwner name = recipe_subject(recipe.subject);
  return build(recipe, Subject{name.get(), subject_key.key.get()},
               Issuer{certificate()->x509.get(), own_.key.key.get()});
}

CertificatePtr Authority::certify(const CertificateRecipe& terms, const Request& request) const {
  CertificateRecipe recipe = terms;
  recipe.dns_names = request.dns_names;
  return certify_key(*this, recipe, request, SubjectOf::request);
}

CertificatePtr certify_key(const Authority& by, const CertificateRecipe& recipe, const Request& request,
                           SubjectOf subject) {
  X509_REQ* const asked = request.request.get();
  const X509NameOwner written = subject == SubjectOf::recipe ? recipe_subject(recipe.subject) : nullptr;
  const X509_NAME* const name = written != nullptr ? written.get() : X509_REQ_get_subject_name(asked);
  return build(recipe, Subject{name, X509_REQ_get0_pubkey(asked)},
               Issuer{by.certificate()->x509.get(), by.own().key.key.get()});
}

}  // namespace domsec::pki
