#include "domsec/policy/inbound_limits.h"

#include <gtest/gtest.h>

namespace domsec::policy {
namespace {

TEST(InboundLimits, OneMoreConnectionMeetsTheLimitThatItWouldExceed) {
  struct Row {
    const char* name;
    int all;
    int per_source;
    int percentage;
    OpenConnections open;
    std::optional<ConnectionLimit> met;
  };
  constexpr int unlimited = 2147483647;
  const Row rows[] = {
      {"Exchange's defaults, nobody there", 5000, 20, 2, {0, 0}, std::nullopt},
      {"the twentieth of a source", 5000, 20, 2, {19, 19}, std::nullopt},
      {"the twenty-first of a source", 5000, 20, 2, {20, 20}, ConnectionLimit::per_source},
      {"room for one", 3, 20, 100, {2, 0}, std::nullopt},
      {"no room", 3, 20, 100, {3, 0}, ConnectionLimit::all},
      {"no room, whoever asks", 3, 2, 100, {3, 3}, ConnectionLimit::all},
      {"2 % of 1000 is 20", 1000, unlimited, 2, {0, 19}, std::nullopt},
      {"2 % of 950 left is 19", 1000, unlimited, 2, {50, 19}, ConnectionLimit::percentage_per_source},
      {"2 % of 901 left is 19, rounded up", 1000, unlimited, 2, {99, 18}, std::nullopt},
      {"one connection while there is room", 2, unlimited, 2, {1, 0}, std::nullopt},
      {"and no second", 10, unlimited, 2, {1, 1}, ConnectionLimit::percentage_per_source},
      {"100 % is what is left", 10, unlimited, 100, {5, 5}, ConnectionLimit::percentage_per_source},
      {"unlimited has room for all", unlimited, unlimited, 1, {1000, 1000}, std::nullopt},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    exchange::ReceiveConnector connector;
    connector.max_inbound_connection = row.all;
    connector.max_inbound_connection_per_source = row.per_source;
    connector.max_inbound_connection_percentage_per_source = row.percentage;
    EXPECT_EQ(limit_met(connector, row.open), row.met);
  }
}

}  // namespace
}  // namespace domsec::policy
