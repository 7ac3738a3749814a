#include "support/altered_certificate.h"

#include <openssl/conf.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace domsec::testing {
namespace {

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("libcrypto refused to ") + what);
}

}  // namespace

pki::CertificatePtr altered_certificate(const pki::Authority& issuer, const pki::CertificateRecipe& recipe,
                                        const pki::PrivateKey& key,
                                        const std::function<void(X509*)>& change) {
  return altered_certificate(issuer, issuer.certify(recipe, key), change);
}

pki::CertificatePtr altered_certificate(const pki::Authority& issuer, const pki::CertificatePtr& certificate,
                                        const std::function<void(X509*)>& change) {
  const pki::Bytes der = certificate->der();
  const unsigned char* next = der.data();
  const Owned<X509> x509(d2i_X509(nullptr, &next, static_cast<long>(der.size())), X509_free);
  change(x509.get());
  require(X509_sign(x509.get(), issuer.own().key.key.get(), EVP_sha256()) > 0, "sign");
  unsigned char* octets = nullptr;
  const int length = i2d_X509(x509.get(), &octets);
  require(length > 0, "encode");
  const std::string text(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return pki::read_certificate_der(text);
}

void drop_extension(X509* x509, int nid) {
  const int at = X509_get_ext_by_NID(x509, nid, -1);
  if (at >= 0) X509_EXTENSION_free(X509_delete_ext(x509, at));
}

void set_extension(X509* x509, int nid, Criticality criticality, const std::string& value,
                   const std::string& sections) {
  const Owned<BIO> text(BIO_new_mem_buf(sections.data(), static_cast<int>(sections.size())),
                        [](BIO* bio) { BIO_free(bio); });
  const Owned<CONF> conf(NCONF_new(nullptr), NCONF_free);
  long line = 0;
  require(sections.empty() || NCONF_load_bio(conf.get(), text.get(), &line) > 0, "read the sections");
  X509V3_CTX context;
  X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
  X509V3_set_nconf(&context, conf.get());
  const Owned<X509_EXTENSION> extension(X509V3_EXT_nconf_nid(conf.get(), &context, nid, value.c_str()),
                                        X509_EXTENSION_free);
  require(extension != nullptr, value.c_str());
  X509_EXTENSION_set_critical(extension.get(), criticality == Criticality::critical ? 1 : 0);
  drop_extension(x509, nid);
  require(X509_add_ext(x509, extension.get(), -1) == 1, "add the extension");
}

void append_raw_extension(X509* x509, const char* oid, Criticality criticality, std::string_view der) {
  const Owned<ASN1_OBJECT> object(OBJ_txt2obj(oid, 0), ASN1_OBJECT_free);
  const Owned<ASN1_OCTET_STRING> octets(ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
  require(ASN1_OCTET_STRING_set(octets.get(), reinterpret_cast<const unsigned char*>(der.data()),
                                static_cast<int>(der.size())) == 1,
          "set the octets");
  const int critical = criticality == Criticality::critical ? 1 : 0;
  const Owned<X509_EXTENSION> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), critical, octets.get()), X509_EXTENSION_free);
  require(extension != nullptr && X509_add_ext(x509, extension.get(), -1) == 1, "add the extension");
}

}  // namespace domsec::testing
