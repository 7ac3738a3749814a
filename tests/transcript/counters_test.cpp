#include "domsec/transcript/counters.h"

#include <gtest/gtest.h>

namespace domsec::transcript {
namespace {

using policy::Result;
using policy::Role;
using policy::Treatment;

Transcript made(Role role) { return {role, "c", 1, [] { return Time{}; }}; }

PolicyDecided decided(Result result, Treatment treatment, std::string list = "TLSSendDomainSecureList") {
  PolicyDecided event{"a.test", std::move(list), {}};
  event.verdict.result = result;
  event.verdict.treatment = treatment;
  return event;
}
Transcript session(Role role, std::vector<PolicyDecided> decisions, int secured = 0, int others = 0) {
  Transcript transcript = made(role);
  for (PolicyDecided& decision : decisions) transcript.append(std::move(decision));
  for (int i = 0; i < secured; ++i) transcript.append(MessageAccepted{"id", 1, "a.test", true});
  for (int i = 0; i < others; ++i) transcript.append(MessageAccepted{"id", 1, "", false});
  return transcript;
}

TEST(Counters, CountWhatRequirementR24Says) {
  Counters counters;
  for (int i = 0; i < 2; ++i)
    counters.add(session(Role::receive, {decided(Result::pass, Treatment::domain_secured)}, 1));
  counters.add(session(Role::send, {decided(Result::pass, Treatment::domain_secured)}, 1));
  counters.add(session(Role::send, {decided(Result::fail, Treatment::refuse)}));
  EXPECT_EQ(counters.domain_secure_messages_received, 2U);
  EXPECT_EQ(counters.domain_secure_messages_sent, 1U);
  EXPECT_EQ(counters.domain_secure_outbound_session_failures, 1U);
  EXPECT_EQ(counters.sessions_received, 2U);
  EXPECT_EQ(counters.sessions_sent, 2U);
}

TEST(Counters, CountMessagesNotSessions) {
  Counters counters;
  counters.add(session(Role::receive, {decided(Result::pass, Treatment::domain_secured)}, 3, 2));
  EXPECT_EQ(counters.domain_secure_messages_received, 3U);
}

TEST(Counters, CountAnOutboundFailureOnlyForADomainSecureSession) {
  Counters counters;
  counters.add(session(Role::send, {decided(Result::fail, Treatment::refuse, "")}));      // not listed
  counters.add(session(Role::send, {decided(Result::pass, Treatment::opportunistic)}));   // inert list
  counters.add(session(Role::send, {decided(Result::inconclusive, Treatment::refuse)}));  // never reached
  counters.add(session(Role::receive, {decided(Result::fail, Treatment::refuse)}));       // inbound
  EXPECT_EQ(counters.domain_secure_outbound_session_failures, 0U);
  counters.add(session(Role::send,
                       {decided(Result::fail, Treatment::refuse), decided(Result::fail, Treatment::refuse)}));
  EXPECT_EQ(counters.domain_secure_outbound_session_failures, 1U);
  EXPECT_EQ(counters.messages_refused, 1U);
}

TEST(Counters, CountNoRefusedMessageForAClientThatLeftBeforeMail) {
  Counters counters;
  counters.add(session(Role::receive, {decided(Result::inconclusive, Treatment::refuse, "")}));
  EXPECT_EQ(counters.messages_refused, 0U);
  PolicyDecided offline = decided(Result::inconclusive, Treatment::refuse);
  offline.verdict.reply = smtp::Reply(454, "4.7.0 Failed");
  counters.add(session(Role::receive, {offline}));
  EXPECT_EQ(counters.messages_refused, 1U);
}

TEST(Counters, BearExchangesNamesFirst) {
  Counters counters;
  counters.add(session(Role::send, {}, 1));
  const auto values = counters.values();
  ASSERT_GE(values.size(), 3U);
  EXPECT_EQ(values[0].first, "\\MSExchange Secure Mail Transport(_total)\\Domain Secure Messages Received");
  EXPECT_EQ(values[1].first, "\\MSExchange Secure Mail Transport(_total)\\Domain Secure Messages Sent");
  EXPECT_EQ(values[1].second, 1U);
  EXPECT_EQ(values[2].first,
            "\\MSExchange Secure Mail Transport(_total)\\Domain Secure Outbound Session Failures");
  for (std::size_t i = 3; i < values.size(); ++i)
    EXPECT_EQ(values[i].first.find("MSExchange"), std::string::npos);
}

}  // namespace
}  // namespace domsec::transcript
