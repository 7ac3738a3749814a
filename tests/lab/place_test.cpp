// Several things broken at once: on two hosts, on both organisations; what contradicts is refused with one
// sentence.
#include "domsec/lab/place.h"

#include <gtest/gtest.h>

#include "support/two_organisations.h"

namespace domsec::lab {
namespace {

using finding::Code;
using testing::TwoOrganisations;

/// What the sender found at each host, by name; of a host with two addresses the first.
std::map<std::string, Code> found(const session::DeliveryResult& result) {
  std::map<std::string, Code> codes;
  for (const session::Attempt& attempt : result.attempts) {
    codes.emplace(attempt.host, attempt.result.verdict.headline.code);
  }
  return codes;
}

TEST(BrokenPlaces, TwoHostsOfAnOrganisationHaveAFaultEach) {
  TwoOrganisations two;
  two.lab.apply({{"mail1.contoso.com", "expired"}, {"mail2.mail.contoso.com", "wrong-name"}});
  const std::map<std::string, Code> both{{"mail1.contoso.com", Code::certificate_expired},
                                         {"mail2.mail.contoso.com", Code::certificate_host_mismatch}};
  EXPECT_EQ(found(two.send("woodgrove", "contoso")), both);
  EXPECT_EQ(broken_places(two.lab.state()),
            (Wanted{{"mail1.contoso.com", "expired"}, {"mail2.mail.contoso.com", "wrong-name"}}));

  two.lab.apply("mail1.contoso.com", "");
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered) << "one is mended, the other is not";
  EXPECT_EQ(broken_places(two.lab.state()), (Wanted{{"mail2.mail.contoso.com", "wrong-name"}}));
  two.finish();
}

TEST(BrokenPlaces, BothOrganisationsHaveAFaultEach) {
  TwoOrganisations two;
  two.lab.apply("contoso", "revoked");
  two.lab.apply("woodgrove", "untrusted-root");
  EXPECT_EQ(two.send("woodgrove", "contoso").verdict().headline.code, Code::certificate_revoked);
  EXPECT_EQ(two.send("contoso", "woodgrove").verdict().headline.code, Code::certificate_not_trusted);
  two.lab.apply(Wanted());
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
  two.finish();
}

TEST(BrokenPlaces, ARevokedHostLeavesItsNeighbourGood) {
  TwoOrganisations two;
  two.lab.apply("mail1.contoso.com", "revoked");
  const session::DeliveryResult result = two.send("woodgrove", "contoso");
  two.finish();
  EXPECT_TRUE(result.delivered);
  EXPECT_EQ(result.attempts.front().result.verdict.headline.code, Code::certificate_revoked);
  EXPECT_EQ(result.attempts.back().host, "mail2.mail.contoso.com");
}

TEST(BrokenPlaces, AreOrganisationsAndHostsOnly) {
  TwoOrganisations two;
  EXPECT_THROW(two.lab.apply("fabrikam", "expired"), LabError);
  EXPECT_TRUE(broken_places(two.lab.state()).empty());
}

State state_with(const std::string& organisation, const std::string& second_host) {
  State state;
  state.organisations = {{"contoso", "Contoso", {"contoso.com"}, organisation, {}},
                         {"woodgrove", "Woodgrove Bank", {"woodgrovebank.com"}, "expired", {}}};
  state.organisations[0].hosts = {{"mail1.contoso.com", "127.0.0.2", "", "", ""},
                                  {"mail2.contoso.com", "127.0.0.3", "", "", second_host}};
  state.organisations[1].hosts = {{"mail.woodgrovebank.com", "127.0.0.4", "", "", ""}};
  return state;
}

TEST(BrokenPlaces, WhatContradictsIsRefusedWithOneSentence) {
  struct Row {
    const char* name;
    const char* organisation;  // what Contoso has
    const char* second_host;   // what its second host has
    const char* place;
    const char* fault;
    const char* why;
  };
  const Row rows[] = {
      {"another organisation is broken", "", "", "contoso", "wrong-name", ""},
      {"another host is broken", "", "expired", "mail1.contoso.com", "wrong-name", ""},
      {"another fault of the same organisation", "expired", "", "contoso", "wrong-name", ""},
      {"another fault of the same host", "", "expired", "mail2.contoso.com", "wrong-name", ""},
      {"a host of a broken organisation", "expired", "", "mail1.contoso.com", "wrong-name",
       "contoso is broken already (expired): mend it first with: domsec lab fix contoso"},
      {"the organisation of a broken host", "", "expired", "contoso", "wrong-name",
       "mail2.contoso.com is broken already (expired): mend it first with: domsec lab fix mail2.contoso.com"},
      {"what all hosts share", "", "", "mail1.contoso.com", "wildcard-apex",
       "wildcard-apex breaks what all hosts of Contoso share: break the organisation with: "
       "domsec lab break contoso wildcard-apex"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(contradiction(state_with(row.organisation, row.second_host), row.place, *find_fault(row.fault)),
              row.why);
  }
}

}  // namespace
}  // namespace domsec::lab
