// Private keys: PKCS#8 (RFC 5958) plain or encrypted, the older RSA and EC forms (RFC 8017 A.1.2, RFC 5915),
// PEM or DER. libcrypto is never let near the terminal: the pass-phrase comes from the caller or the key is
// refused.
#include <cstring>

#include "distinguished_name.h"
#include "domsec/pki/bundle.h"
#include "key_algorithm.h"
#include "octets.h"
#include "opening_cost.h"
#include "openssl_ptr.h"
#include "pem_content.h"
#include "pkcs12.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;
using X509SigOwner = Owned<X509_SIG, X509_SIG_free>;
using Pkcs8Owner = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using PassPhrase = std::optional<std::string>;

constexpr std::size_t most_blocks = 10'000;

BundleError key_protected(const std::string& name) {
  return {
      Kind::key_protected,
      name +
          ": the private key is protected by a pass-phrase and none was given; give it, or write the key " +
          "without one: openssl pkey -in FILE -out NEW"};
}

BundleError wrong_pass_phrase(const std::string& name) {
  return {
      Kind::wrong_pass_phrase,
      name + ": the pass-phrase does not open the private key; check it with: openssl pkey -in FILE -noout"};
}

BundleError damaged(const std::string& name, const std::string& what) {
  return {Kind::garbage, name + ": the " + what + " does not parse: copy the key file again"};
}

const unsigned char* octets_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// PKCS#8 into a key, as long as it costs nothing.
EvpPkeyOwner built(const PKCS8_PRIV_KEY_INFO* key, const std::string& name) {
  if (!is_key_of_tls(key)) throw BundleError(Kind::garbage, name + no_tls_key);
  return EvpPkeyOwner(EVP_PKCS82PKEY(key));
}

EvpPkeyOwner decrypt(X509_SIG* sealed, const std::string& name, const PassPhrase& pass_phrase) {
  if (!pass_phrase) throw key_protected(name);
  const X509_ALGOR* encryption = nullptr;
  X509_SIG_get0(sealed, &encryption, nullptr);
  if (rounds_of(encryption) > most_rounds) throw BundleError(Kind::garbage, name + too_many_rounds);
  const Pkcs8Owner opened(PKCS8_decrypt(sealed, pass_phrase->data(), static_cast<int>(pass_phrase->size())));
  if (opened == nullptr) throw wrong_pass_phrase(name);
  return built(opened.get(), name);
}

/// Hands the pass-phrase over; without one it answers `none`, where libcrypto's own default would ask at the
/// terminal.
int give_pass_phrase(char* buffer, int size, int /*writing*/, void* argument) {
  const auto* pass_phrase = static_cast<const PassPhrase*>(argument);
  if (!*pass_phrase || (*pass_phrase)->size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, (*pass_phrase)->data(), (*pass_phrase)->size());
  return static_cast<int>((*pass_phrase)->size());
}

/// RFC 1421 4.6.1: `Proc-Type: 4,ENCRYPTED` and `DEK-Info`, which OpenSSL wrote before PKCS#8.
void open_old_encryption(PemBlock& block, const std::string& name, const PassPhrase& pass_phrase) {
  EVP_CIPHER_INFO cipher{};
  if (PEM_get_EVP_CIPHER_INFO(block.header.data(), &cipher) != 1)
    throw damaged(name, "encryption header of the private key");
  if (cipher.cipher == nullptr) return;
  if (!pass_phrase) throw key_protected(name);
  long length = static_cast<long>(block.octets.size());
  PassPhrase given = pass_phrase;
  if (PEM_do_header(&cipher, reinterpret_cast<unsigned char*>(block.octets.data()), &length, give_pass_phrase,
                    &given) != 1) {
    throw wrong_pass_phrase(name);
  }
  block.octets.resize(static_cast<std::size_t>(length));
}

EvpPkeyOwner parse(const std::string& label, const std::string& octets, const std::string& name) {
  const unsigned char* next = octets_of(octets);
  const long length = static_cast<long>(octets.size());
  if (label == "RSA PRIVATE KEY") return EvpPkeyOwner(d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &next, length));
  if (label == "EC PRIVATE KEY") return EvpPkeyOwner(d2i_PrivateKey(EVP_PKEY_EC, nullptr, &next, length));
  const Pkcs8Owner plain(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &next, length));
  if (plain != nullptr) return built(plain.get(), name);
  next = octets_of(octets);
  return EvpPkeyOwner(d2i_AutoPrivateKey(nullptr, &next, length));
}

EvpPkeyOwner read_block(PemBlock block, const std::string& name, const PassPhrase& pass_phrase) {
  if (block.label == "ENCRYPTED PRIVATE KEY") {
    const unsigned char* next = octets_of(block.octets);
    const X509SigOwner sealed(d2i_X509_SIG(nullptr, &next, static_cast<long>(block.octets.size())));
    if (sealed == nullptr) throw damaged(name, "encrypted private key");
    return decrypt(sealed.get(), name, pass_phrase);
  }
  const bool encrypted = !block.header.empty();
  if (encrypted) open_old_encryption(block, name, pass_phrase);
  EvpPkeyOwner key = parse(block.label, block.octets, name);
  OPENSSL_cleanse(block.octets.data(), block.octets.size());
  // The old encryption has no check of its own but the padding: one wrong pass-phrase in 256 opens to
  // garbage.
  if (key == nullptr && encrypted) throw wrong_pass_phrase(name);
  return key;
}

PrivateKey owned(EvpPkeyOwner key) {
  PrivateKey read;
  read.algorithm = key_algorithm(key.get());
  read.key = std::shared_ptr<EVP_PKEY>(key.release(), EVP_PKEY_free);
  return read;
}

EvpPkeyOwner read_pem(std::string_view bytes, const std::string& name, const PassPhrase& pass_phrase) {
  std::string labels;
  for (PemBlock& block : pem_blocks(bytes, name, most_blocks)) {
    if (block.label.ends_with("PRIVATE KEY")) {
      EvpPkeyOwner key = read_block(std::move(block), name, pass_phrase);
      if (key == nullptr) throw damaged(name, "private key");
      return key;
    }
    if (labels.empty()) labels = ", but a " + harmless(block.label, 64);
  }
  throw BundleError(Kind::key_missing,
                    name + " holds no private key" + labels + ": name the file of the key");
}

EvpPkeyOwner read_der(std::string_view bytes, const std::string& name, const PassPhrase& pass_phrase) {
  const std::string octets(bytes);
  const unsigned char* next = octets_of(octets);
  const X509SigOwner sealed(d2i_X509_SIG(nullptr, &next, static_cast<long>(octets.size())));
  if (sealed != nullptr) return decrypt(sealed.get(), name, pass_phrase);
  EvpPkeyOwner key = parse("PRIVATE KEY", octets, name);
  if (key != nullptr) return key;
  if (read_certificate_der(bytes) != nullptr) {
    throw BundleError(Kind::key_missing,
                      name + " holds no private key, but a certificate: name the file of the key");
  }
  if (is_pkcs12(bytes)) throw BundleError(Kind::garbage, name + " is " + std::string(pkcs12_remedy));
  throw BundleError(Kind::garbage,
                    name + " looks like DER, but is no private key: name another file or copy it again");
}

}  // namespace

PrivateKey read_private_key(std::string_view bytes, const std::string& name, const PassPhrase& pass_phrase) {
  require_pem_or_der(bytes, name);
  const ErrorQueueMark mark;
  EvpPkeyOwner key =
      looks_like_pem(bytes) ? read_pem(bytes, name, pass_phrase) : read_der(bytes, name, pass_phrase);
  if (key == nullptr) throw damaged(name, "private key");
  return owned(std::move(key));
}

PrivateKey private_key_of(PemBlock block, const std::string& name, const PassPhrase& pass_phrase) {
  const ErrorQueueMark mark;
  EvpPkeyOwner key = read_block(std::move(block), name, pass_phrase);
  if (key == nullptr) throw damaged(name, "private key");
  return owned(std::move(key));
}

std::string PrivateKey::pem() const {
  const ErrorQueueMark mark;
  const BioOwner memory(BIO_new(BIO_s_secmem()));
  const bool written =
      key != nullptr && memory != nullptr &&
      PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? text_of(memory.get()) : std::string();
}

}  // namespace domsec::pki
