#include "domsec/pki/request.h"

#include <gtest/gtest.h>

#include "domsec/pki/certificate_facts.h"
#include "support/openssl_tool.h"
#include "support/pki.h"

namespace {

using namespace domsec::pki;
namespace testing = domsec::testing;

/// The request of the seed's step 1 for mail1.
RequestRecipe seed_recipe() {
  RequestRecipe recipe;
  recipe.subject = "DC=com,DC=Contoso,CN=mail1.contoso.com";
  recipe.dns_names = alternative_names(recipe.subject, {"mail.contoso.com"});
  return recipe;
}

const NewRequest& seed_request() {
  static const NewRequest made = make_request(seed_recipe());
  return made;
}

std::string refusal(std::string_view bytes) {
  try {
    (void)read_request(bytes, "a.req");
  } catch (const BundleError& error) {
    return error.what();
  }
  return {};
}

TEST(Request, SubjectIsEncodedInTheOrderInWhichItIsWritten) {
  const Request& request = seed_request().request;
  EXPECT_EQ(request.subject, "CN=mail1.contoso.com, DC=Contoso, DC=com");
  EXPECT_EQ(request.common_names, std::vector<std::string>{"mail1.contoso.com"});
  const std::string der = request.der();
  EXPECT_LT(der.find("\x03"
                     "com"),
            der.find("Contoso"));
  EXPECT_LT(der.find("Contoso"), der.find("mail1.contoso.com"));
}

TEST(Request, CommonNameJoinsTheAlternativeNamesBehindThoseThatAreWanted) {
  EXPECT_EQ(seed_request().request.dns_names,
            (std::vector<std::string>{"mail.contoso.com", "mail1.contoso.com"}));
}

TEST(Request, AlternativeNamesAreWantedOnesAndHostNamesOfTheSubject) {
  struct Row {
    const char* name;
    const char* subject;
    std::vector<std::string> wanted;
    std::vector<std::string> names;
  };
  const std::vector<Row> rows = {
      {"a CN that is no host name", "cn=Microsoft Exchange Server Auth Certificate", {}, {}},
      {"a wildcard", "C=US,CN=*.contoso.com", {}, {"*.contoso.com"}},
      {"a name of one label", "CN=EDGE1", {"edge1.contoso.com"}, {"edge1.contoso.com", "EDGE1"}},
      {"wanted in another case", "CN=mail.contoso.com", {"MAIL.contoso.com"}, {"MAIL.contoso.com"}},
      {"wanted twice", "CN=a.b", {"x.b", "x.b"}, {"x.b", "a.b"}},
      {"no CN", "O=Contoso", {"x.b"}, {"x.b"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(alternative_names(row.subject, row.wanted), row.names);
  }
}

TEST(Request, R16OpensslVerifiesIt) {
  if (!testing::has_openssl()) GTEST_SKIP() << "no openssl";
  const testing::TemporaryDirectory directory;
  const std::string pem = seed_request().request.pem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----\n")) << pem;
  const std::string file = directory.write("mail1-request.req", pem);
  const testing::ToolRun run = testing::openssl("req -verify -noout -text -nameopt RFC2253 -in " + file);
  EXPECT_EQ(run.exit_code, 0) << run.output;
  for (const char* words :
       {"verify OK", "CN=mail1.contoso.com,DC=Contoso,DC=com", "(2048 bit)", "sha256WithRSAEncryption",
        "DNS:mail.contoso.com, DNS:mail1.contoso.com", "Digital Signature, Key Encipherment"}) {
    EXPECT_NE(run.output.find(words), std::string::npos) << words << " in " << run.output;
  }
  const std::string der = directory.write("mail1-request.der", seed_request().request.der());
  EXPECT_EQ(testing::openssl("req -verify -noout -inform DER -in " + der).exit_code, 0);
}

TEST(Request, EachKeyKindSigns) {
  for (const auto& [kind, algorithm] : {std::pair{KeyKind::rsa_1024, "RSA 1024"},
                                        {KeyKind::ec_p256, "EC P-256"},
                                        {KeyKind::ec_p384, "EC P-384"},
                                        {KeyKind::ed25519, "ED25519"}}) {
    SCOPED_TRACE(algorithm);
    RequestRecipe recipe = seed_recipe();
    recipe.key = kind;
    const NewRequest made = make_request(recipe);
    EXPECT_EQ(made.request.key_algorithm, algorithm);
    EXPECT_EQ(made.key.algorithm, algorithm);
  }
}

TEST(Request, IsReadFromPemWithEitherLabelAndFromDer) {
  const Request& made = seed_request().request;
  std::string other = made.pem();
  for (std::size_t at; (at = other.find("NEW CERT")) != std::string::npos;) other.erase(at, 4);
  for (const std::string& bytes : {made.pem(), other, made.der()}) {
    const Request read = read_request(bytes, "a.req");
    EXPECT_EQ(read.subject, made.subject);
    EXPECT_EQ(read.dns_names, made.dns_names);
    EXPECT_EQ(read.key_sha256, made.key_sha256);
    EXPECT_EQ(read.thumbprint, made.thumbprint);
  }
}

TEST(Request, IsRefusedUnlessItsSignatureFits) {
  std::string der = seed_request().request.der();
  der[der.find("mail1.contoso.com") + 4] = '2';
  EXPECT_NE(refusal(der).find("signature"), std::string::npos) << refusal(der);
}

TEST(Request, WhatIsNoneIsRefusedInOneSentence) {
  struct Row {
    const char* name;
    std::string bytes;
    const char* said;
  };
  const std::string pem = testing::three_levels().root.certificate()->pem();
  const std::string der = seed_request().request.der();
  const std::vector<Row> rows = {
      {"nothing", "", "empty"},
      {"text", "Good morning", "neither PEM"},
      {"a certificate", pem, "but a CERTIFICATE"},
      {"half of one", der.substr(0, der.size() / 2), "no certificate request"},
      {"text behind it", der + "x", "no certificate request"},
      {"too much", std::string((1U << 20U) + 1, '0'), "larger than 1 MiB"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_NE(refusal(row.bytes).find(row.said), std::string::npos) << refusal(row.bytes);
  }
}

TEST(Request, AuthorityCertifiesKeySubjectAndNamesOfIt) {
  const NewRequest& made = seed_request();
  CertificateRecipe terms = testing::leaf_recipe({"another.name"});
  const CertificatePtr issued = testing::three_levels().second.certify(terms, made.request);
  EXPECT_EQ(issued->subject, made.request.subject);
  EXPECT_EQ(issued->dns_names, made.request.dns_names);
  EXPECT_EQ(certificate_facts(*issued).key_sha256, made.request.key_sha256);
  EXPECT_TRUE(belongs_to(made.key, *issued));
  EXPECT_EQ(issued->extended_key_usage, terms.extended_key_usage);
  EXPECT_FALSE(issued->self_issued);
}

TEST(Request, SubjectThatCannotBeEncodedIsRefused) {
  for (const char* subject : {"mail1.contoso.com", "XY=mail1", "CN=\"mail1"}) {
    SCOPED_TRACE(subject);
    RequestRecipe recipe = seed_recipe();
    recipe.subject = subject;
    EXPECT_THROW((void)make_request(recipe), RecipeError);
  }
}

}  // namespace
