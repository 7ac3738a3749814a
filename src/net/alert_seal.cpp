#include "alert_seal.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

namespace domsec::net {

namespace {

using Octets = std::vector<std::uint8_t>;
constexpr std::size_t tag_octets = 16;
constexpr std::size_t nonce_octets = 12;

template <typename T, void (*free)(T*)>
struct Free {
  void operator()(T* object) const { free(object); }
};

OSSL_PARAM octets_param(const char* name, const void* octets, std::size_t size) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<void*>(octets), size);
}

OSSL_PARAM text_param(const char* name, const char* text) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(text), 0);
}

Octets derive(const char* kdf_name, const OSSL_PARAM* params, std::size_t size) {
  const std::unique_ptr<EVP_KDF, Free<EVP_KDF, EVP_KDF_free>> kdf(EVP_KDF_fetch(nullptr, kdf_name, nullptr));
  const std::unique_ptr<EVP_KDF_CTX, Free<EVP_KDF_CTX, EVP_KDF_CTX_free>> context(EVP_KDF_CTX_new(kdf.get()));
  Octets derived(size);
  if (!context || EVP_KDF_derive(context.get(), derived.data(), size, params) != 1) return {};
  return derived;
}

// RFC 8446 7.1 HKDF-Expand-Label with an empty context.
Octets expand_label(const char* digest, const Octets& secret, std::string_view label, std::size_t size) {
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  const std::array<OSSL_PARAM, 6> params{OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                                         text_param(OSSL_KDF_PARAM_DIGEST, digest),
                                         octets_param(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
                                         octets_param(OSSL_KDF_PARAM_PREFIX, "tls13 ", 6),
                                         octets_param(OSSL_KDF_PARAM_LABEL, label.data(), label.size()),
                                         OSSL_PARAM_construct_end()};
  return derive("TLS13-KDF", params.data(), size);
}

// RFC 5246 5: PRF(secret, label, seed); `seed` begins with the label.
Octets prf(const char* digest, const Octets& secret, const std::string& seed, std::size_t size) {
  const std::array<OSSL_PARAM, 4> params{text_param(OSSL_KDF_PARAM_DIGEST, digest),
                                         octets_param(OSSL_KDF_PARAM_SECRET, secret.data(), secret.size()),
                                         octets_param(OSSL_KDF_PARAM_SEED, seed.data(), seed.size()),
                                         OSSL_PARAM_construct_end()};
  return derive("TLS1-PRF", params.data(), size);
}

struct Sealed {
  const EVP_CIPHER* cipher;
  Octets key;
  Octets nonce;
};

std::string aead(const Sealed& with, std::string_view associated, std::string_view plain) {
  const std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>> context(
      EVP_CIPHER_CTX_new());
  const auto* const in = reinterpret_cast<const unsigned char*>(plain.data());
  const auto* const aad = reinterpret_cast<const unsigned char*>(associated.data());
  std::string sealed(plain.size() + tag_octets, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
  int octets = 0;
  if (!context ||
      EVP_EncryptInit_ex(context.get(), with.cipher, nullptr, with.key.data(), with.nonce.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &octets, aad, static_cast<int>(associated.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), out, &octets, in, static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out + octets, &octets) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_octets, out + plain.size()) != 1) {
    return {};
  }
  return sealed;
}

// The suite's cipher when it is an AEAD with a nonce of 12 and a tag of 16 octets that EVP does in one step.
const EVP_CIPHER* aead_of(const SSL_CIPHER* suite) {
  switch (SSL_CIPHER_get_cipher_nid(suite)) {
    case NID_aes_128_gcm: return EVP_aes_128_gcm();
    case NID_aes_256_gcm: return EVP_aes_256_gcm();
    case NID_chacha20_poly1305: return EVP_chacha20_poly1305();
    default: return nullptr;
  }
}

std::string big_endian(std::uint64_t number) {
  std::string octets(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) octets[7 - i] = static_cast<char>(number >> (8 * i));
  return octets;
}

Octets nonce_of(Octets iv, std::uint64_t sequence) {
  const std::string number = big_endian(sequence);
  for (std::size_t i = 0; i < number.size(); ++i)
    iv[nonce_octets - 8 + i] ^= static_cast<std::uint8_t>(number[i]);
  return iv;
}

std::string header(int content_type, std::size_t size) {
  return {static_cast<char>(content_type), 3, 3, static_cast<char>(size >> 8U), static_cast<char>(size)};
}

std::string description(int alert) { return {SSL3_AL_FATAL, static_cast<char>(alert)}; }

int digit(char c) { return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0'; }

}  // namespace

AlertSeal::~AlertSeal() { OPENSSL_cleanse(secret_.data(), secret_.size()); }

void AlertSeal::note_secret(std::string_view line) {
  const std::string_view label = line.substr(0, line.find(' '));
  const bool client = role_ == TlsRole::client;
  if (label != (client ? "CLIENT_HANDSHAKE_TRAFFIC_SECRET" : "SERVER_HANDSHAKE_TRAFFIC_SECRET") &&
      label != (client ? "CLIENT_TRAFFIC_SECRET_0" : "SERVER_TRAFFIC_SECRET_0")) {
    return;
  }
  // OpenSSL logs a secret at the moment it begins to use it: the numbering begins anew with it.
  const std::string_view hex = line.substr(line.rfind(' ') + 1);
  OPENSSL_cleanse(secret_.data(), secret_.size());
  secret_.clear();
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    secret_.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  sequence_ = 0;
  ciphered_ = true;
}

void AlertSeal::note_record(int content_type) {
  if (content_type != SSL3_RT_CHANGE_CIPHER_SPEC) {
    ++sequence_;
  } else if (secret_.empty()) {  // TLS 1.2: what follows is protected. In TLS 1.3 the record means nothing.
    sequence_ = 0;
    ciphered_ = true;
  }
}

void AlertSeal::note_key_update(SSL* ssl) {
  const EVP_MD* const digest = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
  Octets next = expand_label(EVP_MD_get0_name(digest), secret_, "traffic upd", secret_.size());
  secret_.swap(next);
  OPENSSL_cleanse(next.data(), next.size());
  sequence_ = 0;
}

std::string AlertSeal::plain(int alert, int version) {
  std::string record = header(SSL3_RT_ALERT, 2) + description(alert);
  if (version < TLS1_2_VERSION) record[2] = static_cast<char>(version);  // RFC 4346 6.2.1
  return record;
}

std::optional<std::string> AlertSeal::seal(SSL* ssl, int alert) const {
  // A client has no key of its own before its second flight; OpenSSL's servers take the alert in clear there.
  if (!ciphered_) return plain(alert, SSL_version(ssl));
  switch (SSL_version(ssl)) {
    case TLS1_3_VERSION: return seal_13(ssl, alert);
    case TLS1_2_VERSION: return seal_12(ssl, alert);
    default: return std::nullopt;
  }
}

std::optional<std::string> AlertSeal::seal_13(SSL* ssl, int alert) const {
  const SSL_CIPHER* const suite =
      SSL_get_pending_cipher(ssl) != nullptr ? SSL_get_pending_cipher(ssl) : SSL_get_current_cipher(ssl);
  const EVP_CIPHER* const cipher = suite != nullptr ? aead_of(suite) : nullptr;
  if (cipher == nullptr) return std::nullopt;
  const char* const digest = EVP_MD_get0_name(SSL_CIPHER_get_handshake_digest(suite));
  const auto key_octets = static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher));
  const Octets iv = expand_label(digest, secret_, "iv", nonce_octets);
  Sealed with{cipher, expand_label(digest, secret_, "key", key_octets), {}};
  if (iv.empty() || with.key.empty()) return std::nullopt;
  with.nonce = nonce_of(iv, sequence_);
  const std::string inner = description(alert) + static_cast<char>(SSL3_RT_ALERT);
  const std::string outer = header(SSL3_RT_APPLICATION_DATA, inner.size() + tag_octets);
  const std::string sealed = aead(with, outer, inner);
  OPENSSL_cleanse(with.key.data(), with.key.size());
  return sealed.empty() ? std::nullopt : std::make_optional(outer + sealed);
}

std::optional<std::string> AlertSeal::seal_12(SSL* ssl, int alert) const {
  const SSL_CIPHER* const suite = SSL_get_current_cipher(ssl);
  const EVP_CIPHER* const cipher = suite != nullptr ? aead_of(suite) : nullptr;
  if (cipher == nullptr) return std::nullopt;
  const bool gcm = SSL_CIPHER_get_cipher_nid(suite) != NID_chacha20_poly1305;

  // RFC 5246 6.3: client key, server key, client IV, server IV; GCM has 4 octets of IV (RFC 5288 3), ChaCha20
  // 12 (RFC 7905 2).
  Octets master(SSL_MAX_MASTER_KEY_LENGTH);
  master.resize(SSL_SESSION_get_master_key(SSL_get_session(ssl), master.data(), master.size()));
  std::array<unsigned char, SSL3_RANDOM_SIZE> client{};
  std::array<unsigned char, SSL3_RANDOM_SIZE> server{};
  SSL_get_client_random(ssl, client.data(), client.size());
  SSL_get_server_random(ssl, server.data(), server.size());
  std::string seed = "key expansion";
  seed.append(server.begin(), server.end()).append(client.begin(), client.end());
  const std::size_t key_octets = static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher));
  const std::size_t iv_octets = gcm ? 4 : nonce_octets;
  const char* const digest = EVP_MD_get0_name(SSL_CIPHER_get_handshake_digest(suite));
  Octets block = prf(digest, master, seed, 2 * (key_octets + iv_octets));
  OPENSSL_cleanse(master.data(), master.size());
  if (block.empty()) return std::nullopt;
  const bool second = role_ == TlsRole::server;
  const auto key = block.begin() + static_cast<std::ptrdiff_t>(second ? key_octets : 0);
  const auto iv = block.begin() + static_cast<std::ptrdiff_t>(2 * key_octets + (second ? iv_octets : 0));
  Sealed with{cipher, Octets(key, key + static_cast<std::ptrdiff_t>(key_octets)),
              Octets(iv, iv + static_cast<std::ptrdiff_t>(iv_octets))};
  OPENSSL_cleanse(block.data(), block.size());

  std::string explicit_nonce;
  if (gcm) {
    explicit_nonce.resize(8);
    RAND_bytes(reinterpret_cast<unsigned char*>(explicit_nonce.data()), 8);
    with.nonce.insert(with.nonce.end(), explicit_nonce.begin(), explicit_nonce.end());
  } else {
    with.nonce = nonce_of(with.nonce, sequence_);
  }
  const std::string sealed = aead(with, big_endian(sequence_) + header(SSL3_RT_ALERT, 2), description(alert));
  OPENSSL_cleanse(with.key.data(), with.key.size());
  if (sealed.empty()) return std::nullopt;
  return header(SSL3_RT_ALERT, explicit_nonce.size() + sealed.size()) + explicit_nonce + sealed;
}

}  // namespace domsec::net
