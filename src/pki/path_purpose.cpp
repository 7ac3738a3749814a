// The purpose is checked here: libcrypto does not take anyExtendedKeyUsage for serverAuth and clientAuth (RFC
// 5280 4.2.1.12 allows it) and takes the Server Gated Cryptography OIDs of 1996 for serverAuth. The usages of
// authorities nest: what a CA is not for, its leaves are not for.
#include "path_purpose.h"

#include <algorithm>
#include <string_view>

namespace domsec::pki {
namespace {

bool is_same_authority(const X509* one, const X509* other) {
  return X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0 &&
         EVP_PKEY_eq(X509_get0_pubkey(one), X509_get0_pubkey(other)) == 1;
}

/// What the store says of an authority (a name and a key) holds for every certificate of it: an anchor for
/// clientAuth only is not widened by a certificate without such a limit that the peer sends in its place.
/// Where the store holds both, the path ends in the wider one.
bool is_limited_by_store(X509* authority, Purpose purpose, const TrustStore& anchors) {
  const Chain& limited = anchors.with_extended_key_usage();
  return std::any_of(limited.begin(), limited.end(), [&](const CertificatePtr& anchor) {
    return is_same_authority(anchor->x509.get(), authority) &&
           !serves(anchor->x509.get(), purpose, PathPosition::authority);
  });
}

/// The certificate type of Netscape, before there was an extended key usage. libcrypto counts it among what
/// it understands, so it has to be understood where it is critical (RFC 5280 4.2).
bool is_of_another_type(X509* x509, Purpose purpose, PathPosition position) {
  int critical = 0;
  const ErrorQueueMark mark;
  const Asn1BitStringOwner type(
      static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(x509, NID_netscape_cert_type, &critical, nullptr)));
  if (type == nullptr || critical == 0) return false;
  constexpr int ssl_client = 0, ssl_server = 1, ssl_authority = 5;
  const int wanted = position == PathPosition::authority ? ssl_authority
                     : purpose == Purpose::server        ? ssl_server
                                                         : ssl_client;
  return ASN1_BIT_STRING_get_bit(type.get(), wanted) == 0;
}

}  // namespace

bool is_repeated_usage(X509_EXTENSION* extension, X509* of) {
  const std::string_view application_policies("\x2B\x06\x01\x04\x01\x82\x37\x15\x0A", 9);
  const ASN1_OBJECT* kind = X509_EXTENSION_get_object(extension);
  const std::string_view oid(reinterpret_cast<const char*>(OBJ_get0_data(kind)), OBJ_length(kind));
  return oid == application_policies && (X509_get_extension_flags(of) & EXFLAG_XKUSAGE) != 0U;
}

bool serves(X509* x509, Purpose purpose, PathPosition position) {
  if (purpose == Purpose::any) return true;
  constexpr std::uint32_t absent = UINT32_MAX;
  const std::uint32_t wanted = purpose == Purpose::server ? XKU_SSL_SERVER : XKU_SSL_CLIENT;
  const std::uint32_t extended = X509_get_extended_key_usage(x509);
  if (extended != absent && (extended & (wanted | XKU_ANYEKU)) == 0U) return false;
  if (is_of_another_type(x509, purpose, position)) return false;
  if (position == PathPosition::authority) return true;
  // RFC 8446 4.4.2.2 and RFC 5246 7.4.2: a client signs or agrees; a server may also decipher a key.
  const std::uint32_t usage = X509_get_key_usage(x509);
  const std::uint32_t allowed =
      KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT | (purpose == Purpose::server ? KU_KEY_ENCIPHERMENT : 0U);
  return usage == absent || (usage & allowed) != 0U;
}

std::vector<ChainProblem> purpose_problems(std::span<X509* const> chain, Purpose purpose,
                                           const TrustStore& anchors) {
  std::vector<ChainProblem> problems;
  for (int depth = 0; depth < static_cast<int>(chain.size()); ++depth) {
    X509* x509 = chain[static_cast<std::size_t>(depth)];
    const bool is_anchor = anchors.find(x509) != nullptr;
    const bool useful = serves(x509, purpose, depth == 0 ? PathPosition::leaf : PathPosition::authority);
    const bool limited =
        depth > 0 && purpose != Purpose::any && !is_anchor && is_limited_by_store(x509, purpose, anchors);
    if (!useful || limited) problems.push_back({X509_V_ERR_INVALID_PURPOSE, depth});
  }
  return problems;
}

}  // namespace domsec::pki
