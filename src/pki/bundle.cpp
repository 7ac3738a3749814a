// Certificates of a file, RFC 7468 5 and RFC 5652 (PKCS#7 chains as Windows writes them). Keys:
// private_key.cpp.
#include "domsec/pki/bundle.h"

#include <openssl/pkcs7.h>

#include "distinguished_name.h"
#include "openssl_ptr.h"
#include "pem_content.h"
#include "pkcs12.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;
using Pkcs7Owner = Owned<PKCS7, PKCS7_free>;

constexpr std::size_t most_certificates = 10'000;

BundleError no_certificate(const std::string& name, const std::string& instead) {
  return {Kind::no_certificate,
          name + " holds no certificate" + instead + ": name the file of the certificate"};
}

/// The certificates of a degenerate SignedData (RFC 5652 5.1); nothing when the octets are none.
std::optional<Chain> read_pkcs7(std::string_view octets) {
  const ErrorQueueMark mark;
  const auto* next = reinterpret_cast<const unsigned char*>(octets.data());
  const Pkcs7Owner pkcs7(d2i_PKCS7(nullptr, &next, static_cast<long>(octets.size())));
  if (pkcs7 == nullptr || !PKCS7_type_is_signed(pkcs7.get()) || pkcs7->d.sign == nullptr) return std::nullopt;
  Chain chain;
  for (int i = 0; i < sk_X509_num(pkcs7->d.sign->cert); ++i) {
    chain.push_back(read_certificate(sk_X509_value(pkcs7->d.sign->cert, i)));
  }
  return chain;
}

/// OpenSSL's own form: a certificate with trust settings behind it, which are not ours to heed.
CertificatePtr read_trusted(std::string_view octets) {
  const ErrorQueueMark mark;
  const auto* next = reinterpret_cast<const unsigned char*>(octets.data());
  const X509Owner x509(d2i_X509_AUX(nullptr, &next, static_cast<long>(octets.size())));
  return read_certificate(x509.get());
}

Chain read_pem(std::string_view bytes, const std::string& name) {
  Chain chain;
  std::string labels;
  std::size_t number = 0;
  for (const PemBlock& block : pem_blocks(bytes, name, most_certificates)) {
    const Chain more = certificates_of(block, ++number, name);
    chain.insert(chain.end(), more.begin(), more.end());
    if (more.empty() && labels.empty()) labels = ", but a " + harmless(block.label, 64);
    if (chain.size() > most_certificates) {
      throw BundleError(Kind::too_large, name + " holds more than 10,000 certificates: split the file");
    }
  }
  if (chain.empty()) throw no_certificate(name, labels);
  return chain;
}

}  // namespace

Chain certificates_of(const PemBlock& block, std::size_t number, const std::string& name) {
  const auto damaged = [&] {
    return BundleError(Kind::garbage, name + ": PEM block " + std::to_string(number) + " (" +
                                          harmless(block.label, 64) +
                                          ") does not parse: copy the file again");
  };
  if (block.label == "PKCS7" || block.label == "CMS") {
    std::optional<Chain> chain = read_pkcs7(block.octets);
    if (!chain) throw damaged();
    return *chain;
  }
  const bool trusted = block.label == "TRUSTED CERTIFICATE";
  if (!trusted && block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") return {};
  CertificatePtr certificate = trusted ? read_trusted(block.octets) : read_certificate_der(block.octets);
  if (certificate == nullptr) throw damaged();
  return {certificate};
}

Chain read_certificates(std::string_view bytes, const std::string& name) {
  require_pem_or_der(bytes, name);
  if (looks_like_pem(bytes)) return read_pem(bytes, name);
  if (CertificatePtr certificate = read_certificate_der(bytes)) return {certificate};
  std::optional<Chain> chain = read_pkcs7(bytes);
  if (!chain && is_pkcs12(bytes)) throw BundleError(Kind::garbage, name + " is " + std::string(pkcs12_remedy));
  if (!chain)
    throw BundleError(Kind::garbage,
                      name + " looks like DER, but is no certificate: name another file or copy it again");
  if (chain->empty()) throw no_certificate(name, "");
  return *chain;
}

bool belongs_to(const PrivateKey& key, const Certificate& certificate) {
  const ErrorQueueMark mark;
  return key.key != nullptr && certificate.x509 != nullptr &&
         X509_check_private_key(certificate.x509.get(), key.key.get()) == 1;
}

std::string pem_of(const Chain& chain) {
  std::string text;
  for (const CertificatePtr& certificate : chain) text += certificate->pem();
  return text;
}

}  // namespace domsec::pki
