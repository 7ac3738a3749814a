// R25 and R24 over real sockets: ProtocolLoggingLevel decides per connector what is in the files; the three
// counters of Exchange's object after two messages in, one out and one failure.
#include <gtest/gtest.h>

#include "support/log_files.h"
#include "support/two_organisations.h"

namespace domsec::lab {
namespace {

using exchange::ProtocolLoggingLevel;
using testing::TwoOrganisations;

TEST(ProtocolLogging, LeavesNoFileWhenEveryConnectorSaysNone) {
  TwoOrganisations two;
  const auto none = [](exchange::Organisation& edge) {
    edge.send_connectors.front().protocol_logging_level = ProtocolLoggingLevel::none;
    edge.receive_connectors.front().protocol_logging_level = ProtocolLoggingLevel::none;
  };
  two.change("contoso", none);
  EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  two.finish();
  EXPECT_EQ(testing::log_files(two.directory("contoso")), std::vector<std::string>{});
  EXPECT_EQ(testing::log_files(two.directory("woodgrove")).size(), 2U);
}

TEST(ProtocolLogging, IsDecidedPerConnectorAndDirection) {
  TwoOrganisations two;
  two.change("contoso", [](exchange::Organisation& edge) {
    edge.receive_connectors.front().protocol_logging_level = ProtocolLoggingLevel::none;
    // The more specific address space wins: mail to the partner goes over the silent connector.
    exchange::SendConnector silent = edge.send_connectors.front();
    silent.name = "Silent";
    silent.protocol_logging_level = ProtocolLoggingLevel::none;
    silent.address_spaces = {*exchange::read_address_space("woodgrovebank.com")};
    edge.send_connectors.push_back(silent);
  });
  EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  EXPECT_EQ(testing::log_files(two.directory("contoso")), std::vector<std::string>{});
  // The other connector of the same server goes on writing, and what it writes holds nothing of the silent
  // one.
  two.change("contoso", [](exchange::Organisation&) {});
  EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
  two.finish();
  const auto records = testing::read_log_file(two.log_file("contoso", "SmtpSend"));
  ASSERT_FALSE(records.empty());
  for (const testing::LogRecord& record : records) EXPECT_EQ(record.connector, "Internet");
  EXPECT_EQ(records, testing::first_session(two.log_file("contoso", "SmtpSend")));
}

/// R24: 2 good in, 1 good out, 1 failed out.
TEST(ProtocolLogging, CountersAreTwoOneOne) {
  TwoOrganisations two;
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
  two.lab.apply("woodgrove", "expired");
  EXPECT_FALSE(two.send("contoso", "woodgrove").delivered);
  // A refused sender is counted by no counter of Exchange's object: it has none for inbound failures.
  EXPECT_FALSE(two.send("woodgrove", "contoso").delivered);
  two.finish();
  const auto counters = two.lab.counters("contoso");
  ASSERT_GE(counters.size(), 3U);
  const std::string object = R"(\MSExchange Secure Mail Transport(_total)\)";
  EXPECT_EQ(counters[0], std::pair(object + "Domain Secure Messages Received", std::uint64_t{2}));
  EXPECT_EQ(counters[1], std::pair(object + "Domain Secure Messages Sent", std::uint64_t{1}));
  EXPECT_EQ(counters[2], std::pair(object + "Domain Secure Outbound Session Failures", std::uint64_t{1}));
}

}  // namespace
}  // namespace domsec::lab
