#include "domsec/pki/channel_binding.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "domsec/pki/bundle.h"
#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::ca_recipe;
using domsec::testing::has_openssl;
using domsec::testing::leaf_recipe;
using domsec::testing::openssl;
using domsec::testing::TemporaryDirectory;

std::string sha(const char* name, const Certificate& certificate) {
  const Bytes der = certificate.der();
  Bytes digest(EVP_MAX_MD_SIZE);
  std::size_t length = 0;
  EXPECT_EQ(EVP_Q_digest(nullptr, name, nullptr, der.data(), der.size(), digest.data(), &length), 1);
  digest.resize(length);
  return hex(digest);
}

CertificatePtr signed_with(KeyKind key, const char* digest) {
  CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com"});
  recipe.key = key;
  if (digest != nullptr) recipe.digest = digest;
  return self_signed(recipe).chain.front();
}

TEST(TlsServerEndPoint, TakesTheHashOfTheSignatureAlgorithm) {
  const struct {
    const char* name;
    KeyKind key;
    const char* digest;
    const char* hash;
  } rows[] = {
      {"RSA with MD5 gives SHA-256", KeyKind::rsa_2048, "MD5", "SHA256"},
      {"RSA with SHA-1 gives SHA-256", KeyKind::rsa_2048, "SHA1", "SHA256"},
      {"RSA with SHA-224", KeyKind::rsa_2048, "SHA224", "SHA224"},
      {"RSA with SHA-256", KeyKind::rsa_2048, "SHA256", "SHA256"},
      {"RSA with SHA-384", KeyKind::rsa_2048, "SHA384", "SHA384"},
      {"RSA with SHA-512", KeyKind::rsa_2048, "SHA512", "SHA512"},
      {"ECDSA with SHA-1 gives SHA-256", KeyKind::ec_p256, "SHA1", "SHA256"},
      {"ECDSA with SHA-256", KeyKind::ec_p256, "SHA256", "SHA256"},
      {"ECDSA with SHA-384", KeyKind::ec_p384, "SHA384", "SHA384"},
      {"ECDSA P-256 with SHA-512: the digest counts, not the curve", KeyKind::ec_p256, "SHA512", "SHA512"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const CertificatePtr certificate = signed_with(row.key, row.digest);
    const auto binding = tls_server_end_point(*certificate);
    ASSERT_TRUE(binding);
    EXPECT_EQ(hex(*binding), sha(row.hash, *certificate));
  }
}

TEST(TlsServerEndPoint, TakesTheHashOfPssFromItsParameters) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const std::string key = directory.write("rsa.key", make_key(KeyKind::rsa_2048).pem());
  for (const std::string digest : {"sha256", "sha384", "sha512", "sha1"}) {
    SCOPED_TRACE(digest);
    const auto run = openssl("req -new -x509 -subj /CN=mail1.contoso.com -sigopt rsa_padding_mode:pss -" +
                             digest + " -key " + key + " -out " + directory.path() + "/pss.pem");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const CertificatePtr certificate =
        read_certificates(read_file(directory.path() + "/pss.pem"), "pss.pem").front();
    EXPECT_EQ(certificate->signature_algorithm, "rsassaPss");
    const auto binding = tls_server_end_point(*certificate);
    ASSERT_TRUE(binding);
    EXPECT_EQ(hex(*binding), sha(digest == "sha1" ? "sha256" : digest.c_str(), *certificate));
  }
}

TEST(TlsServerEndPoint, IsUndefinedWhereTheSignatureNamesNoHash) {
  EXPECT_FALSE(tls_server_end_point(*signed_with(KeyKind::ed25519, nullptr)));
  EXPECT_FALSE(tls_server_end_point(Certificate{}));
}

// The figures of jborean93/ntlm-auth's test of its channel bindings, and of RFC 5929's prefix.
TEST(GssChannelBindings, HaveNoAddressesAndALittleEndianLength) {
  EXPECT_EQ(hex(gss_channel_bindings({'a', 'b', 'c'})), "0000000000000000000000000000000003000000616263");
  EXPECT_EQ(hex(application_data("tls-unique", {0x01, 0xFF})), "746c732d756e697175653a01ff");
}

TEST(MsvAvChannelBindings, AreTheMd5OfTheStructure) {
  const Bytes structure = gss_channel_bindings({'a', 'b', 'c'});
  Bytes digest(16);
  std::size_t length = 0;
  ASSERT_EQ(EVP_Q_digest(nullptr, "MD5", nullptr, structure.data(), structure.size(), digest.data(), &length), 1);
  EXPECT_EQ(hex(msv_av_channel_bindings({'a', 'b', 'c'})), hex(digest));
}

TEST(Hex, IsLowerCase) {
  EXPECT_EQ(hex({0x00, 0x9F, 0xAB, 0xFF}), "009fabff");
  EXPECT_EQ(hex({}), "");
}

}  // namespace
}  // namespace domsec::pki
