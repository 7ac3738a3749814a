#include <gtest/gtest.h>

#include "domsec/exchange/receive_connector.h"
#include "domsec/exchange/send_connector.h"

namespace domsec::exchange {
namespace {

TEST(AddressSpace, IsReadInExchangesNotation) {
  struct Row {
    const char* text;
    const char* domain;  // empty: *
    bool with_subdomains;
    int cost;
  };
  const std::vector<Row> rows{
      {"*", "", false, 1},
      {"contoso.com", "contoso.com", false, 1},
      {"*.Contoso.com", "contoso.com", true, 1},
      {"SMTP:contoso.com;5", "contoso.com", false, 5},
      {"smtp:*;100", "", false, 100},
      {"SMTP: *.contoso.com ; 7", "contoso.com", true, 7},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const std::optional<AddressSpace> space = read_address_space(row.text);
    ASSERT_TRUE(space);
    EXPECT_EQ(space->domain ? space->domain->text() : "", row.domain);
    EXPECT_EQ(space->with_subdomains, row.with_subdomains);
    EXPECT_EQ(space->cost, row.cost);
    EXPECT_EQ(space->text, row.text);
  }
}

TEST(AddressSpace, IsRefusedOtherwise) {
  for (const char* text :
       {"", " ", "*contoso.com", "contoso.*", "--", "X400:contoso.com", "contoso.com;0", "contoso.com;101",
        "contoso.com;", "contoso.com;-1", "contoso.com;1;2", "*.*", "*.", "a b.com", "contoso.com;1x"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(read_address_space(text));
  }
}

TEST(TlsCertificateName, HasIssuerAndSubject) {
  for (const char* text : {"<I>CN=CA, DC=com<S>CN=mail.contoso.com", "<i>CN=CA, DC=com<s>CN=mail.contoso.com",
                           "  <I> CN=CA, DC=com <S> CN=mail.contoso.com "}) {
    SCOPED_TRACE(text);
    const std::optional<TlsCertificateName> name = read_tls_certificate_name(text);
    ASSERT_TRUE(name);
    EXPECT_EQ(name->text(), "<I>CN=CA, DC=com<S>CN=mail.contoso.com");
  }
  for (const char* text : {"", "CN=mail.contoso.com", "<I>CN=CA", "<S>CN=mail<I>CN=CA", "<I><S>CN=mail",
                           "<I>CN=CA<S>", "<I>a\n<S>b"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(read_tls_certificate_name(text));
  }
}

TEST(AuthMechanism, IsASetOfFlags) {
  struct Row {
    std::vector<std::string> words;
    const char* text;
  };
  const std::vector<Row> rows{
      {{"Tls"}, "Tls"},
      {{"ExchangeServer", "tls"}, "Tls, ExchangeServer"},
      {{"None"}, "None"},
      {{"Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer"},
       "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"},
      {{"externalauthoritative"}, "ExternalAuthoritative"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const std::optional<AuthMechanism> mechanism = read_auth_mechanism(row.words);
    ASSERT_TRUE(mechanism);
    EXPECT_EQ(mechanism->text(), row.text);
  }
  EXPECT_EQ(AuthMechanism{}.text(), "Tls");
}

TEST(AuthMechanism, IsRefusedWhenNoneHasCompanyOrAWordIsUnknown) {
  struct Row {
    const char* name;
    std::vector<std::string> words;
  };
  const std::vector<Row> rows{{"no word", {}},
                              {"None in company (RC-1)", {"None", "Tls"}},
                              {"unknown", {"Kerberos"}},
                              {"empty", {""}}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_FALSE(read_auth_mechanism(row.words));
  }
}

TEST(ConnectorWords, AreReadInAnyCase) {
  EXPECT_EQ(read_tls_auth_level("domainvalidation"), TlsAuthLevel::domain_validation);
  EXPECT_EQ(read_tls_auth_level("EncryptionOnly"), TlsAuthLevel::encryption_only);
  EXPECT_FALSE(read_tls_auth_level("Encryption"));
  EXPECT_EQ(read_protocol_logging_level("VERBOSE"), ProtocolLoggingLevel::verbose);
  EXPECT_FALSE(read_protocol_logging_level("Debug"));
  EXPECT_EQ(read_smart_host_auth_mechanism("basicauthrequiretls"),
            SmartHostAuthMechanism::basic_auth_require_tls);
}

TEST(SmtpDomainWithSubdomains, KnowsItsStar) {
  EXPECT_TRUE(read_domain_with_subdomains("*.contoso.com").value().with_subdomains);
  EXPECT_FALSE(read_domain_with_subdomains("contoso.com").value().with_subdomains);
  EXPECT_FALSE(read_domain_with_subdomains("*"));
  EXPECT_FALSE(read_domain_with_subdomains("mail.*.com"));
}

}  // namespace
}  // namespace domsec::exchange
