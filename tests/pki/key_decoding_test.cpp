// The direct reader of keys is there for speed alone: whatever a certificate holds, both decodings must tell the
// same of it.
#include "domsec/pki/key_decoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

#include "domsec/pki/path.h"
#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::ca_recipe;
using testing::leaf_recipe;
using testing::test_instant;
using Ders = std::vector<std::string>;

struct Named {
  const char* name;
  KeyKind kind;
};
constexpr Named kinds[] = {{"EC P-256", KeyKind::ec_p256},   {"EC P-384", KeyKind::ec_p384},
                           {"RSA 1024", KeyKind::rsa_1024},  {"RSA 2048", KeyKind::rsa_2048},
                           {"RSA 4096", KeyKind::rsa_4096},  {"ED25519", KeyKind::ed25519}};

CertificateRecipe with_key(CertificateRecipe recipe, KeyKind kind) {
  recipe.key = kind;
  return recipe;
}

std::string der(const CertificatePtr& certificate) {
  const Bytes octets = certificate->der();
  return {octets.begin(), octets.end()};
}

/// Everything that is told of certificates (leaf first, the last one is trusted), read and examined anew.
std::string told(KeyDecoding decoding, const Ders& ders, Instant at = test_instant) {
  const KeyDecodingScope scope(decoding);
  std::string lines;
  Chain chain;
  for (const std::string& each : ders) {
    const CertificatePtr certificate = read_certificate_der(each);
    if (certificate == nullptr) return "no certificate";
    chain.push_back(certificate);
    lines += certificate->subject + " | " + certificate->key_algorithm + " | " + certificate->signature_algorithm +
             (certificate->self_signed ? " | self-signed\n" : "\n");
  }
  const auto anchors = std::make_shared<TrustStore>();
  anchors->add({chain.back()});
  chain.pop_back();
  PathInput input;
  input.presented = chain;
  input.anchors = anchors;
  input.at = at;
  input.security_level = 2;
  input.key_decoding = decoding;
  const PathExamination examination = examine_path(input);
  for (const PathProblem& problem : examination.problems) {
    lines += std::to_string(problem.depth) + " " + std::string(text(problem.fault)) + " " +
             std::to_string(problem.x509_error) + "\n";
  }
  return lines + (examination.good() ? "good" : "bad");
}

void expect_the_same(const Ders& ders, const std::string& what, std::string_view ending,
                     Instant at = test_instant) {
  const std::string by_providers = told(KeyDecoding::providers, ders, at);
  EXPECT_EQ(told(KeyDecoding::direct, ders, at), by_providers) << what;
  EXPECT_TRUE(by_providers.ends_with(ending)) << what << ": " << by_providers;
}

TEST(KeyDecoding, EveryKindOfKeyAndEveryVerdictIsTheSame) {
  if (!has_direct_key_decoding()) GTEST_SKIP() << "this build has one decoding";
  for (const Named& kind : kinds) {
    const std::string name = kind.name;
    const Authority root = Authority::root(with_key(ca_recipe("CN=Contoso Root"), kind.kind));
    const Authority issuing = root.subordinate(with_key(ca_recipe("CN=Contoso Issuing CA 1"), kind.kind));
    const Authority stranger = Authority::root(with_key(ca_recipe("CN=Contoso Root"), kind.kind));
    const Authority forger = stranger.subordinate(with_key(ca_recipe("CN=Contoso Issuing CA 1"), kind.kind));
    const CertificateRecipe recipe = with_key(leaf_recipe({"mail.contoso.com"}), kind.kind);
    CertificateRecipe expired = recipe;
    expired.not_after = test_instant - std::chrono::days(1);
    const std::string leaf = der(issuing.issue(recipe).chain.front());
    const std::string middle = der(issuing.certificate());
    const std::string anchor = der(root.certificate());
    std::string tampered = leaf;
    tampered.back() = static_cast<char>(tampered.back() ^ 1);

    expect_the_same({leaf, middle, anchor}, name + " good", kind.kind == KeyKind::rsa_1024 ? "bad" : "good");
    expect_the_same({der(issuing.issue(expired).chain.front()), middle, anchor}, name + " expired", "bad");
    expect_the_same({leaf, middle, der(stranger.certificate())}, name + " other root of that name", "bad");
    expect_the_same({der(forger.issue(recipe).chain.front()), middle, anchor}, name + " forged", "bad");
    expect_the_same({tampered, middle, anchor}, name + " tampered with", "bad");
    expect_the_same({leaf, anchor}, name + " without its issuer", "bad");
  }
}

// Each octet of the subject's key is changed in turn: the parsers meet lengths, identifiers and points that are
// wrong.
TEST(KeyDecoding, BrokenKeysAreBrokenInTheSameWay) {
  if (!has_direct_key_decoding()) GTEST_SKIP() << "this build has one decoding";
  for (const Named& kind : {kinds[0], kinds[3]}) {
    const Authority root = Authority::root(with_key(ca_recipe("CN=Contoso Root"), kind.kind));
    const Authority issuing = root.subordinate(with_key(ca_recipe("CN=Contoso Issuing CA 1"), kind.kind));
    const std::string leaf = der(issuing.issue(with_key(leaf_recipe({"a.test"}), kind.kind)).chain.front());
    const std::string middle = der(issuing.certificate());
    const std::string anchor = der(root.certificate());
    // id-ecPublicKey or rsaEncryption, less the algorithm of the signature, which comes first for RSA.
    const std::string identifier = kind.kind == KeyKind::ec_p256 ? std::string("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", 9)
                                                                 : std::string("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 11);
    const std::size_t key = middle.find(identifier);
    ASSERT_NE(key, std::string::npos) << kind.name;
    const std::size_t octets = kind.kind == KeyKind::ec_p256 ? 87 : 290;
    int differing = 0;
    for (std::size_t at = key; at < key + octets; ++at) {
      for (const int change : {0x01, 0x80}) {
        std::string broken = middle;
        broken[at] = static_cast<char>(broken[at] ^ change);
        expect_the_same({leaf, broken, anchor}, std::string(kind.name) + " octet " + std::to_string(at - key), "");
        if (told(KeyDecoding::providers, {leaf, broken, anchor}).ends_with("good")) ++differing;
      }
    }
    EXPECT_EQ(differing, 0) << kind.name << ": a changed key was taken";
  }
}

TEST(KeyDecoding, ASchemeOfItsOwnAndExplicitParametersAreTheSame) {
  if (!has_direct_key_decoding()) GTEST_SKIP() << "this build has one decoding";
  if (!testing::has_openssl()) GTEST_SKIP() << "no openssl command";
  const testing::TemporaryDirectory directory;
  struct Row {
    const char* name;
    const char* key;  // options of openssl genpkey
    const char* ending;
  };
  for (const Row& row : {Row{"RSA-PSS", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", "good"},
                         Row{"explicit parameters",
                             "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit", "good"},
                         Row{"secp256k1", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "good"}}) {
    const std::string key = directory.path() + "/key.pem";
    const std::string certificate = directory.path() + "/certificate.der";
    const auto made = testing::openssl(std::string("genpkey ") + row.key + " -out " + key);
    ASSERT_EQ(made.exit_code, 0) << made.output;
    const auto signed_by_itself =
        testing::openssl("req -x509 -new -subj /CN=a.test -days 2 -outform DER -key " + key + " -out " + certificate);
    ASSERT_EQ(signed_by_itself.exit_code, 0) << signed_by_itself.output;
    std::ifstream stream(certificate, std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(stream)), {});
    const Instant now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    expect_the_same({octets, octets}, row.name, row.ending, now + std::chrono::hours(1));
  }
}

TEST(KeyDecoding, IsTheProvidersOutsideAScope) {
  { const KeyDecodingScope scope(KeyDecoding::direct); }
  EXPECT_NO_THROW((void)make_key(KeyKind::ec_p256));  // the direct methods know no way to make one by parameters
}

TEST(KeyDecoding, HasWords) {
  for (const KeyDecoding decoding : {KeyDecoding::direct, KeyDecoding::providers})
    EXPECT_EQ(parse_key_decoding(text(decoding)), decoding);
  EXPECT_EQ(parse_key_decoding("engine"), std::nullopt);
}

}  // namespace
}  // namespace domsec::pki
