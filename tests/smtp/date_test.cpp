#include "domsec/smtp/date.h"

#include <gtest/gtest.h>

namespace domsec::smtp {
namespace {

TEST(Date, IsWrittenAsRfc5322Wants) {
  using std::chrono::sys_days;
  using std::chrono::year;
  EXPECT_EQ(rfc5322_date(sys_days(year(2026) / 11 / 22) + std::chrono::seconds(36161)), "Sun, 22 Nov 2026 10:02:41 +0000");
  EXPECT_EQ(rfc5322_date(sys_days(year(2024) / 2 / 29)), "Thu, 29 Feb 2024 00:00:00 +0000");
  EXPECT_EQ(rfc5322_date(sys_days(year(1970) / 1 / 1)), "Thu, 01 Jan 1970 00:00:00 +0000");
}

}  // namespace
}  // namespace domsec::smtp
