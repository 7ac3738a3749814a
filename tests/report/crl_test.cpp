#include "domsec/report/crl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/crl.h"
#include "support/pki.h"

namespace domsec::report {
namespace {

using domsec::testing::changed;
using domsec::testing::crl_recipe;
using domsec::testing::delta_of;
using domsec::testing::test_instant;
using domsec::testing::three_levels;
using pki::CrlProblem;
using pki::RevocationState;
using ::testing::HasSubstr;
using ::testing::Not;

RevocationList fetched_list() {
  RevocationList list;
  list.source = "http://crl.contoso.com/ca.crl";
  list.origin = pki::CrlOrigin::fetched;
  list.took = std::chrono::milliseconds(12);
  list.crl = pki::Crl::read(three_levels().issuing.crl(crl_recipe({"01"})));
  return list;
}

TEST(ListText, TellsAgeAndTimeLeft) {
  const std::string text = list_text(fetched_list(), test_instant);
  EXPECT_THAT(text, HasSubstr("http://crl.contoso.com/ca.crl: fetched in 12 ms\n"));
  EXPECT_THAT(text, HasSubstr("  number        01, a full list\n"));
  EXPECT_THAT(text, HasSubstr("  this update   2026-11-21T00:00:00Z, 24 h ago\n"));
  EXPECT_THAT(text, HasSubstr("  next update   2026-11-29T00:00:00Z, 7 days left\n"));
  EXPECT_THAT(text, HasSubstr("  entries       1\n"));
  EXPECT_THAT(list_text(fetched_list(), test_instant + std::chrono::days(9)),
              HasSubstr("STALE since 2 days\n"));
  EXPECT_THAT(list_text(fetched_list(), test_instant - std::chrono::days(9)), HasSubstr(", in the future\n"));
}

TEST(ListText, TellsWhatADeltaListBuildsOnAndHowOldAKeptOneIs) {
  RevocationList list = fetched_list();
  list.origin = pki::CrlOrigin::cache;
  list.kept = test_instant - std::chrono::minutes(5);
  list.crl = pki::Crl::read(changed(three_levels().issuing, crl_recipe(), delta_of(0x1F)));
  const std::string text = list_text(list, test_instant);
  EXPECT_THAT(text, HasSubstr("from the cache, fetched 5 min ago\n"));
  EXPECT_THAT(text, HasSubstr("01, a delta list to number 1F\n"));
}

TEST(ListText, SaysWhyThereIsNone) {
  RevocationList list;
  list.source = "http://a/\x1b[31m";
  list.trouble = "404 Not\x07 Found";
  EXPECT_EQ(list_text(list, test_instant), "http://a/\\x1B[31m: no list, 404 Not\\x07 Found\n");
  EXPECT_EQ(list_line(list, test_instant), "http://a/\\x1B[31m: 404 Not\\x07 Found\n");
}

TEST(Consequence, OfEachState) {
  const struct {
    const char* name;
    RevocationState state;
    CrlProblem problem;
    const char* hard;
    const char* soft;
  } rows[] = {
      {"good", RevocationState::good, CrlProblem::none, "accepted", "accepted"},
      {"revoked", RevocationState::revoked, CrlProblem::none, "refused", "refused"},
      {"revoked by a stale list", RevocationState::revoked, CrlProblem::stale, "refused", "refused"},
      {"unreachable", RevocationState::unknown, CrlProblem::unreachable, "refused",
       "accepted with a warning"},
      {"stale", RevocationState::unknown, CrlProblem::stale, "refused", "accepted with a warning"},
      {"bad signature", RevocationState::unknown, CrlProblem::bad_signature, "refused",
       "accepted with a warning"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    pki::Revocation revocation;
    revocation.state = row.state;
    revocation.problem = row.problem;
    EXPECT_EQ(consequence(revocation).hard, row.hard);
    EXPECT_EQ(consequence(revocation).soft, row.soft);
  }
}

TEST(RevocationsText, ShowsEvidenceAndEveryMode) {
  pki::Revocation revoked;
  revoked.subject = "CN=mail1.contoso.com";
  revoked.serial = "0A";
  revoked.state = RevocationState::revoked;
  revoked.origin = pki::CrlOrigin::fetched;
  revoked.uri = "http://a/ca.crl";
  revoked.revoked_at = test_instant;
  revoked.reason = "keyCompromise";
  const std::string text = revocations_text({revoked});
  EXPECT_THAT(text, HasSubstr("[0] CN=mail1.contoso.com, serial 0A\n"));
  EXPECT_THAT(text, HasSubstr("revoked since 2026-11-22T00:00:00Z (keyCompromise)"));
  EXPECT_THAT(text, HasSubstr("    hard        refused\n    soft        refused\n    off         accepted"));
  EXPECT_THAT(text, Not(HasSubstr("list of")));
  EXPECT_THAT(revocations_text({}), HasSubstr("no certificate of it can be revoked"));
}

TEST(SpanText, CountsInTheUnitThatReadsBest) {
  EXPECT_EQ(span_text(std::chrono::seconds(119)), "119 s");
  EXPECT_EQ(span_text(std::chrono::minutes(2)), "2 min");
  EXPECT_EQ(span_text(std::chrono::hours(47)), "47 h");
  EXPECT_EQ(span_text(std::chrono::hours(48)), "2 days");
}

}  // namespace
}  // namespace domsec::report
