#include "domsec/policy/last_error.h"

#include <gtest/gtest.h>

#include "domsec/smtp/replies.h"

namespace domsec::policy {
namespace {

LastError sample() {
  return {"454 4.7.5 Certificate validation failure, Reason:UntrustedRoot", "mail1.woodgrovebank.com",
          "203.0.113.7:25", pki::read_rfc3339("2026-11-22T10:02:41Z")};
}

TEST(LastError, HasTheClassicWrapper) {
  EXPECT_EQ(classic_last_error(sample()),
            "451 4.4.0 Primary target IP address responded with: \"454 4.7.5 Certificate validation failure, "
            "Reason:UntrustedRoot\" Attempted failover to alternate host, but that did not succeed. Either "
            "there are no "
            "alternate hosts, or delivery failed to all alternate hosts.");
}

TEST(LastError, HasTheNewerWrapper) {
  EXPECT_EQ(last_error(sample()),
            "[{LED=454 4.7.5 Certificate validation failure, Reason:UntrustedRoot};{MSG=};"
            "{FQDN=mail1.woodgrovebank.com};{IP=203.0.113.7:25};{LRT=11/22/2026 10:02:41 AM}]");
}

TEST(LastError, TellsTheHourOfTwelve) {
  LastError error = sample();
  struct Row {
    const char* at;
    const char* told;
  };
  for (const Row& row : {Row{"2026-01-02T00:05:06Z", "1/2/2026 12:05:06 AM"},
                         Row{"2026-12-31T12:00:00Z", "12/31/2026 12:00:00 PM"},
                         Row{"2026-12-31T23:59:59Z", "12/31/2026 11:59:59 PM"}}) {
    error.at = pki::read_rfc3339(row.at);
    EXPECT_NE(last_error(error).find("{LRT=" + std::string(row.told) + "}"), std::string::npos)
        << last_error(error);
  }
}

TEST(LastError, IsEmptyWithoutAnError) {
  EXPECT_EQ(last_error({}), "");
  EXPECT_EQ(classic_last_error({}), "");
}

TEST(LastError, TakesTheVerdictsReplyThenThePeersThenTheWordForTheBreak) {
  Verdict verdict;
  Evidence evidence;
  evidence.dns = DnsOutcome::ok;
  evidence.broken = Break{Step::connect, BreakKind::refused, "Connection refused"};
  EXPECT_EQ(session_error(verdict, evidence), "421 4.2.1 Unable to connect");
  evidence.broken->kind = BreakKind::timed_out;
  EXPECT_EQ(session_error(verdict, evidence), "421 4.4.1 Connection timed out");
  evidence.broken->kind = BreakKind::reset;
  EXPECT_EQ(session_error(verdict, evidence), "421 4.4.2 Connection dropped");
  evidence.refusal = smtp::Reply(451, "4.3.0 Later");
  EXPECT_EQ(session_error(verdict, evidence), "451 4.3.0 Later");
  verdict.reply = smtp::replies::certificate_validation_failure("UntrustedRoot");
  EXPECT_EQ(session_error(verdict, evidence),
            "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot");
}

TEST(LastError, OfALookupThatFailedIsOurOwnSentence) {
  Verdict verdict;
  verdict.headline.detail = "no address to connect to: timed out";
  Evidence evidence;
  evidence.dns = DnsOutcome::failed;
  EXPECT_EQ(session_error(verdict, evidence), "451 4.4.0 no address to connect to: timed out");
}

TEST(LastError, OnlyADomainThatTakesNoMailFailsForGood) {
  Evidence evidence;
  for (const DnsOutcome outcome :
       {DnsOutcome::not_asked, DnsOutcome::ok, DnsOutcome::no_address, DnsOutcome::failed}) {
    evidence.dns = outcome;
    EXPECT_EQ(permanent_lookup_failure(evidence), std::nullopt);
  }
  evidence.dns = DnsOutcome::null_mx;
  EXPECT_EQ(permanent_lookup_failure(evidence)->code(), 556);
  evidence.dns = DnsOutcome::no_such_domain;
  EXPECT_EQ(permanent_lookup_failure(evidence)->code(), 550);
}

}  // namespace
}  // namespace domsec::policy
