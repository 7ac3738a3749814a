#include "opening_cost.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <type_traits>

namespace domsec::pki {
namespace {

constexpr std::uint64_t beyond_all = std::numeric_limits<std::uint32_t>::max();

using PbeOwner = Owned<PBEPARAM, PBEPARAM_free>;
using Pbe2Owner = Owned<PBE2PARAM, PBE2PARAM_free>;
using Pbkdf2Owner = Owned<PBKDF2PARAM, PBKDF2PARAM_free>;
using ScryptOwner = Owned<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;
using Pkcs8Owner = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
struct SafesFreed {
  void operator()(STACK_OF(PKCS7) * safes) const { sk_PKCS7_pop_free(safes, PKCS7_free); }
};
struct BagsFreed {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
};
using Safes = std::unique_ptr<STACK_OF(PKCS7), SafesFreed>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), BagsFreed>;

template <class Owner>
Owner parameters(const X509_ALGOR* algorithm, const ASN1_ITEM* form) {
  return Owner(static_cast<typename Owner::pointer>(ASN1_TYPE_unpack_sequence(form, algorithm->parameter)));
}

/// A negative number is refused by libcrypto before it does anything.
std::uint64_t number(const ASN1_INTEGER* value) {
  std::uint64_t read = 0;
  if (value == nullptr || ASN1_STRING_type(value) == V_ASN1_NEG_INTEGER) return 0;
  if (ASN1_INTEGER_get_uint64(&read, value) != 1) return beyond_all;
  return std::min(read, beyond_all);
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  return std::min(a * b, beyond_all);
}

std::uint64_t derivation_rounds(const X509_ALGOR* derivation) {
  if (OBJ_obj2nid(derivation->algorithm) == NID_id_scrypt) {
    const auto scrypt = parameters<ScryptOwner>(derivation, ASN1_ITEM_rptr(SCRYPT_PARAMS));
    if (scrypt == nullptr) return 0;
    return product(product(number(scrypt->costParameter), number(scrypt->blockSize)),
                   number(scrypt->parallelizationParameter));
  }
  const auto pbkdf2 = parameters<Pbkdf2Owner>(derivation, ASN1_ITEM_rptr(PBKDF2PARAM));
  return pbkdf2 == nullptr ? 0 : number(pbkdf2->iter);
}

Safes safes_of(const PKCS12* file) {
  return Safes(PKCS12_unpack_authsafes(file));
}

const X509_ALGOR* encryption_of(const PKCS7* safe) {
  if (!PKCS7_type_is_encrypted(safe) || safe->d.encrypted == nullptr ||
      safe->d.encrypted->enc_data == nullptr)
    return nullptr;
  return safe->d.encrypted->enc_data->algorithm;
}

/// Of the keys in these bags, and in bags of bags; libcrypto's parser bounds how deep those go.
std::uint64_t bag_rounds(const STACK_OF(PKCS12_SAFEBAG) * bags) {
  std::uint64_t rounds = 0;
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
    const PKCS12_SAFEBAG* bag = sk_PKCS12_SAFEBAG_value(bags, i);
    const X509_ALGOR* encryption = nullptr;
    if (const X509_SIG* sealed = PKCS12_SAFEBAG_get0_pkcs8(bag)) X509_SIG_get0(sealed, &encryption, nullptr);
    rounds += rounds_of(encryption);
    if (PKCS12_SAFEBAG_get_nid(bag) == NID_safeContentsBag)
      rounds += bag_rounds(PKCS12_SAFEBAG_get0_safes(bag));
  }
  return rounds;
}

/// The keys of a file: whether TLS has their kind, and which they are, as digests.
struct Keys {
  bool of_tls = true;
  std::set<std::string> digests;

  void take(const PKCS8_PRIV_KEY_INFO* key) {
    if (key == nullptr) return;
    of_tls = of_tls && is_key_of_tls(key);
    const unsigned char* octets = nullptr;
    int size = 0;
    if (PKCS8_pkey_get0(nullptr, &octets, &size, nullptr, key) != 1 || size < 0) return;
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int length = 0;
    EVP_Digest(octets, static_cast<std::size_t>(size), reinterpret_cast<unsigned char*>(digest.data()), &length,
               EVP_sha256(), nullptr);
    digests.insert(digest.substr(0, length));
  }
};

void take_keys(Keys& keys, const STACK_OF(PKCS12_SAFEBAG) * bags, const char* pass_phrase, int length) {
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
    const PKCS12_SAFEBAG* bag = sk_PKCS12_SAFEBAG_value(bags, i);
    keys.take(PKCS12_SAFEBAG_get0_p8inf(bag));
    if (PKCS12_SAFEBAG_get0_pkcs8(bag) != nullptr)
      keys.take(Pkcs8Owner(PKCS12_decrypt_skey(bag, pass_phrase, length)).get());
    if (PKCS12_SAFEBAG_get_nid(bag) == NID_safeContentsBag)
      take_keys(keys, PKCS12_SAFEBAG_get0_safes(bag), pass_phrase, length);
  }
}

}  // namespace

std::uint64_t rounds_of(const X509_ALGOR* encryption) {
  if (encryption == nullptr) return 0;
  const ErrorQueueMark mark;
  if (OBJ_obj2nid(encryption->algorithm) == NID_pbes2) {
    const auto both = parameters<Pbe2Owner>(encryption, ASN1_ITEM_rptr(PBE2PARAM));
    return both == nullptr ? 0 : derivation_rounds(both->keyfunc);
  }
  const auto older = parameters<PbeOwner>(encryption, ASN1_ITEM_rptr(PBEPARAM));
  return older == nullptr ? 0 : number(older->iter);
}

std::uint64_t rounds_of(const PKCS12* file) {
  const ErrorQueueMark mark;
  const ASN1_INTEGER* mac_rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &mac_rounds, file);
  std::uint64_t rounds = number(mac_rounds);
  const Safes safes = safes_of(file);
  for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
    PKCS7* safe = sk_PKCS7_value(safes.get(), i);
    rounds += rounds_of(encryption_of(safe));
    if (PKCS7_type_is_data(safe)) rounds += bag_rounds(Bags(PKCS12_unpack_p7data(safe)).get());
  }
  return rounds;
}

bool is_key_of_tls(const PKCS8_PRIV_KEY_INFO* key) {
  const ASN1_OBJECT* algorithm = nullptr;
  if (PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, key) != 1)
    return true;  // libcrypto says what is wrong
  const int nid = OBJ_obj2nid(algorithm);
  return nid != NID_dsa && nid != NID_dsa_2 && nid != NID_dhKeyAgreement && nid != NID_dhpublicnumber;
}

SealedContent sealed_content(const PKCS12* file, const char* pass_phrase, int length) {
  const ErrorQueueMark mark;
  SealedContent content;
  Keys keys;
  const Safes safes = safes_of(file);
  for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
    PKCS7* safe = sk_PKCS7_value(safes.get(), i);
    Bags bags;
    if (PKCS7_type_is_data(safe)) bags.reset(PKCS12_unpack_p7data(safe));
    if (encryption_of(safe) != nullptr) {
      bags.reset(PKCS12_unpack_p7encdata(safe, pass_phrase, length));
      content.rounds += bag_rounds(bags.get());
    }
    if (content.rounds > most_rounds) return content;
    take_keys(keys, bags.get(), pass_phrase, length);
    content.keys_of_tls = keys.of_tls;
  }
  content.keys = keys.digests.size();
  return content;
}

}  // namespace domsec::pki
