// The session document and the live stream: read back with a JSON reader, compared key by key.
#include "domsec/transcript/ndjson.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "support/sample_transcripts.h"

namespace domsec::transcript {
namespace {

namespace json = boost::json;
using policy::Role;

/// Every key and value of `expected` is in `found`; arrays element by element.
void expect_within(const json::value& expected, const json::value& found, const std::string& where) {
  SCOPED_TRACE(where);
  if (const json::object* object = expected.if_object()) {
    ASSERT_TRUE(found.is_object());
    for (const auto& [key, value] : *object) {
      ASSERT_TRUE(found.as_object().contains(key)) << key;
      expect_within(value, found.at(key), where + "." + std::string(key));
    }
  } else if (const json::array* array = expected.if_array()) {
    ASSERT_TRUE(found.is_array());
    ASSERT_EQ(found.as_array().size(), array->size());
    for (std::size_t i = 0; i < array->size(); ++i)
      expect_within((*array)[i], found.as_array()[i], where + "[" + std::to_string(i) + "]");
  } else {
    EXPECT_EQ(found, expected);
  }
}

TEST(SessionJson, HoldsTheWorkedReceiveSession) {
  const json::value expected =
      json::parse(tests::fixture("fixtures/protocol-log/receive-name-mismatch/expected.json"));
  const json::value found = json::parse(session_json(tests::received_with_wrong_name()));
  expect_within(expected, found, "session");
  ASSERT_EQ(found.at("events").as_array().size(), 22U);
  for (std::size_t i = 0; i < 22; ++i)
    EXPECT_EQ(found.at("events").as_array()[i].at("seq").to_number<std::size_t>(), i);
}

TEST(SessionJson, KeepsTheOrderOfItsKeys) {
  std::string keys;
  const json::value found = json::parse(session_json(tests::sent_well()));
  for (const auto& [key, value] : found.as_object()) keys += std::string(key) + " ";
  EXPECT_EQ(keys,
            "schema session_id role connector start duration_ms local remote helo tls local_cert peer_cert "
            "stapled_status checks verdict messages events ");
}

TEST(SessionJson, HasEveryKeyOfAnEmptySession) {
  const json::value found =
      json::parse(session_json(Transcript(Role::send, "Internet", 1, [] { return Time{}; })));
  for (const char* key : {"start", "local", "remote", "helo", "local_cert", "verdict"})
    EXPECT_TRUE(found.at(key).is_null()) << key;
  EXPECT_EQ(found.at("peer_cert").at("presented"), json::value(false));
  EXPECT_TRUE(found.at("tls").at("alert").is_null());
  EXPECT_EQ(found.at("duration_ms").to_number<int>(), 0);
}

TEST(SessionJson, TellsAlertsMessagesAndTypedFacts) {
  Transcript transcript(Role::send, "Internet", 1, [] { return Time{}; });
  transcript.append(AlertSeen{Direction::received, {116, true}, true});
  transcript.append(MessageAccepted{"id-1", 42, "a.test", true});
  const json::value found = json::parse(session_json(transcript));
  EXPECT_EQ(found.at("tls").at("alert").at("number").to_number<int>(), 116);
  EXPECT_EQ(found.at("tls").at("alert").at("direction"), "received");
  const json::value& check = found.at("checks").as_array().at(0);
  EXPECT_EQ(check.at("step"), "alert");
  EXPECT_TRUE(check.at("number").is_number());
  EXPECT_EQ(check.at("after_handshake"), json::value(true));
  EXPECT_EQ(found.at("messages").as_array().at(0).at("octets").to_number<int>(), 42);
}

TEST(SessionJson, IsOneLineOfValidUtf8WhateverThePeerSays) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> octet(0, 255);
  const auto octets = [&] {
    std::string made_up;
    for (int i = 0; i < 30; ++i) made_up += static_cast<char>(octet(random));
    return made_up;
  };
  for (int round = 0; round < 200; ++round) {
    Transcript transcript(Role::receive, octets(), 1, [] { return Time{}; });
    auto peer = std::make_shared<pki::Certificate>();
    peer->subject = octets();
    peer->dns_names = {octets()};
    transcript.append(PeerCertificatesSeen{{peer}});
    transcript.append(CommandLine{Direction::received, "EHLO " + octets()});
    transcript.append(Irregularity{octets()});
    const std::string text = session_json(transcript);
    ASSERT_EQ(text.find_first_of("\r\n"), std::string::npos);
    json::error_code error;
    json::parse(text, error);  // refuses ill-formed UTF-8
    ASSERT_FALSE(error) << error.message();
    for (const Event& event : transcript.events()) {
      json::parse(event_json(transcript, event), error);
      ASSERT_FALSE(error) << error.message();
    }
  }
}

TEST(EventJson, NamesEveryEventOfTheWorkedSessions) {
  std::string names;
  const Transcript transcript = tests::sent_well();
  for (const Event& event : transcript.events()) {
    const json::value found = json::parse(event_json(transcript, event));
    EXPECT_EQ(found.at("schema"), "domsec.event/1");
    EXPECT_EQ(found.at("session_id"), "08DF4879147F5EFA");
    names += std::string(found.at("event").as_string()) + " ";
  }
  EXPECT_EQ(names,
            "step-begun connecting connected reply command reply starttls-offer command reply step-begun "
            "own-certificate-chosen "
            "tls-established peer-certificates step-begun name-compared chain-examined revocation-examined "
            "step-begun command reply "
            "tls-confirmed policy-decided command reply disconnected ");
}

}  // namespace
}  // namespace domsec::transcript
