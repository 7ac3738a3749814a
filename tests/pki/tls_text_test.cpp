#include "domsec/pki/tls_text.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <set>

namespace domsec::pki {
namespace {

TEST(AlertName, IsTheNameOfTheStandard) {
  const struct {
    int number;
    const char* name;
  } rows[] = {{0, "close_notify"},       {40, "handshake_failure"},   {42, "bad_certificate"},
              {43, "unsupported_certificate"}, {44, "certificate_revoked"}, {45, "certificate_expired"},
              {46, "certificate_unknown"}, {48, "unknown_ca"},         {49, "access_denied"},
              {51, "decrypt_error"},     {70, "protocol_version"},    {71, "insufficient_security"},
              {80, "internal_error"},    {86, "inappropriate_fallback"}, {109, "missing_extension"},
              {112, "unrecognized_name"}, {116, "certificate_required"}, {120, "no_application_protocol"},
              {200, "alert 200"},        {1, "alert 1"},              {255, "alert 255"}, {-1, "alert -1"}};
  for (const auto& row : rows) EXPECT_EQ(alert_name(row.number), row.name);
}

/// Where libssl has a name, ours is the same but for underscores.
TEST(AlertName, KnowsEveryAlertThatLibsslKnows) {
  for (int number = 0; number <= 255; ++number) {
    std::string libssl = SSL_alert_desc_string_long(number);
    if (libssl == "unknown") continue;
    for (char& c : libssl) c = c == ' ' ? '_' : c;
    if (libssl == "unknown_CA") libssl = "unknown_ca";
    if (libssl == "unknown_PSK_identity") libssl = "unknown_psk_identity";
    EXPECT_EQ(alert_name(number), libssl) << number;
  }
}

TEST(SchannelProtocol, IsTheTokenOfTheProtocolLog) {
  EXPECT_EQ(schannel_protocol("TLSv1.3"), "TLS1_3");
  EXPECT_EQ(schannel_protocol("TLSv1.2"), "TLS1_2");
  EXPECT_EQ(schannel_protocol("TLSv1.1"), "TLS1_1");
  EXPECT_EQ(schannel_protocol("TLSv1"), "TLS1_0");
  EXPECT_EQ(schannel_protocol("SSLv3"), "SSL3");
}

TEST(SuiteText, IsTheWordsOfTheProtocolLog) {
  const struct {
    const char* cipher;
    const char* group;
    SuiteText is;
  } rows[] = {
      {"TLS_AES_256_GCM_SHA384", "X25519", {"CALG_AES_256", 256, "CALG_SHA_384", 0, "CALG_ECDH_EPHEM", 255}},
      {"TLS_AES_128_GCM_SHA256",
       "secp256r1",
       {"CALG_AES_128", 128, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 256}},
      {"TLS_AES_128_CCM_SHA256", "P-384", {"CALG_AES_128", 128, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 384}},
      {"TLS_AES_128_CCM_8_SHA256", "x448", {"CALG_AES_128", 128, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 448}},
      {"TLS_CHACHA20_POLY1305_SHA256",
       "ffdhe3072",
       {"CALG_CHACHA20_POLY1305", 256, "CALG_SHA_256", 0, "CALG_DH_EPHEM", 3072}},
      {"ECDHE-RSA-AES128-GCM-SHA256",
       "prime256v1",
       {"CALG_AES_128", 128, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 256}},
      {"ECDHE-ECDSA-AES256-GCM-SHA384",
       "secp384r1",
       {"CALG_AES_256", 256, "CALG_SHA_384", 0, "CALG_ECDH_EPHEM", 384}},
      {"ECDHE-RSA-CHACHA20-POLY1305",
       "X25519",
       {"CALG_CHACHA20_POLY1305", 256, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 255}},
      {"ECDHE-ECDSA-AES256-CCM8",
       "secp521r1",
       {"CALG_AES_256", 256, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 521}},
      {"ECDHE-RSA-AES256-SHA384",
       "X25519",
       {"CALG_AES_256", 256, "CALG_SHA_384", 384, "CALG_ECDH_EPHEM", 255}},
      {"ECDHE-RSA-AES128-SHA256",
       "X25519",
       {"CALG_AES_128", 128, "CALG_SHA_256", 256, "CALG_ECDH_EPHEM", 255}},
      {"ECDHE-RSA-AES256-SHA", "X25519", {"CALG_AES_256", 256, "CALG_SHA1", 160, "CALG_ECDH_EPHEM", 255}},
      {"DHE-RSA-AES256-GCM-SHA384",
       "ffdhe2048",
       {"CALG_AES_256", 256, "CALG_SHA_384", 0, "CALG_DH_EPHEM", 2048}},
      {"DHE-RSA-AES128-SHA", "", {"CALG_AES_128", 128, "CALG_SHA1", 160, "CALG_DH_EPHEM", 0}},
      {"ECDHE-RSA-CAMELLIA256-SHA384",
       "X25519",
       {"CALG_CAMELLIA_256", 256, "CALG_SHA_384", 384, "CALG_ECDH_EPHEM", 255}},
      {"AES256-GCM-SHA384", "", {"CALG_AES_256", 256, "CALG_SHA_384", 0, "CALG_RSA_KEYX", 0}},
      {"AES128-SHA", "", {"CALG_AES_128", 128, "CALG_SHA1", 160, "CALG_RSA_KEYX", 0}},
      {"DES-CBC3-SHA", "", {"CALG_3DES", 168, "CALG_SHA1", 160, "CALG_RSA_KEYX", 0}},
      {"RC4-MD5", "", {"CALG_RC4", 128, "CALG_MD5", 128, "CALG_RSA_KEYX", 0}},
      {"", "", {"", 0, "", 0, "", 0}},
      {"nonsense", "nonsense", {"", 0, "", 0, "", 0}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.cipher);
    const SuiteText suite = suite_text(row.cipher, row.group);
    EXPECT_EQ(suite.bulk, row.is.bulk);
    EXPECT_EQ(suite.bulk_bits, row.is.bulk_bits);
    EXPECT_EQ(suite.mac, row.is.mac);
    EXPECT_EQ(suite.mac_bits, row.is.mac_bits);
    EXPECT_EQ(suite.key_exchange, row.is.key_exchange);
    EXPECT_EQ(suite.key_exchange_bits, row.is.key_exchange_bits);
  }
}

/// Every suite that libssl can negotiate has all its words, and the strength of its bulk cipher is libssl's.
TEST(SuiteText, AgreesWithLibsslAboutEverySuite) {
  SSL_CTX* context = SSL_CTX_new(TLS_method());
  ASSERT_NE(context, nullptr);
  SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
  SSL_CTX_set_ciphersuites(context,
                           "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
                           "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256");
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context);
  EXPECT_GT(sk_SSL_CIPHER_num(ciphers), 100);
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
    SCOPED_TRACE(SSL_CIPHER_get_name(cipher));
    const SuiteText suite = suite_text(SSL_CIPHER_get_name(cipher), "");
    int algorithm_bits = 0;
    const int bits = SSL_CIPHER_get_bits(cipher, &algorithm_bits);
    EXPECT_EQ(suite.bulk_bits, bits);
    EXPECT_EQ(suite.mac_bits == 0, SSL_CIPHER_is_aead(cipher) == 1);
    EXPECT_FALSE(suite.mac.empty());
    const int exchange = SSL_CIPHER_get_kx_nid(cipher);
    if (exchange == NID_kx_rsa) { EXPECT_EQ(suite.key_exchange, "CALG_RSA_KEYX"); }
    if (exchange == NID_kx_ecdhe) { EXPECT_EQ(suite.key_exchange, "CALG_ECDH_EPHEM"); }
    if (exchange == NID_kx_dhe) { EXPECT_EQ(suite.key_exchange, "CALG_DH_EPHEM"); }
  }
  SSL_CTX_free(context);
}

}  // namespace
}  // namespace domsec::pki
