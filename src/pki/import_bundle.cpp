// What is handed over to be imported: whatever authorities send and other programs export, in one reader.
#include <algorithm>

#include "domsec/pki/bundle.h"
#include "domsec/pki/harmless.h"
#include "openssl_ptr.h"
#include "pem_content.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;

constexpr std::size_t most_blocks = 10'000;

Chain without_twins(const Chain& chain) {
  Chain once;
  for (const CertificatePtr& certificate : chain) {
    const bool there = std::ranges::any_of(once, [&](const CertificatePtr& have) {
      return have->thumbprint_sha256 == certificate->thumbprint_sha256;
    });
    if (!there) once.push_back(certificate);
  }
  return once;
}

bool same_key(const PrivateKey& a, const PrivateKey& b) {
  return EVP_PKEY_eq(a.key.get(), b.key.get()) == 1;
}

Bundle read_pem_bundle(std::string_view bytes, const std::string& name,
                       const std::optional<std::string>& pass_phrase) {
  Bundle bundle;
  std::string labels;
  std::size_t number = 0;
  for (PemBlock& block : pem_blocks(bytes, name, most_blocks)) {
    const Chain more = certificates_of(block, ++number, name);
    bundle.certificates.insert(bundle.certificates.end(), more.begin(), more.end());
    if (block.label.ends_with("PRIVATE KEY")) {
      PrivateKey key = private_key_of(std::move(block), name, pass_phrase);
      if (bundle.key && !same_key(*bundle.key, key)) {
        throw BundleError(
            Kind::key_mismatch,
            name + " holds two private keys: give each certificate with its key in a file of its own");
      }
      bundle.key = std::move(key);
    } else if (more.empty() && labels.empty()) {
      labels = ", but a " + harmless(block.label, 64);
    }
  }
  if (!bundle.certificates.empty()) return bundle;
  if (bundle.key) labels = ", but a private key";
  throw BundleError(Kind::no_certificate,
                    name + " holds no certificate" + labels + ": name the file of the certificate");
}

/// RFC 4648 4 with white space and nothing else, as Exchange exports without -BinaryEncoded; empty when it is
/// none.
std::string from_base64(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) digits += c;
  }
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t end = digits.find_last_not_of('=') + 1;
  const std::size_t padding = digits.size() - end;
  if (digits.empty() || digits.size() % 4 != 0 || padding > 2 ||
      digits.substr(0, end).find_first_not_of(alphabet) != std::string::npos)
    return {};
  std::string octets(digits.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()),
                      reinterpret_cast<const unsigned char*>(digits.data()), static_cast<int>(digits.size()));
  if (length < static_cast<int>(padding)) return {};
  octets.resize(static_cast<std::size_t>(length) - padding);
  return octets;
}

/// The certificate of the key first.
Bundle in_order(Bundle bundle, const std::string& name) {
  bundle.certificates = without_twins(bundle.certificates);
  if (!bundle.key) return bundle;
  const auto own = std::ranges::find_if(bundle.certificates, [&](const CertificatePtr& certificate) {
    return belongs_to(*bundle.key, *certificate);
  });
  if (own == bundle.certificates.end()) {
    throw BundleError(Kind::key_mismatch,
                      name + ": the private key (" + bundle.key->algorithm +
                          ") is that of none of its certificates: give it with the certificate "
                          "that was requested with it");
  }
  std::rotate(bundle.certificates.begin(), own, own + 1);
  return bundle;
}

}  // namespace

Bundle read_bundle(std::string_view bytes, const std::string& name,
                   const std::optional<std::string>& pass_phrase) {
  constexpr std::size_t largest = 16U << 20U;
  if (bytes.size() <= largest && !looks_like_pem(bytes)) {
    const std::string octets = from_base64(bytes);
    if (octets.starts_with('\x30')) return read_bundle(octets, name, pass_phrase);
    if (is_pkcs12(bytes)) {
      Credentials read = read_pkcs12(bytes, name, pass_phrase.value_or(std::string()));
      return in_order({std::move(read.chain), std::move(read.key)}, name);
    }
    return in_order({read_certificates(bytes, name), std::nullopt}, name);
  }
  require_pem_or_der(bytes, name);
  return in_order(read_pem_bundle(bytes, name, pass_phrase), name);
}

}  // namespace domsec::pki
