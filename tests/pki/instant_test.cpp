#include "domsec/pki/instant.h"

#include <gtest/gtest.h>

namespace domsec::pki {
namespace {

TEST(Instant, IsWrittenAndReadAsRfc3339) {
  const Instant instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} +
                        std::chrono::seconds{33302}};
  EXPECT_EQ(rfc3339(instant), "2026-11-22T09:15:02Z");
  EXPECT_EQ(read_rfc3339("2026-11-22T09:15:02Z"), instant);
  EXPECT_EQ(rfc3339(Instant{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(Instant{std::chrono::seconds{-1}}), "1969-12-31T23:59:59Z");
}

TEST(Instant, ReadsTheTurnsOfTheCalendar) {
  for (const char* text :
       {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "9999-12-31T23:59:59Z",
        "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z", "1950-01-01T00:00:00Z", "0001-01-01T00:00:00Z"}) {
    SCOPED_TRACE(text);
    const auto instant = read_rfc3339(text);
    ASSERT_TRUE(instant);
    EXPECT_EQ(rfc3339(*instant), text);
  }
}

TEST(Instant, RefusesEveryOtherForm) {
  const std::string nul("2026-11-22T09:15:0\0Z", 20);
  for (const std::string& text : {std::string(),
                                  std::string("2026-11-22"),
                                  std::string("2026-11-22T09:15:02"),
                                  std::string("2026-11-22T09:15:02z"),
                                  std::string("2026-11-22t09:15:02Z"),
                                  std::string("2026-11-22 09:15:02Z"),
                                  std::string("2026-11-22T09:15:02.5Z"),
                                  std::string("2026-11-22T09:15:02+00:00"),
                                  std::string("2026-13-22T09:15:02Z"),
                                  std::string("2026-00-22T09:15:02Z"),
                                  std::string("2026-11-31T09:15:02Z"),
                                  std::string("2025-02-29T09:15:02Z"),
                                  std::string("2026-11-22T24:00:00Z"),
                                  std::string("2026-11-22T09:60:02Z"),
                                  std::string("2026-11-22T09:15:60Z"),
                                  std::string("+026-11-22T09:15:02Z"),
                                  std::string("2026-1 -22T09:15:02Z"),
                                  std::string("2026-11-22T-9:15:02Z"),
                                  std::string("2026-11-22T09:15:02Z "),
                                  nul}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(read_rfc3339(text));
  }
}

}  // namespace
}  // namespace domsec::pki
