// RFC 5929 4.1: the certificate's hash with the digest of its signature algorithm. Not here: the exporter and
// Finished values, which only the TLS session has (net/).
#include "domsec/pki/channel_binding.h"

#include <openssl/rsa.h>

#include <algorithm>

#include "octets.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

/// The digest of the signature; NID_undef when it names none (Ed25519, Ed448) or an unknown one. For
/// RSASSA-PSS libcrypto reads it from the parameters (RFC 4055 3.1).
int signature_digest(X509* x509) {
  int digest = NID_undef;
  if (X509_get_signature_info(x509, &digest, nullptr, nullptr, nullptr) != 1) return NID_undef;
  // MD5 and SHA-1 are too weak for a binding: SHA-256 instead.
  return digest == NID_md5 || digest == NID_sha1 ? NID_sha256 : digest;
}

}  // namespace

std::optional<Bytes> tls_server_end_point(const Certificate& server) {
  if (server.x509 == nullptr) return std::nullopt;
  const ErrorQueueMark mark;
  const int nid = signature_digest(server.x509.get());
  const EVP_MD* digest = nid == NID_undef ? nullptr : EVP_get_digestbynid(nid);
  Bytes hash(EVP_MAX_MD_SIZE);
  unsigned int length = 0;
  if (digest == nullptr || X509_digest(server.x509.get(), digest, hash.data(), &length) != 1)
    return std::nullopt;
  hash.resize(length);
  return hash;
}

Bytes application_data(std::string_view type, const Bytes& binding) {
  Bytes data(type.begin(), type.end());
  data.push_back(':');
  data.insert(data.end(), binding.begin(), binding.end());
  return data;
}

Bytes gss_channel_bindings(const Bytes& application_data) {
  Bytes structure(16);  // types and lengths of the initiator's and of the acceptor's address: none
  const auto length = static_cast<std::uint32_t>(application_data.size());
  for (unsigned shift = 0; shift < 32; shift += 8) structure.push_back(static_cast<std::uint8_t>(length >> shift & 0xFFU));
  structure.insert(structure.end(), application_data.begin(), application_data.end());
  return structure;
}

Bytes msv_av_channel_bindings(const Bytes& application_data) {
  const ErrorQueueMark mark;
  const Bytes structure = gss_channel_bindings(application_data);
  Bytes hash(EVP_MAX_MD_SIZE);
  unsigned int length = 0;
  if (EVP_Digest(structure.data(), structure.size(), hash.data(), &length, EVP_md5(), nullptr) != 1) return {};
  hash.resize(length);
  return hash;
}

std::string hex(const Bytes& bytes) {
  std::string text = hex_upper({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace domsec::pki
