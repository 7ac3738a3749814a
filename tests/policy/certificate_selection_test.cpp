#include "domsec/policy/certificate_selection.h"

#include <gtest/gtest.h>

#include "domsec/pki/authority.h"

namespace domsec::policy {
namespace {

using finding::Code;

const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();
constexpr std::chrono::hours day{24};

const pki::Authority& authority() {
  static const pki::Authority root = [] {
    pki::CertificateRecipe recipe;
    recipe.subject = "CN=Contoso Root, DC=Contoso, DC=com";
    recipe.ca = true;
    recipe.not_before = now - 1000 * day;
    recipe.not_after = now + 1000 * day;
    return pki::Authority::root(recipe);
  }();
  return root;
}

struct Make {
  std::string subject;
  std::vector<std::string> names;
  int from_day = -10;
  int to_day = 100;
  bool self_signed = false;
  bool key = true;
  bool smtp = true;
  bool trusted = true;
};

StoredCertificate make(const Make& make) {
  pki::CertificateRecipe recipe;
  recipe.subject = make.subject;
  recipe.dns_names = make.names;
  recipe.not_before = now + make.from_day * day;
  recipe.not_after = now + make.to_day * day;
  StoredCertificate stored;
  stored.certificate =
      (make.self_signed ? pki::self_signed(recipe) : authority().issue(recipe)).chain.front();
  stored.has_private_key = make.key;
  stored.for_smtp = make.smtp;
  stored.trusted = make.trusted;
  stored.name = make.subject;
  return stored;
}

smtp::Domain domain(const char* text) { return smtp::Domain::parse(text).value(); }

std::vector<Code> codes(const Selection& selection) {
  std::vector<Code> out;
  for (const Finding& finding : selection.findings) {
    EXPECT_EQ(finding.who, Who::own);
    EXPECT_FALSE(finding.detail.empty());
    out.push_back(finding.code);
  }
  return out;
}

// Spec exchange 4.5, the seed's two Edge servers under one connector FQDN.
TEST(CertificateSelection, FollowsTheWorkedExample) {
  const Make edge1{"CN=mail1.contoso.com, DC=Contoso, DC=com", {"mail.contoso.com", "mail1.contoso.com"}};
  const Make edge2{"CN=mail2.mail.contoso.com, DC=Contoso, DC=com",
                   {"mail.contoso.com", "mail2.mail.contoso.com"}};
  for (const Make& edge : {edge1, edge2}) {
    SCOPED_TRACE(edge.subject);
    const Selection selection =
        select_certificate({make(edge)}, std::nullopt, domain("mail.contoso.com"), now);
    EXPECT_EQ(selection.chosen, 0U);
    EXPECT_EQ(selection.candidates.at(0).why, "SAN[0] mail.contoso.com");
    EXPECT_TRUE(selection.findings.empty());
  }
  const Selection none =
      select_certificate({make(edge1)}, std::nullopt, domain("subdomain.mail.contoso.com"), now);
  EXPECT_FALSE(none.chosen);
  EXPECT_EQ(codes(none), std::vector<Code>{Code::own_cert_not_found});
  EXPECT_EQ(none.candidates.at(0).why, "has mail1.contoso.com, mail.contoso.com");
  EXPECT_EQ(
      none.reason,
      "nothing can be presented: no certificate of 1 in the store has the name subdomain.mail.contoso.com");
  Make cured = edge1;
  cured.names.emplace_back("subdomain.mail.contoso.com");
  EXPECT_EQ(select_certificate({make(cured)}, std::nullopt, domain("subdomain.mail.contoso.com"), now).chosen,
            0U);
}

TEST(CertificateSelection, ChoosesByFqdn) {
  struct Row {
    const char* name;
    std::vector<Make> store;
    std::optional<std::size_t> chosen;
    std::vector<Code> codes;
  };
  const std::vector<std::string> mail{"mail.contoso.com"};
  const std::vector<Row> rows{
      {"empty store", {}, std::nullopt, {Code::own_cert_not_found}},
      {"by CN alone", {{"CN=mail.contoso.com", {}}}, 0, {}},
      {"by wildcard of one label (D-7)", {{"CN=w", {"*.contoso.com"}}}, 0, {}},
      {"wildcard of another level",
       {{"CN=w", {"*.eu.contoso.com"}}},
       std::nullopt,
       {Code::own_cert_not_found}},
      {"newest Valid-from", {{"CN=a", mail, -10}, {"CN=b", mail, -5}, {"CN=c", mail, -20}}, 1, {}},
      {"issued before self-signed, though older",
       {{"CN=a", mail, -1, 100, true}, {"CN=b", mail, -50}},
       1,
       {}},
      {"self-signed when nothing else",
       {{"CN=a", mail, -9, 100, true}, {"CN=b", mail, -1, 100, true}},
       1,
       {}},
      {"untrusted self-signed is usable", {{"CN=a", mail, -9, 100, true, true, true, false}}, 0, {}},
      {"valid before newer expired", {{"CN=a", mail, -5, -1}, {"CN=b", mail, -50}}, 1, {}},
      {"self-signed before expired", {{"CN=a", mail, -5, -1}, {"CN=b", mail, -50, 100, true}}, 1, {}},
      {"expired is still presented",
       {{"CN=a", mail, -50, -1, false, true, true, false}},
       0,
       {Code::own_cert_expired}},
      {"without a key", {{"CN=a", mail, -5, 100, false, false}}, std::nullopt, {Code::own_key_missing}},
      {"with a key before without", {{"CN=a", mail, -1, 100, false, false}, {"CN=b", mail}}, 1, {}},
      {"without SMTP is picked and fails",
       {{"CN=a", mail, -5, 100, false, true, false}},
       0,
       {Code::own_cert_no_smtp}},
      {"with SMTP before without", {{"CN=a", mail, -1, 100, false, true, false}, {"CN=b", mail}}, 1, {}},
      {"revoked or untrusted",
       {{"CN=a", mail, -5, 100, false, true, true, false}},
       std::nullopt,
       {Code::own_cert_unusable}},
      {"not yet valid", {{"CN=a", mail, 5, 100}}, std::nullopt, {Code::own_cert_unusable}},
      {"trusted before untrusted",
       {{"CN=a", mail, -1, 100, false, true, true, false}, {"CN=b", mail}},
       1,
       {}},
      {"SAN in other letters", {{"CN=a", {"MAIL.Contoso.com"}}}, 0, {}},
      {"wildcard does not cover two labels (D-7)",
       {{"CN=w", {"*.com"}}},
       std::nullopt,
       {Code::own_cert_not_found}},
      {"wildcard against an exact name: the newest", {{"CN=w", {"*.contoso.com"}, -1}, {"CN=a", mail, -9}}, 0, {}},
      {"equal Valid-from: the longer validity", {{"CN=a", mail, -5, 50}, {"CN=b", mail, -5, 90}}, 1, {}},
      {"equal in all: the first of the store", {{"CN=a", mail, -5, 50}, {"CN=b", mail, -5, 50}}, 0, {}},
      {"not yet valid does not win by being newest", {{"CN=a", mail, 5, 100}, {"CN=b", mail, -9}}, 1, {}},
      {"of two expired the newest is presented",
       {{"CN=a", mail, -50, -9}, {"CN=b", mail, -40, -1}},
       1,
       {Code::own_cert_expired}},
      {"expired self-signed before expired issued",
       {{"CN=a", mail, -40, -1}, {"CN=b", mail, -50, -9, true}},
       1,
       {Code::own_cert_expired}},
      {"a key but no SMTP before SMTP but no key",
       {{"CN=a", mail, -1, 100, false, false}, {"CN=b", mail, -9, 100, false, true, false}},
       1,
       {Code::own_cert_no_smtp}},
      {"self-signed with SMTP before issued without",
       {{"CN=a", mail, -1, 100, false, true, false}, {"CN=b", mail, -9, 100, true}},
       1,
       {}},
      {"another name is no candidate",
       {{"CN=a", {"other.contoso.com"}, -5, 100, false, false}},
       std::nullopt,
       {Code::own_cert_not_found}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<StoredCertificate> store;
    for (const Make& recipe : row.store) store.push_back(make(recipe));
    const Selection selection = select_certificate(store, std::nullopt, domain("mail.contoso.com"), now);
    EXPECT_EQ(selection.chosen, row.chosen);
    EXPECT_EQ(codes(selection), row.codes);
    EXPECT_EQ(selection.candidates.size(), store.size());
    EXPECT_FALSE(selection.reason.empty());
    EXPECT_EQ(selection.searched_for, "mail.contoso.com");
  }
}

/// Spec exchange 4.1-8: all of them in order, each with what it lost by.
TEST(CertificateSelection, RanksAllAndSaysWhyEachLost) {
  const std::vector<std::string> mail{"mail.contoso.com"};
  const std::vector<StoredCertificate> store{make({"CN=other", {"www.contoso.com"}}),
                                             make({"CN=expired", mail, -30, -1}),
                                             make({"CN=self", mail, -1, 100, true}),
                                             make({"CN=no key", mail, -1, 100, false, false}),
                                             make({"CN=older", mail, -20}),
                                             make({"CN=newest", mail, -5}),
                                             make({"CN=no smtp", mail, -1, 100, false, true, false})};
  const Selection selection = select_certificate(store, std::nullopt, domain("mail.contoso.com"), now);
  EXPECT_EQ(selection.order, (std::vector<std::size_t>{5, 4, 2, 1, 3, 6, 0}));
  EXPECT_EQ(selection.candidates[5].lost, "");
  EXPECT_EQ(selection.candidates[4].lost, "is older: valid from " + pki::rfc3339(now - 20 * day));
  EXPECT_EQ(selection.candidates[2].lost, "is self-signed");
  EXPECT_EQ(selection.candidates[1].lost, "has expired");
  EXPECT_EQ(selection.candidates[3].why, "SAN[0] mail.contoso.com, but no private key");
  EXPECT_EQ(selection.candidates[6].why, "SAN[0] mail.contoso.com, but not enabled for SMTP");
  EXPECT_EQ(selection.candidates[0].why, "has other, www.contoso.com");

  const Selection none = select_certificate({store[0], store[3]}, std::nullopt, domain("mail.contoso.com"), now);
  EXPECT_EQ(none.order, (std::vector<std::size_t>{1, 0}));
}

TEST(CertificateSelection, ExpiresAfterTheLastSecond) {
  const std::vector<StoredCertificate> store{make({"CN=mail.contoso.com", {}, -10, 0})};
  EXPECT_TRUE(select_certificate(store, std::nullopt, domain("mail.contoso.com"), now).findings.empty());
  const Selection late =
      select_certificate(store, std::nullopt, domain("mail.contoso.com"), now + std::chrono::seconds(1));
  EXPECT_EQ(codes(late), std::vector<Code>{Code::own_cert_expired});
}

TEST(CertificateSelection, ChoosesByTlsCertificateName) {
  const std::string subject = "CN=mail1.contoso.com, DC=Contoso, DC=com";
  const StoredCertificate first = make({subject, {"mail1.contoso.com"}, -10});
  struct Row {
    const char* name;
    std::string wanted;
    std::vector<StoredCertificate> store;
    std::optional<std::size_t> chosen;
    std::vector<Code> codes;
  };
  const std::string issuer = "<I>CN=Contoso Root, DC=Contoso, DC=com";
  const std::vector<Row> rows{
      {"as printed", issuer + "<S>" + subject, {first}, 0, {}},
      {"the other print order, no blanks, other case of types",
       "<i>dc=com,dc=Contoso,cn=Contoso Root<s>dc=com,dc=Contoso,cn=mail1.contoso.com",
       {first},
       0,
       {}},
      {"beats the FQDN (R38)",
       issuer + "<S>" + subject,
       {make({"CN=x", {"mail.contoso.com"}}), first},
       1,
       {}},
      {"another issuer", "<I>CN=Other<S>" + subject, {first}, std::nullopt, {Code::own_cert_not_found}},
      {"another subject", issuer + "<S>CN=other", {first}, std::nullopt, {Code::own_cert_not_found}},
      {"the newest of several",
       issuer + "<S>" + subject,
       {first, make({subject, {}, -1})},
       1,
       {Code::tls_certificate_name_invalid}},
      {"services are not consulted",
       issuer + "<S>" + subject,
       {first, make({subject, {}, -1, 100, false, true, false})},
       1,
       {Code::tls_certificate_name_invalid, Code::own_cert_no_smtp}},
      {"no key: no fall-back",
       issuer + "<S>" + subject,
       {make({subject, {}, -1, 100, false, false})},
       std::nullopt,
       {Code::own_key_missing}},
      {"expired", issuer + "<S>" + subject, {make({subject, {}, -9, -1})}, 0, {Code::own_cert_expired}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto wanted = exchange::read_tls_certificate_name(row.wanted);
    ASSERT_TRUE(wanted);
    const Selection selection = select_certificate(row.store, wanted, domain("mail.contoso.com"), now);
    EXPECT_EQ(selection.chosen, row.chosen) << selection.reason;
    EXPECT_EQ(codes(selection), row.codes);
    EXPECT_EQ(selection.searched_for, wanted->text());
  }
}

TEST(CertificateSelection, WithoutAnyNameThereIsNothingToLookFor) {
  const Selection selection = select_certificate({make(Make{})}, std::nullopt, std::nullopt, now);
  EXPECT_FALSE(selection.chosen);
  ASSERT_EQ(selection.findings.size(), 1U);
  EXPECT_EQ(selection.findings.front().code, Code::own_cert_not_found);
  EXPECT_NE(selection.reason.find("set Fqdn or ServerFqdn"), std::string::npos);
}

}  // namespace
}  // namespace domsec::policy
