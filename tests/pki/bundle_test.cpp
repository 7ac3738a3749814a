#include "domsec/pki/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using ::testing::HasSubstr;
using domsec::testing::has_openssl;
using domsec::testing::leaf_recipe;
using domsec::testing::openssl;
using domsec::testing::TemporaryDirectory;
using domsec::testing::three_levels;
using Kind = BundleError::Kind;

const Credentials& leaf() {
  static const Credentials credentials = three_levels().leaf("mail1.contoso.com");
  return credentials;
}

std::string leaf_pem() { return leaf().chain[0]->pem(); }
std::string issuers_pem() { return leaf().chain[1]->pem() + leaf().chain[2]->pem(); }
std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

template <class Action>
std::optional<BundleError> failure(Action action) {
  try {
    (void)action();
  } catch (const BundleError& error) {
    return error;
  }
  return std::nullopt;
}

/// One sentence: the file's name first or near it, a cause, a colon or semicolon before the remedy.
void expect_sentence(const BundleError& error, const std::string& name) {
  const std::string what = error.what();
  EXPECT_THAT(what, HasSubstr(name));
  EXPECT_NE(what.find_first_of(":;"), std::string::npos) << what;
  EXPECT_EQ(what.find('\n'), std::string::npos) << what;
}

TEST(ReadCertificates, TakesEveryFormThatBundlesHave) {
  const struct {
    const char* name;
    std::string bytes;
    std::size_t count;
  } rows[] = {
      {"one PEM block", leaf_pem(), 1},
      {"three PEM blocks", leaf_pem() + issuers_pem(), 3},
      {"comments between blocks",
       "subject=CN = mail1\n\n" + leaf_pem() + "\nissuer=x\n" + issuers_pem() + "the end", 3},
      {"CRLF line ends",
       [] {
         std::string crlf;
         for (const char c : leaf_pem()) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
         return crlf;
       }(),
       1},
      {"no line end at the end", leaf_pem().substr(0, leaf_pem().size() - 1), 1},
      {"a byte order mark before it", "\xEF\xBB\xBF" + leaf_pem(), 1},
      {"a key among them", leaf().key.pem() + leaf_pem() + issuers_pem(), 3},
      {"one DER", text(leaf().chain[0]->der()), 1},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Chain chain = read_certificates(row.bytes, "bundle.pem");
    ASSERT_EQ(chain.size(), row.count);
    EXPECT_EQ(chain[0]->thumbprint, leaf().chain[0]->thumbprint);
  }
}

TEST(ReadCertificates, SaysWhatIsWrongWithTheFile) {
  std::string damaged = leaf_pem();
  damaged.replace(100, 4, "!!!!");
  const struct {
    const char* name;
    std::string bytes;
    Kind kind;
  } rows[] = {
      {"empty", "", Kind::empty},
      {"text", "hello\n", Kind::not_pem},
      {"NUL octets", std::string(64, '\0'), Kind::not_pem},
      {"UTF-16", std::string("\xFF\xFE-\0-\0", 6), Kind::not_pem},
      {"only a key", leaf().key.pem(), Kind::no_certificate},
      {"bad base64", damaged, Kind::garbage},
      {"no END line", leaf_pem().substr(0, 300), Kind::garbage},
      {"a block of other octets", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
       Kind::garbage},
      {"a good block, then a bad one",
       leaf_pem() + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", Kind::garbage},
      {"cut DER", text(leaf().chain[0]->der()).substr(0, 200), Kind::garbage},
      {"DER with something behind it", text(leaf().chain[0]->der()) + "x", Kind::garbage},
      {"too large", std::string((16U << 20U) + 1, 'a'), Kind::too_large},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto error = failure([&] { return read_certificates(row.bytes, "bundle.pem"); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, row.kind) << error->what();
    expect_sentence(*error, "bundle.pem");
  }
}

TEST(ReadCertificates, StopsAtTenThousand) {
  std::string bytes;
  const std::string one = leaf_pem();
  for (int i = 0; i < 10'001; ++i) bytes += one;
  const auto error = failure([&] { return read_certificates(bytes, "many.pem"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::too_large);
}

TEST(ReadPrivateKey, FindsTheKeyInAnyPlaceOfTheFile) {
  const std::string key = leaf().key.pem();
  for (const std::string& bytes :
       {key, key + leaf_pem(), leaf_pem() + key, leaf_pem() + key + issuers_pem(), "# notes\n" + key}) {
    EXPECT_TRUE(belongs_to(read_private_key(bytes, "mail1.key"), *leaf().chain[0]));
  }
}

TEST(ReadPrivateKey, ReadsEveryKindThatTheAuthorityMakes) {
  for (const KeyKind kind :
       {KeyKind::ec_p256, KeyKind::ec_p384, KeyKind::rsa_1024, KeyKind::rsa_2048, KeyKind::ed25519}) {
    const PrivateKey made = make_key(kind);
    SCOPED_TRACE(made.algorithm);
    const PrivateKey read = read_private_key(made.pem(), "any.key");
    EXPECT_EQ(read.algorithm, made.algorithm);
    EXPECT_EQ(read.pem(), made.pem());
  }
}

TEST(ReadPrivateKey, SaysWhatIsWrongWithTheFile) {
  const std::string key = leaf().key.pem();
  const struct {
    const char* name;
    std::string bytes;
    Kind kind;
  } rows[] = {
      {"empty", "", Kind::empty},
      {"text", "hello\n", Kind::not_pem},
      {"only a certificate", leaf_pem(), Kind::key_missing},
      {"a certificate in DER", text(leaf().chain[0]->der()), Kind::key_missing},
      {"only EC parameters", "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n",
       Kind::key_missing},
      {"octets that are no key", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
       Kind::garbage},
      {"octets that are no RSA key", "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
       Kind::garbage},
      {"octets that are no EC key", "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
       Kind::garbage},
      {"octets that are no sealed key",
       "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", Kind::garbage},
      {"a sealed key of unknown cipher",
       "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ROT-13,00\n\nMAA=\n-----END RSA "
       "PRIVATE KEY-----\n",
       Kind::garbage},
      {"cut", key.substr(0, 90), Kind::garbage},
      {"other DER", "\x30\x03\x02\x01\x05", Kind::garbage},
      {"too large", std::string((16U << 20U) + 1, 'a'), Kind::too_large},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto error = failure([&] { return read_private_key(row.bytes, "mail1.key"); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, row.kind) << error->what();
    expect_sentence(*error, "mail1.key");
  }
}

/// A key file as the openssl command line writes it.
std::string written_by_openssl(const TemporaryDirectory& directory, const std::string& arguments) {
  const std::string out = directory.path() + "/out";
  const auto run = openssl(arguments + " -out " + out);
  EXPECT_EQ(run.exit_code, 0) << run.output;
  return read_file(out);
}

TEST(ReadPrivateKey, OpensProtectedKeysOnlyWithTheirPassPhrase) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const std::string rsa = directory.write("rsa.key", make_key(KeyKind::rsa_2048).pem());
  const std::string ec = directory.write("ec.key", leaf().key.pem());
  const struct {
    const char* name;
    std::string arguments;
  } rows[] = {
      {"PKCS#8, AES-256", "pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret -in " + ec},
      {"PKCS#8 in DER", "pkcs8 -topk8 -outform DER -v2 aes-256-cbc -passout pass:secret -in " + ec},
      {"PKCS#8 with scrypt", "pkcs8 -topk8 -scrypt -passout pass:secret -in " + ec},
      {"RSA in the old encryption", "rsa -traditional -aes128 -passout pass:secret -in " + rsa},
      {"EC in the old encryption", "ec -aes128 -passout pass:secret -in " + ec},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string bytes = written_by_openssl(directory, row.arguments);
    EXPECT_FALSE(read_private_key(bytes, "mail1.key", "secret").pem().empty());
    const auto without = failure([&] { return read_private_key(bytes, "mail1.key"); });
    ASSERT_TRUE(without);
    EXPECT_EQ(without->kind, Kind::key_protected) << without->what();
    expect_sentence(*without, "mail1.key");
    for (const std::string& wrong :
         {std::string("Secret"), std::string(), std::string("sec\0ret", 7), std::string(2000, 'x')}) {
      const auto error = failure([&] { return read_private_key(bytes, "mail1.key", wrong); });
      ASSERT_TRUE(error);
      EXPECT_EQ(error->kind, Kind::wrong_pass_phrase) << error->what();
      EXPECT_THAT(error->what(), ::testing::Not(HasSubstr("Secret")));
    }
  }
}

TEST(ReadPrivateKey, ReadsPlainDerOfEveryForm) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const std::string rsa = directory.write("rsa.key", make_key(KeyKind::rsa_2048).pem());
  const std::string ec = directory.write("ec.key", leaf().key.pem());
  for (const std::string& arguments :
       {"rsa -traditional -outform DER -in " + rsa, "ec -outform DER -in " + ec,
        "pkcs8 -topk8 -nocrypt -outform DER -in " + rsa, "rsa -traditional -in " + rsa,
        "ec -param_enc named_curve -in " + ec}) {
    SCOPED_TRACE(arguments);
    EXPECT_FALSE(read_private_key(written_by_openssl(directory, arguments), "any.key").pem().empty());
  }
}

TEST(ReadCredentials, JoinsCertificateKeyAndChain) {
  const TemporaryDirectory directory;
  const std::string certificate = directory.write("mail1.crt", leaf_pem());
  const std::string key = directory.write("mail1.key", leaf().key.pem());
  const std::string chain = directory.write("chain.pem", leaf_pem() + issuers_pem());
  const std::string all = directory.write("all.pem", leaf_pem() + issuers_pem() + leaf().key.pem());
  EXPECT_EQ(read_credentials(certificate, key).chain.size(), 1U);
  EXPECT_EQ(read_credentials(certificate, key, chain).chain.size(), 3U);  // the leaf is there once
  EXPECT_EQ(read_credentials(all, "").chain.size(), 3U);
  EXPECT_EQ(read_credentials(all, all).chain.size(), 3U);
  EXPECT_TRUE(belongs_to(read_credentials(all, "").key, *leaf().chain[0]));
}

TEST(ReadCredentials, RefusesAKeyOfAnotherCertificate) {
  const TemporaryDirectory directory;
  const std::string certificate = directory.write("mail1.crt", leaf_pem());
  const std::string other = directory.write("other.key", make_key(KeyKind::rsa_2048).pem());
  const std::string turned = directory.write("turned.pem", issuers_pem() + leaf_pem());
  const std::string key = directory.write("mail1.key", leaf().key.pem());
  const auto mismatch = failure([&] { return read_credentials(certificate, other); });
  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->kind, Kind::key_mismatch);
  EXPECT_THAT(mismatch->what(), HasSubstr("RSA 2048"));
  EXPECT_THAT(mismatch->what(), HasSubstr("CN=mail1.contoso.com"));
  const auto order = failure([&] { return read_credentials(turned, key); });
  ASSERT_TRUE(order);
  EXPECT_EQ(order->kind, Kind::key_mismatch);
  EXPECT_THAT(order->what(), HasSubstr("put that certificate first"));
  const auto missing = failure([&] { return read_credentials(certificate, ""); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->kind, Kind::key_missing);
}

TEST(ReadPkcs12, ReadsWhatWindowsExports) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  // The issuers stand in the wrong order.
  const std::string turned = leaf().chain[2]->pem() + leaf().chain[1]->pem();
  const std::string all = directory.write("all.pem", leaf_pem() + turned + leaf().key.pem());
  const std::string file = directory.path() + "/mail1.pfx";
  const auto read = [&](const std::string& pass_phrase) { return read_pkcs12(read_file(file), file, pass_phrase); };
  for (const std::string& form : {std::string(), std::string("-legacy -descert "), std::string("-legacy ")}) {
    SCOPED_TRACE(form);
    const auto run = openssl("pkcs12 -export " + form + "-passout pass:secret -in " + all + " -out " + file);
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const Credentials credentials = read("secret");
    ASSERT_EQ(credentials.chain.size(), 3U);
    for (std::size_t at = 0; at < 3; ++at) {
      EXPECT_EQ(credentials.chain[at]->thumbprint, leaf().chain[at]->thumbprint);
    }
    EXPECT_TRUE(belongs_to(credentials.key, *credentials.chain[0]));
    const auto wrong = failure([&] { return read("other"); });
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->kind, Kind::wrong_pass_phrase);
    const auto none = failure([&] { return read(""); });
    ASSERT_TRUE(none);
    EXPECT_EQ(none->kind, Kind::key_protected);
  }
  ASSERT_EQ(openssl("pkcs12 -export -nokeys -passout pass:secret -in " + all + " -out " + file).exit_code, 0);
  const auto keyless = failure([&] { return read("secret"); });
  ASSERT_TRUE(keyless);
  EXPECT_EQ(keyless->kind, Kind::key_missing);
}

TEST(ReadPkcs12, SaysThatTheMacIsMissing) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const std::string all = directory.write("all.pem", leaf_pem() + leaf().key.pem());
  const std::string file = directory.path() + "/mail1.pfx";
  ASSERT_EQ(openssl("pkcs12 -export -nomac -passout pass:secret -in " + all + " -out " + file).exit_code, 0);
  const auto wrong = failure([&] { return read_pkcs12(read_file(file), file, "other"); });
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->kind, Kind::wrong_pass_phrase);
  EXPECT_THAT(wrong->what(), HasSubstr("has no MAC"));
}

TEST(ReadPkcs12, IsNamedByTheReadersOfCertificatesAndKeys) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const std::string all = directory.write("all.pem", leaf_pem() + leaf().key.pem());
  const std::string file = directory.path() + "/mail1.pfx";
  ASSERT_EQ(openssl("pkcs12 -export -passout pass:secret -in " + all + " -out " + file).exit_code, 0);
  const std::string bytes = read_file(file);
  const auto certificate = failure([&] { return read_certificates(bytes, "mail1.pfx"); });
  const auto key = failure([&] { return read_private_key(bytes, "mail1.pfx"); });
  for (const auto& error : {certificate, key}) {
    ASSERT_TRUE(error);
    EXPECT_STREQ(error->what(),
                 "mail1.pfx is a PKCS#12 file: give it with --pfx, or as PfxFile in the configuration");
  }
}

/// With another number where openssl has written 65,793 iterations.
std::string with_iterations(std::string bytes, std::string_view number) {
  const std::string written("\x02\x03\x01\x01\x01");
  std::size_t found = 0;
  for (std::size_t at = bytes.find(written); at != std::string::npos;
       at = bytes.find(written, at + 1), ++found)
    bytes.replace(at + 2, 3, number);
  EXPECT_GT(found, 0U);
  return bytes;
}

TEST(ReadPkcs12, RefusesAFileThatAsksForMillionsOfIterations) {
  if (!has_openssl()) GTEST_SKIP() << "openssl is not installed";
  const TemporaryDirectory directory;
  const std::string all = directory.write("all.pem", leaf().key.pem() + leaf_pem() + issuers_pem());
  const std::string file = directory.path() + "/mail1.pfx";
  for (const std::string mac : {"", "-nomac ", "-nomaciter "}) {
    SCOPED_TRACE(mac);
    ASSERT_EQ(
        openssl("pkcs12 -export -iter 65793 " + mac + "-passout pass:secret -in " + all + " -out " + file)
            .exit_code,
        0);
    const auto error = failure(
        [&] { return read_pkcs12(with_iterations(read_file(file), "\x7F\xFF\xFF"), "mail1.pfx", "secret"); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, Kind::garbage);
    EXPECT_THAT(error->what(), HasSubstr("2,000,000"));
    expect_sentence(*error, "mail1.pfx");
    const bool opens = mac != "-nomac ";  // see SaysThatTheMacIsMissing
    EXPECT_EQ(failure([&] { return read_pkcs12(read_file(file), "mail1.pfx", "secret"); }).has_value(),
              !opens);
  }
}

TEST(ReadPrivateKey, RefusesAPassPhraseThatIsToBeHashedMillionsOfTimes) {
  if (!has_openssl()) GTEST_SKIP() << "openssl is not installed";
  const TemporaryDirectory directory;
  const std::string plain = directory.write("plain.key", leaf().key.pem());
  const std::string file = directory.path() + "/sealed.der";
  for (const std::string form :
       {"-iter 65793", "-iter 65793 -v1 PBE-SHA1-3DES", "-scrypt -scrypt_N 16 -scrypt_r 1 -scrypt_p 65793"}) {
    SCOPED_TRACE(form);
    ASSERT_EQ(
        openssl("pkcs8 -topk8 -outform DER " + form + " -passout pass:secret -in " + plain + " -out " + file)
            .exit_code,
        0);
    const auto error = failure([&] {
      return read_private_key(with_iterations(read_file(file), "\x7F\xFF\xFF"), "sealed.der", "secret");
    });
    ASSERT_TRUE(error);
    EXPECT_THAT(error->what(), HasSubstr("2,000,000"));
    expect_sentence(*error, "sealed.der");
    EXPECT_FALSE(failure([&] { return read_private_key(read_file(file), "sealed.der", "secret"); }));
  }
}

TEST(ReadPrivateKey, DoesNotComputeWithTheModulusOfADsaKey) {
  if (!has_openssl()) GTEST_SKIP() << "openssl is not installed";
  const TemporaryDirectory directory;
  const std::string parameters = directory.path() + "/dsa.pem", file = directory.path() + "/dsa.key";
  ASSERT_EQ(openssl("genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -pkeyopt "
                    "dsa_paramgen_q_bits:160 -out " +
                    parameters)
                .exit_code,
            0);
  ASSERT_EQ(openssl("genpkey -paramfile " + parameters + " -out " + file).exit_code, 0);
  const auto error = failure([&] { return read_private_key(read_file(file), "dsa.key"); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("DSA"));
  expect_sentence(*error, "dsa.key");
}

TEST(ReadPkcs12, SaysWhatIsWrongWithTheFile) {
  for (const auto& [bytes, kind] : {std::pair{std::string(), Kind::empty},
                                    {std::string("hello"), Kind::garbage},
                                    {text(leaf().chain[0]->der()), Kind::garbage}}) {
    const auto error = failure([&, &file = bytes] { return read_pkcs12(file, "mail1.pfx", "secret"); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, kind);
    expect_sentence(*error, "mail1.pfx");
  }
}

TEST(ReadCertificates, TakesPkcs7AsWindowsExportsIt) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const std::string all = directory.write("all.pem", leaf_pem() + issuers_pem());
  for (const std::string form : {"PEM", "DER"}) {
    SCOPED_TRACE(form);
    const std::string bytes =
        written_by_openssl(directory, "crl2pkcs7 -nocrl -outform " + form + " -certfile " + all);
    EXPECT_EQ(read_certificates(bytes, "chain.p7b").size(), 3U);
  }
}

}  // namespace
}  // namespace domsec::pki
