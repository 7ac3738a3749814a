// What the certificates of a path may be used for: RFC 5280 4.2.1.3, 4.2.1.9, 4.2.1.12.
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "domsec/pki/path.h"
#include "support/altered_certificate.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::altered_certificate;
using testing::append_raw_extension;
using testing::ca_recipe;
using testing::Criticality;
using testing::drop_extension;
using testing::leaf_recipe;
using testing::set_extension;
using testing::test_instant;
using testing::three_levels;

using Usages = std::vector<std::string>;

constexpr const char* any_usage = "2.5.29.37.0";
constexpr const char* netscape_gated = "2.16.840.1.113730.4.1";
constexpr const char* microsoft_gated = "1.3.6.1.4.1.311.10.3.3";
constexpr const char* unfit_leaf = "0 wrong-purpose 26";
constexpr const char* unfit_authority = "1 wrong-purpose 26";

const PrivateKey& some_key() {
  static const PrivateKey key = make_key(KeyKind::ec_p256);
  return key;
}

std::string told(const Chain& presented, const Chain& trusted, Purpose purpose) {
  PathInput input;
  input.presented = presented;
  auto anchors = std::make_shared<TrustStore>();
  anchors->add(trusted);
  input.anchors = anchors;
  input.at = test_instant;
  input.purpose = purpose;
  std::string lines;
  for (const PathProblem& problem : examine_path(input).problems) {
    lines += (lines.empty() ? "" : "; ") + std::to_string(problem.depth) + " " +
             std::string(text(problem.fault)) + " " + std::to_string(problem.x509_error);
  }
  return lines;
}

Authority authority_for(const Usages& usages) {
  CertificateRecipe recipe = ca_recipe("CN=Usage CA, O=Contoso");
  recipe.extended_key_usage = usages;
  return Authority(Credentials{{three_levels().root.certify(recipe, some_key())}, some_key()});
}

TEST(PathPurpose, TheUsagesOfLeafAndAuthoritiesNest) {
  struct {
    Usages leaf;
    Usages authority;
    const char* server;
    const char* client;
  } const table[] = {
      {{}, {}, "", ""},
      {{any_usage}, {}, "", ""},
      {{"serverAuth"}, {}, "", unfit_leaf},
      {{"clientAuth"}, {}, unfit_leaf, ""},
      {{"serverAuth", "clientAuth"}, {any_usage}, "", ""},
      {{"serverAuth", "clientAuth"}, {"serverAuth"}, "", unfit_authority},
      {{"serverAuth", "clientAuth"}, {"emailProtection", "clientAuth"}, unfit_authority, ""},
      {{"serverAuth", "clientAuth"}, {netscape_gated}, unfit_authority, unfit_authority},
      {{"serverAuth", "clientAuth"}, {microsoft_gated}, unfit_authority, unfit_authority},
      {{netscape_gated}, {}, unfit_leaf, unfit_leaf},
      {{microsoft_gated}, {}, unfit_leaf, unfit_leaf},
      {{"emailProtection"}, {}, unfit_leaf, unfit_leaf},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(::testing::PrintToString(row.leaf) + " under " + ::testing::PrintToString(row.authority));
    const Authority issuer = authority_for(row.authority);
    CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
    recipe.extended_key_usage = row.leaf;
    const Chain chain{issuer.certify(recipe, some_key()), issuer.certificate()};
    EXPECT_EQ(told(chain, three_levels().anchors(), Purpose::server), row.server);
    EXPECT_EQ(told(chain, three_levels().anchors(), Purpose::client), row.client);
    EXPECT_EQ(told(chain, three_levels().anchors(), Purpose::any), "");
    // An anchor's limits hold no less.
    EXPECT_EQ(told({chain[0]}, {issuer.certificate()}, Purpose::server), row.server);
  }
}

TEST(PathPurpose, AKeyUsageThatIsNotForTlsIsRefused) {
  struct {
    Usages usages;
    bool ca;
    const char* told;
  } const table[] = {
      {{"digitalSignature"}, false, ""},
      {{"keyAgreement"}, false, ""},
      {{"decipherOnly"}, false, unfit_leaf},
      {{"keyAgreement", "decipherOnly"}, false, ""},
      {{"digitalSignature", "keyCertSign"}, true, ""},  // a CA may be a server too
      {{"keyCertSign", "cRLSign"}, true, unfit_leaf},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(::testing::PrintToString(row.usages));
    CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
    recipe.key_usage = row.usages;
    recipe.ca = row.ca;
    const Chain chain{three_levels().root.certify(recipe, some_key())};
    EXPECT_EQ(told(chain, three_levels().anchors(), Purpose::server), row.told);
    EXPECT_EQ(told(chain, three_levels().anchors(), Purpose::any), "");
  }
}

TEST(PathPurpose, ACriticalCertificateTypeOfNetscapeIsHeldTo) {
  const auto with = [](Criticality criticality, const char* type, const char* of_authority) {
    const CertificatePtr authority = altered_certificate(
        three_levels().root, ca_recipe("CN=Typed CA, O=Contoso"), some_key(), [&](X509* x509) {
          set_extension(x509, NID_netscape_cert_type, Criticality::critical, of_authority);
        });
    const Authority issuer(Credentials{{authority}, some_key()});
    const CertificatePtr leaf = altered_certificate(
        issuer, leaf_recipe({"mail.contoso.com"}), some_key(),
        [&](X509* x509) { set_extension(x509, NID_netscape_cert_type, criticality, type); });
    return told({leaf, authority}, three_levels().anchors(), Purpose::server);
  };
  EXPECT_EQ(with(Criticality::critical, "server", "sslCA"), "");
  EXPECT_EQ(with(Criticality::critical, "client", "sslCA"), unfit_leaf);
  EXPECT_EQ(with(Criticality::not_critical, "client", "sslCA"), "");
  EXPECT_EQ(with(Criticality::critical, "server", "emailCA"), unfit_authority);
}

TEST(PathPurpose, CriticalApplicationPoliciesCountAsKnownBesideAnExtendedKeyUsage) {
  const auto ask = [](const char* oid, const Usages& usages) {
    CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
    recipe.extended_key_usage = usages;
    const CertificatePtr leaf = altered_certificate(three_levels().root, recipe, some_key(), [&](X509* x509) {
      append_raw_extension(x509, "1.3.6.1.4.1.311.21.10", Criticality::critical, std::string("\x30\x00", 2));
      if (oid != nullptr) append_raw_extension(x509, oid, Criticality::critical, std::string("\x30\x00", 2));
    });
    return told({leaf}, three_levels().anchors(), Purpose::server);
  };
  EXPECT_EQ(ask(nullptr, {"serverAuth"}), "");
  EXPECT_EQ(ask(nullptr, {}), "0 other 34");
  EXPECT_EQ(ask("1.2.3.4.5", {"serverAuth"}), "0 other 34");
}

// The store holds the authority for clients only; the peer sends another certificate of it that has no such
// limit.
TEST(PathPurpose, WhatTheStoreSaysOfAnAuthorityHoldsForEveryCertificateOfIt) {
  const CertificatePtr limited = authority_for({"clientAuth"}).certificate();
  const Authority wide = authority_for({});
  const Chain chain{wide.certify(leaf_recipe({"mail.contoso.com"}), make_key(KeyKind::ec_p256)),
                    wide.certificate()};
  const CertificatePtr root = three_levels().root.certificate();
  EXPECT_EQ(told(chain, {root}, Purpose::server), "");
  EXPECT_EQ(told(chain, {root, limited}, Purpose::server), unfit_authority);
  EXPECT_EQ(told(chain, {root, limited}, Purpose::client), "");
  EXPECT_EQ(told(chain, {root, limited}, Purpose::any), "");
  EXPECT_EQ(told(chain, {root, limited, wide.certificate()}, Purpose::server), "");  // the store says both
  // Another key under the name is another authority.
  CertificateRecipe namesake = ca_recipe("CN=Usage CA, O=Contoso");
  namesake.extended_key_usage = {"clientAuth"};
  const CertificatePtr other = three_levels().root.certify(namesake, make_key(KeyKind::ec_p256));
  EXPECT_EQ(told(chain, {root, other}, Purpose::server), "");
}

// RFC 5280 6.1.4 (k). Neither keyCertSign nor a Netscape certificate type makes a CA of version 3; an anchor
// is one by being an anchor.
TEST(PathPurpose, VersionThreeHasToSayThatItIsACa) {
  const CertificatePtr silent =
      altered_certificate(three_levels().root, ca_recipe("CN=Silent CA, O=Contoso"), some_key(),
                          [](X509* x509) { drop_extension(x509, NID_basic_constraints); });
  const CertificatePtr typed = altered_certificate(
      three_levels().root, ca_recipe("CN=Silent CA, O=Contoso"), some_key(), [](X509* x509) {
        drop_extension(x509, NID_basic_constraints);
        drop_extension(x509, NID_key_usage);
        set_extension(x509, NID_netscape_cert_type, Criticality::not_critical, "sslCA");
      });
  const Authority issuer(Credentials{{silent}, some_key()});
  const CertificatePtr leaf = issuer.certify(leaf_recipe({"mail.contoso.com"}), make_key(KeyKind::ec_p256));
  EXPECT_EQ(told({leaf, typed}, three_levels().anchors(), Purpose::server), "1 not-a-ca 79");
  EXPECT_EQ(told({leaf, silent}, three_levels().anchors(), Purpose::server), "1 not-a-ca 79");
  EXPECT_EQ(told({leaf}, {silent}, Purpose::server), "");
}

}  // namespace
}  // namespace domsec::pki
