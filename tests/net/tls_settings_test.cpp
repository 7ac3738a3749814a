// Each setting of a TLS context that says what is offered, announced or sent: what the other end gets.
#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/net/channel.h"
#include "support/conversation.h"
#include "support/pki.h"
#include "support/plain_tls.h"

namespace domsec::testing {
namespace {

using net::Channel;
using net::ChannelError;
using net::ChannelFault;
using net::task;
using net::TlsContext;
using net::TlsRole;
using net::TlsSession;
using net::TlsSettings;
using net::TlsVersion;

const pki::Credentials& contoso() {
  static const pki::Credentials credentials = three_levels().leaf("mail1.contoso.com");
  return credentials;
}

const pki::Credentials& woodgrove() {
  static const pki::Credentials credentials = three_levels().leaf("mail.woodgrovebank.example");
  return credentials;
}

TlsSettings settings_of(const pki::Credentials& identity, TlsVersion only) {
  TlsSettings settings;
  settings.identity = identity;
  settings.minimum = settings.maximum = only;
  return settings;
}

struct Handshake {
  std::optional<TlsSession> client;
  std::optional<TlsSession> server;
  std::optional<ChannelError> client_failure;
  std::optional<ChannelError> server_failure;
};

task<void> take_part(Channel channel, net::TlsStart start, std::optional<TlsSession>& session,
                     std::optional<ChannelError>& failure) {
  try {
    session = co_await channel.start_tls(std::move(start), soon());
    co_await channel.write("hello\r\n", soon());
    EXPECT_EQ(co_await channel.read_line(512, soon()), "hello");
  } catch (const ChannelError& error) {
    failure = error;
  }
  co_await channel.shutdown();
}

Handshake shake_hands(const TlsSettings& client, const TlsSettings& server) {
  Handshake seen;
  const auto client_context = TlsContext::client(client);
  const auto server_context = TlsContext::server(server);
  converse(
      [&](Channel channel) {
        return take_part(std::move(channel), tls_client(client_context), seen.client, seen.client_failure);
      },
      [&](Channel channel) {
        return take_part(std::move(channel), tls_server(server_context), seen.server, seen.server_failure);
      });
  return seen;
}

/// What an OpenSSL client gets of a server with these settings that sends `text` and ends.
PlainTls visit(const TlsSettings& server, TlsVersion version, const std::string& text,
               std::shared_ptr<SSL_SESSION> ticket = nullptr, std::optional<TlsSession>* session = nullptr) {
  PlainTls plain;
  plain.context = plain_context(contoso(), version);
  plain.comes_back_with = std::move(ticket);
  const auto context = TlsContext::server(server);
  converse([&](Channel channel) -> task<void> { co_await plain.run(channel, soon); },
           [&](Channel channel) -> task<void> {
             const TlsSession shown = co_await channel.start_tls(tls_server(context), soon());
             if (session != nullptr) *session = shown;
             co_await channel.write(text, soon());
             co_await channel.shutdown();
           });
  return plain;
}

TEST(TlsSettings, SuitesOfTls13AreThoseNamed) {
  for (const char* const suite :
       {"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_CCM_SHA256"}) {
    for (const bool of_client : {true, false}) {
      TlsSettings client = settings_of(contoso(), TlsVersion::tls1_3);
      TlsSettings server = settings_of(woodgrove(), TlsVersion::tls1_3);
      // OpenSSL's own list has no CCM: that end must know all of them.
      server.suites = client.suites =
          "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256";
      (of_client ? client : server).suites = suite;
      const Handshake seen = shake_hands(client, server);
      ASSERT_TRUE(seen.client && seen.server) << suite;
      EXPECT_EQ(seen.client->cipher, suite);
    }
  }
  TlsSettings client = settings_of(contoso(), TlsVersion::tls1_3);
  client.suites = "TLS_CHACHA20_POLY1305_SHA256";
  TlsSettings server = settings_of(woodgrove(), TlsVersion::tls1_3);
  server.suites = "TLS_AES_128_GCM_SHA256";
  const Handshake seen = shake_hands(client, server);
  ASSERT_TRUE(seen.client_failure);
  EXPECT_EQ(seen.client_failure->alert, (pki::Alert{40, true}));
}

TEST(TlsSettings, GroupsAreThoseNamed) {
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    for (const char* const group : {"P-256", "P-384", "X25519"}) {
      // RFC 8422 5.1.1: in TLS 1.2 an EC certificate must have one of the named curves, too.
      const std::string groups = group + std::string(version == TlsVersion::tls1_2 ? ":P-256" : "");
      const std::string named = groups == "P-256:P-256" ? "P-256" : groups;
      TlsSettings client = settings_of(contoso(), version);
      client.groups = named;
      Handshake seen = shake_hands(client, settings_of(woodgrove(), version));
      ASSERT_TRUE(seen.client && seen.server);
      // The server's order counts: of two it takes P-256 before P-384.
      EXPECT_EQ(seen.client->group, named == "P-384:P-256" ? "P-256" : group);
      TlsSettings server = settings_of(woodgrove(), version);
      server.groups = named;
      seen = shake_hands(settings_of(contoso(), version), server);
      ASSERT_TRUE(seen.client && seen.server);
      EXPECT_EQ(seen.server->group, group);
    }
    TlsSettings client = settings_of(contoso(), version);
    client.groups = "P-521";
    TlsSettings server = settings_of(woodgrove(), version);
    server.groups = "X448";
    EXPECT_TRUE(shake_hands(client, server).client_failure);
  }
}

TEST(TlsSettings, SignatureAlgorithmsAreAnnouncedAsNamed) {
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    TlsSettings server = settings_of(woodgrove(), version);
    server.signature_algorithms = "ECDSA+SHA256:RSA-PSS+SHA384";
    const Handshake seen = shake_hands(settings_of(contoso(), version), server);
    ASSERT_TRUE(seen.client && seen.server);
    EXPECT_EQ(seen.client->requested_signature_algorithms,
              (std::vector<std::string>{"ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha384"}));
  }
  // A client that takes RSA alone, and a server with an EC key.
  TlsSettings client = settings_of(contoso(), TlsVersion::tls1_3);
  client.signature_algorithms = "RSA-PSS+SHA256";
  const Handshake seen = shake_hands(client, settings_of(woodgrove(), TlsVersion::tls1_3));
  ASSERT_TRUE(seen.client_failure);
  EXPECT_EQ(seen.client_failure->alert, (pki::Alert{40, true}));
}

TEST(TlsSettings, RecordsAreNoLargerThanAllowed) {
  const std::string text(5000, 'x');
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    for (const int largest : {0, 512, 1000}) {
      TlsSettings server = settings_of(woodgrove(), version);
      server.largest_record = largest;
      const PlainTls plain = visit(server, version, text);
      EXPECT_EQ(plain.text, text);
      std::string rest;
      std::size_t most = 0;
      for (const Record& record : records_of(plain.octets, rest)) most = std::max(most, record.octets);
      EXPECT_EQ(rest, "");
      constexpr std::size_t protection = 24;  // nonce of 8 and tag of 16; TLS 1.3: type and tag
      const std::size_t bound = largest == 0 ? text.size() : static_cast<std::size_t>(largest);
      EXPECT_GE(most, bound);
      EXPECT_LE(most, bound + protection);
    }
  }
}

TEST(TlsSettings, TicketsAreSentAndNeverTakenBack) {
  constexpr int new_session_ticket = 4;
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    const long expected = version == TlsVersion::tls1_3 ? 2 : 1;
    for (const bool tickets : {false, true}) {
      TlsSettings server = settings_of(woodgrove(), version);
      server.tickets = tickets;
      const PlainTls first = visit(server, version, "hello");
      EXPECT_TRUE(first.established);
      EXPECT_EQ(first.text, "hello");
      EXPECT_EQ(std::count(first.messages.begin(), first.messages.end(), new_session_ticket),
                tickets ? expected : 0);
      if (!tickets) continue;
      ASSERT_TRUE(first.session);
      EXPECT_TRUE(SSL_SESSION_has_ticket(first.session.get()));
      std::optional<TlsSession> shown;
      const PlainTls again = visit(server, version, "hello", first.session, &shown);
      EXPECT_TRUE(again.established);
      EXPECT_FALSE(again.resumed);
      EXPECT_FALSE(again.refused);
      EXPECT_EQ(again.text, "hello");
      EXPECT_EQ(std::count(again.messages.begin(), again.messages.end(), new_session_ticket), expected);
      ASSERT_TRUE(shown);
      EXPECT_EQ(shown->presented.size(), 3U);  // the client certificate was asked for again
    }
    // Our own client takes them as they come, and never comes back with one.
    TlsSettings server = settings_of(woodgrove(), version);
    server.tickets = true;
    const Handshake seen = shake_hands(settings_of(contoso(), version), server);
    EXPECT_TRUE(seen.client && seen.server);
    EXPECT_FALSE(seen.client_failure || seen.server_failure);
  }
}

TEST(TlsSettings, AuthoritiesThatNeedNotExistAreAnnounced) {
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    TlsSettings server = settings_of(woodgrove(), version);
    server.client_ca_subjects = {"CN=Some CA, O=Nobody", "O=\"Contoso, Inc.\", C=US"};
    Handshake seen = shake_hands(settings_of(contoso(), version), server);
    ASSERT_TRUE(seen.client && seen.server);
    EXPECT_EQ(seen.client->requested_ca_names,
              (std::vector<std::string>{"CN=Some CA, O=Nobody", "C=US, O=\"Contoso, Inc.\""}));
    server.client_ca_names = {three_levels().root.certificate()};
    seen = shake_hands(settings_of(contoso(), version), server);
    ASSERT_TRUE(seen.client && seen.server);
    ASSERT_EQ(seen.client->requested_ca_names.size(), 3U);
    EXPECT_EQ(seen.client->requested_ca_names.front(), three_levels().root.certificate()->subject);
    // Enormous, but for the handshake to hold: a client that keeps OpenSSL's bounds gets through it.
    server.client_ca_subjects.assign(600, "CN=" + std::string(60, 'x') + ", O=" + std::string(20, 'y'));
    seen = shake_hands(settings_of(contoso(), version), server);
    EXPECT_TRUE(seen.client && seen.server);
  }
}

TEST(TlsSettings, WhatOpensslRefusesIsOneClearSentence) {
  struct Row {
    const char* name;
    void (*change)(TlsSettings&);
    const char* says;
  };
  const std::vector<Row> rows = {
      {"no suite", [](TlsSettings& tls) { tls.suites = "TLS_NULL"; },
       "'TLS_NULL' among the TLS 1.3 suites 'TLS_NULL' is none; name them like TLS_AES_128_GCM_SHA256, with "
       "colons "
       "between"},
      {"one of two suites", [](TlsSettings& tls) { tls.suites = "TLS_AES_128_GCM_SHA256:AES"; },
       "'AES' among the TLS 1.3 suites 'TLS_AES_128_GCM_SHA256:AES' is none; name them like "
       "TLS_AES_128_GCM_SHA256, with colons between"},
      {"no suite behind a colon", [](TlsSettings& tls) { tls.suites = "TLS_AES_128_GCM_SHA256:"; },
       "'' among the TLS 1.3 suites 'TLS_AES_128_GCM_SHA256:' is none; name them like "
       "TLS_AES_128_GCM_SHA256, with "
       "colons between"},
      {"no group", [](TlsSettings& tls) { tls.groups = "X25519:P-255"; },
       "the groups 'X25519:P-255' cannot be offered; name them like X25519:P-256, each once, with colons "
       "between"},
      {"no algorithm", [](TlsSettings& tls) { tls.signature_algorithms = "RSA+MD55"; },
       "the signature algorithms 'RSA+MD55' cannot be offered; name them like RSA-PSS+SHA256:ECDSA+SHA256, "
       "each once"},
      {"small records", [](TlsSettings& tls) { tls.largest_record = 511; },
       "records of 511 octets cannot be sent; take a number from 512 to 16384"},
      {"large records", [](TlsSettings& tls) { tls.largest_record = 16385; },
       "records of 16385 octets cannot be sent; take a number from 512 to 16384"},
      {"records below nothing", [](TlsSettings& tls) { tls.largest_record = -1; },
       "records of -1 octets cannot be sent; take a number from 512 to 16384"},
      {"no name", [](TlsSettings& tls) { tls.client_ca_subjects = {"Some CA"}; },
       "the authority 'Some CA' cannot be announced to clients: the subject needs NAME=VALUE pairs such as "
       "CN=mail1.contoso.com, O=Contoso: Some CA"},
      {"too many names",
       [](TlsSettings& tls) { tls.client_ca_subjects.assign(5000, "CN=Some CA, O=Nobody"); },
       "the authorities announced to clients take 195000 octets and a handshake holds 65000; announce fewer"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    TlsSettings settings = settings_of(woodgrove(), TlsVersion::tls1_3);
    row.change(settings);
    try {
      const auto context = TlsContext::server(settings);
      ADD_FAILURE() << "nothing was refused" << (context != nullptr);
    } catch (const pki::BundleError& error) {
      EXPECT_EQ(error.kind, pki::BundleError::Kind::garbage);
      EXPECT_STREQ(error.what(), row.says);
    }
  }
}

}  // namespace
}  // namespace domsec::testing
