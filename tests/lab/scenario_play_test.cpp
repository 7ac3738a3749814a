// Scenarios played over real sockets: what holds, what does not and how that is told, the clock, programs
// from outside on either side.
#include "domsec/lab/scenario_play.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::lab {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryDirectory;

struct Outcome {
  Scenario scenario;
  Played played;
  /// `line what: expected | seen` of what did not hold.
  [[nodiscard]] std::string told() const {
    std::string text = played.trouble;
    for (const PlayedStep& step : played.steps) {
      for (const Mismatch& mismatch : step.mismatches)
        text += std::to_string(mismatch.line) + " " + mismatch.what + ": " + mismatch.expected + " | " +
                mismatch.seen + "\n";
    }
    return text;
  }
};

std::unique_ptr<Outcome> played(const std::string& toml) {
  const TemporaryDirectory directory;
  auto outcome = std::make_unique<Outcome>();
  outcome->scenario = read_scenario("title = \"t\"\n" + toml, "s.toml");
  PlaySettings settings;
  settings.directory = directory.path();
  settings.program = "/bin/false";
  settings.now = [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
  settings.clock = [] {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  };
  net::Loop loop;
  outcome->played = net::run(loop, play(loop, outcome->scenario, std::move(settings)));
  return outcome;
}

std::string told(const std::string& toml) {
  return played(toml)->told();
}

TEST(ScenarioPlay, ASoundPairHoldsAndBothEndsAreKept) {
  const auto outcome = played(R"(
[[step]]
send = "contoso -> woodgrove"
mail = "passes"
sender = { finding = "DS000", treatment = "domain-secured", log = ["STARTTLS", "MAIL FROM:<bob@contoso.com>"] }
receiver = { finding = "DS000", treatment = "domain-secured", log = ["CN=mail1.contoso.com"], log_lacks = ["DS103"] }
stored = ["X-MS-Exchange-Organization-AuthAs: Partner", "Mail between partners."]
stored_lacks = ["Anonymous"]
)");
  EXPECT_EQ(outcome->told(), "");
  EXPECT_TRUE(outcome->played.held());
  EXPECT_TRUE(outcome->played.steps[0].sender && outcome->played.steps[0].receiver);
}

TEST(ScenarioPlay, EachExpectationCanFailAndSaysWhatWasSeen) {
  const std::string send = "[[step]]\nsend = \"contoso -> woodgrove\"\n";
  const struct {
    const char* expectation;  // line 4
    const char* said;
  } rows[] = {
      {"mail = \"refused\"", "2 mail: refused | passes (DS000"},
      {"sender = { finding = \"DS103\" }", "4 sender: finding: DS103 certificate-expired | DS000"},
      {"sender = { finding = \"DS000\", level = \"likely\" }", "4 sender: level: likely | exact"},
      {"receiver = { treatment = \"clear\" }", "4 receiver: treatment: clear | domain-secured"},
      {"receiver = { reply = \"454\" }", "4 receiver: reply: 454 | "},
      {"sender = { log = [\"QUIT\", \"EHLO\"] }",
       "4 sender: protocol log: 'EHLO' behind what was found before it | 20"},
      {"sender = { log_lacks = [\"QUIT\"] }", "4 sender: protocol log: nowhere 'QUIT' | 20"},
      {"stored = [\"AuthAs: Internal\"]", "2 stored mail: 'AuthAs: Internal' | "},
      {"stored_lacks = [\"Partner\"]", "2 stored mail: nowhere 'Partner' | "},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.expectation);
    EXPECT_THAT(told(send + row.expectation + "\n"), HasSubstr(row.said));
  }
}

TEST(ScenarioPlay, WhatComesBehindAStepThatDoesNotHoldIsNotPlayed) {
  const auto outcome = played(R"(
[[step]]
send = "contoso -> woodgrove"
mail = "refused"

[[step]]
send = "contoso -> woodgrove"
)");
  EXPECT_FALSE(outcome->played.held());
  EXPECT_EQ(outcome->played.steps.size(), 1U);
}

TEST(ScenarioPlay, TheClockBeginsWhereItSaysAndGoesOnAtAWait) {
  EXPECT_EQ(told(R"(
time = 2031-05-04T08:00:00Z

[[step]]
send = "contoso -> woodgrove"
mail = "passes"
sender = { log = ["2031-05-04T08:00:"] }

[[step]]
wait = "300d"

[[step]]
send = "contoso -> woodgrove"
mail = "passes"
sender = { log = ["2032-02-28T08:00:"] }

[[step]]
wait = "40d"

[[step]]
send = "contoso -> woodgrove"
mail = "refused"

[[step]]
fix = "woodgrove"

[[step]]
break = { contoso = "renewed" }

[[step]]
fix = "contoso"

[[fault]]
name = "renewed"
)"),
            "");
}

TEST(ScenarioPlay, OneEndIsConfiguredOtherwiseAndBackAgain) {
  EXPECT_EQ(told(R"(
[woodgrove]
fault = "no-client-cert"

[contoso.TransportConfig]
TLSReceiveDomainSecureList = []

[[step]]
send = "woodgrove -> contoso"
mail = "passes"

[[step]]
configure = { contoso = { TransportConfig = { TLSReceiveDomainSecureList = ["woodgrovebank.com"] } } }

[[step]]
send = "woodgrove -> contoso"
mail = "refused"
receiver = { finding = "DS130" }
)"),
            "");
}

TEST(ScenarioPlay, CountersAreThoseOfTheScenario) {
  const std::string counters = R"(
[[step]]
send = "contoso -> woodgrove"

[[step]]
[step.counters.contoso]
'\MSExchange Secure Mail Transport(_total)\Domain Secure Messages Sent' = )";
  EXPECT_EQ(told(counters + "1\n"), "");
  EXPECT_THAT(told(counters + "2\n"), HasSubstr("Messages Sent: 2 | 1"));
  EXPECT_THAT(told("[[step]]\n[step.counters.contoso]\nnothing = 1\n"),
              HasSubstr("s.toml:2: there is no counter 'nothing'; there are "));
}

TEST(ScenarioPlay, AProgramFromOutsideIsHeldToItsCodeAndItsWords) {
  EXPECT_EQ(
      told(
          "[[step]]\nrun = [\"sh\", \"-c\", \"cat; echo {contoso.fqdn}; exit 3\"]\ninput = \"in\"\nexit = 3\n"
          "output = [\"in\", \"mail.contoso.com\"]\noutput_lacks = [\"{\"]\n"),
      "");
  EXPECT_THAT(told("[[step]]\nrun = [\"sh\", \"-c\", \"echo no; exit 1\"]\n"),
              HasSubstr("2 program: exit code 0 | exit code 1; it said: no"));
  EXPECT_THAT(told("[[step]]\nrun = [\"sleep\", \"30\"]\nlimit = \"100ms\"\n"),
              HasSubstr("it had not ended after 100 ms, and was ended"));
  EXPECT_THAT(told("[[step]]\nrun = [\"sh\", \"-c\", \"kill -9 $$\"]\n"), HasSubstr("signal 9"));
  EXPECT_THAT(told("[[step]]\nrun = [\"no-such-program\"]\n"),
              HasSubstr("'no-such-program' cannot be started"));
}

TEST(ScenarioPlay, SomebodyElsesClientIsSeenFromOurServer) {
  EXPECT_EQ(told(R"(
[[step]]
run = ["sh", "-c", "printf 'EHLO mail.woodgrovebank.com\r\nMAIL FROM:<bob@woodgrovebank.com>\r\nQUIT\r\n' | (cat; sleep 1) | openssl s_client -quiet -starttls smtp -connect {contoso.endpoint} -CAfile {root} 2>&1"]
output = ["454 4.7.0"]
meets = "contoso"
receiver = { finding = "DS130" }
)"),
            "");
  EXPECT_THAT(told("patience = \"300ms\"\n[[step]]\nrun = [\"true\"]\nmeets = \"contoso\"\nreceiver = { "
                   "finding = \"DS000\" }\n"),
              HasSubstr("receiver: a session | there was none"));
}

TEST(ScenarioPlay, SomebodyElsesServerIsSeenFromOurClient) {
  const std::string server = R"(
[woodgrove]
external.program = ["python3", "-c", '''
import socketserver, sys
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 somebody else\r\n")
        for line in self.rfile:
            self.wfile.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 somebody else\r\n")
socketserver.TCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer((sys.argv[1], int(sys.argv[2])), Session).serve_forever()
''', "{woodgrove.address}", "{woodgrove.port}"]

[[step]]
send = "contoso -> woodgrove"
mail = "refused"
sender = { finding = "DS011", log = ["220 somebody else"] }
)";
  EXPECT_EQ(told(server), "");
}

TEST(ScenarioPlay, AServerThatDoesNotComeUpIsToldWithWhatItSaid) {
  const std::string step = "\n[[step]]\nsend = \"contoso -> woodgrove\"\n";
  EXPECT_THAT(
      told("[woodgrove]\nexternal.program = [\"sh\", \"-c\", \"echo no port for me; exit 1\"]\n" + step),
      HasSubstr("the server of 'woodgrove' ended before it answered at 127.0.0.4:"));
  EXPECT_THAT(
      told("[woodgrove]\nexternal.program = [\"sh\", \"-c\", \"echo no port for me; exit 1\"]\n" + step),
      HasSubstr("it said: no port for me"));
  EXPECT_THAT(told("[woodgrove]\nexternal = { host = \"127.0.0.1:1\", ready_within = \"100ms\" }\n" + step),
              HasSubstr("s.toml:3: the server of 'woodgrove' does not answer at 127.0.0.1:1"));
}

}  // namespace
}  // namespace domsec::lab
