// DS650 to DS656, the copies between servers, and the thresholds of Microsoft's script (R51 to R56).
#include "domsec/policy/auth_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth_certificates.h"

namespace domsec::policy {
namespace {

using finding::Code;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::auth_certificate;
using testing::auth_state;
using testing::codes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::stage_next;
using testing::test_instant;
using testing::usable;
using Action = MonitorAdvice::Action;

TEST(AuthFindings, CountsDaysAsWholeOnes) {
  EXPECT_EQ(days_left(test_instant + days(60) + hours(23), test_instant), 60);
  EXPECT_EQ(days_left(test_instant, test_instant), 0);
  EXPECT_EQ(days_left(test_instant - seconds(1), test_instant), -1);
}

/// R51: Exchange's own words.
TEST(AuthFindings, MissingIsToldInExchangesWords) {
  AuthState state = auth_state(300);
  const std::string thumbprint = state.config.current_certificate_thumbprint;
  state.servers.front().current.reset();
  const std::vector<Finding> findings = auth_findings(state);
  ASSERT_THAT(codes(findings), ElementsAre(Code::auth_cert_missing));
  EXPECT_EQ(findings[0].severity, finding::Severity::fails);
  EXPECT_THAT(findings[0].detail,
              HasSubstr("A special Rpc error occurs on server EX1: The certificate with thumbprint " +
                        thumbprint + " was not found."));
  EXPECT_TRUE(needs_replacement(state));
}

TEST(AuthFindings, WithoutItsKeyOrWithoutAnyIsMissing) {
  AuthState state = auth_state(300);
  state.servers.front().current->has_private_key = false;
  std::vector<Finding> findings = auth_findings(state);
  ASSERT_THAT(codes(findings), ElementsAre(Code::auth_cert_missing));
  EXPECT_THAT(findings[0].detail, HasSubstr("is here without its private key"));
  state.config.current_certificate_thumbprint.clear();
  state.servers.front().current.reset();
  findings = auth_findings(state);
  ASSERT_THAT(codes(findings), ElementsAre(Code::auth_cert_missing));
  EXPECT_THAT(findings[0].detail, HasSubstr("no current Auth certificate is configured"));
}

TEST(AuthFindings, ExpiredIsReplacedAtOnce) {
  AuthState state = auth_state(0);
  state.at = test_instant + seconds(1);
  const std::vector<Finding> findings = auth_findings(state);
  ASSERT_THAT(codes(findings), ElementsAre(Code::auth_cert_expired));
  EXPECT_THAT(findings[0].detail,
              HasSubstr("expired on 2026-11-22T00:00:00Z; replace it at once: effective date now, publish"));
  EXPECT_TRUE(needs_replacement(state));
  EXPECT_FALSE(needs_replacement(auth_state(0)));
}

/// DS652: 60 days for the current one, 120 for the next one.
TEST(AuthFindings, NextIsAskedForByTheThresholds) {
  struct Row {
    const char* name;
    int current;
    int next;  // 0: none staged
    bool asked;
  };
  for (const Row& row :
       {Row{"61 days, none staged", 61, 0, false}, Row{"60 days, none staged", 60, 0, true},
        Row{"60 days, next has 121", 60, 121, false}, Row{"60 days, next has 120", 60, 120, true},
        Row{"61 days, next has 120", 61, 120, false}, Row{"300 days, next has expired", 300, -1, true}}) {
    SCOPED_TRACE(row.name);
    AuthState state = auth_state(row.current);
    if (row.next != 0) stage_next(state, test_instant + hours(49), row.next);
    const std::vector<Finding> findings = auth_findings(state);
    EXPECT_EQ(!findings.empty() && findings[0].code == Code::auth_next_unconfigured, row.asked);
    EXPECT_EQ(findings.empty(), !row.asked);
    const bool monitor_asks = row.asked && row.current <= 60;
    EXPECT_EQ(monitor_advice(state, Hybrid::no).action == Action::configure_next, monitor_asks);
  }
}

/// R53: 48 hours are enough, a second less is not.
TEST(AuthFindings, ShortLeadIsWarnedOf) {
  EXPECT_EQ(auth_lead(test_instant, test_instant + hours(48)), std::nullopt);
  const std::optional<Finding> finding = auth_lead(test_instant, test_instant + hours(48) - seconds(1));
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->code, Code::auth_lead_too_short);
  EXPECT_EQ(finding->severity, finding::Severity::warning);
}

/// R54: reached, and no run has been.
TEST(AuthFindings, ReachedAndNotPublishedIsPending) {
  AuthState state = auth_state(300);
  stage_next(state, test_instant + hours(49));
  state.at = test_instant + hours(49) - seconds(1);
  EXPECT_THAT(auth_findings(state), IsEmpty());
  state.at = test_instant + hours(49);
  const std::vector<Finding> findings = auth_findings(state);
  ASSERT_THAT(codes(findings), ElementsAre(Code::auth_publish_pending));
  EXPECT_EQ(findings[0].severity, finding::Severity::information);
}

/// R52: one finding for each property.
TEST(AuthFindings, ProfileIsThatOfTheDocument) {
  const pki::Instant end = test_instant + days(300);
  struct Row {
    const char* name;
    AuthCertificate certificate;
    std::vector<std::string> said;
  };
  const AuthCertificate sound = usable(auth_certificate(end));
  AuthCertificate locked = sound;
  locked.key_exportable = false;
  for (const Row& row :
       {Row{"as it should be", sound, {}}, Row{"its key stays", locked, {"cannot be exported"}},
        Row{"a SAN",
            usable(auth_certificate(end, {"mail.contoso.com"})),
            {"subject alternative name, mail.contoso.com"}},
        Row{"EC", usable(auth_certificate(end, {}, pki::KeyKind::ec_p256)), {"EC P-256 and not RSA 2048"}},
        Row{"EC with a SAN",
            usable(auth_certificate(end, {"a.example"}, pki::KeyKind::ec_p256)),
            {"EC P-256", "a.example"}}}) {
    SCOPED_TRACE(row.name);
    const std::vector<Finding> findings = auth_profile(row.certificate, AuthRole::next);
    ASSERT_EQ(findings.size(), row.said.size());
    for (std::size_t i = 0; i < findings.size(); ++i) {
      EXPECT_EQ(findings[i].code, Code::auth_cert_profile);
      EXPECT_THAT(findings[i].detail, HasSubstr(row.said[i]));
    }
  }
}

AuthServer without_certificates(const std::string& name, const std::string& site) {
  return {name, site, {}, {}, {}};
}

/// R56: inside a site by the servicelet, to another site by hand and only once.
TEST(AuthFindings, ReplicationInsideAndAcrossSites) {
  AuthState state = auth_state(300);
  state.servers.push_back(without_certificates("EX2", "Munich"));
  state.servers.push_back(without_certificates("EX3", "Dublin"));
  state.servers.push_back(without_certificates("EX4", "Dublin"));
  const std::vector<Replication> all = replications(state);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].to + " from " + all[0].from + " by " + std::string(text(all[0].way)),
            "EX2 from EX1 by servicelet");
  EXPECT_EQ(all[1].to + " from " + all[1].from + " by " + std::string(text(all[1].way)),
            "EX3 from EX1 by export-import");
  EXPECT_EQ(all[2].to + " from " + all[2].from + " by " + std::string(text(all[2].way)),
            "EX4 from EX3 by servicelet");
  EXPECT_THAT(commands(all[0]), IsEmpty());
  EXPECT_THAT(
      commands(all[1]),
      ElementsAre("$password = Read-Host -AsSecureString",
                  "$exported = Export-ExchangeCertificate -Server EX1 -Thumbprint " +
                      state.config.current_certificate_thumbprint + " -BinaryEncoded -Password $password",
                  "Import-ExchangeCertificate -Server EX3 -FileData $exported.FileData -Password $password "
                  "-PrivateKeyExportable $true"));
  const std::vector<Finding> findings = auth_findings(state);
  ASSERT_THAT(codes(findings), ElementsAre(Code::auth_not_replicated));
  EXPECT_THAT(findings[0].detail,
              HasSubstr("is missing on EX3, which is in another AD site than EX1; export it there"));
}

/// This server lacks what another one has: not missing, but not copied.
TEST(AuthFindings, MissingHereAndThereElsewhere) {
  AuthState state = auth_state(300);
  AuthServer other = state.servers.front();
  other.name = "EX2";
  state.servers.push_back(other);
  state.servers.front().current.reset();
  EXPECT_THAT(auth_findings(state), IsEmpty());  // the servicelet does it
  state.servers[1].site = "Dublin";
  EXPECT_THAT(codes(auth_findings(state)), ElementsAre(Code::auth_not_replicated));
  EXPECT_EQ(monitor_advice(state, Hybrid::no).action, Action::import_current);
}

TEST(AuthFindings, KeyThatMayNotLeaveIsNotCopied) {
  AuthState state = auth_state(300);
  state.servers.front().current->key_exportable = false;
  state.servers.push_back(without_certificates("EX2", "Munich"));
  ASSERT_EQ(replications(state).size(), 1U);
  EXPECT_EQ(replications(state)[0].way, Replication::Way::impossible);
  EXPECT_THAT(codes(auth_findings(state)), ElementsAre(Code::auth_not_replicated, Code::auth_cert_profile));
}

/// EnableDaysInFuture: 30, then 4, 2, 0.
TEST(AuthFindings, MonitorShrinksItsLead) {
  struct Row {
    int left;
    int days;
  };
  for (const Row& row :
       {Row{60, 30}, Row{32, 30}, Row{31, 4}, Row{5, 4}, Row{4, 2}, Row{3, 2}, Row{2, 0}, Row{0, 0}}) {
    SCOPED_TRACE(row.left);
    EXPECT_EQ(enable_days_in_future(row.left), row.days);
    EXPECT_EQ(monitor_advice(auth_state(row.left), Hybrid::no).enable_days_in_future, row.days);
  }
  EXPECT_EQ(monitor_advice(auth_state(61), Hybrid::no).enable_days_in_future, std::nullopt);
}

/// Hybrid: it changes nothing until it is told to.
TEST(AuthFindings, MonitorStopsForHybrid) {
  EXPECT_TRUE(monitor_advice(auth_state(60), Hybrid::yes).stops_for_hybrid);
  EXPECT_FALSE(monitor_advice(auth_state(60), Hybrid::no).stops_for_hybrid);
  EXPECT_FALSE(monitor_advice(auth_state(61), Hybrid::yes).stops_for_hybrid);
  AuthState expired = auth_state(-1);
  EXPECT_EQ(monitor_advice(expired, Hybrid::yes).action, Action::replace_current);
  EXPECT_TRUE(monitor_advice(expired, Hybrid::yes).stops_for_hybrid);
}

}  // namespace
}  // namespace domsec::policy
