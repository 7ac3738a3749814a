// Everything that is handed over to be imported, well made and not.
#include <gtest/gtest.h>
#include <openssl/pkcs12.h>

#include <algorithm>

#include "domsec/pki/base64.h"
#include "domsec/pki/bundle.h"
#include "domsec/pki/request.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::three_levels;
using Kind = BundleError::Kind;

const Credentials& ours() {
  static const Credentials made = three_levels().leaf("mail.contoso.com");
  return made;
}
std::string chain_pem() {
  std::string text;
  for (const CertificatePtr& certificate : ours().chain) text += certificate->pem();
  return text;
}
std::string pfx(const std::string& pass_phrase = "secret") {
  return write_pkcs12(ours(), pass_phrase, "Internet");
}
std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

/// A PKCS#12 file with these keys and no certificate, as no program writes it.
std::string pfx_with_keys(const std::vector<PrivateKey>& keys) {
  STACK_OF(PKCS12_SAFEBAG)* bags = sk_PKCS12_SAFEBAG_new_null();
  for (const PrivateKey& key : keys) PKCS12_add_key(&bags, key.key.get(), 0, 2048, NID_aes_256_cbc, "secret");
  STACK_OF(PKCS7)* safes = nullptr;
  PKCS12_add_safe(&safes, bags, -1, 0, nullptr);
  PKCS12* const file = PKCS12_add_safes(safes, 0);
  PKCS12_set_mac(file, "secret", -1, nullptr, 0, 2048, EVP_sha256());
  unsigned char* octets = nullptr;
  const int length = i2d_PKCS12(file, &octets);
  const std::string bytes(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  PKCS12_free(file);
  return bytes;
}

TEST(ImportBundle, IsReadInEveryForm) {
  std::string backwards;
  for (const CertificatePtr& certificate : ours().chain) backwards.insert(0, certificate->pem());
  struct Row {
    const char* name;
    std::string bytes;
    std::size_t certificates;
    bool key;
  };
  const std::vector<Row> rows = {
      {"PKCS#12", pfx(), 3, true},
      {"PKCS#12 as Exchange exports it without -BinaryEncoded", base64_lines(pfx()), 3, true},
      {"PEM with its key", chain_pem() + ours().key.pem(), 3, true},
      {"the key first", ours().key.pem() + chain_pem(), 3, true},
      {"the chain backwards", backwards + ours().key.pem(), 3, true},
      {"every certificate twice", chain_pem() + chain_pem() + ours().key.pem(), 3, true},
      {"the same key twice", chain_pem() + ours().key.pem() + ours().key.pem(), 3, true},
      {"byte order mark and CRLF", "\xEF\xBB\xBF" + with_crlf(chain_pem()), 3, false},
      {"text before, between and behind",
       "Bag Attributes\n" + chain_pem() + "-- \nRegards\n" + ours().key.pem() + "that is all\n", 3, true},
      {"one certificate in DER",
       [] {
         const Bytes der = ours().chain.front()->der();
         return std::string(der.begin(), der.end());
       }(),
       1, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Bundle bundle = read_bundle(row.bytes, "file", "secret");
    EXPECT_EQ(bundle.certificates.size(), row.certificates);
    EXPECT_EQ(bundle.key.has_value(), row.key);
    if (!row.key) continue;
    EXPECT_TRUE(belongs_to(*bundle.key, *bundle.certificates.front()));
    EXPECT_EQ(bundle.certificates.front()->thumbprint, ours().chain.front()->thumbprint);
  }
}

TEST(ImportBundle, WhatCannotBeTakenInIsOneSentenceWithItsKind) {
  const Credentials other = three_levels().leaf("other.contoso.com");
  struct Row {
    const char* name;
    std::string bytes;
    std::optional<std::string> pass_phrase;
    Kind kind;
    const char* said;
  };
  const std::string whole = pfx();
  const std::vector<Row> rows = {
      {"nothing", "", {}, Kind::empty, "file is empty"},
      {"text", "Good morning", {}, Kind::not_pem, "neither PEM"},
      {"Base64 of something else", base64_lines("Good morning"), {}, Kind::not_pem, "neither PEM"},
      {"UTF-16", std::string("\xFF\xFE-\0-\0", 6), {}, Kind::not_pem, "UTF-16"},
      {"no pass-phrase", whole, {}, Kind::key_protected, "none was given"},
      {"another pass-phrase", whole, "guess", Kind::wrong_pass_phrase, "does not open it"},
      {"half a file", whole.substr(0, whole.size() / 2), "secret", Kind::garbage, "file"},
      {"indented lines",
       " " + chain_pem().substr(0, chain_pem().find('\n')) + "\n",
       {},
       Kind::garbage,
       "stands by itself"},
      {"lines that end with CR alone",
       [] {
         std::string text = chain_pem();
         std::ranges::replace(text, '\n', '\r');
         return text;
       }(),
       {},
       Kind::garbage,
       "stands by itself"},
      {"a key alone", ours().key.pem(), {}, Kind::no_certificate, "but a private key"},
      {"two keys",
       chain_pem() + ours().key.pem() + other.key.pem(),
       {},
       Kind::key_mismatch,
       "two private keys"},
      {"another's key",
       chain_pem() + other.key.pem(),
       {},
       Kind::key_mismatch,
       "that of none of its certificates"},
      {"PKCS#12 with two keys", pfx_with_keys({ours().key, other.key}), "secret", Kind::key_mismatch,
       "holds 2 private keys"},
      {"PKCS#12 with the same key twice and nothing else", pfx_with_keys({ours().key, ours().key}), "secret",
       Kind::no_certificate, "no certificate of its key"},
      {"PKCS#12 with empty bags", pfx_with_keys({}), "secret", Kind::key_missing, "no private key"},
      {"a request",
       "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n",
       {},
       Kind::no_certificate,
       "but a CERTIFICATE REQUEST"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    try {
      (void)read_bundle(row.bytes, "file", row.pass_phrase);
      ADD_FAILURE() << "it was taken";
    } catch (const BundleError& error) {
      EXPECT_EQ(error.kind, row.kind) << error.what();
      EXPECT_NE(std::string(error.what()).find(row.said), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(ImportBundle, PfxWithAHundredCertificatesHasItsOwnFirst) {
  Credentials many = ours();
  const PrivateKey theirs = make_key(KeyKind::ec_p256);
  for (int i = 0; i < 97; ++i) {
    CertificateRecipe recipe = testing::ca_recipe("CN=Authority " + std::to_string(i));
    many.chain.insert(many.chain.begin() + 1, three_levels().root.certify(recipe, theirs));
  }
  const Bundle bundle = read_bundle(write_pkcs12(many, "secret", ""), "file", "secret");
  EXPECT_EQ(bundle.certificates.size(), 100U);
  EXPECT_EQ(bundle.certificates.front()->thumbprint, ours().chain.front()->thumbprint);
}

TEST(WritePkcs12, IsReadAgainWithItsChain) {
  const Credentials read = read_pkcs12(pfx("b\xC3\xA4r"), "file", "b\xC3\xA4r");
  EXPECT_EQ(read.chain.size(), ours().chain.size());
  EXPECT_TRUE(belongs_to(read.key, *ours().chain.front()));
}

TEST(Renewal, KeepsSubjectAndNamesOctetForOctet) {
  CertificateRecipe recipe = testing::leaf_recipe({"mail.contoso.com", "mail1.contoso.com"});
  recipe.subject = "DC=com,DC=Contoso,CN=mail1.contoso.com+OU=\"A, B\"";
  recipe.other_names = {"IP:192.0.2.1", "email:postmaster@contoso.com"};
  const CertificatePtr old = self_signed(recipe).chain.front();
  CertificateRecipe again = testing::leaf_recipe({"not looked at"});
  again.renews = old;
  const CertificatePtr made = self_signed(again).chain.front();
  EXPECT_EQ(made->subject, old->subject);
  EXPECT_EQ(made->dns_names, old->dns_names);
  EXPECT_EQ(made->other_names, old->other_names);
  EXPECT_TRUE(made->self_signed);
  RequestRecipe asked;
  asked.key = KeyKind::ec_p256;
  asked.renews = old;
  const NewRequest request = make_request(asked);
  EXPECT_EQ(request.request.subject, old->subject);
  EXPECT_EQ(request.request.dns_names, old->dns_names);
}

}  // namespace
}  // namespace domsec::pki
