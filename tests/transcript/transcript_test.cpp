#include "domsec/transcript/transcript.h"

#include <gtest/gtest.h>

namespace domsec::transcript {
namespace {

using std::chrono::milliseconds;

// 2026-11-22T09:14:58.203Z, the process start of the worked examples of the protocol log.
constexpr Time process_start{milliseconds(1'795'338'898'203)};

Transcript made(policy::Role role = policy::Role::send) {
  return {role, "Internet", 7, [] { return process_start; }};
}

TEST(SessionIds, AreDotNetTicksOfTheProcessStartCountedUp) {
  SessionIds ids(process_start);
  // 100 ns since 0001-01-01: (621355968000000000 + 1795338898203 * 10000).
  EXPECT_EQ(session_id_text(ids.next()), "08DF4879147F4EB0");
  EXPECT_EQ(session_id_text(ids.next()), "08DF4879147F4EB1");
}

TEST(SessionIds, HaveSixteenUpperCaseHexDigits) {
  EXPECT_EQ(session_id_text(0), "0000000000000000");
  EXPECT_EQ(session_id_text(0xABCDEF), "0000000000ABCDEF");
  EXPECT_EQ(session_id_text(~0ULL), "FFFFFFFFFFFFFFFF");
}

TEST(Transcript, KeepsEventsInOrderWithTheGivenClock) {
  Time now = process_start;
  Transcript transcript(policy::Role::receive, "EDGE1\\Internet", 7, [&now] { return now; });
  transcript.append(Connected{"192.0.2.10:25", "203.0.113.7:50412"});
  now += milliseconds(5);
  transcript.append(CommandLine{Direction::received, "EHLO a.test"});
  ASSERT_EQ(transcript.events().size(), 2U);
  EXPECT_TRUE(transcript.events()[0].body.is<Connected>());
  EXPECT_EQ(transcript.events()[1].at - transcript.events()[0].at, milliseconds(5));
}

TEST(Transcript, KnowsTheEndpointsOfTheLastConnection) {
  Transcript transcript = made();
  transcript.append(Connecting{"mx1.test", "192.0.2.1:25"});
  EXPECT_EQ(transcript.local(), "");
  EXPECT_EQ(transcript.remote(), "192.0.2.1:25");
  transcript.append(Connected{"192.0.2.9:40000", "192.0.2.1:25"});
  EXPECT_EQ(transcript.local(), "192.0.2.9:40000");
  transcript.append(Connecting{"mx2.test", "192.0.2.2:25"});
  EXPECT_EQ(transcript.local(), "");
  EXPECT_EQ(transcript.remote(), "192.0.2.2:25");
}

TEST(Transcript, TellsEverySinkEachEventAfterItWasAppended) {
  Transcript transcript = made();
  std::string heard;
  transcript.add_sink([&](const Transcript& t, const Event& e) {
    heard += std::to_string(t.events().size()) + (e.body.is<TlsConfirmed>() ? "c" : "?");
  });
  transcript.add_sink([&](const Transcript&, const Event&) { heard += ";"; });
  transcript.append(StarttlsOffer{true, false});
  transcript.append(TlsConfirmed{});
  EXPECT_EQ(heard, "1?;2c;");
}

TEST(Transcript, NeverHoldsCredentials) {
  const std::vector<std::pair<std::string, std::string>> lines{
      {"AUTH PLAIN AGFsaWNlAHNlY3JldA==", "AUTH <authentication, 26 octets>"},
      {"c2VjcmV0", "<authentication, 8 octets>"},   // refused or not, the client may go on with it
      {"quit now", "quit now"},
      {"c2VjcmV0", "c2VjcmV0"},                     // no AUTH before it: an unknown command like any other
      {"auth login", "AUTH <authentication, 5 octets>"},
      {"MAILc2VjcmV0", "<authentication, 12 octets>"},
      {"*", "<authentication, 1 octets>"},
      {"MAIL FROM:<>", "MAIL FROM:<>"},
      {"AUTH", "AUTH <authentication, 0 octets>"},
      {"AUTHORIZE x", "<authentication, 11 octets>"},
      {"EHLO a", "EHLO a"},
      {"AUTHORIZE x", "AUTHORIZE x"},
  };
  Transcript transcript = made(policy::Role::receive);
  for (const auto& [said, kept] : lines) {
    SCOPED_TRACE(said);
    transcript.append(CommandLine{Direction::received, said});
    EXPECT_EQ(transcript.events().back().body.as<CommandLine>()->line, kept);
  }
}

}  // namespace
}  // namespace domsec::transcript
