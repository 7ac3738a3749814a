#include "domsec/policy/certificate_services.h"

#include <gtest/gtest.h>

#include "domsec/exchange/organisation.h"

namespace domsec::policy {
namespace {

pki::CertificatePtr certificate(const std::string& name) {
  pki::Certificate made;
  made.subject = "CN=" + name;
  made.thumbprint = "434AC224C8459924B26521298CE8834C514856AB";
  made.common_names = {name};
  made.dns_names = {name};
  return std::make_shared<const pki::Certificate>(made);
}

Assignment assignment(ServiceSet wanted, const std::string& name = "mail.contoso.com") {
  Assignment asked;
  asked.certificate = certificate(name);
  asked.wanted = wanted;
  return asked;
}

TEST(CertificateServices, ArePrintedInTheOrderOfExchange) {
  EXPECT_EQ(text(ServiceSet{}), "None");
  EXPECT_EQ(text(ServiceSet{Service::smtp, Service::pop}), "POP, SMTP");
  EXPECT_EQ(text(ServiceSet{Service::smtp, Service::iis, Service::pop, Service::imap}),
            "IMAP, POP, IIS, SMTP");
  EXPECT_EQ(text(ServiceSet::of_bits(0xFFFFU)), "IMAP, POP, UM, IIS, SMTP, Federation, UMCallRouter");
}

TEST(CertificateServices, AreReadWithoutRegardToCase) {
  for (const Service service : all_services) EXPECT_EQ(read_service(text(service)), service);
  EXPECT_EQ(read_service("smtp"), Service::smtp);
  EXPECT_EQ(read_service("umcallrouter"), Service::um_call_router);
  EXPECT_FALSE(read_service("None"));
  EXPECT_FALSE(read_service("FTP"));
}

TEST(CertificateServices, AssignmentStandsUnlessARuleSpeaksAgainstIt) {
  struct Row {
    const char* name;
    Assignment asked;
    const char* said;  // empty: it stands
    const char* rule = "";
  };
  std::vector<Row> rows = {
      {"SMTP", assignment({Service::smtp}), ""},
      {"all four of the seed", assignment({Service::pop, Service::imap, Service::iis, Service::smtp}), ""},
      {"nothing beside nothing", assignment({}), ""},
      {"wildcard for SMTP and IIS", assignment({Service::smtp, Service::iis}, "*.contoso.com"), ""},
      {"wildcard for POP", assignment({Service::pop}, "*.contoso.com"), "Set-PopSettings", "SV-1"},
      {"wildcard for IMAP", assignment({Service::smtp, Service::imap}, "*.contoso.com"), "Set-ImapSettings", "SV-1"},
      {"wildcard for both", assignment({Service::pop, Service::imap}, "*.contoso.com"),
       "Set-PopSettings and Set-ImapSettings", "SV-1"},
      {"Federation", assignment({Service::federation}), "leave it out", "SV-6"},
      {"UM that starts with TCP", assignment({Service::um}), "TLS or Dual", "SV-2"},
      {"the call router", assignment({Service::um_call_router}), "TLS or Dual", "SV-2"},
  };
  rows.push_back({"UM that starts with TLS", assignment({Service::um}), ""});
  rows.back().asked.terms.um_startup_mode = UmStartupMode::tls;
  rows.push_back({"a service taken back", assignment({}), "then remove this one"});
  rows.back().asked.now = ServiceSet{Service::smtp};
  rows.push_back({"no key", assignment({Service::smtp}), "PrivateKeyMissing"});
  rows.back().asked.has_private_key = false;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::optional<Refusal> refused = refusal(row.asked);
    const std::string said = refused ? refused->sentence : std::string();
    EXPECT_EQ(said.empty(), std::string_view(row.said).empty()) << said;
    EXPECT_NE(said.find(row.said), std::string::npos) << said;
    EXPECT_EQ(refused ? refused->rule : "", row.rule);
  }
}

TEST(CertificateServices, OnlyTheStatusValidIsAssignable) {
  for (const CertificateStatus status :
       {CertificateStatus::valid, CertificateStatus::date_invalid, CertificateStatus::invalid,
        CertificateStatus::pending_request, CertificateStatus::revocation_check_failure,
        CertificateStatus::revoked, CertificateStatus::unknown, CertificateStatus::untrusted}) {
    SCOPED_TRACE(text(status));
    Assignment asked = assignment({Service::smtp});
    asked.status = status;
    const std::optional<Refusal> refused = refusal(asked);
    EXPECT_EQ(refused ? refused->rule : "", status == CertificateStatus::valid ? "" : "SV-3");
  }
}

/// R37; spec exchange 8.7.
TEST(CertificateServices, EllipticKeysAreRefusedUntilTheOrganisationAllowsThem) {
  Assignment asked = assignment({Service::smtp});
  pki::Certificate elliptic = *asked.certificate;
  elliptic.key_algorithm = "EC P-256";
  asked.certificate = std::make_shared<const pki::Certificate>(elliptic);
  const std::optional<Refusal> refused = refusal(asked);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->rule, "SV-4");
  EXPECT_NE(refused->sentence.find("EnableEccCertificateSupport = true"), std::string::npos)
      << refused->sentence;
  exchange::Organisation contoso;
  asked.terms = terms_of(&contoso);
  EXPECT_TRUE(refusal(asked));
  contoso.enable_ecc_certificate_support = true;
  asked.terms = terms_of(&contoso);
  EXPECT_FALSE(refusal(asked));
  EXPECT_FALSE(asked.terms.subscribed_edge);
}

TEST(CertificateServices, SomeUsesTakeNoEllipticKeyWhateverIsAllowed) {
  pki::Certificate elliptic = *certificate("mail.contoso.com");
  elliptic.key_algorithm = "EC P-384";
  ASSERT_TRUE(auth_refusal(elliptic));
  EXPECT_EQ(auth_refusal(elliptic)->rule, "SV-5");
  ASSERT_TRUE(edge_sync_refusal(elliptic));
  EXPECT_EQ(edge_sync_refusal(elliptic)->rule, "SV-5");
  elliptic.key_algorithm = "RSA 2048";
  EXPECT_FALSE(auth_refusal(elliptic));
  EXPECT_FALSE(edge_sync_refusal(elliptic));
  std::string works;
  std::string fails;
  for (const EccRow& row : ecc_rows()) (row.works ? works : fails) += std::string(row.use) + "; ";
  EXPECT_EQ(works, "IIS; POP, IMAP; SMTP; UM; Hybrid; ");
  EXPECT_EQ(fails, "EdgeSync; S/MIME; Federation; OAuth; AD FS claims; ");
}

TEST(CertificateServices, TermsAreThoseOfTheConfiguration) {
  EXPECT_EQ(terms_of(nullptr).um_startup_mode, UmStartupMode::tcp);
  exchange::Organisation organisation;
  EXPECT_EQ(terms_of(&organisation).um_startup_mode, UmStartupMode::tcp);
  EXPECT_EQ(terms_of(&organisation).ecc, EccCertificates::refused);
  organisation.um_startup_mode = "TLS";
  EXPECT_EQ(terms_of(&organisation).um_startup_mode, UmStartupMode::tls);
  organisation.um_startup_mode = "Dual";
  organisation.enable_ecc_certificate_support = true;
  organisation.edge_subscription.organization = "Contoso";
  const ServiceTerms terms = terms_of(&organisation);
  EXPECT_EQ(terms.um_startup_mode, UmStartupMode::dual);
  EXPECT_EQ(terms.ecc, EccCertificates::allowed);
  EXPECT_TRUE(terms.subscribed_edge);
}

}  // namespace
}  // namespace domsec::policy
