// Engine against engine over loopback: what each end sees of a handshake, and how it ends when it fails.
#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/net/channel.h"
#include "domsec/net/listener.h"
#include "support/conversation.h"
#include "support/pki.h"

namespace domsec::testing {
namespace {

using net::Channel;
using net::ChannelError;
using net::ChannelFault;
using net::Milliseconds;
using net::task;
using net::TlsContext;
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

TlsSettings settings_of(std::optional<pki::Credentials> identity, TlsVersion only) {
  TlsSettings settings;
  settings.identity = std::move(identity);
  settings.minimum = settings.maximum = only;
  return settings;
}

struct Handshake {
  std::optional<TlsSession> client;
  std::optional<TlsSession> server;
  std::optional<ChannelError> client_failure;  // of the handshake, or of the read that follows
  std::optional<ChannelError> server_failure;
};

task<void> take_part(Channel channel, net::TlsStart start, std::optional<TlsSession>& session,
                     std::optional<ChannelError>& failure, std::string says) {
  try {
    session = co_await channel.start_tls(std::move(start), soon());
    EXPECT_TRUE(channel.tls());
    co_await channel.write(says, soon());
    EXPECT_EQ(co_await channel.read_line(512, soon()), "hello");
  } catch (const ChannelError& error) {
    failure = error;
  }
  co_await channel.shutdown();
}

Handshake shake_hands(const TlsSettings& client, const TlsSettings& server,
                      const net::InHandshakeJudge& server_judge = {},
                      const net::InHandshakeJudge& client_judge = {}) {
  Handshake seen;
  const auto client_context = TlsContext::client(client);
  const auto server_context = TlsContext::server(server);
  converse(
      [&](Channel channel) {
        net::TlsStart start = tls_client(client_context, "mail.woodgrovebank.example");
        start.judge = client_judge;
        return take_part(std::move(channel), std::move(start), seen.client, seen.client_failure, "hello\r\n");
      },
      [&](Channel channel) {
        return take_part(std::move(channel), tls_server(server_context, server_judge), seen.server,
                         seen.server_failure, "hello\r\n");
      });
  return seen;
}

std::vector<std::string> thumbprints(const pki::Chain& chain) {
  std::vector<std::string> prints;
  for (const auto& certificate : chain) prints.push_back(certificate->thumbprint);
  return prints;
}

TEST(Tls, MutualSessionShowsBothChainsAndTheSameBindings) {
  struct Row {
    const char* name;
    TlsVersion version;
    const char* text;
  };
  for (const Row& row :
       {Row{"TLS 1.2", TlsVersion::tls1_2, "TLSv1.2"}, Row{"TLS 1.3", TlsVersion::tls1_3, "TLSv1.3"}}) {
    SCOPED_TRACE(row.name);
    TlsSettings server = settings_of(woodgrove(), row.version);
    server.client_ca_names = {three_levels().root.certificate()};
    const Handshake seen = shake_hands(settings_of(contoso(), row.version), server);
    ASSERT_TRUE(seen.client && seen.server);
    EXPECT_FALSE(seen.client_failure || seen.server_failure);
    for (const TlsSession* session : {&*seen.client, &*seen.server}) {
      EXPECT_EQ(session->version, row.text);
      EXPECT_EQ(session->group, "X25519");
      EXPECT_EQ(session->sni, "mail.woodgrovebank.example");
      EXPECT_TRUE(session->client_certificate_requested);
      EXPECT_TRUE(session->own_certificate_sent);
      EXPECT_EQ(session->cipher, seen.client->cipher);
      EXPECT_FALSE(session->bindings.server_end_point.empty());
      ASSERT_TRUE(session->bindings.exporter);
      EXPECT_EQ(session->bindings.exporter->size(), 32U);
      EXPECT_EQ(session->bindings.unique.has_value(), row.version == TlsVersion::tls1_2);
    }
    EXPECT_EQ(thumbprints(seen.client->presented), thumbprints(woodgrove().chain));
    EXPECT_EQ(thumbprints(seen.server->presented), thumbprints(contoso().chain));
    EXPECT_EQ(seen.client->own->thumbprint, contoso().chain.front()->thumbprint);
    EXPECT_EQ(seen.client->bindings.exporter, seen.server->bindings.exporter);
    EXPECT_EQ(seen.client->bindings.unique, seen.server->bindings.unique);
    EXPECT_EQ(seen.client->bindings.server_end_point, seen.server->bindings.server_end_point);
    EXPECT_EQ(seen.client->requested_ca_names,
              (std::vector<std::string>{three_levels().root.certificate()->subject}));
    const auto& schemes = seen.client->requested_signature_algorithms;
    EXPECT_NE(std::find(schemes.begin(), schemes.end(), "ecdsa_secp256r1_sha256"), schemes.end());
  }
}

TEST(Tls, WithoutClientCertificateIsASessionToo) {
  struct Row {
    const char* name;
    std::optional<pki::Credentials> client;
    net::ClientCertificateRequest request;
    bool requested;
    bool sent;
  };
  const std::vector<Row> rows = {
      {"asked, none there", std::nullopt, net::ClientCertificateRequest::request, true, false},
      {"not asked, one there", contoso(), net::ClientCertificateRequest::none, false, false},
      {"not asked, none there", std::nullopt, net::ClientCertificateRequest::none, false, false},
  };
  for (const Row& row : rows) {
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
      SCOPED_TRACE(row.name);
      TlsSettings server = settings_of(woodgrove(), version);
      server.request = row.request;
      const Handshake seen = shake_hands(settings_of(row.client, version), server);
      ASSERT_TRUE(seen.client && seen.server);
      EXPECT_EQ(seen.client->client_certificate_requested, row.requested);
      EXPECT_EQ(seen.server->client_certificate_requested, row.requested);
      EXPECT_EQ(seen.client->own_certificate_sent, row.sent);
      EXPECT_TRUE(seen.server->presented.empty());
      EXPECT_TRUE(seen.server->own_certificate_sent);
    }
  }
}

TEST(Tls, LeafOnlyHoldsTheIntermediatesBack) {
  TlsSettings client = settings_of(contoso(), TlsVersion::tls1_3);
  client.leaf_only = true;
  const Handshake seen = shake_hands(client, settings_of(woodgrove(), TlsVersion::tls1_3));
  ASSERT_TRUE(seen.server);
  EXPECT_EQ(thumbprints(seen.server->presented),
            (std::vector<std::string>{contoso().chain.front()->thumbprint}));
}

TEST(Tls, JudgeOfTheServerSendsExactlyItsAlert) {
  // Those that OpenSSL has a verification error for, and those that are sent by hand.
  for (const int alert : {40, 42, 43, 44, 45, 46, 48, 51, 80, 47, 49, 71, 113, 116, 255}) {
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
      SCOPED_TRACE("alert " + std::to_string(alert) +
                   (version == TlsVersion::tls1_2 ? ", TLS 1.2" : ", TLS 1.3"));
      std::vector<std::string> judged;
      const Handshake seen = shake_hands(settings_of(contoso(), version), settings_of(woodgrove(), version),
                                         [&](const pki::Chain& chain) -> std::optional<int> {
                                           judged = thumbprints(chain);
                                           return alert;
                                         });
      EXPECT_EQ(judged, thumbprints(contoso().chain));
      ASSERT_TRUE(seen.client_failure && seen.server_failure);
      EXPECT_EQ(seen.client_failure->fault, ChannelFault::tls_alert);
      EXPECT_EQ(seen.client_failure->alert, (pki::Alert{alert, true}));
      // RFC 8446 4.4.2.4: a TLS 1.3 client has finished before it hears of the refusal.
      EXPECT_EQ(seen.client_failure->during_handshake, version == TlsVersion::tls1_2);
      EXPECT_EQ(seen.client.has_value(), version == TlsVersion::tls1_3);
      EXPECT_EQ(seen.server_failure->fault, ChannelFault::tls_failed);
      EXPECT_EQ(seen.server_failure->alert, (pki::Alert{alert, true}));
      EXPECT_TRUE(seen.server_failure->during_handshake);
    }
  }
}

TEST(Tls, JudgeOfTheClientRefusesTheServer) {
  for (const int alert : {48, 49}) {
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
      const Handshake seen =
          shake_hands(settings_of(contoso(), version), settings_of(woodgrove(), version), {},
                      [alert](const pki::Chain&) -> std::optional<int> { return alert; });
      ASSERT_TRUE(seen.client_failure && seen.server_failure);
      EXPECT_EQ(seen.server_failure->fault, ChannelFault::tls_alert);
      EXPECT_EQ(seen.server_failure->alert, (pki::Alert{alert, true}));
      EXPECT_TRUE(seen.server_failure->during_handshake);
      EXPECT_EQ(seen.client_failure->alert, (pki::Alert{alert, true}));
      EXPECT_FALSE(seen.client || seen.server);
    }
  }
}

TEST(Tls, JudgeThatAcceptsChangesNothing) {
  const Handshake seen =
      shake_hands(settings_of(contoso(), TlsVersion::tls1_3), settings_of(woodgrove(), TlsVersion::tls1_3),
                  [](const pki::Chain&) -> std::optional<int> { return std::nullopt; });
  EXPECT_TRUE(seen.client && seen.server);
  EXPECT_FALSE(seen.client_failure || seen.server_failure);
}

TEST(Tls, JudgeDemandsACertificate) {
  struct Row {
    TlsVersion version;
    int alert;
  };
  for (const Row& row : {Row{TlsVersion::tls1_2, 40}, Row{TlsVersion::tls1_3, 116}}) {
    const Handshake seen =
        shake_hands(settings_of(std::nullopt, row.version), settings_of(woodgrove(), row.version),
                    [](const pki::Chain&) -> std::optional<int> { return std::nullopt; });
    ASSERT_TRUE(seen.client_failure && seen.server_failure);
    EXPECT_EQ(seen.client_failure->alert, (pki::Alert{row.alert, true}));
    EXPECT_EQ(seen.server_failure->tls_reason, "peer did not return a certificate");
  }
}

TEST(Tls, R36WithoutACommonVersionEndsWithAlert70) {
  for (const bool client_is_older : {true, false}) {
    const TlsVersion client = client_is_older ? TlsVersion::tls1_1 : TlsVersion::tls1_3;
    const TlsVersion server = client_is_older ? TlsVersion::tls1_2 : TlsVersion::tls1_1;
    const Handshake seen = shake_hands(settings_of(contoso(), client), settings_of(woodgrove(), server));
    ASSERT_TRUE(seen.client_failure && seen.server_failure);
    EXPECT_EQ(seen.client_failure->fault, ChannelFault::tls_alert);
    EXPECT_EQ(seen.client_failure->alert, (pki::Alert{70, true}));
    EXPECT_EQ(seen.server_failure->fault, ChannelFault::tls_failed);
    EXPECT_EQ(seen.server_failure->tls_reason, "unsupported protocol");
  }
}

TEST(Tls, BelowVersion12WorksForAFaultOnPurpose) {
  for (const TlsVersion version : {TlsVersion::tls1_0, TlsVersion::tls1_1}) {
    const Handshake seen = shake_hands(settings_of(contoso(), version), settings_of(woodgrove(), version));
    ASSERT_TRUE(seen.client && seen.server) << (seen.client_failure ? seen.client_failure->what() : "");
    EXPECT_EQ(seen.client->version, version == TlsVersion::tls1_0 ? "TLSv1" : "TLSv1.1");
  }
}

TEST(Tls, WithoutACommonCipherSaysSo) {
  TlsSettings client = settings_of(contoso(), TlsVersion::tls1_2);
  client.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  TlsSettings server = settings_of(woodgrove(), TlsVersion::tls1_2);
  server.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384";
  const Handshake seen = shake_hands(client, server);
  ASSERT_TRUE(seen.client_failure && seen.server_failure);
  EXPECT_EQ(seen.client_failure->alert, (pki::Alert{40, true}));
  EXPECT_EQ(seen.server_failure->tls_reason, "no shared cipher");
}

TEST(Tls, KeyThatIsNotTheCertificatesIsSeenAsDecryptError) {
  for (const pki::KeyKind kind : {pki::KeyKind::ec_p256, pki::KeyKind::rsa_2048, pki::KeyKind::ed25519}) {
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
      SCOPED_TRACE(static_cast<int>(kind) * 10 + static_cast<int>(version));
      pki::CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com"});
      recipe.key = kind;
      TlsSettings client = settings_of(three_levels().second.issue(recipe), version);
      client.identity->key = woodgrove().key;
      EXPECT_THROW(TlsContext::client(client), pki::BundleError);
      client.allow_key_mismatch = true;
      const Handshake seen = shake_hands(client, settings_of(woodgrove(), version));
      ASSERT_TRUE(seen.client_failure && seen.server_failure);
      EXPECT_EQ(seen.client_failure->fault, ChannelFault::tls_alert);
      EXPECT_EQ(seen.client_failure->alert, (pki::Alert{51, true}));
      EXPECT_EQ(seen.server_failure->fault, ChannelFault::tls_failed);
    }
  }
}

// A peer that answers STARTTLS and then does not speak TLS.
TEST(Tls, PeerThatSpeaksClearTextIsShownByItsFirstOctets) {
  struct Row {
    const char* name;
    std::string sent;
    std::string unexpected;
  };
  const std::vector<Row> rows = {
      {"a reply", "454 4.7.0 TLS not available\r\n", "454 4.7.0 TLS not available\r\n"},
      {"a page", "HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"},
      {"garbage", std::string(100, '\xfe'), std::string(64, '\xfe')},
      {"a record type, then no version", std::string("\x16zzzzzzzzz"), std::string("\x16zzzzzzzzz")},
  };
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  for (const Row& row : rows) {
    for (const bool as_client : {true, false}) {
      SCOPED_TRACE(row.name);
      std::optional<ChannelError> failure;
      const End peer = [&](Channel channel) -> task<void> {
        co_await channel.write(row.sent, soon());
        co_await end_of(channel);
      };
      const End engine = [&](Channel channel) -> task<void> {
        net::TlsStart start = as_client ? tls_client(client) : tls_server(server);
        failure = co_await failure_of(channel.start_tls(std::move(start), soon()));
      };
      as_client ? converse(engine, peer) : converse(peer, engine);
      ASSERT_TRUE(failure);
      EXPECT_EQ(failure->fault, ChannelFault::tls_failed);
      EXPECT_TRUE(failure->during_handshake);
      EXPECT_EQ(failure->unexpected_octets, row.unexpected);
      EXPECT_FALSE(failure->tls_reason.empty());
    }
  }
}

TEST(Tls, SilentPeerMeetsTheDeadline) {
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  for (const bool as_client : {true, false}) {
    std::optional<ChannelError> failure;
    const End silent = [](Channel channel) -> task<void> { co_await end_of(channel); };
    const End engine = [&](Channel channel) -> task<void> {
      net::TlsStart start = as_client ? tls_client(client) : tls_server(server);
      failure = co_await failure_of(channel.start_tls(std::move(start), after(Milliseconds(50))));
    };
    as_client ? converse(engine, silent) : converse(silent, engine);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->fault, ChannelFault::timed_out);
    EXPECT_TRUE(failure->during_handshake);
  }
}

TEST(Tls, OctetsInjectedBeforeTheHandshakeNeverBecomeProtectedText) {
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  std::optional<ChannelError> failure;
  converse(
      [](Channel channel) -> task<void> {
        co_await channel.write("STARTTLS\r\nMAIL FROM:<mallory@contoso.com>\r\n", soon());
        co_await end_of(channel);
      },
      [&](Channel channel) -> task<void> {
        co_await channel.read_line(512, soon());
        EXPECT_GT(channel.buffered(), 0U);
        failure = co_await failure_of(channel.start_tls(tls_server(server), soon()));
        EXPECT_EQ(channel.buffered(), 0U);
      });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::tls_failed);
  EXPECT_EQ(failure->unexpected_octets.substr(0, 9), "MAIL FROM");
}

TEST(Tls, LinesOfAnySizeCrossInOneSession) {
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  const std::string big(10U << 20, 'x');
  converse(
      [&](Channel channel) -> task<void> {
        co_await channel.start_tls(tls_client(client), soon());
        co_await channel.write("a\r\nb\r\n" + big + "\r\n", soon());
        for (const char& octet : std::string("slowly\r\n"))
          co_await channel.write(std::string_view(&octet, 1), soon());
        EXPECT_EQ(co_await channel.read_line(512, soon()), "bye");
        co_await channel.shutdown();
      },
      [&](Channel channel) -> task<void> {
        co_await channel.start_tls(tls_server(server), soon());
        EXPECT_EQ(co_await channel.read_line(512, soon()), "a");
        EXPECT_EQ(co_await channel.read_line(512, soon()), "b");
        EXPECT_TRUE(co_await channel.read_line(16U << 20, soon()) == big);
        EXPECT_EQ(co_await channel.read_line(512, soon()), "slowly");
        const auto silent = co_await failure_of(channel.read_line(512, after(Milliseconds(30))));
        EXPECT_TRUE(silent && silent->fault == ChannelFault::timed_out);
        co_await channel.write("bye\r\n", soon());
        const auto end = co_await end_of(channel);
        EXPECT_TRUE(end && end->fault == ChannelFault::closed);
      });
}

TEST(Tls, EndWithoutCloseNotifyIsClosedAndAnAbortIsReset) {
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  for (const bool abort : {false, true}) {
    std::optional<ChannelError> end;
    converse(
        [&](Channel channel) -> task<void> {
          co_await channel.start_tls(tls_client(client), soon());
          EXPECT_EQ(co_await channel.read_line(512, soon()), "220 ready");
          abort ? channel.abort() : channel.close();
        },
        [&](Channel channel) -> task<void> {
          co_await channel.start_tls(tls_server(server), soon());
          co_await channel.write("220 ready\r\n", soon());
          end = co_await end_of(channel);
        });
    ASSERT_TRUE(end);
    EXPECT_EQ(end->fault, abort ? ChannelFault::reset : ChannelFault::closed);
    EXPECT_FALSE(end->during_handshake);
  }
}

// RFC 8446 4.4.2.4: the refusal arrives after the client's handshake; also when the client writes before it
// reads.
TEST(Tls, LateAlertIsFoundThoughTheWriteMetsTheReset) {
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  std::optional<ChannelError> failure;
  net::Loop loop;
  net::Endpoint any;
  any.address = "127.0.0.1";
  net::Listener listener(loop, any);
  bool gone = false;
  listener.start([&](Channel channel) -> task<void> {
    listener.stop();
    net::TlsStart start = tls_server(server, [](const pki::Chain&) -> std::optional<int> { return 48; });
    EXPECT_TRUE(co_await failure_of(channel.start_tls(std::move(start), soon())));
    channel.close();
    gone = true;
  });
  const auto connect = [&]() -> task<void> {
    Channel channel = co_await Channel::connect(listener.endpoint(), soon());
    co_await channel.start_tls(tls_client(client), soon());
    while (!gone) co_await net::sleep(Milliseconds(1));
    for (int i = 0; i < 100 && !failure; ++i)
      failure = co_await failure_of(channel.write("EHLO a\r\n", soon()));
  };
  loop.spawn(connect());
  loop.run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::tls_alert);
  EXPECT_EQ(failure->alert, (pki::Alert{48, true}));
}

struct ByHand {
  const char* name;
  TlsVersion version;
  const char* ciphers;
  bool possible;
};

TEST(Tls, AlertOfAnyNumberIsSentByHandAfterData) {
  const std::vector<ByHand> rows = {
      {"TLS 1.3", TlsVersion::tls1_3, "", true},
      {"TLS 1.2, AES-256-GCM", TlsVersion::tls1_2, "ECDHE-ECDSA-AES256-GCM-SHA384", true},
      {"TLS 1.2, AES-128-GCM", TlsVersion::tls1_2, "ECDHE-ECDSA-AES128-GCM-SHA256", true},
      {"TLS 1.2, ChaCha20", TlsVersion::tls1_2, "ECDHE-ECDSA-CHACHA20-POLY1305", true},
      {"TLS 1.2, CBC", TlsVersion::tls1_2, "ECDHE-ECDSA-AES128-SHA", false},
      {"TLS 1.1", TlsVersion::tls1_1, "", false},
  };
  for (const ByHand& row : rows) {
    for (const bool by_server : {true, false}) {
      SCOPED_TRACE(std::string(row.name) + (by_server ? ", server" : ", client"));
      TlsSettings settings = settings_of(woodgrove(), row.version);
      settings.ciphers = row.ciphers;
      const auto client = TlsContext::client(settings);
      const auto server = TlsContext::server(settings);
      std::optional<ChannelError> heard;
      std::optional<ChannelError> refusal;
      const auto sender = [&](Channel channel, net::TlsStart start) -> task<void> {
        co_await channel.start_tls(std::move(start), soon());
        for (int i = 0; i < 300; ++i) co_await channel.write("line\r\n", soon());
        EXPECT_EQ(co_await channel.read_line(512, soon()), "refuse me");
        refusal = co_await failure_of(channel.send_alert(49, soon()));
        const auto more = co_await failure_of(channel.write("more", soon()));
        EXPECT_EQ(more.has_value(), row.possible);
        co_await channel.shutdown();
      };
      const auto receiver = [&](Channel channel, net::TlsStart start) -> task<void> {
        co_await channel.start_tls(std::move(start), soon());
        co_await channel.write("refuse me\r\n", soon());
        for (int i = 0; i < 300; ++i) EXPECT_EQ(co_await channel.read_line(512, soon()), "line");
        heard = co_await end_of(channel);
      };
      const auto role = [&](const auto& part, bool as_server) -> End {
        return [&part, as_server, client, server](Channel channel) {
          return part(std::move(channel), as_server ? tls_server(server) : tls_client(client));
        };
      };
      converse(by_server ? role(receiver, false) : role(sender, false),
               by_server ? role(sender, true) : role(receiver, true));
      ASSERT_TRUE(heard);
      EXPECT_EQ(refusal.has_value(), !row.possible);
      EXPECT_EQ(heard->fault, row.possible ? ChannelFault::tls_alert : ChannelFault::closed);
      if (row.possible) {
        EXPECT_EQ(heard->alert, (pki::Alert{49, true}));
        EXPECT_FALSE(heard->during_handshake);
      }
    }
  }
}

TEST(Tls, AlertInsteadOfAHandshakeIsAPlainRecord) {
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  std::optional<ChannelError> failure;
  converse(
      [&](Channel channel) -> task<void> {
        failure = co_await failure_of(channel.start_tls(tls_client(client), soon()));
      },
      [](Channel channel) -> task<void> {
        co_await channel.send_alert(112, soon());
        co_await channel.shutdown();
      });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::tls_alert);
  EXPECT_EQ(failure->alert, (pki::Alert{112, true}));
  EXPECT_TRUE(failure->during_handshake);
}

TEST(Tls, StartedTwiceIsRefused) {
  const auto client = TlsContext::client(settings_of(contoso(), TlsVersion::tls1_3));
  const auto server = TlsContext::server(settings_of(woodgrove(), TlsVersion::tls1_3));
  converse(
      [&](Channel channel) -> task<void> {
        co_await channel.start_tls(tls_client(client), soon());
        const auto again = co_await failure_of(channel.start_tls(tls_client(client), soon()));
        EXPECT_TRUE(again && again->fault == ChannelFault::local);
        co_await channel.shutdown();
      },
      [&](Channel channel) -> task<void> {
        co_await channel.start_tls(tls_server(server), soon());
        co_await end_of(channel);
      });
}

/// All that both ends tell of a handshake, less what is random (why a wrong RSA signature does not fit is).
std::string told(const Handshake& seen) {
  std::string lines;
  const auto end = [&](const std::optional<TlsSession>& session, const std::optional<ChannelError>& failure) {
    if (session) {
      lines += session->version + " " + session->cipher + " " + session->group + " " +
               (session->own_certificate_sent ? "sent" : "not sent");
      for (const std::string& print : thumbprints(session->presented)) lines += " " + print;
    }
    if (failure) {
      lines += " failed " + std::to_string(static_cast<int>(failure->fault));
      if (failure->alert) lines += " alert " + std::to_string(failure->alert->number);
    }
    lines += "\n";
  };
  end(seen.client, seen.client_failure);
  end(seen.server, seen.server_failure);
  return lines;
}

TEST(Tls, BothKeyDecodingsGiveTheSameHandshake) {
  if (!pki::has_direct_key_decoding()) GTEST_SKIP() << "this build has one decoding";
  using pki::KeyKind;
  for (const KeyKind kind :
       {KeyKind::ec_p256, KeyKind::ec_p384, KeyKind::rsa_2048, KeyKind::ed25519}) {
    pki::CertificateRecipe recipe = leaf_recipe({"mail.test"});
    recipe.key = kind;
    const pki::Credentials own = three_levels().issuing.issue(recipe);
    pki::Credentials liar = own;
    liar.key = pki::make_key(kind);
    const bool rsa = kind == KeyKind::rsa_2048;
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
      for (const char* const ciphers : {"", "kRSA+AESGCM"}) {  // the second: our key decrypts instead of signing
        if (*ciphers != '\0' && (version != TlsVersion::tls1_2 || !rsa)) continue;
        for (const bool lies : {false, true}) {
          std::vector<std::string> lines;
          for (const auto decoding : {pki::KeyDecoding::providers, pki::KeyDecoding::direct}) {
            TlsSettings client = settings_of(lies ? liar : own, version);
            client.allow_key_mismatch = lies;
            TlsSettings server = settings_of(own, version);
            server.ciphers = client.ciphers = ciphers;
            client.key_decoding = server.key_decoding = decoding;
            const Handshake seen = shake_hands(client, server);
            EXPECT_EQ(seen.server.has_value(), !lies);
            lines.push_back(told(seen));
          }
          EXPECT_EQ(lines.at(0), lines.at(1)) << static_cast<int>(kind) << ' ' << ciphers << (lies ? " lies" : "");
        }
      }
    }
  }
}

}  // namespace
}  // namespace domsec::testing
