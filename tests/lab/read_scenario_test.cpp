// A scenario's file is read strictly: each refusal is one sentence with its line and what may stand there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "domsec/lab/scenario.h"
#include "support/pki.h"

namespace domsec::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(const std::string& toml) {
  try {
    (void)read_scenario(toml, "s.toml");
  } catch (const LabError& error) {
    return error.what();
  }
  return "read";
}

const std::string title = "title = \"t\"\n";
const std::string step = "[[step]]\nsend = \"contoso -> woodgrove\"\n";

TEST(ReadScenario, RefusesWhatItDoesNotKnowInOneSentenceWithItsLine) {
  const struct {
    std::string lines;  // from line 2
    const char* said;
  } rows[] = {
      {"titel = \"x\"\n" + step, "s.toml:2: unknown key 'titel'; here may stand title, requirements, time,"},
      {"time = \"noon\"\n" + step, "s.toml:2: 'time' is no instant; write one such as 2026-05-04T08:00:00Z"},
      {"time = 2026-05-04\n" + step, "s.toml:2: 'time' is no instant"},
      {"patience = \"soon\"\n" + step, "s.toml:2: 'soon' is no span of time; write one such as 1500ms,"},
      {"recipe = \"nowhere.toml\"\n" + step, "s.toml:2: "},
      {"[fabricam]\nfault = \"expired\"\n" + step, "s.toml:2: unknown key 'fabricam'; here may stand title,"},
      {"[contoso]\nfault = \"expird\"\n" + step, "s.toml:2: there is no fault 'expird'"},
      {"[contoso]\nfault = 3\n" + step, "s.toml:3: 'fault' is no text"},
      {"[contoso]\n[contoso.TransportConfg]\nx = 1\n" + step, "s.toml:2: contoso: "},
      {"[contoso.SendConnector]\nDomainSecureEnable = true\n" + step, "DomainSecureEnable"},
      {"[contoso.TransportConfig]\nTLSSendDomainSecureList = [\"*\"]\n" + step, "TLSSendDomainSecureList"},
      {"[contoso]\nexternal = { }\n" + step,
       "s.toml:3: neither 'program' nor 'host' says where the server is"},
      {"[contoso]\nexternal = { host = \"mail\" }\n" + step, "s.toml:3: 'mail' is no address with port"},
      {"[contoso]\nfault = \"expired\"\nexternal = { host = \"127.0.0.1:25\" }\n" + step,
       "s.toml:2: 'contoso' is external: a fault cannot be given to it"},
      {"[contoso]\nexternal = { host = \"127.0.0.1:25\" }\n" + step,
       "s.toml:4: 'contoso' is external: it sends with a 'run' step of its own"},
      {"[woodgrove]\nexternal = { host = \"127.0.0.1:25\" }\n" + step +
           "receiver = { finding = \"DS000\" }\n",
       "s.toml:6: 'woodgrove' is external: what it sees is not known here"},
      {"[[step]]\n", "s.toml:2: the step does nothing; write one of send, break, fix, wait,"},
      {"[[step]]\nfix = \"contoso\"\nwait = \"1h\"\n",
       "s.toml:2: a step does one thing, this one has 'fix' and 'wait'; make two of it"},
      {"[[step]]\nsend = \"contoso\"\n",
       "s.toml:3: 'contoso' says not who sends to whom; write contoso -> woodgrove"},
      {"[[step]]\nsend = \"contoso -> fabricam\"\n",
       "s.toml:3: the lab has no organisation 'fabricam'; it has contoso,"},
      {"[[step]]\nsend = \"contoso -> contoso\"\n", "s.toml:3: an organisation does not send to itself here"},
      {step + "mail = \"bounces\"\n",
       "s.toml:4: 'bounces' is no word for 'mail'; write one of passes, refused"},
      {step + "mail_from = \"bob\"\n", "s.toml:4: 'bob' is no mailbox"},
      {step + "rcpt_to = \"\"\n", "s.toml:4: '' is no mailbox"},
      {step + "mail = \"refused\"\nstored = [\"x\"]\n", "mail that is refused is not stored"},
      {step + "sender = { finding = \"DS999\" }\n", "s.toml:4: there is no finding 'DS999'"},
      {step + "sender = { level = \"exact\" }\n", "s.toml:4: 'level' is of a finding; write 'finding', too"},
      {step + "sender = { findings = \"DS000\" }\n",
       "s.toml:4: unknown key 'findings'; here may stand finding, level,"},
      {"[[step]]\nbreak = { contoso = \"expird\" }\n", "s.toml:2: there is no fault 'expird'"},
      {"[[step]]\nbreak = { fabricam = \"expired\" }\n",
       "s.toml:3: there is no 'fabricam'; the places are contoso,"},
      {"[[step]]\nbreak = \"expired\"\n", "s.toml:3: 'break' is no table"},
      {"[[step]]\nwait = \"-1h\"\n", "s.toml:3: '-1h' is no span of time"},
      {"[[step]]\nconfigure = { contoso = { SendConnector = { Prt = 25 } } }\n", "s.toml:3: contoso: "},
      {"[[step]]\nrun = []\n", "s.toml:3: 'run' names no program"},
      {"[[step]]\nrun = [\"swaks\", \"{contoso.endpont}\"]\n",
       "s.toml:3: nothing is called {contoso.endpont}; there are {root},"},
      {"[[step]]\nrun = [\"true\"]\nreceiver = { finding = \"DS000\" }\n",
       "s.toml:4: whose view this is, is not said; write meets = \"contoso\""},
      {"[[step]]\nrun = [\"true\"]\nmeets = \"nobody\"\n", "s.toml:4: the lab has no organisation 'nobody'"},
      {"[[step]]\ncounters = { contoso = { x = -1 } }\n", "s.toml:3: 'x' is no count"},
      {"[[fault]]\nname = \"expired\"\n" + step,
       "s.toml:2: the catalogue has a fault 'expired'; give this one another name"},
      {"", "s.toml: there is no [[step]]; a scenario without one shows nothing"},
      {"[[step]\n", "s.toml:2: "},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.lines);
    EXPECT_THAT(refusal(title + row.lines), HasSubstr(row.said));
  }
  EXPECT_THAT(refusal(step), HasSubstr("'title' is missing"));
  EXPECT_EQ(refusal(title + step), "read");
}

TEST(ReadScenario, ReadsWhatItSays) {
  const Scenario scenario = read_scenario(R"(
title = "a year"
requirements = ["R8"]
time = 2026-05-04T10:00:00+02:00
patience = "1500ms"

[woodgrove]
fault = "mine"

[contoso.TransportConfig]
TLSReceiveDomainSecureList = []

[[fault]]
name = "mine"
certificate = { not_after = "-1d" }

[[step]]
wait = "366d"

[[step]]
run = ["echo", "{\"json\": {contoso.port}}"]
exit = 3
limit = "2s"
)",
                                          "s.toml");
  EXPECT_EQ(scenario.title, "a year");
  EXPECT_THAT(scenario.requirements, ElementsAre("R8"));
  EXPECT_EQ(pki::rfc3339(*scenario.time), "2026-05-04T08:00:00Z");
  EXPECT_EQ(scenario.patience.count(), 1500);
  EXPECT_EQ(scenario.sides.at("woodgrove").fault, "mine");
  EXPECT_THAT(scenario.sides.at("contoso").configuration, HasSubstr("TLSReceiveDomainSecureList"));
  ASSERT_EQ(scenario.faults.size(), 1U);
  ASSERT_EQ(scenario.steps.size(), 2U);
  EXPECT_EQ(std::get<WaitStep>(scenario.steps[0].what).span, std::chrono::hours(24 * 366));
  const auto& run = std::get<RunStep>(scenario.steps[1].what);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_EQ(run.limit.count(), 2000);
  EXPECT_EQ(scenario.steps[1].line, 20);
}

TEST(ReadScenario, TakesARecipeOfItsOwnAndItsPlaces) {
  const testing::TemporaryDirectory directory;
  std::ofstream(directory.path() + "/two.toml") << R"(
[[authority]]
name = "root"
subject = "CN=Root"
[[organisation]]
name = "north"
title = "North"
domain = "north.example"
connector_fqdn = "mail.north.example"
issuer = "root"
[[organisation.host]]
name = "mx.north.example"
address = "127.0.0.2"
subject = "CN=mx.north.example"
dns_names = ["mail.north.example"]
[[organisation]]
name = "south"
title = "South"
domain = "south.example"
connector_fqdn = "mail.south.example"
issuer = "root"
[[organisation.host]]
name = "mx.south.example"
address = "127.0.0.4"
subject = "CN=mx.south.example"
dns_names = ["mail.south.example"]
)";
  const std::string file = directory.path() + "/scenario.toml";
  const Scenario scenario =
      read_scenario("title = \"t\"\nrecipe = \"two.toml\"\n[[step]]\nsend = \"north -> south\"\n", file);
  EXPECT_EQ(std::get<SendStep>(scenario.steps[0].what).to, "south");
  EXPECT_THROW((void)read_scenario("title = \"t\"\nrecipe = \"two.toml\"\n" + step, file), LabError);
}

TEST(ReadScenario, TheScenarioOfEachFaultIsRead) {
  for (const Fault& fault : faults()) {
    SCOPED_TRACE(fault.name);
    const Scenario scenario = read_scenario(scenario_of(fault), "s.toml");
    EXPECT_THAT(scenario.title, StartsWith(fault.name + ": "));
    const std::size_t roles = (fault.as_server ? 1U : 0U) + (fault.as_client ? 1U : 0U);
    EXPECT_EQ(scenario.steps.size(), 2 * roles + 1);
  }
}

}  // namespace
}  // namespace domsec::lab
