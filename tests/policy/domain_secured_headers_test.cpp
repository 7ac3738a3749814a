#include "domsec/policy/domain_secured_headers.h"

#include <gtest/gtest.h>

#include <vector>

namespace domsec::policy {
namespace {

struct Row {
  const char* name;
  std::string message;
  std::string kept;
};

TEST(HeaderFirewall, RemovesForgedOrganisationHeadersAndNothingElse) {
  const std::vector<Row> rows{
      {"a forged mark", "X-MS-Exchange-Organization-AuthAs: Partner\r\nSubject: a\r\n\r\nbody\r\n",
       "Subject: a\r\n\r\nbody\r\n"},
      {"every guarded family",
       "X-MS-Exchange-Organization-SCL: -1\r\nX-MS-Exchange-Forest-X: 1\r\nX-MS-Exchange-CrossPremises-Y: "
       "1\r\nA: b\r\n\r\n",
       "A: b\r\n\r\n"},
      {"any case", "x-ms-EXCHANGE-organization-authas: Partner\r\nA: b\r\n\r\n", "A: b\r\n\r\n"},
      {"obsolete blanks before the colon", "X-MS-Exchange-Organization-AuthAs \t : Partner\r\nA: b\r\n\r\n",
       "A: b\r\n\r\n"},
      {"folded, with its continuation",
       "A: b\r\nX-MS-Exchange-Organization-AuthAs:\r\n Part\r\n\tner\r\nC: d\r\n\r\n",
       "A: b\r\nC: d\r\n\r\n"},
      {"folded inside the name", "A: b\r\nX-MS-Exchange-\r\n Organization-AuthAs: Partner\r\n\r\n",
       "A: b\r\n\r\n"},
      {"control octets inside the name",
       "A: b\r\nX-MS-Exchange" + std::string(1, '\0') + "-Organization-AuthAs: Partner\r\n\r\n",
       "A: b\r\n\r\n"},
      {"behind a bare line feed", "A: b\nX-MS-Exchange-Organization-AuthAs: Partner\r\n\r\n", "A: b\n\r\n"},
      {"behind a bare carriage return", "A: b\rX-MS-Exchange-Organization-AuthAs: Partner\r\n\r\n",
       "A: b\r\r\n"},
      {"behind an empty LF line, which ends nothing where CRLF lines are",
       "A: b\n\nX-MS-Exchange-Organization-AuthAs: Partner\r\n\r\nbody", "A: b\n\n\r\nbody"},
      {"behind a line that is no field",
       "A: b\r\nnonsense\r\nX-MS-Exchange-Organization-AuthAs: Partner\r\n\r\n", "A: b\r\nnonsense\r\n\r\n"},
      {"no empty line", "A: b\r\nX-MS-Exchange-Organization-AuthAs: Partner\r\n", "A: b\r\n"},
      {"no line end", "X-MS-Exchange-Organization-AuthAs: Partner", ""},
      {"LF lines only", "X-MS-Exchange-Organization-AuthAs: Partner\nA: b\n\nbody\n", "A: b\n\nbody\n"},
      {"the body is not touched", "A: b\r\n\r\nX-MS-Exchange-Organization-AuthAs: Partner\r\n",
       "A: b\r\n\r\nX-MS-Exchange-Organization-AuthAs: Partner\r\n"},
      {"an empty header section", "\r\nX-MS-Exchange-Organization-AuthAs: Partner\r\n",
       "\r\nX-MS-Exchange-Organization-AuthAs: Partner\r\n"},
      {"look-alikes stay",
       "X-MS-Exchange-OrganizationAuthAs: a\r\nXX-MS-Exchange-Organization-AuthAs: b\r\nX-MS-Exchange-Org: "
       "c\r\nX-MS-Has-Attach: d\r\n\r\n",
       "X-MS-Exchange-OrganizationAuthAs: a\r\nXX-MS-Exchange-Organization-AuthAs: b\r\nX-MS-Exchange-Org: "
       "c\r\nX-MS-Has-Attach: d\r\n\r\n"},
      {"a value that names one stays", "Subject: X-MS-Exchange-Organization-AuthAs: Partner\r\n\r\n",
       "Subject: X-MS-Exchange-Organization-AuthAs: Partner\r\n\r\n"},
      {"empty", "", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(without_organisation_headers(row.message), row.kept);
  }
}

TEST(HeaderFirewall, ReadsAHugeHeaderSectionInOneWalk) {
  std::string message;
  while (message.size() < (4U << 20))
    message += "X-MS-Exchange-Organization-A:\r\n b\r\nX-MS-Exchange-Or:\r\n c\r\n";
  message += "X-MS-Exchange-Organization" + std::string(1U << 20, ' ') + "-B: c\r\n\r\nbody";
  const std::string kept = without_organisation_headers(message);
  EXPECT_EQ(kept.find("Organization"), std::string::npos);
  EXPECT_TRUE(kept.ends_with(" c\r\n\r\nbody"));
}

Arrival arrival() {
  Arrival made;
  made.auth_as = AuthAs::partner;
  made.auth_domain = "woodgrovebank.com";
  made.auth_source = "mail.contoso.com";
  made.helo = "mail.woodgrovebank.com";
  made.client_address = "[203.0.113.7]";
  made.protocol = "ESMTPS";
  made.id = "20261122T100241902-1";
  made.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  made.recipient = "bob@contoso.com";
  made.date = "Sun, 22 Nov 2026 10:02:41 +0000";
  return made;
}

TEST(DomainSecuredHeaders, MarkAPartner) {
  EXPECT_EQ(domain_secured_headers(
                "X-MS-Exchange-Organization-AuthAs: Internal\r\nSubject: a\r\n\r\nbody\r\n", arrival()),
            "Received: from mail.woodgrovebank.com ([203.0.113.7])\r\n\tby mail.contoso.com with ESMTPS id "
            "20261122T100241902-1\r\n"
            "\t(TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n\tfor <bob@contoso.com>;\r\n\tSun, 22 Nov 2026 10:02:41 "
            "+0000\r\n"
            "X-MS-Exchange-Organization-AuthAs: Partner\r\nX-MS-Exchange-Organization-AuthDomain: "
            "woodgrovebank.com\r\n"
            "X-MS-Exchange-Organization-AuthSource: mail.contoso.com\r\nSubject: a\r\n\r\nbody\r\n");
}

TEST(DomainSecuredHeaders, MarkEverybodyElseAnonymousWithoutADomain) {
  Arrival other = arrival();
  other.auth_as = AuthAs::anonymous;
  other.tls.clear();
  other.recipient.clear();
  const std::string kept = domain_secured_headers("Subject: a\r\n\r\n", other);
  EXPECT_NE(kept.find("X-MS-Exchange-Organization-AuthAs: Anonymous\r\n"), std::string::npos);
  EXPECT_EQ(kept.find("AuthDomain"), std::string::npos);
  EXPECT_EQ(kept.find("AuthMechanism"), std::string::npos);
  EXPECT_EQ(kept.find(" for "), std::string::npos);
}

TEST(DomainSecuredHeaders, LetNoTextOfThePeerAddALineOrEndAComment) {
  Arrival hostile = arrival();
  hostile.helo = "a\r\nX-Forged: b";
  hostile.tls = "TLSv1.3, client CN=a) (b\r\nX-Forged: c";
  hostile.recipient = "a@b>;\r\nX-Forged: d";
  const std::string kept = domain_secured_headers("Subject: a\r\n\r\n", hostile);
  EXPECT_EQ(kept.find("\nX-Forged"), std::string::npos) << kept;
  EXPECT_NE(kept.find("CN=a\\) \\(b??X-Forged: c)"), std::string::npos) << kept;
}

TEST(DomainSecuredHeaders, MakeAMessageWithoutHeadersTheBody) {
  const std::vector<std::string> bodies{"just text\r\n", " X-MS-Exchange-Organization-AuthAs: Partner\r\n",
                                        "From a Sun Nov 22 10:02:41\r\nA: b\r\n\r\n"};
  for (const std::string& body : bodies) {
    SCOPED_TRACE(body);
    const std::string kept = domain_secured_headers(body, arrival());
    EXPECT_TRUE(kept.ends_with("AuthSource: mail.contoso.com\r\n\r\n" + body)) << kept;
  }
}

}  // namespace
}  // namespace domsec::policy
