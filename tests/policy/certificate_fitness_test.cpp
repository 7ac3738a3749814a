// Each rule of certificate_fitness.h with what it takes and what it refuses.
#include "domsec/policy/certificate_fitness.h"

#include <gtest/gtest.h>

#include "domsec/policy/certificate_match.h"
#include "exchange/sample_configuration.h"
#include "support/pki.h"

namespace domsec::policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::test_instant;

/// `red DS123`; nothing as `-`.
std::string word(const std::optional<LintFinding>& found) {
  if (!found) return "-";
  EXPECT_FALSE(found->finding.detail.empty());
  EXPECT_FALSE(found->rule.empty());
  return std::string(text(colour_of(found->finding.severity))) + " " +
         std::string(finding::name(found->finding.code));
}

std::string words(const std::vector<LintFinding>& found) {
  std::string out;
  for (const LintFinding& one : found) out += (out.empty() ? "" : ", ") + word(one);
  return out.empty() ? "-" : out;
}

pki::CertificateRecipe recipe(const std::vector<std::string>& names = {"mail.contoso.com"}) {
  return testing::leaf_recipe(names);
}

FitnessSubject subject_of(const pki::Chain& chain) {
  FitnessSubject subject;
  subject.stored.certificate = chain.front();
  subject.stored.has_private_key = true;
  subject.stored.name = "own.pem";
  subject.chain = chain;
  subject.origin = {"domsec.toml", 7};
  subject.services = ServiceSet{Service::smtp};
  return subject;
}

FitnessSubject issued(const pki::CertificateRecipe& of) {
  return subject_of(testing::three_levels().second.issue(of).chain);
}
FitnessSubject own_root(const pki::CertificateRecipe& of) {
  return subject_of(pki::self_signed(of).chain);
}

TEST(CertificateFitness, AKeyIsThereAndCanBeUsed) {
  using Kind = pki::BundleError::Kind;
  struct Row {
    const char* name;
    bool has_key;
    std::optional<Kind> trouble;
    CertificatePlace place;
    const char* said;
    const char* repair;
  };
  const std::vector<Row> rows{
      {"a key", true, std::nullopt, CertificatePlace::store, "-", ""},
      {"none in the store (R18)", false, std::nullopt, CertificatePlace::store, "red DS213",
       "Import-ExchangeCertificate"},
      {"encrypted (R20)", false, Kind::key_protected, CertificatePlace::configuration, "red DS215",
       "set KeyPassFile, domsec.toml:7"},
      {"another's", false, Kind::key_mismatch, CertificatePlace::configuration, "red DS211",
       "set KeyFile, domsec.toml:7"},
      {"unreadable", false, Kind::unreadable, CertificatePlace::configuration, "red DS210", "mend the files"},
      {"a certificate that came alone (R17)", false, Kind::key_missing, CertificatePlace::file,
       "yellow DS213", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    FitnessSubject subject = issued(recipe());
    subject.stored.has_private_key = row.has_key;
    subject.place = row.place;
    if (row.trouble) subject.key_trouble = pki::BundleError(*row.trouble, "own.key: trouble");
    const std::optional<LintFinding> found = key_fault(subject);
    EXPECT_EQ(word(found), row.said);
    EXPECT_TRUE(!found || found->repair.starts_with(row.repair)) << found->repair;
  }
}

TEST(CertificateFitness, AKeyFileIsForItsOwnerAlone) {
  EXPECT_EQ(word(key_file_exposure({"own.key", 0600})), "-");
  EXPECT_EQ(word(key_file_exposure({"own.key", 0400})), "-");
  EXPECT_EQ(word(key_file_exposure({"own.key", 0640})), "yellow DS608");
  EXPECT_EQ(word(key_file_exposure({"own.key", 0604})), "red DS608");
  const auto found = key_file_exposure({"own.key", 0666});
  EXPECT_EQ(found->finding.detail, "own.key has mode 0666: everybody can get at the private key");
  EXPECT_EQ(found->repair, "chmod 600 own.key");
}

/// Spec exchange 8.4: HealthChecker's days.
TEST(CertificateFitness, TheEndIsGreenFromSixtyDaysOnAndRedBelowThirty) {
  struct Row {
    const char* name;
    std::chrono::seconds left;
    const char* said;
  };
  const std::vector<Row> rows{
      {"a year", days(365), "-"},
      {"sixty days", days(60), "-"},
      {"a second less", days(60) - std::chrono::seconds(1), "yellow DS123"},
      {"thirty days", days(30), "yellow DS123"},
      {"a second less than thirty", days(30) - std::chrono::seconds(1), "red DS123"},
      {"now", days(0), "red DS123"},
      {"over", days(-1), "red DS216"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    pki::CertificateRecipe of = recipe();
    of.not_after = test_instant + row.left;
    EXPECT_EQ(word(end_of_validity(issued(of), test_instant)), row.said);
  }
  pki::CertificateRecipe of = recipe();
  of.not_before = test_instant + days(1);
  EXPECT_EQ(word(end_of_validity(issued(of), test_instant)), "red DS104");
}

TEST(CertificateFitness, ARenewalIsAskedForWithTheSameNames) {
  pki::CertificateRecipe of = recipe({"mail.contoso.com", "contoso.com"});
  of.subject = "CN=mail1.contoso.com, DC=Contoso, DC=com";
  of.not_after = test_instant + days(20);
  EXPECT_EQ(
      end_of_validity(issued(of), test_instant)->repair,
      "New-ExchangeCertificate -GenerateRequest -SubjectName 'CN=mail1.contoso.com, DC=Contoso, DC=com' "
      "-DomainName mail.contoso.com,contoso.com,mail1.contoso.com");
}

TEST(CertificateFitness, ShortRsaKeysAreRedAndOldDigestsYellow) {
  struct Row {
    const char* name;
    pki::KeyKind key;
    std::optional<std::string> digest;
    const char* said;
  };
  const std::vector<Row> rows{
      {"RSA 2048", pki::KeyKind::rsa_2048, {}, "-"},
      {"EC P-256", pki::KeyKind::ec_p256, {}, "-"},
      {"RSA 1024", pki::KeyKind::rsa_1024, {}, "red DS109"},
      {"SHA-1", pki::KeyKind::ec_p256, "SHA1", "yellow DS109"},
      {"both", pki::KeyKind::rsa_1024, "SHA1", "red DS109, yellow DS109"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    pki::CertificateRecipe of = recipe();
    of.key = row.key;
    of.digest = row.digest;
    EXPECT_EQ(words(weakness(issued(of))), row.said);
  }
}

TEST(CertificateFitness, AWeakIntermediateIsSentAlong) {
  pki::CertificateRecipe weak = testing::ca_recipe("CN=Old Issuing CA");
  weak.digest = "SHA1";
  const FitnessSubject subject =
      subject_of(testing::three_levels().root.subordinate(weak).issue(recipe()).chain);
  const std::vector<LintFinding> found = weakness(subject);
  ASSERT_EQ(words(found), "yellow DS109");
  EXPECT_NE(found[0].finding.detail.find("CN=Old Issuing CA, which is sent with it"), std::string::npos);
}

/// R37: the gate is off unless the organisation opens it.
TEST(CertificateFitness, EllipticKeysWantTheGate) {
  pki::CertificateRecipe rsa = recipe();
  rsa.key = pki::KeyKind::rsa_2048;
  EXPECT_EQ(word(ecc_refused(issued(rsa), EccCertificates::refused)), "-");
  FitnessSubject subject = issued(recipe());
  EXPECT_EQ(word(ecc_refused(subject, EccCertificates::refused)), "yellow DS601");
  EXPECT_EQ(word(ecc_refused(subject, EccCertificates::allowed)), "-");
  subject.place = CertificatePlace::store;
  EXPECT_EQ(word(ecc_refused(subject, EccCertificates::refused)), "red DS601");
  subject.services = ServiceSet{};
  EXPECT_EQ(word(ecc_refused(subject, EccCertificates::refused)), "-");  // it serves nothing
}

TEST(CertificateFitness, NamesStandInTheSan) {
  EXPECT_EQ(word(names_without_san(issued(recipe()))), "-");
  pki::CertificateRecipe of = recipe({});
  of.subject = "CN=mail.contoso.com, O=Contoso";
  EXPECT_EQ(word(names_without_san(issued(of))), "yellow DS111");
  of.subject = "CN=Microsoft Exchange Server Auth Certificate";  // no name is meant
  EXPECT_EQ(word(names_without_san(issued(of))), "-");
}

pki::PathExamination path_of(const FitnessSubject& subject, const pki::Chain& anchors,
                             const pki::Chain& at_hand = {}) {
  pki::PathInput input;
  input.presented = subject.chain;
  auto store = std::make_shared<pki::TrustStore>();
  store->add(anchors);
  input.anchors = store;
  input.known_intermediates = at_hand;
  input.purpose = pki::Purpose::any;
  input.at = test_instant;
  return pki::examine_path(input);
}

TEST(CertificateFitness, WhatIsSentReachesTheRoot) {
  const testing::ThreeLevels& levels = testing::three_levels();
  const pki::CertificatePtr root = levels.root.certificate();
  const pki::CertificatePtr issuing = levels.issuing.certificate();
  struct Row {
    const char* name;
    std::size_t sent;  // of the chain leaf, second, issuing
    pki::Chain anchors;
    pki::Chain at_hand;
    const char* said;
  };
  const std::vector<Row> rows{
      {"whole", 3, {root}, {}, "-"},
      {"leaf alone, nothing at hand (D-18)", 1, {root}, {}, "yellow DS217"},
      {"one short, the rest at hand", 2, {root}, {issuing}, "yellow DS217"},
      {"trusted here by the authority below the root", 2, {issuing}, {}, "yellow DS217"},
      {"whole, and its root not trusted here",
       3,
       {testing::ThreeLevels("Other").root.certificate()},
       {},
       "yellow DS100"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    FitnessSubject subject = issued(recipe());
    ASSERT_EQ(subject.chain.size(), 3U);
    subject.chain.resize(row.sent);
    subject.path = path_of(subject, row.anchors, row.at_hand);
    EXPECT_EQ(words(chain_faults(subject)), row.said);
  }
  EXPECT_EQ(words(chain_faults(issued(recipe()))), "-");  // not examined
  FitnessSubject own = own_root(recipe());
  own.path = path_of(own, {root});
  EXPECT_EQ(words(chain_faults(own)), "-");  // R34, R40: for direct trust
}

TEST(CertificateFitness, AnExpiredIssuerIsToldAndTheLeafNotTwice) {
  pki::CertificateRecipe authority = testing::ca_recipe("CN=Spent CA");
  authority.not_after = test_instant - days(1);
  pki::CertificateRecipe leaf = recipe();
  leaf.not_after = test_instant - days(2);
  FitnessSubject subject = subject_of(testing::three_levels().root.subordinate(authority).issue(leaf).chain);
  subject.path = path_of(subject, testing::three_levels().anchors());
  const std::vector<LintFinding> found = chain_faults(subject);
  ASSERT_EQ(words(found), "red DS103");
  EXPECT_NE(found[0].finding.detail.find("CN=Spent CA"), std::string::npos);
}

TEST(CertificateFitness, EachCertificateBelowTheRootNamesAList) {
  struct Row {
    const char* name;
    std::vector<std::string> leaf;
    std::vector<std::string> authority;
    const char* said;
  };
  const std::vector<std::string> http{"http://crl.contoso.com/ca.crl"};
  const std::vector<Row> rows{
      {"all", http, http, "-"},
      {"upper case", {"HTTP://crl.contoso.com/ca.crl"}, http, "-"},
      {"LDAP alone", {"ldap:///CN=CA"}, http, "red DS154"},
      {"none", {}, http, "red DS154"},
      {"not the authority", http, {}, "red DS154"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    pki::CertificateRecipe authority = testing::ca_recipe("CN=Issuing");
    authority.crl_distribution_points = row.authority;
    pki::CertificateRecipe leaf = recipe();
    leaf.crl_distribution_points = row.leaf;
    const FitnessSubject subject =
        subject_of(testing::three_levels().root.subordinate(authority).issue(leaf).chain);
    EXPECT_EQ(word(distribution_point_missing(subject, CrlFail::hard)), row.said);
  }
  EXPECT_EQ(word(distribution_point_missing(issued(recipe()), CrlFail::soft)), "yellow DS154");
  EXPECT_EQ(word(distribution_point_missing(own_root(recipe()), CrlFail::hard)), "-");
}

TEST(CertificateFitness, RevocationIsRedAndSoIsAListThatCannotBeHad) {
  FitnessSubject subject = issued(recipe());
  subject.path = path_of(subject, testing::three_levels().anchors());
  EXPECT_EQ(words(revocation_faults(subject, CrlFail::hard)), "-");  // nobody was asked
  pki::Revocation good;
  good.state = pki::RevocationState::good;
  subject.revocations = {good, good, good};
  EXPECT_EQ(words(revocation_faults(subject, CrlFail::hard)), "-");
  pki::Revocation unknown;
  unknown.problem = pki::CrlProblem::unreachable;
  subject.revocations = {good, unknown, good};
  const std::vector<LintFinding> found = revocation_faults(subject, CrlFail::hard);
  ASSERT_EQ(words(found), "red DS150");
  EXPECT_EQ(found[0].finding.who, Who::env);
  EXPECT_EQ(words(revocation_faults(subject, CrlFail::soft)), "yellow DS150");
  pki::Revocation revoked = good;
  revoked.state = pki::RevocationState::revoked;
  subject.revocations = {revoked, unknown, good};
  EXPECT_EQ(words(revocation_faults(subject, CrlFail::soft)), "red DS105, yellow DS150");
}

TEST(CertificateFitness, WhatItIsForIsWeighedAsEachStackDoes) {
  using finding::Profile;
  struct Row {
    const char* name;
    std::vector<std::string> usages;
    const char* for_all;
    const char* for_postfix;
    const char* for_exchange;
  };
  const std::vector<Row> rows{
      {"both", {"serverAuth", "clientAuth"}, "-", "-", "-"},
      {"no extension", {}, "-", "-", "-"},
      {"server alone (D-10)", {"serverAuth"}, "yellow DS121", "red DS121", "yellow DS121"},
      {"client alone", {"clientAuth"}, "red DS120", "red DS120", "red DS120"},
      {"neither",
       {"emailProtection"},
       "red DS120, red DS121",
       "red DS120, red DS121",
       "red DS120, red DS121"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    pki::CertificateRecipe of = recipe();
    of.extended_key_usage = row.usages;
    const FitnessSubject subject = issued(of);
    EXPECT_EQ(words(usage_faults(subject, std::nullopt)), row.for_all);
    EXPECT_EQ(words(usage_faults(subject, Profile::postfix)), row.for_postfix);
    EXPECT_EQ(words(usage_faults(subject, Profile::exchange)), row.for_exchange);
  }
  pki::CertificateRecipe of = recipe();
  of.extended_key_usage = {"serverAuth"};
  const std::string detail = usage_faults(issued(of), std::nullopt).front().finding.detail;
  EXPECT_NE(
      detail.find("as a client it is refused by postfix, strict and taken by exchange, exim, opensmtpd"),
      std::string::npos)
      << detail;
  FitnessSubject other = issued(of);
  other.stored.for_smtp = false;
  EXPECT_EQ(words(usage_faults(other, std::nullopt)), "-");
  EXPECT_EQ(words(usage_faults(own_root(of), std::nullopt)), "-");
}

/// The rule says of each stack what the matrix of `cert match` says.
TEST(CertificateFitness, UsageAgreesWithTheMatrix) {
  using finding::Profile;
  const std::vector<std::vector<std::string>> authority_usages{
      {}, {"serverAuth"}, {"serverAuth", "clientAuth"}};
  const std::vector<std::vector<std::string>> leaf_usages{
      {}, {"serverAuth"}, {"clientAuth"}, {"serverAuth", "clientAuth"}, {"emailProtection"}, {"2.5.29.37.0"}};
  for (const auto& of_authority : authority_usages) {
    pki::CertificateRecipe authority = testing::ca_recipe("CN=Issuing");
    authority.extended_key_usage = of_authority;
    const pki::Authority issuer = testing::three_levels().root.subordinate(authority);
    for (const auto& of_leaf : leaf_usages) {
      pki::CertificateRecipe leaf = recipe();
      leaf.extended_key_usage = of_leaf;
      const FitnessSubject subject = subject_of(issuer.issue(leaf).chain);
      MatchQuestion question;
      question.presented = subject.chain;
      question.anchors = testing::three_levels().anchors();
      question.at = test_instant;
      for (const Profile profile :
           {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd, Profile::strict}) {
        const std::string said = words(usage_faults(subject, profile));
        for (const ShownAs role : {ShownAs::server, ShownAs::client}) {
          SCOPED_TRACE(::testing::Message() << finding::text(profile) << " " << text(role) << ", authority "
                                            << ::testing::PrintToString(of_authority) << ", leaf "
                                            << ::testing::PrintToString(of_leaf));
          const char* code = role == ShownAs::server ? "red DS120" : "red DS121";
          const bool refused = predict(question, role, profile).outcome == CellOutcome::refuses;
          EXPECT_EQ(said.find(code) != std::string::npos, refused) << said;
        }
      }
    }
  }
}

TEST(CertificateFitness, ANewCertificateOfASubscribedEdgeDemandsANewSubscription) {
  exchange::EdgeSubscription subscription;
  FitnessSubject subject = issued(recipe());
  EXPECT_EQ(word(subscription_outdated(subject, subscription)), "-");
  subscription.organization = "organisation.toml";
  subscription.applied = pki::rfc3339(test_instant);
  EXPECT_EQ(word(subscription_outdated(subject, subscription)), "-");
  subject.added = test_instant + hours(1);
  const auto found = subscription_outdated(subject, subscription);
  EXPECT_EQ(word(found), "yellow DS604");
  EXPECT_EQ(found->rule, "R49");
  subject.added = test_instant - hours(1);
  EXPECT_EQ(word(subscription_outdated(subject, subscription)), "-");
}

PresentingConnector connector(const std::string& fqdn, bool domain_secure = true) {
  PresentingConnector out;
  out.name = "Internet";
  out.fqdn = smtp::Domain::parse(fqdn);
  out.domain_secure = domain_secure;
  out.origin = {"domsec.toml", 3};
  return out;
}

TEST(CertificateFitness, ADomainSecureConnectorWantsAnIssuedCertificate) {
  const FitnessSubject own = own_root(recipe());
  EXPECT_EQ(word(self_signed_presented(connector("mail.contoso.com"), own.stored)), "yellow DS606");
  EXPECT_EQ(word(self_signed_presented(connector("mail.contoso.com", false), own.stored)), "-");
  EXPECT_EQ(word(self_signed_presented(connector("mail.contoso.com"), issued(recipe()).stored)), "-");
}

TEST(CertificateFitness, AWantedCertificateServesSmtp) {
  FitnessSubject subject = issued(recipe());
  subject.place = CertificatePlace::store;
  Candidate candidate;
  candidate.name_matches = true;
  EXPECT_EQ(word(smtp_missing(connector("mail.contoso.com"), candidate, subject)), "-");
  subject.stored.for_smtp = false;
  const auto found = smtp_missing(connector("mail.contoso.com"), candidate, subject);
  EXPECT_EQ(word(found), "yellow DS214");
  EXPECT_EQ(found->repair, "Enable-ExchangeCertificate -Thumbprint " +
                               subject.stored.certificate->thumbprint + " -Services SMTP");
  candidate.name_matches = false;
  EXPECT_EQ(word(smtp_missing(connector("mail.contoso.com"), candidate, subject)), "-");
}

TEST(CertificateFitness, ThePartnerFindsTheSendersDomain) {
  struct Row {
    const char* name;
    std::vector<std::string> names;
    std::vector<std::string> domains;
    const char* said;
  };
  const std::vector<Row> rows{
      {"the domain itself", {"contoso.com", "mail.contoso.com"}, {"contoso.com"}, "-"},
      {"a host below it (D-5)", {"mail.contoso.com"}, {"contoso.com"}, "green DS208"},
      {"neither", {"mail.fabrikam.com"}, {"contoso.com"}, "red DS208"},
      {"one of two", {"contoso.com"}, {"contoso.com", "fabrikam.com"}, "yellow DS208"},
      {"no domain is known", {"mail.contoso.com"}, {}, "-"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<smtp::Domain> domains;
    for (const std::string& domain : row.domains) domains.push_back(*smtp::Domain::parse(domain));
    EXPECT_EQ(word(domains_unproved(connector("mail.contoso.com"), issued(recipe(row.names)), domains)),
              row.said);
    EXPECT_EQ(
        word(domains_unproved(connector("mail.contoso.com", false), issued(recipe(row.names)), domains)),
        "-");
  }
}

TEST(CertificateFitness, OfTwinsTheNewestWins) {
  const auto made = [](int from_day) {
    pki::CertificateRecipe of = recipe();
    of.not_before = test_instant - days(from_day);
    return issued(of);
  };
  std::vector<FitnessSubject> subjects{made(20), made(10), issued(recipe({"www.contoso.com"}))};
  subjects[1].stored.name = "new.pem";
  std::vector<StoredCertificate> store;
  for (const FitnessSubject& one : subjects) store.push_back(one.stored);
  const std::vector<Twins> twins = twins_of(store);
  EXPECT_EQ(twins[0].winner, 1U);
  EXPECT_EQ(twins[0].count, 2U);
  EXPECT_EQ(twins[2].count, 1U);
  EXPECT_EQ(word(twin_confusion(subjects, 2, twins[2], {})), "-");
  EXPECT_EQ(word(twin_confusion(subjects, 0, twins[0], {})), "green DS305");
  PresentingConnector by_name = connector("mail.contoso.com");
  by_name.tls_certificate_name =
      exchange::TlsCertificateName{store[0].certificate->issuer, store[0].certificate->subject};
  const auto loser = twin_confusion(subjects, 0, twins[0], {by_name});
  EXPECT_EQ(word(loser), "yellow DS305");
  EXPECT_NE(loser->finding.detail.find("takes the newest (SendConnector Internet): new.pem"),
            std::string::npos)
      << loser->finding.detail;
  EXPECT_EQ(loser->repair, "remove the section [[Certificate]], domsec.toml:7");
  const auto winner = twin_confusion(subjects, 1, twins[1], {by_name});
  EXPECT_EQ(word(winner), "yellow DS305");
  EXPECT_EQ(winner->repair, "");
}

TEST(CertificateFitness, ProposesTheSmallestSetOfNames) {
  const std::vector<PresentingConnector> two{connector("mail.contoso.com"), connector("edge.contoso.com")};
  const auto stored = [](const std::vector<std::string>& names) { return issued(recipe(names)).stored; };
  struct Row {
    const char* name;
    std::vector<PresentingConnector> connectors;
    std::vector<StoredCertificate> store;
    std::string said;
  };
  const std::vector<Row> rows{
      {"all in one", two, {stored({"edge.contoso.com", "mail.contoso.com"})}, ""},
      {"a wildcard", two, {stored({"*.contoso.com"})}, ""},
      {"one each",
       two,
       {stored({"edge.contoso.com"}), stored({"mail.contoso.com"})},
       "the smallest set of names is edge.contoso.com, mail.contoso.com; one certificate with all of them "
       "does for every "
       "connector, and so does one with *.contoso.com"},
      {"one missing, one unused",
       {connector("mail.contoso.com")},
       {stored({"www.contoso.com"})},
       "the smallest set of names is mail.contoso.com; no issued certificate has mail.contoso.com; no "
       "connector uses "
       "www.contoso.com"},
      {"different parents have no wildcard",
       {connector("mail.contoso.com"), connector("mail.fabrikam.com")},
       {stored({"mail.contoso.com"})},
       "the smallest set of names is mail.contoso.com, mail.fabrikam.com; no issued certificate has "
       "mail.fabrikam.com; one "
       "certificate with all of them does for every connector"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto advice = name_set_advice(name_set(row.connectors, row.store, {}), {"domsec.toml", 1});
    EXPECT_EQ(advice ? advice->finding.detail : "", row.said);
  }
}

TEST(CertificateFitness, TellsOfNamesThatNobodyLooksFor) {
  const std::vector<PresentingConnector> one{connector("mail.contoso.com")};
  const std::vector<smtp::Domain> domains{*smtp::Domain::parse("contoso.com")};
  EXPECT_EQ(word(names_unused(issued(recipe({"mail.contoso.com", "contoso.com"})), one, domains)), "-");
  const auto found = names_unused(issued(recipe({"mail.contoso.com", "edge1.contoso.com"})), one, domains);
  ASSERT_EQ(word(found), "green DS607");
  EXPECT_EQ(found->finding.detail, "no connector uses edge1.contoso.com; mail.contoso.com does alone");
  // A host below an accepted domain that nothing else proves (D-5).
  const std::vector<smtp::Domain> branch{*smtp::Domain::parse("contoso.com"),
                                         *smtp::Domain::parse("branch.contoso.com")};
  EXPECT_EQ(word(names_unused(issued(recipe({"mail.contoso.com", "mail.branch.contoso.com"})), one, branch)),
            "-");
  EXPECT_EQ(word(names_unused(issued(recipe({"mail.contoso.com", "mail.branch.contoso.com"})), one, domains)),
            "green DS607");
  FitnessSubject web = issued(recipe({"www.contoso.com"}));
  EXPECT_EQ(word(names_unused(web, one, domains)), "green DS607");
  web.services->add(Service::iis);
  EXPECT_EQ(word(names_unused(web, one, domains)), "-");  // another service may want it
}

exchange::Organisation contoso() {
  return exchange::read_toml_text(
      "[organization]\nServerFqdn = \"edge1.contoso.com\"\nAcceptedDomains = [\"contoso.com\"]\n"
      "[[SendConnector]]\nName = \"Internet\"\nFqdn = \"mail.contoso.com\"\nDomainSecureEnabled = true\n"
      "[[SendConnector]]\nName = \"Other\"\n"
      "[[ReceiveConnector]]\nName = \"Inbound\"\n",
      "domsec.toml");
}

FitnessQuestion question_of(const exchange::Organisation& organisation) {
  FitnessQuestion question;
  question.connectors = question.every = presenting_connectors(organisation);
  question.accepted_domains = organisation.accepted_domains;
  question.origin = organisation.origin;
  question.ecc = EccCertificates::allowed;
  question.at = test_instant;
  return question;
}

/// A certificate without fault.
pki::CertificateRecipe good(const std::vector<std::string>& names) {
  pki::CertificateRecipe of = recipe(names);
  of.crl_distribution_points = {"http://crl.contoso.com/ca.crl"};
  return of;
}

TEST(CertificateFitness, KnowsWhoPresentsWhichCertificate) {
  const exchange::Organisation organisation = contoso();
  const FitnessQuestion question = question_of(organisation);
  ASSERT_EQ(question.connectors.size(), 2U);  // not the send connector that secures nothing
  EXPECT_EQ(question.connectors[0].title(), "SendConnector Internet");
  EXPECT_EQ(question.connectors[1].fqdn->text(), "edge1.contoso.com");

  std::vector<FitnessSubject> subjects{issued(good({"mail.contoso.com", "contoso.com"})),
                                       issued(good({"www.contoso.com"}))};
  Fitness fitness = examine_fitness(question, subjects);
  EXPECT_EQ(fitness.certificates[0].presented_by, std::vector<std::string>{"SendConnector Internet"});
  EXPECT_TRUE(fitness.certificates[0].wanted);
  EXPECT_FALSE(fitness.certificates[1].wanted);
  EXPECT_EQ(fitness.connectors[0].presents, 0U);
  EXPECT_EQ(words(fitness.connectors[1].findings), "red DS212");
  EXPECT_EQ(fitness.connectors[1].findings[0].repair,
            "New-ExchangeCertificate -GenerateRequest -SubjectName 'CN=edge1.contoso.com' -DomainName "
            "edge1.contoso.com");
  EXPECT_EQ(words(fitness.general), "green DS607");

  subjects[0].stored.for_smtp = false;
  fitness = examine_fitness(question, subjects);
  EXPECT_NE(words(fitness.certificates[0].findings).find("red DS214"), std::string::npos)
      << words(fitness.certificates[0].findings);
}

TEST(CertificateFitness, SaysTheWorstFirstAndEachCodeOfTheConnectorsOnce) {
  exchange::Organisation organisation = contoso();
  organisation.receive_connectors[0].fqdn = organisation.send_connectors[0].fqdn;
  organisation.receive_connectors[0].domain_secure_enabled.value = true;
  pki::CertificateRecipe of = recipe({"mail.contoso.com", "contoso.com"});
  of.not_after = test_instant + days(10);
  const Fitness fitness = examine_fitness(question_of(organisation), {own_root(of)});
  EXPECT_EQ(words(fitness.certificates[0].findings), "red DS123, yellow DS606");
  EXPECT_EQ(fitness.certificates[0].presented_by.size(), 2U);
  EXPECT_EQ(fitness.certificates[0].status, CertificateStatus::valid);
  EXPECT_EQ(colour_of(fitness.certificates[0].findings), Colour::red);
}

/// One connector passes it over, another one chooses it by its names: what is worse is said, once.
TEST(CertificateFitness, SaysTheWorseOfWhatTwoConnectorsSay) {
  FitnessSubject without_smtp = issued(good({"mail.contoso.com", "contoso.com"}));
  without_smtp.stored.for_smtp = false;
  const FitnessSubject other = own_root(good({"mail.contoso.com"}));
  PresentingConnector by_names = connector("mail.contoso.com");
  by_names.tls_certificate_name = exchange::TlsCertificateName{without_smtp.stored.certificate->issuer,
                                                               without_smtp.stored.certificate->subject};
  FitnessQuestion question;
  question.connectors = {connector("mail.contoso.com"), by_names};
  question.at = test_instant;
  const Fitness fitness = examine_fitness(question, {without_smtp, other});
  std::vector<std::string> said;
  for (const LintFinding& one : fitness.certificates[0].findings) {
    if (one.finding.code == finding::Code::own_cert_no_smtp) said.push_back(word(one));
  }
  EXPECT_EQ(said, std::vector<std::string>{"red DS214"});
}

}  // namespace
}  // namespace domsec::policy
