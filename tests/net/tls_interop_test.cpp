// The engine against OpenSSL's own programs, when they are installed.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "domsec/net/channel.h"
#include "domsec/net/listener.h"
#include "support/conversation.h"
#include "support/pki.h"

namespace domsec::testing {
namespace {

using net::Channel;
using net::task;
using net::TlsContext;

bool have_openssl() { return std::system("openssl version >/dev/null 2>&1") == 0; }

net::TlsSettings settings_of(const pki::Credentials& identity) {
  net::TlsSettings settings;
  settings.identity = identity;
  return settings;
}

std::string pem_of(const pki::Chain& chain) {
  std::string text;
  for (const auto& certificate : chain) text += certificate->pem();
  return text;
}

/// The files that OpenSSL's programs take for an identity and its root.
struct Files {
  explicit Files(const pki::Credentials& identity) {
    options = " -cert " + directory.write("cert.pem", identity.chain.front()->pem()) + " -key " +
              directory.write("key.pem", identity.key.pem()) + " -cert_chain " +
              directory.write("chain.pem", pem_of({identity.chain.begin() + 1, identity.chain.end()})) +
              " -CAfile " + directory.write("root.pem", three_levels().root.certificate()->pem());
  }
  TemporaryDirectory directory;
  std::string options;
};

class Program {
 public:
  explicit Program(const std::string& command) : pipe_(::popen((command + " 2>&1").c_str(), "r")) {}
  ~Program() {
    if (pipe_ != nullptr) ::pclose(pipe_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  /// Reads lines until one contains `text`; empty when the program ended before.
  std::string line_with(const std::string& text) {
    char line[4096];
    while (pipe_ != nullptr && std::fgets(line, sizeof line, pipe_) != nullptr) {
      printed_ += line;
      if (std::string(line).find(text) != std::string::npos) return line;
    }
    return {};
  }
  /// Everything up to the program's end.
  std::string output() {
    while (!line_with("\n").empty()) {
    }
    return printed_;
  }

 private:
  std::FILE* pipe_;
  std::string printed_;
};

/// Where `openssl s_server` says that it listens; nothing when it ended before.
std::optional<net::Endpoint> accepting_at(Program& server) {
  const std::string line = server.line_with("ACCEPT 127");
  if (line.empty()) return std::nullopt;
  const std::size_t begin = line.find(' ') + 1;
  return net::read_endpoint(line.substr(begin, line.find_first_of("\r\n") - begin));
}

struct ClientRow {
  const char* name;
  const char* options;
  const char* version;
  const char* cipher;
};

TEST(TlsInterop, ServerServesTheOpensslClientAndRefusesByAnyAlert) {
  if (!have_openssl()) GTEST_SKIP() << "no openssl program";
  const pki::Credentials identity = three_levels().leaf("mail.woodgrovebank.example");
  const Files files(three_levels().leaf("mail1.contoso.com"));
  const auto context = TlsContext::server(settings_of(identity));
  const std::vector<ClientRow> rows = {
      {"TLS 1.3 AES-256", "-tls1_3", "TLSv1.3", "TLS_AES_256_GCM_SHA384"},
      {"TLS 1.3 AES-128", "-ciphersuites TLS_AES_128_GCM_SHA256", "TLSv1.3", "TLS_AES_128_GCM_SHA256"},
      {"TLS 1.3 ChaCha20", "-ciphersuites TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3",
       "TLS_CHACHA20_POLY1305_SHA256"},
      {"TLS 1.2", "-tls1_2", "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"},
      {"TLS 1.2, CBC: no alert by hand", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA", "TLSv1.2",
       "ECDHE-ECDSA-AES128-SHA"},
  };
  for (const ClientRow& row : rows) {
    SCOPED_TRACE(row.name);
    const bool by_hand = std::string(row.cipher) != "ECDHE-ECDSA-AES128-SHA";
    net::Loop loop;
    net::Endpoint any;
    any.address = "127.0.0.1";
    net::Listener listener(loop, any);
    std::optional<net::TlsSession> session;
    std::string heard;
    listener.start([&](Channel channel) -> task<void> {
      listener.stop();
      co_await channel.write("220 woodgrove ESMTP\r\n", soon());
      co_await channel.read_line(512, soon());
      co_await channel.write("250-woodgrove\r\n250 STARTTLS\r\n", soon());
      EXPECT_EQ(co_await channel.read_line(512, soon()), "STARTTLS");
      co_await channel.write("220 go ahead\r\n", soon());
      session = co_await channel.start_tls(tls_server(context), soon());
      heard = co_await channel.read_line(512, soon());
      co_await channel.write("550 no\r\n", soon());
      if (by_hand) co_await channel.send_alert(49, soon());
      co_await channel.shutdown();
    });
    Program client(
        "printf 'hello\\n' | openssl s_client -starttls smtp -crlf -ign_eof -servername woodgrove.example "
        "-connect " +
        listener.endpoint().text() + " " + row.options + files.options);
    loop.run();
    const std::string printed = client.output();
    ASSERT_TRUE(session) << printed;
    EXPECT_EQ(session->version, row.version);
    EXPECT_EQ(session->cipher, row.cipher);
    EXPECT_EQ(session->sni, "woodgrove.example");
    EXPECT_EQ(session->presented.size(), 3U);
    EXPECT_EQ(heard, "hello");
    EXPECT_NE(printed.find("Verify return code: 0 (ok)"), std::string::npos) << printed;
    EXPECT_NE(printed.find("550 no"), std::string::npos) << printed;
    EXPECT_EQ(printed.find("SSL alert number 49") != std::string::npos, by_hand) << printed;
  }
}

// RFC 8446 4.6.3: after a KeyUpdate both directions are under new keys, and the alert by hand with them.
TEST(TlsInterop, AlertByHandFollowsAKeyUpdate) {
  if (!have_openssl()) GTEST_SKIP() << "no openssl program";
  const TemporaryDirectory directory;
  const std::string printed_to = directory.write("printed", "");
  const auto context = TlsContext::server(settings_of(three_levels().leaf("mail.woodgrovebank.example")));
  net::Loop loop;
  net::Endpoint any;
  any.address = "127.0.0.1";
  net::Listener listener(loop, any);
  const std::string command =
      "openssl s_client -tls1_3 -connect " + listener.endpoint().text() + " > " + printed_to + " 2>&1";
  std::FILE* const typed = ::popen(command.c_str(), "w");
  ASSERT_NE(typed, nullptr);
  const auto type = [typed](const char* line) {
    std::fputs(line, typed);
    std::fflush(typed);
  };
  listener.start([&](Channel channel) -> task<void> {
    listener.stop();
    co_await channel.start_tls(tls_server(context), soon());
    // One letter alone on a line is a command of s_client: K updates its keys and asks for ours. Each is
    // typed only when the one before has been seen, since s_client looks at the first letter of what it
    // reads.
    type("hello\n");
    EXPECT_EQ(co_await channel.read_some(64, soon()), "hello\n");
    type("K\n");
    const auto nothing = co_await failure_of(channel.read_some(64, after(net::Milliseconds(200))));
    EXPECT_TRUE(nothing && nothing->fault == net::ChannelFault::timed_out);
    co_await channel.write("under new keys\n", soon());
    type("again\n");
    EXPECT_EQ(co_await channel.read_some(64, soon()), "again\n");
    co_await channel.write("still\n", soon());
    co_await channel.send_alert(49, soon());
    co_await channel.shutdown();
  });
  loop.run();
  ::pclose(typed);
  std::stringstream printed;
  printed << std::ifstream(printed_to).rdbuf();
  EXPECT_NE(printed.str().find("KEYUPDATE"), std::string::npos) << printed.str();
  EXPECT_NE(printed.str().find("under new keys"), std::string::npos) << printed.str();
  EXPECT_NE(printed.str().find("SSL alert number 49"), std::string::npos) << printed.str();
}

TEST(TlsInterop, ClientTalksToTheOpensslServer) {
  if (!have_openssl()) GTEST_SKIP() << "no openssl program";
  const pki::Credentials identity = three_levels().leaf("mail1.contoso.com");
  const Files files(three_levels().leaf("mail.woodgrovebank.example"));
  const auto context = TlsContext::client(settings_of(identity));
  for (const char* const version : {"-tls1_2", "-tls1_3"}) {
    SCOPED_TRACE(version);
    Program server(
        std::string("openssl s_server -accept 127.0.0.1:0 -naccept 1 -rev -Verify 5 -verify_return_error ") +
        version + files.options);
    const auto endpoint = accepting_at(server);
    ASSERT_TRUE(endpoint) << server.output();
    const auto visit = [&]() -> task<std::string> {
      Channel channel = co_await Channel::connect(*endpoint, soon());
      const net::TlsSession session = co_await channel.start_tls(tls_client(context), soon());
      EXPECT_TRUE(session.client_certificate_requested);
      EXPECT_TRUE(session.own_certificate_sent);
      EXPECT_EQ(session.presented.size(), 3U);
      EXPECT_EQ(session.requested_ca_names,
                (std::vector<std::string>{three_levels().root.certificate()->subject}));
      co_await channel.write("hello\n", soon());
      std::string heard;
      while (heard.size() < 6) heard += co_await channel.read_some(6, soon());
      co_await channel.shutdown();
      co_return heard;
    };
    net::Loop loop;
    EXPECT_EQ(net::run(loop, visit()), "olleh\n");
  }
}

/// What OpenSSL's programs say of handshakes that stop on purpose.
TEST(TlsInterop, OpensslProgramsSayWhatAFaultInTheHandshakeIs) {
  if (!have_openssl()) GTEST_SKIP() << "no openssl program";
  struct Row {
    const char* name;
    net::TlsRole role;
    const char* version;
    net::HandshakeMessage behind;
    net::HandshakeFault::Sender sender;
    net::HandshakeFault::Act act;
    const char* says;
  };
  using net::HandshakeMessage;
  using net::TlsRole;
  using Act = net::HandshakeFault::Act;
  using Sender = net::HandshakeFault::Sender;
  const std::vector<Row> rows = {
      {"an alert under the handshake's key", TlsRole::server, "-tls1_3", HandshakeMessage::certificate, Sender::own,
       Act::alert, "SSL alert number 49"},
      {"an alert under the client's key", TlsRole::client, "-tls1_3", HandshakeMessage::certificate_verify,
       Sender::own, Act::alert, "SSL alert number 49"},
      {"an alert in clear", TlsRole::server, "-tls1_2", HandshakeMessage::server_hello_done, Sender::own,
       Act::alert, "SSL alert number 49"},
      {"an alert before the keys change", TlsRole::client, "-tls1_2", HandshakeMessage::certificate_verify,
       Sender::own, Act::alert, "SSL alert number 49"},
      {"a reset", TlsRole::server, "-tls1_3", HandshakeMessage::server_hello, Sender::own, Act::reset, "errno=104"},
      {"clear text", TlsRole::server, "-tls1_3", HandshakeMessage::client_hello, Sender::peer, Act::octets,
       "wrong version number"},
  };
  const Files files(three_levels().leaf("mail1.contoso.com"));
  const auto settings = settings_of(three_levels().leaf("mail.woodgrovebank.example"));
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    net::HandshakeFault fault;
    fault.behind = row.behind;
    fault.sender = row.sender;
    fault.act = row.act;
    fault.alert = 49;
    fault.octets = "500 5.5.1 Command unrecognized\r\n";
    std::optional<net::ChannelError> failure;
    std::string printed;
    net::Loop loop;
    if (row.role == TlsRole::server) {
      net::Endpoint any;
      any.address = "127.0.0.1";
      net::Listener listener(loop, any);
      net::TlsStart start = tls_server(TlsContext::server(settings));
      start.fault = fault;
      listener.start([&](Channel channel) -> task<void> {
        listener.stop();
        failure = co_await failure_of(channel.start_tls(start, soon()));
      });
      Program client("openssl s_client -connect " + listener.endpoint().text() + " " + row.version +
                     files.options + " < /dev/null");
      loop.run();
      printed = client.output();
    } else {
      Program server(std::string("openssl s_server -accept 127.0.0.1:0 -naccept 1 -rev -Verify 5 ") + row.version +
                     files.options);
      const auto endpoint = accepting_at(server);
      ASSERT_TRUE(endpoint) << server.output();
      net::TlsStart start = tls_client(TlsContext::client(settings));
      start.fault = fault;
      const auto visit = [&]() -> task<void> {
        Channel channel = co_await Channel::connect(*endpoint, soon());
        failure = co_await failure_of(channel.start_tls(start, soon()));
      };
      net::run(loop, visit());
      printed = server.output();
    }
    EXPECT_TRUE(failure && std::string(failure->what()).starts_with("on purpose: "));
    EXPECT_NE(printed.find(row.says), std::string::npos) << printed;
  }
}

/// OpenSSL's server staples a file's response; our client keeps its octets as they are.
TEST(TlsInterop, ClientKeepsWhatTheOpensslServerStaples) {
  if (!have_openssl()) GTEST_SKIP() << "no openssl program";
  const pki::Credentials theirs = three_levels().leaf("mail.woodgrovebank.example");
  const Files files(theirs);
  pki::OcspRecipe recipe;
  recipe.certificate = theirs.chain.front();
  recipe.this_update = test_instant;
  recipe.next_update = test_instant + std::chrono::days(1);
  const std::string der = three_levels().second.ocsp_response(recipe);
  const std::string file = files.directory.write("response.der", der);
  const auto context = TlsContext::client(settings_of(three_levels().leaf("mail1.contoso.com")));
  for (const char* const version : {"-tls1_2", "-tls1_3"}) {
    SCOPED_TRACE(version);
    Program server("openssl s_server -accept 127.0.0.1:0 -naccept 1 -rev -status_file " + file + " " +
                   version + files.options);
    const auto endpoint = accepting_at(server);
    ASSERT_TRUE(endpoint) << server.output();
    const auto visit = [&]() -> task<std::string> {
      Channel channel = co_await Channel::connect(*endpoint, soon());
      const net::TlsSession session = co_await channel.start_tls(tls_client(context), soon());
      co_await channel.shutdown();
      co_return session.ocsp_response;
    };
    net::Loop loop;
    EXPECT_TRUE(net::run(loop, visit()) == der);
  }
}

}  // namespace
}  // namespace domsec::testing
