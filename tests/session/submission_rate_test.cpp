#include "domsec/session/submission_rate.h"

#include <gtest/gtest.h>

namespace domsec::session {
namespace {

using exchange::MessageRateSource;
using std::chrono::seconds;

struct Message {
  int at;  // seconds
  const char* address;
  const char* sender;
  bool refused;
};

TEST(SubmissionRate, CountsWhatItsSourceSays) {
  struct Row {
    const char* name;
    MessageRateSource source;
    std::vector<Message> messages;
  };
  const char* a = "192.0.2.1";
  const char* b = "192.0.2.2";
  const Row rows[] = {
      {"by address", MessageRateSource::ip_address,
       {{0, a, "x", false}, {1, a, "y", false}, {2, a, "z", true}, {3, b, "x", false}}},
      {"the minute goes along", MessageRateSource::ip_address,
       {{0, a, "x", false}, {30, a, "x", false}, {59, a, "x", true}, {60, a, "x", false}, {89, a, "x", true}, {90, a, "x", false}}},
      {"by sender", MessageRateSource::user,
       {{0, a, "x", false}, {1, b, "x", false}, {2, a, "x", true}, {3, a, "y", false}, {4, a, "", false}}},
      {"by both", MessageRateSource::all,
       {{0, a, "x", false}, {1, b, "x", false}, {2, b, "x", true}, {3, b, "y", false}, {4, b, "z", true}, {5, a, "z", false}}},
      {"by nobody", MessageRateSource::none, {{0, a, "x", false}, {0, a, "x", false}, {0, a, "x", false}}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    SubmissionRate rate(2, row.source);
    for (const Message& message : row.messages) {
      SCOPED_TRACE(message.at);
      const net::SteadyPoint now = net::SteadyPoint() + std::chrono::hours(1) + seconds(message.at);
      EXPECT_EQ(rate.reached(message.address, message.sender, now), message.refused);
      if (!message.refused) rate.count(message.address, message.sender, now);
    }
  }
}

}  // namespace
}  // namespace domsec::session
