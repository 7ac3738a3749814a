// The time line of a change and the procedure for an expired certificate (R53 to R57).
#include "domsec/policy/auth_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "auth_certificates.h"

namespace domsec::policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::auth_state;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::stage_next;
using testing::test_instant;
using Kind = AuthPlanStep::Kind;

std::vector<Kind> kinds(const AuthPlan& plan) {
  std::vector<Kind> all;
  for (const AuthPlanStep& step : plan.steps) all.push_back(step.kind);
  return all;
}

const AuthPlanStep& step(const AuthPlan& plan, Kind kind) {
  return *std::find_if(plan.steps.begin(), plan.steps.end(),
                       [kind](const AuthPlanStep& one) { return one.kind == kind; });
}

TEST(AuthPlan, RotationFromTheFirstCommandToTheLast) {
  const AuthPlan plan = auth_plan(auth_state(40), {test_instant, Hybrid::no});
  EXPECT_EQ(plan.kind, AuthPlan::Kind::rotation);
  EXPECT_EQ(plan.due_from, std::nullopt);
  EXPECT_THAT(plan.findings, IsEmpty());
  EXPECT_THAT(kinds(plan),
              ElementsAre(Kind::generate, Kind::stage, Kind::deploy, Kind::effective, Kind::publish,
                          Kind::event, Kind::recycle, Kind::hybrid, Kind::clear, Kind::expires));
  EXPECT_EQ(
      plan.steps[1].commands[0],
      "Set-AuthConfig -NewCertificateThumbprint $newAuthCertificate.Thumbprint -NewCertificateEffectiveDate "
      "(Get-Date).AddHours(49)");
  EXPECT_EQ(step(plan, Kind::effective).at, test_instant + hours(49));
  EXPECT_EQ(step(plan, Kind::publish).at, test_instant + hours(60));
  EXPECT_EQ(step(plan, Kind::publish).until, std::nullopt);
  EXPECT_EQ(step(plan, Kind::event).at, test_instant + hours(60));
  EXPECT_THAT(step(plan, Kind::event).what,
              HasSubstr("event 2014 of MSExchange AuthAdmin: The current signing certificate"));
  EXPECT_EQ(step(plan, Kind::clear).commands[0], "Set-AuthConfig -ClearPreviousCertificate");
}

/// R56: what is not made yet goes to one server of each other site, and so does what is missing there today.
TEST(AuthPlan, CarriesTheNewOneToOtherSites) {
  AuthState state = auth_state(40);
  state.servers.push_back({"EX2", "Dublin", state.servers.front().current, {}, {}});
  state.servers.push_back({"EX3", "Dublin", state.servers.front().current, {}, {}});
  state.servers.push_back({"EX4", "Oslo", {}, {}, {}});
  const AuthPlan plan = auth_plan(state, {});
  std::vector<std::string> carried;
  for (const AuthPlanStep& one : plan.steps) {
    if (one.kind == Kind::import) carried.push_back(one.what);
  }
  EXPECT_THAT(carried,
              ElementsAre("carry the current certificate to EX4 in another AD site",
                          "carry it to EX2 in the AD site Dublin", "carry it to EX4 in the AD site Oslo"));
}

/// Without the start of the service, 12 hours are all that can be said.
TEST(AuthPlan, PublishingRunIsWithinTwelveHours) {
  const AuthPlan plan = auth_plan(auth_state(40), {});
  EXPECT_EQ(step(plan, Kind::publish).at, test_instant + hours(49));
  EXPECT_EQ(step(plan, Kind::publish).until, test_instant + hours(61));
  EXPECT_EQ(step(plan, Kind::publish).commands[0], "Set-AuthConfig -PublishCertificate");
  EXPECT_EQ(step(plan, Kind::clear).at, test_instant + hours(61));
}

TEST(AuthPlan, IsNotDueBeforeTheThresholds) {
  const AuthPlan plan = auth_plan(auth_state(100), {});
  EXPECT_EQ(plan.due_from, test_instant + days(40));
  EXPECT_THAT(plan.reason,
              HasSubstr("has 100 days left and nothing is staged; it is due from 2027-01-01T00:00:00Z on"));
}

/// The lead does not fit any more: now, and the start of the service publishes.
TEST(AuthPlan, HurriesWhenTheCurrentOneDoesNotLast) {
  const AuthPlan plan = auth_plan(auth_state(2), {});
  ASSERT_EQ(plan.findings.size(), 1U);
  EXPECT_EQ(plan.findings[0].code, finding::Code::auth_lead_too_short);
  EXPECT_THAT(step(plan, Kind::stage).commands[0],
              HasSubstr("-NewCertificateEffectiveDate (Get-Date) -Force"));
  EXPECT_EQ(step(plan, Kind::restart).commands[0], "Restart-Service MSExchangeServiceHost");
  EXPECT_EQ(step(plan, Kind::publish).at, test_instant);
}

/// R57.
TEST(AuthPlan, RemindsOfPoolsAndWizard) {
  for (const Hybrid hybrid : {Hybrid::no, Hybrid::yes}) {
    for (const int days_of_current : {40, -1}) {
      const AuthPlan plan = auth_plan(auth_state(days_of_current), {{}, hybrid});
      EXPECT_THAT(step(plan, Kind::recycle).commands, ElementsAre("Restart-WebAppPool MSExchangeOWAAppPool",
                                                                  "Restart-WebAppPool MSExchangeECPAppPool"));
      EXPECT_THAT(step(plan, Kind::hybrid).what, HasSubstr("Hybrid Configuration Wizard again"));
      EXPECT_EQ(step(plan, Kind::hybrid).what.find("where the organisation is hybrid") == std::string::npos,
                hybrid == Hybrid::yes);
    }
  }
}

/// R55: expired or missing, everything now and in this order.
TEST(AuthPlan, ReplacementIsTheDocumentsProcedure) {
  AuthState expired = auth_state(-10);
  AuthState missing = auth_state(300);
  missing.servers.front().current.reset();
  for (const AuthState& state : {expired, missing}) {
    const AuthPlan plan = auth_plan(state, {});
    EXPECT_EQ(plan.kind, AuthPlan::Kind::replacement);
    EXPECT_THAT(kinds(plan), ElementsAre(Kind::generate, Kind::stage, Kind::publish, Kind::clear,
                                         Kind::restart, Kind::recycle, Kind::hybrid, Kind::import));
    EXPECT_THAT(plan.steps, Each(::testing::Field(&AuthPlanStep::at, test_instant)));
    EXPECT_THAT(plan.steps[1].commands[0], HasSubstr("(Get-Date) -Force"));
  }
  EXPECT_EQ(auth_plan(expired, {}).reason,
            "the current certificate expired on 2026-11-12T00:00:00Z: it is replaced at once");
  EXPECT_EQ(auth_plan(missing, {}).reason, "the current certificate is missing: it is replaced at once");
}

/// What is staged already needs not be made.
TEST(AuthPlan, ReplacementTakesWhatIsStaged) {
  AuthState state = auth_state(-1);
  stage_next(state, test_instant + hours(20));
  const AuthPlan plan = auth_plan(state, {});
  EXPECT_EQ(plan.steps[0].kind, Kind::stage);
  EXPECT_THAT(plan.steps[0].commands[0],
              HasSubstr("-NewCertificateThumbprint " + state.config.next_certificate_thumbprint + " "));
}

TEST(AuthPlan, StagedTellsWhatIsToCome) {
  AuthState state = auth_state(40);
  stage_next(state, test_instant + hours(10));
  state.servers.push_back({"EX2", "Dublin", state.servers.front().current, {}, {}});
  const AuthPlan plan = auth_plan(state, {test_instant - hours(1), Hybrid::no});
  EXPECT_EQ(plan.kind, AuthPlan::Kind::staged);
  EXPECT_THAT(kinds(plan), ElementsAre(Kind::deploy, Kind::import, Kind::effective, Kind::publish,
                                       Kind::event, Kind::recycle, Kind::hybrid, Kind::clear, Kind::expires));
  EXPECT_EQ(plan.steps[1].what, "carry the next certificate to EX2 in another AD site");
  EXPECT_EQ(step(plan, Kind::publish).at, test_instant + hours(11));
  EXPECT_THAT(step(plan, Kind::event).what, HasSubstr(state.config.next_certificate_thumbprint + "."));
}

/// The date has passed: the next run counts, not one that has been.
TEST(AuthPlan, OverduePublicationIsAheadOfNow) {
  AuthState state = auth_state(40);
  stage_next(state, test_instant - hours(30));
  EXPECT_EQ(step(auth_plan(state, {test_instant - hours(1), Hybrid::no}), Kind::publish).at,
            test_instant + hours(11));
  EXPECT_EQ(step(auth_plan(state, {}), Kind::publish).until, test_instant + hours(12));
}

/// The current one ends first.
TEST(AuthPlan, TellsOfAGap) {
  AuthState state = auth_state(1);
  stage_next(state, test_instant + hours(36));
  const AuthPlan plan = auth_plan(state, {});
  EXPECT_THAT(step(plan, Kind::expires).what, HasSubstr("expires before the new one is published"));
  EXPECT_EQ(step(plan, Kind::expires).at, test_instant + hours(24));
}

}  // namespace
}  // namespace domsec::policy
