// RFC 5280 4.2.1.10, one row for each thing said there or decided in name_forms.cpp. Every row is a path
// root -> constrained CA -> leaf, with certificates as a peer would send them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "domsec/pki/path.h"
#include "support/altered_certificate.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::altered_certificate;
using testing::ca_recipe;
using testing::Criticality;
using testing::leaf_recipe;
using testing::set_extension;
using testing::test_instant;
using testing::three_levels;

constexpr const char* fine = "";
constexpr const char* not_permitted = "0 name-constraint 47";
constexpr const char* excluded = "0 name-constraint 48";
constexpr const char* bad_minimum = "1 name-constraint 49";
constexpr const char* unsupported = "0 name-constraint 51";
constexpr const char* bad_constraint = "1 name-constraint 52";
constexpr const char* bad_name = "0 name-constraint 53";

/// Names that constraints and alternative names refer to.
constexpr const char* sections =
    "[cz]\nC=CZ\n"
    "[contoso]\nC=CZ\nO=Contoso  Ltd\n"
    "[blanks]\nC=cz\nO=  CONTOSO ltd \nCN=mail\n"
    "[other]\nC=CZ\nO=Fabrikam\n"
    "[both]\nC=CZ\n1.OU=a\n2.+OU=b\n"
    "[bothback]\nC=CZ\n1.OU=b\n2.+OU=a\nCN=mail\n"
    "[nothing]\n";

const PrivateKey& some_key() {
  static const PrivateKey key = make_key(KeyKind::ec_p256);
  return key;
}

Authority constrained(const std::function<void(X509*)>& change) {
  const auto certificate =
      altered_certificate(three_levels().root, ca_recipe("CN=Constrained CA, O=Contoso"), some_key(), change);
  return Authority(Credentials{{certificate}, some_key()});
}

Authority constrained(const std::string& constraints) {
  return constrained([&](X509* x509) {
    set_extension(x509, NID_name_constraints, Criticality::critical, constraints, sections);
  });
}

std::string told(const PathExamination& examination) {
  std::string lines;
  for (const PathProblem& problem : examination.problems) {
    lines += (lines.empty() ? "" : "; ") + std::to_string(problem.depth) + " " +
             std::string(text(problem.fault)) + " " + std::to_string(problem.x509_error);
  }
  return lines;
}

PathInput question(const Chain& presented) {
  PathInput made;
  made.presented = presented;
  auto anchors = std::make_shared<TrustStore>();
  anchors->add(three_levels().anchors());
  made.anchors = anchors;
  made.at = test_instant;
  return made;
}

CertificatePtr leaf_of(const Authority& issuer, const std::string& alternative_names,
                       const std::string& subject = "O=Contoso") {
  CertificateRecipe recipe = leaf_recipe({});
  recipe.subject = subject;
  return altered_certificate(issuer, recipe, some_key(), [&](X509* x509) {
    if (alternative_names.empty()) return;
    set_extension(x509, NID_subject_alt_name, Criticality::not_critical, alternative_names, sections);
  });
}

struct Row {
  const char* constraints;
  const char* names;
  const char* told;
};

void hold(const std::vector<Row>& table) {
  for (const Row& row : table) {
    SCOPED_TRACE(std::string(row.constraints) + " | " + row.names);
    const Authority issuer = constrained(row.constraints);
    EXPECT_EQ(told(examine_path(question({leaf_of(issuer, row.names), issuer.certificate()}))), row.told);
  }
}

TEST(NameConstraints, DnsNames) {
  hold({
      {"permitted;DNS:example.com", "DNS:example.com", fine},
      {"permitted;DNS:example.com", "DNS:a.b.EXAMPLE.com", fine},
      {"permitted;DNS:Example.COM", "DNS:mail.example.com", fine},
      {"permitted;DNS:example.com", "DNS:notexample.com", not_permitted},
      {"permitted;DNS:example.com", "DNS:com", not_permitted},
      {"permitted;DNS:example.com", "DNS:mail.example.com,DNS:mail.example.org", not_permitted},
      {"permitted;DNS:example.com,permitted;DNS:example.org", "DNS:mail.example.com,DNS:mail.example.org",
       fine},
      {"permitted;DNS:example.com", "IP:192.0.2.1", fine},
      {"permitted;DNS:example.com", "", fine},
      {"excluded;DNS:example.com", "DNS:example.org", fine},
      {"excluded;DNS:example.com", "DNS:mail.example.com", excluded},
      {"permitted;DNS:example.com,excluded;DNS:bad.example.com", "DNS:mail.example.com", fine},
      {"permitted;DNS:example.com,excluded;DNS:bad.example.com", "DNS:a.bad.example.com", excluded},
      {"permitted;DNS:example.com,excluded;DNS:example.org", "DNS:example.org",
       "0 name-constraint 47; 0 name-constraint 48"},
      {"permitted;DNS:.example.com", "DNS:mail.example.com", fine},
      {"permitted;DNS:.example.com", "DNS:example.com", not_permitted},
      {"excluded;DNS:.example.com", "DNS:example.com", fine},
      {"permitted;DNS:under_score.example.com", "DNS:a_b.under_score.example.com", fine},
  });
}

TEST(NameConstraints, AWildcardIsEveryNameItCovers) {
  hold({
      {"permitted;DNS:example.com", "DNS:*.example.com", fine},
      {"permitted;DNS:example.com", "DNS:*.mail.example.com", fine},
      {"permitted;DNS:.example.com", "DNS:*.example.com", fine},
      {"permitted;DNS:mail.example.com", "DNS:*.example.com", not_permitted},
      {"permitted;DNS:example.com", "DNS:*.com", not_permitted},
      {"excluded;DNS:example.com", "DNS:*.example.com", excluded},
      {"excluded;DNS:mail.example.com", "DNS:*.example.com", excluded},
      {"excluded;DNS:example.com", "DNS:*.com", excluded},
      {"excluded;DNS:a.mail.example.com", "DNS:*.example.com", fine},
      {"excluded;DNS:.mail.example.com", "DNS:*.example.com", fine},
      {"excluded;DNS:mail.example.org", "DNS:*.example.com", fine},
  });
}

TEST(NameConstraints, Mailboxes) {
  hold({
      {"permitted;email:alice@example.com", "email:alice@EXAMPLE.com", fine},
      {"permitted;email:alice@example.com", "email:Alice@example.com", not_permitted},
      {"permitted;email:alice@example.com", "email:\"\\a\\lice\"@example.com", fine},
      {"permitted;email:example.com", "email:alice@example.com", fine},
      {"permitted;email:example.com", "email:alice@mail.example.com", not_permitted},
      {"permitted;email:.example.com", "email:alice@mail.example.com", fine},
      {"permitted;email:.example.com", "email:alice@example.com", not_permitted},
      {"excluded;email:.example.com", "email:alice@a.b.example.com", excluded},
      {"excluded;email:alice@example.com", "email:bob@example.com", fine},
      {"excluded;email:example.org", "email:example.com", bad_name},
      {"excluded;email:example.org", "email:a@b@example.com", bad_name},
      {"excluded;email:example.org", "email:alice@[192.0.2.1]", bad_name},
      {"permitted;email:example.com", "DNS:example.org", fine},
      // RFC 9598: SmtpUTF8Mailbox
      {"permitted;email:example.com", "otherName:1.3.6.1.5.5.7.8.9;UTF8:\xC3\xA9@example.com", fine},
      {"permitted;email:example.com", "otherName:1.3.6.1.5.5.7.8.9;UTF8:\xC3\xA9@example.org", not_permitted},
  });
}

TEST(NameConstraints, AMailboxInTheSubjectIsHeldToThemToo) {
  const Authority issuer = constrained("permitted;email:example.com");
  const auto ask = [&](const char* names, const char* subject) {
    return told(examine_path(question({leaf_of(issuer, names, subject), issuer.certificate()})));
  };
  EXPECT_EQ(ask("", "O=Contoso, emailAddress=alice@example.com"), fine);
  EXPECT_EQ(ask("", "O=Contoso, emailAddress=alice@example.org"), not_permitted);
  EXPECT_EQ(ask("email:bob@example.com", "O=Contoso, emailAddress=alice@example.org"), not_permitted);
}

TEST(NameConstraints, Uris) {
  hold({
      {"permitted;URI:example.com", "URI:https://example.com/x?y#z", fine},
      {"permitted;URI:example.com", "URI:HTTPS://user@EXAMPLE.com:8443", fine},
      {"permitted;URI:example.com", "URI:https://www.example.com/", not_permitted},
      {"permitted;URI:.example.com", "URI:https://www.example.com/", fine},
      {"permitted;URI:.example.com", "URI:https://example.com/", not_permitted},
      {"excluded;URI:example.com", "URI:https://example.com@example.org/", fine},
      {"excluded;URI:example.com", "URI:https://example.org@example.com/", excluded},
      {"excluded;URI:example.com", "URI:https://192.0.2.1/", bad_name},
      {"excluded;URI:example.com", "URI:https://[2001:db8::1]:443/", bad_name},
      {"excluded;URI:example.com", "URI:urn:example", bad_name},
      {"excluded;URI:example.com", "URI:https:///path", bad_name},
      {"excluded;URI:example.com", "URI:https://exa%6Dple.com/", bad_name},
      {"permitted;URI:example.com", "DNS:example.org", fine},
  });
}

TEST(NameConstraints, Addresses) {
  hold({
      {"permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.77", fine},
      {"permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.3.77", not_permitted},
      {"permitted;IP:192.0.2.9/255.255.255.0", "IP:192.0.2.77", fine},
      {"permitted;IP:192.0.2.0/255.255.254.0", "IP:192.0.3.77", fine},
      {"permitted;IP:0.0.0.0/0.0.0.0", "IP:192.0.3.77", fine},
      {"permitted;IP:0.0.0.0/0.0.0.0", "IP:2001:db8::1", not_permitted},
      {"excluded;IP:0.0.0.0/0.0.0.0", "IP:2001:db8::1", fine},
      {"excluded;IP:2001:db8::/FFFF:FFFF::", "IP:2001:db8::1", excluded},
      {"excluded;IP:2001:db8::/FFFF:FFFF::", "IP:2001:db9::1", fine},
      {"excluded;IP:::FFFF:192.0.2.1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF", "IP:192.0.2.1", fine},
  });
}

TEST(NameConstraints, DirectoryNames) {
  struct {
    const char* constraints;
    const char* subject;
    const char* names;
    const char* told;
  } const table[] = {
      {"permitted;dirName:contoso", "C=CZ, O=Contoso Ltd, CN=x", "", fine},
      {"permitted;dirName:contoso", "C=CZ, O=contoso LTD", "dirName:blanks", fine},
      {"permitted;dirName:contoso", "C=CZ, O=Contoso Ltd", "dirName:other", not_permitted},
      {"permitted;dirName:contoso", "C=CZ", "", not_permitted},
      {"permitted;dirName:contoso", "O=Contoso Ltd, C=CZ", "", not_permitted},
      {"permitted;dirName:cz", "C=CZ, O=Fabrikam", "", fine},
      {"excluded;dirName:contoso", "C=CZ, O=Contoso Ltd, CN=x", "", excluded},
      {"excluded;dirName:contoso", "C=CZ, O=Fabrikam", "", fine},
      {"excluded;dirName:both", "C=CZ, O=x", "dirName:bothback", excluded},
      {"excluded;dirName:cz", "CN=x", "DNS:example.com", fine},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(std::string(row.constraints) + " | " + row.subject + " | " + row.names);
    const Authority issuer = constrained(row.constraints);
    EXPECT_EQ(told(examine_path(question({leaf_of(issuer, row.names, row.subject), issuer.certificate()}))),
              row.told);
  }
}

TEST(NameConstraints, AFormThatCannotBeComparedRefusesItsNames) {
  hold({
      {"permitted;RID:1.2.3", "RID:1.2.3", unsupported},
      {"excluded;RID:1.2.3", "RID:1.2.4", unsupported},
      {"excluded;RID:1.2.3", "DNS:example.com", fine},
      {"excluded;otherName:1.2.3;UTF8:x", "otherName:1.2.3;UTF8:y", unsupported},
      {"excluded;otherName:1.2.3;UTF8:x", "otherName:1.2.4;UTF8:x", fine},
  });
}

TEST(NameConstraints, ABrokenConstraintIsRefusedAtItsAuthority) {
  hold({
      {"permitted;DNS:*.example.com", "DNS:mail.example.com", bad_constraint},
      {"excluded;DNS:*.example.com", "DNS:mail.example.com", bad_constraint},
      {"excluded;DNS:example.com.", "DNS:mail.example.org", bad_constraint},
      {"excluded;DNS:example..com", "DNS:mail.example.org", bad_constraint},
      {"excluded;DNS:-a.example", "", bad_constraint},
      {"excluded;DNS:.", "", bad_constraint},
      {"excluded;email:@example.com", "", bad_constraint},
      {"excluded;email:a b@example.com", "", bad_constraint},
      {"excluded;URI:https://example.com", "", bad_constraint},
      {"excluded;URI:192.0.2.1", "", bad_constraint},
      {"excluded;IP:192.0.2.0/255.0.255.0", "", bad_constraint},
  });
}

TEST(NameConstraints, ANameThatBreaksItsFormIsRefusedWhereConstraintsHoldForIt) {
  hold({
      {"excluded;DNS:example.org", "DNS:mail..example.com", bad_name},
      {"excluded;DNS:example.org", "DNS:.example.com", bad_name},
      {"excluded;DNS:example.org", "DNS:mail.example.com.", bad_name},
      {"excluded;DNS:example.org", "DNS:m*.example.com", bad_name},
      {"excluded;DNS:example.org", "DNS:*", bad_name},
      {"excluded;DNS:example.org", "DNS:{mail}.example.com", bad_name},
      {"excluded;IP:192.0.2.1/255.255.255.255", "DNS:mail..example.com", fine},
  });
}

/// What OpenSSL's configuration cannot say: an empty name, a distance.
struct RawSubtree {
  int type = GEN_DNS;
  std::string text;
  bool permitted = false;
  std::optional<long> minimum{};
  std::optional<long> maximum{};
};

ASN1_INTEGER* number(std::optional<long> value) {
  ASN1_INTEGER* made = value ? ASN1_INTEGER_new() : nullptr;
  if (made != nullptr) ASN1_INTEGER_set(made, *value);
  return made;
}

Authority constrained(const RawSubtree& raw) {
  return constrained([&](X509* x509) {
    NAME_CONSTRAINTS* constraints = NAME_CONSTRAINTS_new();
    auto& subtrees = raw.permitted ? constraints->permittedSubtrees : constraints->excludedSubtrees;
    subtrees = sk_GENERAL_SUBTREE_new_null();
    GENERAL_SUBTREE* subtree = GENERAL_SUBTREE_new();
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, raw.text.data(), static_cast<int>(raw.text.size()));
    GENERAL_NAME_set0_value(subtree->base, raw.type, text);
    subtree->minimum = number(raw.minimum);
    subtree->maximum = number(raw.maximum);
    sk_GENERAL_SUBTREE_push(subtrees, subtree);
    X509_add1_ext_i2d(x509, NID_name_constraints, constraints, 1, X509V3_ADD_APPEND);
    NAME_CONSTRAINTS_free(constraints);
  });
}

TEST(NameConstraints, AnEmptyConstraintIsEveryNameOfItsForm) {
  struct {
    int type;
    const char* names;
  } const table[] = {{GEN_DNS, "DNS:example.com"},
                     {GEN_DNS, "DNS:*.example.com"},
                     {GEN_EMAIL, "email:alice@example.com"},
                     {GEN_URI, "URI:https://example.com/"}};
  for (const auto& row : table) {
    SCOPED_TRACE(row.names);
    for (const bool permitted : {true, false}) {
      const Authority issuer = constrained(RawSubtree{row.type, "", permitted});
      EXPECT_EQ(told(examine_path(question({leaf_of(issuer, row.names), issuer.certificate()}))),
                permitted ? fine : excluded);
    }
  }
}

TEST(NameConstraints, ADistanceIsRefused) {
  struct {
    std::optional<long> minimum, maximum;
    const char* told;
  } const table[] = {
      {std::nullopt, std::nullopt, fine}, {0, std::nullopt, fine},        {1, std::nullopt, bad_minimum},
      {std::nullopt, 0, bad_minimum},     {std::nullopt, 5, bad_minimum},
  };
  for (const auto& row : table) {
    const Authority issuer = constrained(RawSubtree{GEN_DNS, "example.org", false, row.minimum, row.maximum});
    EXPECT_EQ(told(examine_path(question({leaf_of(issuer, "DNS:example.com"), issuer.certificate()}))),
              row.told);
  }
}

TEST(NameConstraints, SelfIssuedAuthoritiesAreExemptAndTheLeafNever) {
  const Authority issuer = constrained("excluded;dirName:other");
  const auto of = [&](const CertificateRecipe& recipe) { return issuer.certify(recipe, some_key()); };
  // 6.1.3 (b): of the same name as its issuer, and no leaf.
  const Authority outer(
      Credentials{{altered_certificate(three_levels().root, ca_recipe("C=CZ, O=Fabrikam"), some_key(),
                                       [](X509* x509) {
                                         set_extension(x509, NID_name_constraints, Criticality::critical,
                                                       "excluded;dirName:other", sections);
                                       })},
                  some_key()});
  const PrivateKey new_key = make_key(KeyKind::ec_p256);
  const CertificatePtr renewed = outer.certify(ca_recipe("C=CZ, O=Fabrikam"), new_key);
  const CertificatePtr leaf =
      Authority(Credentials{{renewed}, new_key}).certify(leaf_recipe({"example.com"}), some_key());
  PathInput asked = question({leaf, renewed, outer.certificate()});
  asked.constrain_common_name = false;
  EXPECT_EQ(told(examine_path(asked)), fine);
  // A CA of another name is held to them, and so is a leaf that is self-issued.
  const CertificatePtr other = of(ca_recipe("C=CZ, O=Fabrikam"));
  const CertificatePtr below =
      Authority(Credentials{{other}, some_key()}).certify(leaf_recipe({"example.com"}), some_key());
  EXPECT_EQ(told(examine_path(question({below, other, issuer.certificate()}))), "1 name-constraint 48");
  CertificateRecipe itself = leaf_recipe({"example.com"});
  itself.subject = "C=CZ, O=Fabrikam";
  EXPECT_EQ(
      told(examine_path(question({outer.certify(itself, make_key(KeyKind::ec_p256)), outer.certificate()}))),
      excluded);
}

TEST(NameConstraints, TheAnchorsHoldToo) {
  const auto root = altered_certificate(
      three_levels().root, ca_recipe("CN=Constrained CA, O=Contoso"), some_key(), [](X509* x509) {
        set_extension(x509, NID_name_constraints, Criticality::critical, "permitted;DNS:example.com");
      });
  const Authority issuer(Credentials{{root}, some_key()});
  PathInput asked = question({leaf_of(issuer, "DNS:example.org")});
  auto anchors = std::make_shared<TrustStore>();
  anchors->add({root});
  asked.anchors = anchors;
  EXPECT_EQ(told(examine_path(asked)), not_permitted);
}

TEST(NameConstraints, ACommonNameCountsWhereItIsAName) {
  const Authority issuer = constrained("permitted;DNS:example.com");
  const auto ask = [&](const char* subject, const char* names, bool is_a_name) {
    PathInput asked = question({leaf_of(issuer, names, subject), issuer.certificate()});
    asked.constrain_common_name = is_a_name;
    const PathExamination examination = examine_path(asked);
    return told(examination) + (examination.common_name_violates_constraints ? " violates" : "");
  };
  EXPECT_EQ(ask("CN=mail.example.com", "", true), "");
  EXPECT_EQ(ask("CN=mail.example.org", "", true), "0 name-constraint 47 violates");
  EXPECT_EQ(ask("CN=*.example.org", "", true), "0 name-constraint 47 violates");
  EXPECT_EQ(ask("CN=mail.example.org", "", false), " violates");
  EXPECT_EQ(ask("CN=mail.example.org", "DNS:mail.example.com", true), " violates");
  EXPECT_EQ(ask("CN=Mail Server", "", true), "");
  EXPECT_EQ(ask("CN=localhost", "", true), "");
}

TEST(NameConstraints, TheStrictProfileRefusesALeadingPeriodInADnsName) {
  const Authority issuer = constrained("permitted;DNS:.example.com");
  PathInput asked = question({leaf_of(issuer, "DNS:mail.example.com"), issuer.certificate()});
  EXPECT_EQ(told(examine_path(asked)), fine);
  asked.profile = PathProfile::strict;
  EXPECT_THAT(told(examine_path(asked)), ::testing::HasSubstr("1 name-constraint 52"));
}

std::string many(const std::string& kind, const std::string& prefix, int count) {
  std::string list;
  for (int i = 0; i < count; ++i)
    list += (i == 0 ? "" : ",") + kind + prefix + std::to_string(i) + ".example.com";
  return list;
}

TEST(NameConstraints, MoreWorkThanIsDoneIsAProblemOfItsOwn) {
  const auto ask = [](int names, int constraints) {
    const Authority issuer = constrained(many("excluded;DNS:", "x", constraints));
    const std::clock_t before = std::clock();
    const PathExamination examination =
        examine_path(question({leaf_of(issuer, many("DNS:", "t", names)), issuer.certificate()}));
    EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC);
    return examination.good() ? "good" : examination.problems.front().text;
  };
  EXPECT_EQ(ask(1024, 1024), "good");
  EXPECT_EQ(ask(1025, 1024), "more names and name constraints than are compared");
  EXPECT_EQ(ask(10000, 10000), "more names and name constraints than are compared");
}

}  // namespace
}  // namespace domsec::pki
