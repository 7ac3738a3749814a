// Owners of libcrypto's objects. Everything that libcrypto hands out is owned at once and becomes a plain
// value before it leaves pki/ or net/. Not here: SSL objects (net/).
#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace domsec::pki {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using X509Owner = Owned<X509, X509_free>;
using X509CrlOwner = Owned<X509_CRL, X509_CRL_free>;
using X509NameOwner = Owned<X509_NAME, X509_NAME_free>;
using X509NameEntryOwner = Owned<X509_NAME_ENTRY, X509_NAME_ENTRY_free>;
using X509ExtensionOwner = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using X509RevokedOwner = Owned<X509_REVOKED, X509_REVOKED_free>;
using EvpPkeyOwner = Owned<EVP_PKEY, EVP_PKEY_free>;
using EvpMdCtxOwner = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using EvpMdOwner = Owned<EVP_MD, EVP_MD_free>;
using BioOwner = Owned<BIO, BIO_free_all>;
using BignumOwner = Owned<BIGNUM, BN_free>;
using Asn1IntegerOwner = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using Asn1EnumeratedOwner = Owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;
using Asn1StringOwner = Owned<ASN1_STRING, ASN1_STRING_free>;
using Asn1BitStringOwner = Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using Asn1ObjectOwner = Owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using Asn1TimeOwner = Owned<ASN1_TIME, ASN1_TIME_free>;
using Asn1OctetStringOwner = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using GeneralNameOwner = Owned<GENERAL_NAME, GENERAL_NAME_free>;
using GeneralNamesOwner = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using ExtendedKeyUsageOwner = Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using BasicConstraintsOwner = Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using CertificatePoliciesOwner = Owned<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;
using AuthorityInfoAccessOwner = Owned<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using DistPointOwner = Owned<DIST_POINT, DIST_POINT_free>;
using CrlDistPointsOwner = Owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using AuthorityKeyIdOwner = Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;
using NameConstraintsOwner = Owned<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>;
using OcspResponseOwner = Owned<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using OcspBasicOwner = Owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using OcspCertIdOwner = Owned<OCSP_CERTID, OCSP_CERTID_free>;
using TlsFeatureOwner = Owned<TLS_FEATURE, TLS_FEATURE_free>;
using Pkcs12Owner = Owned<PKCS12, PKCS12_free>;

/// OPENSSL_free is a macro, so it needs a deleter of its own.
struct OpensslFreed {
  void operator()(void* memory) const { OPENSSL_free(memory); }
};
template <class T>
using OpensslBuffer = std::unique_ptr<T, OpensslFreed>;

/// Keeps the thread's error queue as it was found: a failed parse of a peer's bytes is a value here, and
/// whoever reads the queue next (libssl's SSL_get_error does) must not take it for his own.
class ErrorQueueMark {
 public:
  ErrorQueueMark() { ERR_set_mark(); }
  ~ErrorQueueMark() { ERR_pop_to_mark(); }
  ErrorQueueMark(const ErrorQueueMark&) = delete;
  ErrorQueueMark& operator=(const ErrorQueueMark&) = delete;
};

}  // namespace domsec::pki
