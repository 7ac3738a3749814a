#include "domsec/pki/certificate_facts.h"

#include <array>

#include "distinguished_name.h"
#include "octets.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

constexpr int most_places = 32;
constexpr int most_extensions = 64;
constexpr std::size_t longest_uri = 2048;
constexpr std::size_t longest_key_id = 64;

/// Null where it is absent, there twice, or unreadable: nothing to show.
template <class Owner>
Owner extension(const X509* x509, int nid) {
  return Owner(static_cast<typename Owner::pointer>(X509_get_ext_d2i(x509, nid, nullptr, nullptr)));
}

std::string hex_of(const ASN1_OCTET_STRING* octets) {
  return octets == nullptr ? std::string() : hex_upper(bytes_of(octets).substr(0, longest_key_id));
}

void read_access(const X509* x509, CertificateFacts& facts) {
  const auto access = extension<AuthorityInfoAccessOwner>(x509, NID_info_access);
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()) && i < most_places; ++i) {
    const ACCESS_DESCRIPTION* place = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (place->location->type != GEN_URI) continue;
    std::string uri = harmless(bytes_of(place->location->d.uniformResourceIdentifier), longest_uri);
    const int method = OBJ_obj2nid(place->method);
    if (method == NID_ad_ca_issuers) facts.ca_issuers.push_back(std::move(uri));
    if (method == NID_ad_OCSP) facts.ocsp.push_back(std::move(uri));
  }
}

void read_key_ids(const X509* x509, CertificateFacts& facts) {
  const auto own = extension<Asn1OctetStringOwner>(x509, NID_subject_key_identifier);
  facts.subject_key_id = hex_of(own.get());
  const auto authority = extension<AuthorityKeyIdOwner>(x509, NID_authority_key_identifier);
  if (authority != nullptr) facts.authority_key_id = hex_of(authority->keyid);
}

void read_path_length(const X509* x509, CertificateFacts& facts) {
  const auto constraints = extension<BasicConstraintsOwner>(x509, NID_basic_constraints);
  std::int64_t length = 0;
  if (constraints == nullptr || constraints->pathlen == nullptr) return;
  if (ASN1_INTEGER_get_int64(&length, constraints->pathlen) == 1) facts.path_length = length;
}

void read_extension_names(const X509* x509, CertificateFacts& facts) {
  for (int i = 0; i < X509_get_ext_count(x509) && i < most_extensions; ++i) {
    X509_EXTENSION* each = X509_get_ext(x509, i);
    const ASN1_OBJECT* oid = X509_EXTENSION_get_object(each);
    const int nid = OBJ_obj2nid(oid);
    facts.extensions.push_back(
        {nid == NID_undef ? dotted(oid) : OBJ_nid2sn(nid), X509_EXTENSION_get_critical(each) != 0});
  }
}

/// The whole SubjectPublicKeyInfo as it stands in the certificate.
std::string key_hash(const X509* x509) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
  if (length <= 0) return {};
  const OpensslBuffer<unsigned char> owner(der);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(der, static_cast<std::size_t>(length), reinterpret_cast<unsigned char*>(digest.data()),
                 &size, EVP_sha256(), nullptr) != 1) {
    return {};
  }
  return hex_upper(digest.substr(0, size));
}

std::string key_identifier(const X509* x509) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (X509_pubkey_digest(x509, EVP_sha1(), reinterpret_cast<unsigned char*>(digest.data()), &size) != 1) return {};
  return hex_upper(digest.substr(0, size));
}

}  // namespace

CertificateFacts certificate_facts(const Certificate& certificate) {
  CertificateFacts facts;
  if (certificate.x509 == nullptr) return facts;
  const ErrorQueueMark mark;
  const X509* x509 = certificate.x509.get();
  read_access(x509, facts);
  read_key_ids(x509, facts);
  read_path_length(x509, facts);
  read_extension_names(x509, facts);
  facts.key_identifier = key_identifier(x509);
  facts.key_sha256 = key_hash(x509);
  return facts;
}

std::string usage_name(const std::string& usage) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> names{{
      {"2.5.29.37.0", "anyExtendedKeyUsage"},
      {"1.3.6.1.5.5.7.3.3", "codeSigning"},
      {"1.3.6.1.5.5.7.3.4", "emailProtection"},
      {"1.3.6.1.5.5.7.3.8", "timeStamping"},
      {"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
      {"1.3.6.1.4.1.311.20.2.2", "smartcardLogon"},
      {"1.3.6.1.5.5.8.2.2", "ipsecIKEIntermediate"},
  }};
  for (const auto& [dotted_usage, name] : names) {
    if (usage == dotted_usage) return std::string(name);
  }
  return usage;
}

}  // namespace domsec::pki
