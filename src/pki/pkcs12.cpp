// PKCS#12 (RFC 7292), the .pfx that Windows exports.
#include "pkcs12.h"

#include <openssl/err.h>
#include <openssl/provider.h>

#include <algorithm>

#include "domsec/pki/bundle.h"
#include "key_algorithm.h"
#include "octets.h"
#include "opening_cost.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;
using LibraryContext = Owned<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using Provider = Owned<OSSL_PROVIDER, OSSL_PROVIDER_unload>;
struct StackFreed {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using X509Stack = std::unique_ptr<STACK_OF(X509), StackFreed>;

/// Windows before Server 2022 seals certificates with RC2-40, which libcrypto 3 keeps in its legacy provider.
/// That provider is loaded for this file only: nothing else of the process gets weak ciphers.
struct Libraries {
  LibraryContext context{OSSL_LIB_CTX_new()};
  Provider standard{OSSL_PROVIDER_load(context.get(), "default")};
  Provider legacy{OSSL_PROVIDER_load(context.get(), "legacy")};
};

struct Opened {
  EvpPkeyOwner key;
  X509Owner own;
  X509Stack others;
};

Pkcs12Owner parse(std::string_view bytes, OSSL_LIB_CTX* context) {
  const auto* next = reinterpret_cast<const unsigned char*>(bytes.data());
  PKCS12* file = PKCS12_init_ex(NID_pkcs7_data, context, nullptr);
  if (d2i_PKCS12(&file, &next, static_cast<long>(bytes.size())) == nullptr)
    return nullptr;  // it has freed `file`
  return Pkcs12Owner(file);
}

bool opens(PKCS12* file, const std::string& pass_phrase) {
  if (PKCS12_mac_present(file) == 0) return true;
  if (PKCS12_verify_mac(file, pass_phrase.c_str(), static_cast<int>(pass_phrase.size())) == 1) return true;
  return pass_phrase.empty() &&
         PKCS12_verify_mac(file, nullptr, 0) == 1;  // `none` and `empty` differ in RFC 7292 B
}

/// Whether what just failed failed for want of an algorithm: the legacy provider may be missing or forbidden.
bool cipher_is_refused() {
  while (const unsigned long error = ERR_get_error()) {
    if (ERR_GET_REASON(error) == ERR_R_UNSUPPORTED) return true;
  }
  return false;
}

/// Sound in what it asks of us, outside and inside of what is sealed.
void require_affordable(const PKCS12* file, const std::string& name, const std::string& pass_phrase) {
  const auto sealed = sealed_content(file, pass_phrase.c_str(), static_cast<int>(pass_phrase.size()));
  if (sealed.rounds > most_rounds) throw BundleError(Kind::garbage, name + too_many_rounds);
  if (!sealed.keys_of_tls) throw BundleError(Kind::garbage, name + no_tls_key);
  if (sealed.keys > 1) {
    throw BundleError(Kind::key_mismatch, name + " holds " + std::to_string(sealed.keys) +
                                              " private keys: export each certificate with its key into a file of "
                                              "its own");
  }
}

Opened open(PKCS12* file, const std::string& name, const std::string& pass_phrase) {
  if (rounds_of(file) > most_rounds) throw BundleError(Kind::garbage, name + too_many_rounds);
  if (!opens(file, pass_phrase)) {
    if (pass_phrase.empty()) {
      throw BundleError(
          Kind::key_protected,
          name + " is protected by a pass-phrase and none was given: give the one it was exported with");
    }
    throw BundleError(Kind::wrong_pass_phrase,
                      name + ": the pass-phrase does not open it: give the one it was exported with");
  }
  require_affordable(file, name, pass_phrase);
  EVP_PKEY* key = nullptr;
  X509* own = nullptr;
  STACK_OF(X509)* others = nullptr;
  const int parsed = PKCS12_parse(file, pass_phrase.c_str(), &key, &own, &others);
  Opened opened{EvpPkeyOwner(key), X509Owner(own), X509Stack(others)};
  if (parsed == 1) return opened;
  if (cipher_is_refused()) {
    throw BundleError(Kind::garbage, name +
                                         " is sealed with an old cipher such as RC2-40, and OpenSSL's legacy "
                                         "provider, which has it, is not here: export it again with AES-256, or "
                                         "convert it where the provider is (openssl pkcs12 -legacy -in OLD -nodes "
                                         "| openssl pkcs12 -export -out NEW)");
  }
  if (PKCS12_mac_present(file) == 0) {  // older OpenSSL opens none, newer ones those with the right pass-phrase
    throw BundleError(Kind::wrong_pass_phrase,
                      name + " has no MAC and does not open with this pass-phrase: export it again with a MAC");
  }
  throw BundleError(Kind::garbage, name + " is damaged behind a pass-phrase that fits: export it again");
}

/// The certificate again in the default library context, as every other one of the process.
CertificatePtr again(X509* x509) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509(x509, &octets);
  const OpensslBuffer<unsigned char> owner(octets);
  if (length <= 0) return nullptr;
  return read_certificate_der({reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)});
}

PrivateKey again(EVP_PKEY* key, const std::string& name) {
  EVP_PKEY_up_ref(key);
  const PrivateKey here{std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free), {}};
  return read_private_key(here.pem(), name);
}

/// Each issuer behind what it issued, as TLS wants to send them; what issued nothing here stays at the end.
Chain in_issuing_order(Chain chain) {
  for (std::size_t at = 1; at < chain.size(); ++at) {
    if (chain[at - 1]->self_signed) break;
    const auto rest = chain.begin() + static_cast<std::ptrdiff_t>(at);
    const auto issuer = std::find_if(rest, chain.end(), [&](const CertificatePtr& candidate) {
      return candidate->subject == chain[at - 1]->issuer;
    });
    if (issuer == chain.end()) break;
    std::rotate(rest, issuer, issuer + 1);
  }
  return chain;
}

}  // namespace

bool is_pkcs12(std::string_view bytes) {
  const ErrorQueueMark mark;
  return parse(bytes, nullptr) != nullptr;
}

Credentials read_pkcs12(std::string_view bytes, const std::string& name, const std::string& pass_phrase) {
  const ErrorQueueMark mark;
  if (bytes.empty())
    throw BundleError(Kind::empty, name + " is empty: export the certificate with its key again");
  if (bytes.size() > (16U << 20U))
    throw BundleError(Kind::too_large, name + " is larger than 16 MiB: name a PKCS#12 file");
  const Libraries libraries;
  const Pkcs12Owner file = parse(bytes, libraries.context.get());
  if (file == nullptr)
    throw BundleError(Kind::garbage, name + " is no PKCS#12 file: name the .pfx or .p12 that was exported");
  const Opened opened = open(file.get(), name, pass_phrase);
  if (opened.key == nullptr) {
    throw BundleError(Kind::key_missing,
                      name + " holds no private key: export it again with its private key");
  }
  if (opened.own == nullptr) {
    throw BundleError(Kind::no_certificate, name + " holds no certificate of its key: export both together");
  }
  Credentials credentials;
  credentials.key = again(opened.key.get(), name);
  credentials.chain.push_back(again(opened.own.get()));
  for (int i = 0; i < sk_X509_num(opened.others.get()); ++i)
    credentials.chain.push_back(again(sk_X509_value(opened.others.get(), i)));
  credentials.chain = in_issuing_order(std::move(credentials.chain));
  return credentials;
}

std::string write_pkcs12(const Credentials& credentials, const std::string& pass_phrase,
                         const std::string& friendly_name) {
  const ErrorQueueMark mark;
  const X509Stack others(sk_X509_new_null());
  for (std::size_t i = 1; i < credentials.chain.size(); ++i) {
    X509* const x509 = credentials.chain[i]->x509.get();
    if (X509_up_ref(x509) != 1 || sk_X509_push(others.get(), x509) == 0) throw std::bad_alloc();
  }
  constexpr int rounds = 10'000;
  const Pkcs12Owner file(PKCS12_create(pass_phrase.c_str(), friendly_name.empty() ? nullptr : friendly_name.c_str(),
                                       credentials.key.key.get(), credentials.chain.front()->x509.get(),
                                       others.get(), NID_aes_256_cbc, NID_aes_256_cbc, rounds, -1, 0));
  // Its own MAC: the default's algorithm is the library's choice of the day.
  const bool sealed = file != nullptr && PKCS12_set_mac(file.get(), pass_phrase.c_str(), -1, nullptr, 0, rounds,
                                                        EVP_sha256()) == 1;
  unsigned char* octets = nullptr;
  const int length = sealed ? i2d_PKCS12(file.get(), &octets) : -1;
  if (length <= 0) throw std::runtime_error("libcrypto refused to write the PKCS#12 file");
  const OpensslBuffer<unsigned char> owner(octets);
  return {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)};
}

}  // namespace domsec::pki
