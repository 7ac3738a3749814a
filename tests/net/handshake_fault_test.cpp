// Handshakes that stop on purpose: what the other end sees, and that nothing behind the message left.
#include "domsec/net/handshake_fault.h"

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
using net::HandshakeFault;
using net::HandshakeMessage;
using net::Milliseconds;
using net::task;
using net::TlsContext;
using net::TlsRole;
using net::TlsSettings;
using net::TlsVersion;
using Act = HandshakeFault::Act;
using Sender = HandshakeFault::Sender;

constexpr int alert_number = 49;
const std::string clear_text = "454 4.7.0 TLS not available\r\n";
constexpr Milliseconds short_silence{25};

const pki::Credentials& contoso() {
  static const pki::Credentials credentials = three_levels().leaf("mail1.contoso.com");
  return credentials;
}

const pki::Credentials& woodgrove() {
  static const pki::Credentials credentials = three_levels().leaf("mail.woodgrovebank.example");
  return credentials;
}

TlsSettings settings_of(TlsRole role, TlsVersion only) {
  TlsSettings settings;
  settings.identity = role == TlsRole::client ? contoso() : woodgrove();
  settings.minimum = settings.maximum = only;
  return settings;
}

std::shared_ptr<const TlsContext> context_of(TlsRole role, const TlsSettings& settings) {
  return role == TlsRole::client ? TlsContext::client(settings) : TlsContext::server(settings);
}

TlsRole other(TlsRole role) {
  return role == TlsRole::client ? TlsRole::server : TlsRole::client;
}

struct Message {
  TlsRole from;
  HandshakeMessage what;
};

/// Every message of a mutual handshake, in order.
std::vector<Message> messages_of(TlsVersion version) {
  using enum HandshakeMessage;
  constexpr TlsRole c = TlsRole::client;
  constexpr TlsRole s = TlsRole::server;
  if (version == TlsVersion::tls1_3) {
    return {{c, client_hello},
            {s, server_hello},
            {s, encrypted_extensions},
            {s, certificate_request},
            {s, certificate},
            {s, certificate_verify},
            {s, finished},
            {c, certificate},
            {c, certificate_verify},
            {c, finished}};
  }
  return {{c, client_hello},        {s, server_hello},      {s, certificate}, {s, server_key_exchange},
          {s, certificate_request}, {s, server_hello_done}, {c, certificate}, {c, client_key_exchange},
          {c, certificate_verify},  {c, finished},          {s, finished}};
}

/// A stop of one end: behind `at` messages of the handshake; 0 = before the first.
struct Stop {
  TlsVersion version;
  TlsRole role;
  std::size_t at;
  Act act;

  [[nodiscard]] HandshakeFault fault() const {
    HandshakeFault fault;
    fault.act = act;
    fault.alert = alert_number;
    fault.octets = clear_text;
    if (at == 0) return fault;
    const Message last = messages_of(version)[at - 1];
    fault.behind = last.what;
    fault.sender = last.from == role ? Sender::own : Sender::peer;
    return fault;
  }
  /// What the other end gets of us.
  [[nodiscard]] std::vector<int> sent() const {
    std::vector<int> types;
    const auto all = messages_of(version);
    for (std::size_t i = 0; i < at; ++i) {
      if (all[i].from == role) types.push_back(static_cast<int>(all[i].what));
    }
    return types;
  }
  /// The deviating end has a key of its own in force.
  [[nodiscard]] bool ciphered() const {
    const auto types = sent();
    if (version == TlsVersion::tls1_2) return !types.empty() && types.back() == 20;
    return role == TlsRole::server ? !types.empty() : at >= 7;  // a client's comes with the server's Finished
  }
  [[nodiscard]] std::string told() const {
    const std::string done = act == Act::close     ? "connection closed"
                             : act == Act::reset   ? "connection reset"
                             : act == Act::silence ? "silence"
                             : act == Act::alert   ? "alert 49 access_denied"
                                                   : "29 octets that are no TLS";
    if (at == 0) return "on purpose: " + done + " before the handshake";
    const Message last = messages_of(version)[at - 1];
    return "on purpose: " + done + " behind " + (last.from == role ? "our " : "the peer's ") +
           std::string(net::text(last.what));
  }
  /// OpenSSL as a server takes no record but a ClientHello's as the first.
  [[nodiscard]] bool alert_is_refused() const {
    return act == Act::alert && at == 0 && role == TlsRole::client;
  }
  [[nodiscard]] ChannelFault seen_as() const {
    if (alert_is_refused()) return ChannelFault::tls_failed;
    switch (act) {
      case Act::close:
        return ChannelFault::closed;
      case Act::reset:
        return ChannelFault::reset;
      case Act::silence:
        return ChannelFault::timed_out;
      case Act::alert:
        return ChannelFault::tls_alert;
      case Act::octets:
        return ChannelFault::tls_failed;
    }
    return ChannelFault::local;
  }
};

template <typename Check>
void for_every_stop(Check check) {
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    for (const TlsRole role : {TlsRole::client, TlsRole::server}) {
      for (std::size_t at = 0; at <= messages_of(version).size(); ++at) {
        for (const Act act : {Act::close, Act::reset, Act::silence, Act::alert, Act::octets}) {
          const Stop stop{version, role, at, act};
          SCOPED_TRACE((version == TlsVersion::tls1_3 ? "TLS 1.3 " : "TLS 1.2 ") +
                       std::string(role == TlsRole::client ? "client, " : "server, ") + stop.told());
          check(stop);
          if (::testing::Test::HasFailure()) return;
        }
      }
    }
  }
}

/// The end that deviates: how its start_tls ended.
task<void> deviate(Channel channel, net::TlsStart start, std::optional<ChannelError>& failure,
                   net::SteadyPoint deadline) {
  failure = co_await failure_of(channel.start_tls(std::move(start), deadline));
  if (!failure) co_await channel.shutdown();
}

net::TlsStart start_of(TlsRole role, const std::shared_ptr<const TlsContext>& context,
                       std::optional<HandshakeFault> fault = std::nullopt) {
  net::TlsStart start;
  start.role = role;
  start.context = context;
  start.fault = std::move(fault);
  return start;
}

void between(TlsRole first_is, const End& first, const End& second) {
  first_is == TlsRole::client ? converse(first, second) : converse(second, first);
}

void expect_played(const Stop& stop, const std::optional<ChannelError>& failure) {
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::local);
  EXPECT_TRUE(failure->during_handshake);
  EXPECT_EQ(failure->what(), stop.told());
  EXPECT_EQ(failure->alert.has_value(), stop.act == Act::alert);
  EXPECT_EQ(failure->seen != nullptr, stop.at > 1 || (stop.at == 1 && stop.role == TlsRole::server))
      << "once something was agreed";
}

/// The second opinion: what OpenSSL alone, at the other end, gets octet for octet.
TEST(HandshakeFault, LeavesNothingBehindItsMessage) {
  for_every_stop([](const Stop& stop) {
    std::optional<ChannelError> failure;
    PlainTls plain;
    plain.role = other(stop.role);
    plain.context = plain_context(plain.role == TlsRole::client ? contoso() : woodgrove(), stop.version);
    const auto context = context_of(stop.role, settings_of(stop.role, stop.version));
    const std::vector<int> sent = stop.sent();
    const bool ends_by_itself = stop.act != Act::silence && stop.act != Act::octets;
    between(
        stop.role,
        [&](Channel channel) {
          return deviate(std::move(channel), start_of(stop.role, context, stop.fault()), failure, soon());
        },
        [&](Channel channel) -> task<void> {
          const auto patience = [&] {
            const bool all = plain.messages == sent && (stop.act == Act::silence || plain.refused);
            return ends_by_itself || !all ? soon() : after(short_silence);
          };
          co_await plain.run(channel, patience);
          channel.close();
        });
    expect_played(stop, failure);

    EXPECT_EQ(plain.messages, sent);
    EXPECT_EQ(plain.end, stop.act == Act::reset ? ChannelFault::reset
                         : ends_by_itself       ? ChannelFault::closed
                                                : ChannelFault::timed_out);
    const bool heard = stop.act == Act::alert && !stop.alert_is_refused();
    EXPECT_EQ(plain.alert, heard ? std::optional(alert_number) : std::nullopt);
    std::string came = plain.octets;
    if (stop.act == Act::octets) {
      ASSERT_TRUE(came.ends_with(clear_text));
      came.resize(came.size() - clear_text.size());
    }
    // Each message is a record of its own; TLS 1.3's ChangeCipherSpec comes before the second record of an
    // end.
    std::string rest;
    std::vector<Record> records = records_of(came, rest);
    EXPECT_EQ(rest, "");
    if (stop.act == Act::alert) {
      ASSERT_FALSE(records.empty());
      EXPECT_EQ(records.back().octets == 2, !stop.ciphered());
      EXPECT_EQ(records.back().type, stop.ciphered() && stop.version == TlsVersion::tls1_3 ? 23 : 21);
      records.pop_back();
    }
    const auto changes = static_cast<std::size_t>(std::count_if(
        records.begin(), records.end(), [](const Record& record) { return record.type == 20; }));
    const bool changed =
        stop.version == TlsVersion::tls1_3 ? sent.size() > 1 : !sent.empty() && sent.back() == 20;
    EXPECT_EQ(changes, changed ? 1U : 0U);
    EXPECT_EQ(records.size() - changes, sent.size());
    EXPECT_TRUE(records.empty() || records.back().type != 20);
  });
}

/// What a sound engine at the other end says of it.
TEST(HandshakeFault, IsSeenByASoundEngineAsWhatItIs) {
  for_every_stop([](const Stop& stop) {
    std::optional<ChannelError> failure;
    std::optional<ChannelError> seen;
    const TlsRole sound = other(stop.role);
    const auto context = context_of(stop.role, settings_of(stop.role, stop.version));
    const auto sound_context = context_of(sound, settings_of(sound, stop.version));
    between(
        stop.role,
        [&](Channel channel) {
          return deviate(std::move(channel), start_of(stop.role, context, stop.fault()), failure, soon());
        },
        [&](Channel channel) -> task<void> {
          const net::SteadyPoint deadline = stop.act == Act::silence ? after(short_silence) : soon();
          seen = co_await failure_of(channel.start_tls(start_of(sound, sound_context), deadline));
          if (!seen) seen = co_await failure_of(channel.read_some(64, deadline));
          co_await channel.shutdown();
        });
    expect_played(stop, failure);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->fault, stop.seen_as()) << seen->what();
    const pki::Alert alert{alert_number, true};
    EXPECT_EQ(seen->alert == alert, stop.act == Act::alert && !stop.alert_is_refused());
    EXPECT_EQ(seen->unexpected_octets, stop.act == Act::octets ? clear_text : "");
  });
}

struct Ends {
  std::optional<ChannelError> client;
  std::optional<ChannelError> server;
};

Ends shake_hands(const TlsSettings& client, const TlsSettings& server,
                 std::optional<HandshakeFault> of_client, std::optional<HandshakeFault> of_server,
                 net::SteadyPoint client_deadline = soon(), net::SteadyPoint server_deadline = soon()) {
  Ends ends;
  const auto client_context = TlsContext::client(client);
  const auto server_context = TlsContext::server(server);
  converse(
      [&](Channel channel) {
        return deviate(std::move(channel), start_of(TlsRole::client, client_context, of_client), ends.client,
                       client_deadline);
      },
      [&](Channel channel) {
        return deviate(std::move(channel), start_of(TlsRole::server, server_context, of_server), ends.server,
                       server_deadline);
      });
  return ends;
}

HandshakeFault behind(HandshakeMessage message, Act act, Sender sender = Sender::either) {
  HandshakeFault fault;
  fault.behind = message;
  fault.act = act;
  fault.sender = sender;
  return fault;
}

TEST(HandshakeFault, WhoseMessageNeverPassesChangesNothing) {
  struct Row {
    TlsVersion version;
    HandshakeMessage message;
    Sender sender;
  };
  for (const Row& row : {Row{TlsVersion::tls1_3, HandshakeMessage::server_hello_done, Sender::either},
                         Row{TlsVersion::tls1_2, HandshakeMessage::encrypted_extensions, Sender::either},
                         Row{TlsVersion::tls1_3, HandshakeMessage::certificate_request, Sender::either},
                         Row{TlsVersion::tls1_2, HandshakeMessage::client_hello, Sender::peer}}) {
    TlsSettings server = settings_of(TlsRole::server, row.version);
    server.request = net::ClientCertificateRequest::none;
    const Ends ends = shake_hands(settings_of(TlsRole::client, row.version), server,
                                  behind(row.message, Act::reset, row.sender), std::nullopt);
    EXPECT_FALSE(ends.client || ends.server) << net::text(row.message);
  }
}

TEST(HandshakeFault, OfEitherEndsMessageStopsAtTheFirst) {
  const TlsSettings client = settings_of(TlsRole::client, TlsVersion::tls1_3);
  const TlsSettings server = settings_of(TlsRole::server, TlsVersion::tls1_3);
  const auto stop = behind(HandshakeMessage::certificate, Act::close);
  const Ends of_client = shake_hands(client, server, stop, std::nullopt);
  ASSERT_TRUE(of_client.client);
  EXPECT_STREQ(of_client.client->what(), "on purpose: connection closed behind the peer's Certificate");
  const Ends of_server = shake_hands(client, server, std::nullopt, stop);
  ASSERT_TRUE(of_server.server);
  EXPECT_STREQ(of_server.server->what(), "on purpose: connection closed behind our Certificate");
}

/// A message in many records, and a flight that is larger than OpenSSL's buffer: the stop is at the message's
/// end all the same.
TEST(HandshakeFault, OfALargeMessageLeavesAllOfItsRecords) {
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    for (const HandshakeMessage message :
         {HandshakeMessage::server_hello, HandshakeMessage::certificate_request}) {
      TlsSettings settings = settings_of(TlsRole::server, version);
      settings.largest_record = 512;
      for (int i = 0; i < 300; ++i)
        settings.client_ca_subjects.push_back("CN=Authority " + std::to_string(i));
      const auto context = TlsContext::server(settings);
      std::optional<ChannelError> failure;
      PlainTls plain;
      plain.context = plain_context(contoso(), version);
      const HandshakeFault fault = behind(message, Act::reset);
      converse([&](Channel channel) -> task<void> { co_await plain.run(channel, soon); },
               [&](Channel channel) {
                 return deviate(std::move(channel), start_of(TlsRole::server, context, fault), failure,
                                soon());
               });
      ASSERT_TRUE(failure);
      ASSERT_FALSE(plain.messages.empty());
      EXPECT_EQ(plain.messages.back(), static_cast<int>(message));
      std::string rest;
      const auto records = records_of(plain.octets, rest);
      EXPECT_EQ(rest, "");
      const bool large = message == HandshakeMessage::certificate_request;
      EXPECT_EQ(records.size() > 10, large) << records.size();
      EXPECT_EQ(plain.end, ChannelFault::reset);
    }
  }
}

TEST(HandshakeFault, BehindAHelloRetryRequestIsBehindAServerHello) {
  TlsSettings client = settings_of(TlsRole::client, TlsVersion::tls1_3);
  client.groups = "X25519:P-256";
  TlsSettings server = settings_of(TlsRole::server, TlsVersion::tls1_3);
  server.groups = "P-256";
  for (const Act act : {Act::close, Act::alert}) {
    const Ends ends = shake_hands(client, server, std::nullopt, behind(HandshakeMessage::server_hello, act));
    ASSERT_TRUE(ends.server && ends.client);
    EXPECT_EQ(ends.client->fault, act == Act::alert ? ChannelFault::tls_alert : ChannelFault::closed);
    EXPECT_TRUE(ends.client->seen == nullptr || ends.client->seen->presented.empty());
  }
}

/// RFC 5246 6.2.3.2 is not in the engine: it says so instead of sending what no peer could read.
TEST(HandshakeFault, AlertUnderACbcSuiteIsSaidToBeImpossible) {
  TlsSettings client = settings_of(TlsRole::client, TlsVersion::tls1_2);
  client.ciphers = "ECDHE-ECDSA-AES128-SHA";
  const Ends ends = shake_hands(client, settings_of(TlsRole::server, TlsVersion::tls1_2),
                                behind(HandshakeMessage::finished, Act::alert), std::nullopt);
  ASSERT_TRUE(ends.client);
  EXPECT_STREQ(
      ends.client->what(),
      "on purpose: alert 40 handshake_failure behind our Finished, which this session's protection does "
      "not allow: connection closed; take TLS 1.3, or GCM in TLS 1.2");
  EXPECT_FALSE(ends.client->alert);
  EXPECT_FALSE(ends.server && ends.server->alert);
}

/// Without OpenSSL's traffic secrets there is no protected alert; a plain one needs none.
TEST(HandshakeFault, PlainAlertGoesOutBelowTls12Too) {
  TlsSettings client = settings_of(TlsRole::client, TlsVersion::tls1_1);
  const TlsSettings server = settings_of(TlsRole::server, TlsVersion::tls1_1);
  client.alerts_by_hand = true;
  const Ends ends =
      shake_hands(client, server, behind(HandshakeMessage::server_hello_done, Act::alert), std::nullopt);
  ASSERT_TRUE(ends.server);
  EXPECT_EQ(ends.server->alert, (pki::Alert{40, true}));
}

TEST(HandshakeFault, SilenceOutlastsThePatienceOfThePeer) {
  const auto begin = std::chrono::steady_clock::now();
  const Ends ends = shake_hands(
      settings_of(TlsRole::client, TlsVersion::tls1_3), settings_of(TlsRole::server, TlsVersion::tls1_3),
      behind(HandshakeMessage::server_hello, Act::silence), std::nullopt, after(Milliseconds(300)),
      after(Milliseconds(900)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, Milliseconds(900));
  ASSERT_TRUE(ends.client && ends.server);
  EXPECT_STREQ(ends.client->what(), "on purpose: silence behind the peer's ServerHello");
  EXPECT_EQ(ends.client->fault, ChannelFault::local);
  EXPECT_EQ(ends.server->fault, ChannelFault::timed_out);
}

/// A peer that goes on for ever does not hold a close back for longer than a second.
TEST(HandshakeFault, CloseDoesNotWaitForAPeerThatStays) {
  const auto context = TlsContext::client(settings_of(TlsRole::client, TlsVersion::tls1_3));
  std::optional<ChannelError> failure;
  const auto begin = std::chrono::steady_clock::now();
  converse(
      [&](Channel channel) {
        return deviate(std::move(channel),
                       start_of(TlsRole::client, context, behind(HandshakeMessage::client_hello, Act::close)),
                       failure, soon());
      },
      [](Channel channel) -> task<void> {
        const auto end = co_await end_of(channel);
        EXPECT_TRUE(end && end->fault == ChannelFault::closed);
        // It is heard for a while: an RST now could cost it what it has not read.
        const std::string more(1 << 16, 'x');
        for (int i = 0; i < 3; ++i) {
          const auto failed = co_await failure_of(channel.write(more, soon()));
          EXPECT_FALSE(failed);
        }
        for (bool open = true; open;) {
          const auto failed = co_await failure_of(channel.write(more, soon()));
          open = !failed;
        }
      });
  ASSERT_TRUE(failure);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, Milliseconds(10000));
}

/// The judge of the require-alert mode has no say any more.
TEST(HandshakeFault, GoesBeforeAJudge) {
  const auto server_context = TlsContext::server(settings_of(TlsRole::server, TlsVersion::tls1_2));
  const auto client_context = TlsContext::client(settings_of(TlsRole::client, TlsVersion::tls1_2));
  std::optional<ChannelError> failure;
  std::optional<ChannelError> seen;
  converse(
      [&](Channel channel) {
        return deviate(std::move(channel), start_of(TlsRole::client, client_context), seen, soon());
      },
      [&](Channel channel) {
        net::TlsStart start = start_of(TlsRole::server, server_context,
                                       behind(HandshakeMessage::certificate, Act::close, Sender::peer));
        start.judge = [](const pki::Chain&) -> std::optional<int> { return 49; };
        return deviate(std::move(channel), std::move(start), failure, soon());
      });
  ASSERT_TRUE(failure && seen);
  EXPECT_STREQ(failure->what(), "on purpose: connection closed behind the peer's Certificate");
  EXPECT_EQ(seen->fault, ChannelFault::closed);
}

TEST(HandshakeFault, RenegotiationIsAskedForAndTheAnswerTold) {
  HandshakeFault fault;
  fault.renegotiate = true;
  // Our own server refuses, and hears the client give up.
  const auto client = TlsContext::client(settings_of(TlsRole::client, TlsVersion::tls1_2));
  const auto server = TlsContext::server(settings_of(TlsRole::server, TlsVersion::tls1_2));
  std::optional<ChannelError> asked;
  converse(
      [&](Channel channel) {
        return deviate(std::move(channel), start_of(TlsRole::client, client, fault), asked, soon());
      },
      [&](Channel channel) -> task<void> {
        co_await channel.start_tls(start_of(TlsRole::server, server), soon());
        const auto end = co_await end_of(channel);
        const pki::Alert alert{40, true};
        EXPECT_TRUE(end && end->alert == alert);
      });
  ASSERT_TRUE(asked);
  EXPECT_STREQ(asked->what(),
               "on purpose: renegotiation asked for: the peer sent alert 100 no_renegotiation");
  // TLS 1.3 has none.
  const Ends ends = shake_hands(settings_of(TlsRole::client, TlsVersion::tls1_3),
                                settings_of(TlsRole::server, TlsVersion::tls1_3), fault, std::nullopt);
  EXPECT_FALSE(ends.client || ends.server);

  for (const bool allowed : {true, false}) {
    PlainTls plain;
    plain.role = TlsRole::server;
    plain.context = plain_context(woodgrove(), TlsVersion::tls1_2);
    if (allowed) SSL_CTX_set_options(plain.context.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    std::optional<ChannelError> failure;
    converse(
        [&](Channel channel) {
          return deviate(std::move(channel), start_of(TlsRole::client, client, fault), failure, soon());
        },
        [&](Channel channel) -> task<void> { co_await plain.run(channel, soon); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(std::string(failure->what()),
              std::string("on purpose: renegotiation asked for: the peer ") +
                  (allowed ? "took part in it" : "sent alert 100 no_renegotiation"));
    constexpr int finished = 20;
    EXPECT_EQ(std::count(plain.messages.begin(), plain.messages.end(), finished), allowed ? 2 : 1);
    EXPECT_EQ(plain.end, ChannelFault::closed);
  }
}

TEST(HandshakeFault, MessagesHaveTheNamesOfTheStandards) {
  using enum HandshakeMessage;
  for (const HandshakeMessage message :
       {none, client_hello, server_hello, encrypted_extensions, certificate, server_key_exchange,
        certificate_request, server_hello_done, certificate_verify, client_key_exchange, finished}) {
    EXPECT_EQ(net::read_handshake_message(net::text(message)), message);
  }
  EXPECT_EQ(net::text(certificate_request), "CertificateRequest");
  EXPECT_EQ(net::read_handshake_message("serverhellodone"), server_hello_done);
  EXPECT_EQ(net::read_handshake_message("Server Hello"), std::nullopt);
  EXPECT_EQ(net::read_handshake_message(""), std::nullopt);
}

}  // namespace
}  // namespace domsec::testing
