#include "domsec/policy/certificate_rotation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace domsec::policy {
namespace {

std::string text_of(const std::vector<RotationStep>& steps) {
  std::string out;
  for (const RotationStep step : steps) out += (out.empty() ? "" : " ") + std::string(text(step));
  return out;
}

/// Spec exchange 2.3: of several certificates with the name the newest is presented, whether SMTP or not.
bool exchange_presents_well(const Rotation& rotation, const RotationState& state) {
  const bool both = rotation.same_names && state.named != NamedCertificate::nothing;
  if (both) return state.imported ? state.enabled : true;
  if (state.named == NamedCertificate::today) return !state.removed;
  if (state.named == NamedCertificate::tomorrow) return state.enabled;
  return state.enabled || !state.removed;
}

TEST(CertificateRotation, ASameSubjectRenewalBreaksInTheUsualOrderAndHasASafeOne) {
  const Rotation rotation{.same_names = true, .by_name = true};
  EXPECT_EQ(text_of(usual_order(rotation)), "import enable remove");
  RotationState state = behind(before(rotation), RotationStep::import);
  EXPECT_FALSE(exchange_presents_well(rotation, state));
  state = behind(state, RotationStep::enable);
  EXPECT_NE(refusal(rotation, state, RotationStep::remove).find("same issuer and subject"), std::string::npos);

  const RotationOrder order =
      best_order(rotation, [&](const RotationState& each) { return exchange_presents_well(rotation, each); });
  EXPECT_EQ(text_of(order.steps), "clear-name import enable remove set-name");
}

struct Row {
  const char* name;
  Rotation rotation;
  std::string steps;
  std::size_t interruptions;
};

TEST(CertificateRotation, TheBestOrderOfEachKind) {
  const std::vector<Row> rows{
      {"by Fqdn", {}, "import enable remove", 0},
      {"another issuer", {.by_name = true}, "import enable set-name remove", 0},
      {"the same names", {.same_names = true, .by_name = true}, "clear-name import enable remove set-name", 0},
      {"the same names, by Fqdn", {.same_names = true}, "import enable remove", 0},
      {"the partner as well", {.by_name = true, .partner_changes = true},
       "partner-accepts import enable set-name remove", 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const RotationOrder order = best_order(
        row.rotation, [&](const RotationState& state) { return exchange_presents_well(row.rotation, state); });
    EXPECT_EQ(text_of(order.steps), row.steps);
    EXPECT_EQ(order.interruptions, row.interruptions);
  }
}

TEST(CertificateRotation, WhatThePartnerDoesNotAcceptYetComesBehindHisStep) {
  const Rotation rotation{.partner_changes = true};
  const RotationOrder order = best_order(rotation, [](const RotationState& state) {
    return state.partner_accepts || !state.enabled;  // tomorrow's is presented as soon as it has SMTP
  });
  EXPECT_EQ(order.interruptions, 0U);
  EXPECT_EQ(text_of(order.steps), "partner-accepts import enable remove");
}

TEST(CertificateRotation, WhereNoOrderIsSafeTheFewestInterruptionsWin) {
  const Rotation rotation{.by_name = true};
  const RotationOrder order = best_order(rotation, [](const RotationState& state) {
    return state == before({.by_name = true});  // tomorrow's certificate is refused by everybody
  });
  EXPECT_EQ(order.interruptions, 4U);
  EXPECT_EQ(text_of(order.steps), "import enable set-name remove");
}

TEST(CertificateRotation, EachStateIsAskedForOnce) {
  std::vector<RotationState> asked;
  (void)best_order({.same_names = true, .by_name = true, .partner_changes = true}, [&](const RotationState& state) {
    asked.push_back(state);
    return state.partner_accepts;
  });
  std::vector<RotationState> once = asked;
  std::sort(once.begin(), once.end());
  EXPECT_EQ(std::adjacent_find(once.begin(), once.end()), once.end());
}

TEST(CertificateRotation, StepsThatCannotBeTakenSayWhy) {
  const Rotation by_fqdn{};
  const RotationState start = before(by_fqdn);
  EXPECT_NE(refusal(by_fqdn, start, RotationStep::enable), "");
  EXPECT_NE(refusal(by_fqdn, start, RotationStep::remove), "");
  EXPECT_NE(refusal(by_fqdn, start, RotationStep::set_name), "");
  EXPECT_NE(refusal(by_fqdn, start, RotationStep::clear_name), "");
  EXPECT_NE(refusal(by_fqdn, start, RotationStep::partner_accepts), "");
  EXPECT_EQ(refusal(by_fqdn, start, RotationStep::import), "");
  const Rotation by_name{.by_name = true};
  const RotationState ready = behind(behind(before(by_name), RotationStep::import), RotationStep::enable);
  EXPECT_NE(refusal(by_name, ready, RotationStep::remove), "");
  EXPECT_EQ(refusal(by_name, ready, RotationStep::set_name), "");
  EXPECT_EQ(refusal(by_name, behind(ready, RotationStep::set_name), RotationStep::remove), "");
}

}  // namespace
}  // namespace domsec::policy
