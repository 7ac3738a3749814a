// What mail programs did is data; what is no record is refused where it stands.
#include "domsec/lab/peer_record.h"

#include <gtest/gtest.h>

#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"

namespace domsec::lab {
namespace {

using policy::Role;

constexpr std::string_view peer = "[peer]\ntitle = \"Sample\"\nversion = \"1\"\nas_client = \"as it is\"\n";

std::string refusal(const std::string& toml) {
  try {
    (void)read_peer_record(toml, "sample.toml", "sample");
  } catch (const LabError& error) {
    return error.what();
  }
  return "taken";
}

TEST(ReadPeerRecord, HasOutcomeAndLogByFaultAndRole) {
  const PeerRecord record =
      read_peer_record(std::string(peer) +
                           "[[met]]\nfault = \"server/expired\"\noutcome = \"deferred\"\n"
                           "log = \"it has expired\"\n",
                       "sample.toml", "sample");
  EXPECT_EQ(record.title + " " + record.version, "Sample 1");
  const PeerMet* met = record.find("expired", Role::receive);
  ASSERT_NE(met, nullptr);
  EXPECT_EQ(met->outcome, PeerOutcome::deferred);
  EXPECT_EQ(met->log, "it has expired");
  EXPECT_EQ(record.find("expired", Role::send), nullptr);
}

TEST(ReadPeerRecord, RefusesWhatItDoesNotKnowInOneSentenceWithItsLine) {
  const struct {
    const char* name;
    std::string toml;
    const char* refused;
  } rows[] = {
      {"no peer", "[[met]]\n", "sample.toml:1: 'peer' is missing; write [peer] with title and version"},
      {"no version", "[peer]\ntitle = \"Sample\"\n", "sample.toml:1: 'version' is missing"},
      {"no TOML", "[peer", "sample.toml:1: "},
      {"a key", std::string(peer) + "since = 1\n",
       "sample.toml:5: unknown key 'since'; here may stand title"},
      {"a fault", std::string(peer) + "[[met]]\nfault = \"server/expird\"\noutcome = \"deferred\"\n",
       "sample.toml:6: the catalogue has no fault 'server/expird' in that role"},
      {"a role", std::string(peer) + "[[met]]\nfault = \"client/no-starttls\"\noutcome = \"left\"\n",
       "sample.toml:6: the catalogue has no fault 'client/no-starttls' in that role"},
      {"no role", std::string(peer) + "[[met]]\nfault = \"expired\"\noutcome = \"left\"\n",
       "sample.toml:6: 'expired' says no role; write server/NAME"},
      {"no outcome", std::string(peer) + "[[met]]\nfault = \"server/expired\"\n",
       "sample.toml:5: 'outcome' is missing"},
      {"an outcome", std::string(peer) + "[[met]]\nfault = \"server/expired\"\noutcome = \"fine\"\n",
       "sample.toml:7: 'fine' is no word for 'outcome'; write one of delivered, delivered-in-clear"},
      {"twice",
       std::string(peer) + "[[met]]\nfault = \"server/expired\"\noutcome = \"left\"\n[[met]]\n"
                           "fault = \"server/expired\"\noutcome = \"left\"\n",
       "sample.toml:8: 'expired' was met in this role already"},
      {"no configuration", std::string(peer) + "[[met]]\nfault = \"client/expired\"\noutcome = \"left\"\n",
       "sample.toml:5: 'expired' was met, and [peer] has no as_server"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string said = refusal(row.toml);
    EXPECT_TRUE(said.starts_with(row.refused)) << said;
  }
}

/// How many it met in the role; that it met every one is for tests/oracle/run to say.
std::size_t count(const PeerRecord& record, Role broken) {
  std::size_t met = 0;
  for (const PeerMet& each : record.met) met += each.broken == broken ? 1 : 0;
  return met;
}

TEST(PeerRecords, HaveTheFaultsOfEachRoleThatTheyTell) {
  for (const PeerRecord& record : peer_records()) {
    SCOPED_TRACE(record.name);
    EXPECT_FALSE(record.version.empty());
    EXPECT_EQ(count(record, Role::receive) >= 100, !record.as_client.empty());
    EXPECT_EQ(count(record, Role::send) >= 100, !record.as_server.empty());
  }
  ASSERT_NE(find_peer_record("postfix"), nullptr);
  EXPECT_EQ(find_peer_record("nobody"), nullptr);
}

TEST(PeerRecords, TellThatPostfixAndEximPartAtAClientInClear) {
  const PeerMet* postfix = find_peer_record("postfix")->find("no-tls", Role::send);
  const PeerMet* exim = find_peer_record("exim")->find("no-tls", Role::send);
  ASSERT_TRUE(postfix != nullptr && exim != nullptr);
  EXPECT_EQ(postfix->outcome, PeerOutcome::bounced);
  EXPECT_EQ(exim->outcome, PeerOutcome::delivered_in_clear);
}

}  // namespace
}  // namespace domsec::lab
