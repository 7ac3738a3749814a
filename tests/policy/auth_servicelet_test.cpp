// R53, R54 on a virtual clock: staged at the start with 49 hours' lead, while the service host runs since
// then.
#include "domsec/policy/auth_servicelet.h"

#include <gtest/gtest.h>

#include "domsec/policy/auth_rotation.h"
#include "support/pki.h"

namespace domsec::policy {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::test_instant;

constexpr const char* current = "434AC224C8459924B26521298CE8834C514856AB";
constexpr const char* next = "BC6BF9240000000000000000000000000000BEEF";

exchange::AuthConfig staged_config() {
  exchange::AuthConfig config;
  config.current_certificate_thumbprint = current;
  return staged(config, next, test_instant + hours(49));
}

TEST(AuthServicelet, RunsAtTheStartOfItsServiceAndEveryTwelveHours) {
  struct Row {
    const char* name;
    seconds after_start;
    hours run;
  };
  for (const Row& row :
       {Row{"before the start", hours(-5), hours(0)}, Row{"at the start", hours(0), hours(0)},
        Row{"a second later", seconds(1), hours(12)},
        Row{"just before the second", hours(12) - seconds(1), hours(12)},
        Row{"at the second", hours(12), hours(12)}, Row{"49 hours", hours(49), hours(60)},
        Row{"60 hours", hours(60), hours(60)}, Row{"61 hours", hours(61), hours(72)}}) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(first_servicelet_run(test_instant, test_instant + row.after_start), test_instant + row.run);
  }
}

TEST(AuthServicelet, PublishesAtTheFirstRunAtOrAfterTheDate) {
  struct Row {
    const char* name;
    hours service_start;
    hours run;
  };
  for (const Row& row : {Row{"started with the staging", hours(0), hours(60)},
                         Row{"started an hour later: exactly then", hours(1), hours(49)},
                         Row{"started after the date", hours(50), hours(50)},
                         Row{"started long before", hours(-240), hours(60)}}) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(publishing_run(staged_config(), test_instant + row.service_start), test_instant + row.run);
  }
  EXPECT_EQ(publishing_run({}, test_instant), std::nullopt);
}

TEST(AuthServicelet, DoesWhatIsDue) {
  const exchange::AuthConfig before = staged_config();
  for (const hours early : {hours(0), hours(48)}) {
    const ServiceletRun run = servicelet_run(before, test_instant + early, NextCertificate::here);
    EXPECT_EQ(run.deed, ServiceletDeed::not_effective_yet);
    EXPECT_EQ(run.after.current_certificate_thumbprint, current);
    EXPECT_EQ(run.why, "the staged certificate takes effect at 2026-11-24T01:00:00Z");
  }
  for (const hours due : {hours(49), hours(61)}) {
    const ServiceletRun run = servicelet_run(before, test_instant + due, NextCertificate::here);
    EXPECT_EQ(run.deed, ServiceletDeed::published);
    EXPECT_EQ(run.after.current_certificate_thumbprint, next);
    EXPECT_EQ(run.after.previous_certificate_thumbprint, current);
    EXPECT_EQ(run.after.next_certificate_thumbprint, "");
    EXPECT_EQ(run.after.next_certificate_effective_date, "");
    EXPECT_EQ(servicelet_run(run.after, test_instant + hours(73), NextCertificate::here).deed,
              ServiceletDeed::nothing_staged);
  }
  const ServiceletRun missing = servicelet_run(before, test_instant + hours(61), NextCertificate::missing);
  EXPECT_EQ(missing.deed, ServiceletDeed::next_missing);
  EXPECT_EQ(missing.after.current_certificate_thumbprint, current);
}

/// A thumbprint without a date, which a file can hold: nothing is published.
TEST(AuthServicelet, NeedsADate) {
  exchange::AuthConfig config = staged_config();
  config.next_certificate_effective_date.clear();
  EXPECT_EQ(servicelet_run(config, test_instant + hours(500), NextCertificate::here).why,
            "the staged certificate has no effective date; stage it again with one");
  EXPECT_EQ(servicelet_run({}, test_instant, NextCertificate::here).why, "no certificate is staged");
}

TEST(AuthServicelet, EventIsAsExchangeWritesIt) {
  EXPECT_EQ(event_2014(next),
            "The current signing certificate for Exchange has been updated to certificate with thumbprint "
            "BC6BF9240000000000000000000000000000BEEF.");
}

}  // namespace
}  // namespace domsec::policy
