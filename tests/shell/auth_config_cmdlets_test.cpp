// The commands of the document about the Auth certificate (seed 003; R51, R53, R54).
#include "domsec/shell/auth_config_cmdlets.h"

#include <gtest/gtest.h>

#include "domsec/policy/auth_rotation.h"
#include "domsec/exchange/organisation.h"
#include "shell/organisation_in_memory.h"
#include "shell/scripted_host.h"

namespace domsec::shell {
namespace {

constexpr const char* current = "434AC224C8459924B26521298CE8834C514856AB";
constexpr const char* next = "BC6BF9240000000000000000000000000000BEEF";

struct AuthShell : TestShell {
  OrganisationInMemory configuration;
  AuthShell() {
    add_auth_config_cmdlets(table, configuration);
    configuration.held.auth_config.current_certificate_thumbprint = current;
  }
};

TEST(AuthConfigCmdlets, StageAsTheDocumentDoes) {
  AuthShell shell;
  EXPECT_EQ(shell.run(std::string("$new = '") + next +
                      "'; Set-AuthConfig -NewCertificateThumbprint $new -NewCertificateEffectiveDate (Get-Date).AddHours(49)"),
            "");
  EXPECT_TRUE(shell.host.questions.empty());
  EXPECT_EQ(shell.configuration.held.auth_config.next_certificate_thumbprint, next);
  EXPECT_EQ(shell.configuration.held.auth_config.next_certificate_effective_date, "2026-11-24T10:15:02Z");
  EXPECT_EQ(shell.run("(Get-AuthConfig).CurrentCertificateThumbprint; (Get-AuthConfig).NextCertificateThumbprint"),
            std::string(current) + "\n" + next + "\n");
  EXPECT_EQ(shell.run("(Get-AuthConfig).NextCertificateEffectiveDate.AddHours(1)"), "Tuesday, November 24, 2026 11:15:02 AM\n");
}

/// R53: 48 hours are enough, a second less asks.
TEST(AuthConfigCmdlets, AskWhenTheLeadIsShort) {
  AuthShell shell;
  const std::string command = std::string("Set-AuthConfig -NewCertificateThumbprint ") + next + " -NewCertificateEffectiveDate ";
  shell.host.answers = {Answer::no};
  EXPECT_EQ(shell.run(command + "(Get-Date).AddMinutes(2879)"), "");
  EXPECT_EQ(shell.configuration.changes, 0);
  ASSERT_EQ(shell.host.questions.size(), 1U);
  EXPECT_NE(shell.host.questions[0].find("in less than 48 hours"), std::string::npos);
  EXPECT_EQ(shell.run(command + "(Get-Date).AddHours(1) -Force"), "");
  EXPECT_EQ(shell.configuration.changes, 1);
  EXPECT_EQ(shell.run(command + "(Get-Date).AddHours(48)"), "");
  EXPECT_EQ(shell.configuration.changes, 2);
  EXPECT_EQ(shell.host.questions.size(), 1U);
}

/// R54: roles shift; then the one before is forgotten.
TEST(AuthConfigCmdlets, PublishAndClear) {
  AuthShell shell;
  shell.configuration.held.auth_config.next_certificate_thumbprint = next;
  shell.configuration.held.auth_config.next_certificate_effective_date = "2026-11-24T10:15:02Z";
  EXPECT_EQ(shell.run("Set-AuthConfig -PublishCertificate"), "");
  const exchange::AuthConfig& now = shell.configuration.held.auth_config;
  EXPECT_EQ(now.current_certificate_thumbprint, next);
  EXPECT_EQ(now.previous_certificate_thumbprint, current);
  EXPECT_EQ(now.next_certificate_thumbprint, "");
  EXPECT_EQ(now.next_certificate_effective_date, "");
  EXPECT_EQ(shell.run("Set-AuthConfig -ClearPreviousCertificate"), "");
  EXPECT_EQ(shell.configuration.held.auth_config.previous_certificate_thumbprint, "");
}

TEST(AuthConfigCmdlets, RefuseInOneSentence) {
  struct Row {
    const char* script;
    const char* said;
  };
  for (const Row& row : {Row{"Set-AuthConfig", "nothing is asked; give NewCertificateThumbprint with NewCertificateEffectiveDate"},
                         Row{"Set-AuthConfig -PublishCertificate", "no certificate is staged; stage one with NewCertificateThumbprint first"},
                         Row{"Set-AuthConfig -PublishCertificate -ClearPreviousCertificate", "exclude each other; give one of them"},
                         Row{"Set-AuthConfig -NewCertificateThumbprint 12 -NewCertificateEffectiveDate (Get-Date).AddHours(49)",
                             "is not a thumbprint; write its 40 hexadecimal digits"},
                         Row{"Set-AuthConfig -NewCertificateThumbprint BC6BF9240000000000000000000000000000BEEF",
                             "NewCertificateEffectiveDate is missing; give one such as (Get-Date).AddHours(49)"}}) {
    SCOPED_TRACE(row.script);
    AuthShell shell;
    const std::string said = shell.run(row.script);
    EXPECT_NE(said.find(row.said), std::string::npos) << said;
    EXPECT_EQ(shell.configuration.changes, 0);
  }
}

}  // namespace
}  // namespace domsec::shell
