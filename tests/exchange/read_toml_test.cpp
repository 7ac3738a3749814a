#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "domsec/exchange/organisation.h"
#include "domsec/exchange/write_toml.h"
#include "exchange/bad_configurations.h"
#include "exchange/sample_configuration.h"
#include "support/scratch_directory.h"

namespace domsec::exchange {
namespace {

std::string message_of(std::string_view text, const std::string& file = "domsec.toml") {
  try {
    (void)read_toml_text(text, file);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "read without an error";
}

TEST(ReadToml, ReadsTheSample) {
  const Organisation contoso = read_toml_text(sample_configuration, "conf/domsec.toml");
  EXPECT_EQ(contoso.name, "Contoso");
  EXPECT_EQ(contoso.server_fqdn->text(), "edge1.contoso.com");
  ASSERT_EQ(contoso.accepted_domains.size(), 1U);
  EXPECT_EQ(contoso.trusted_root_files, std::vector<std::string>{"conf/pki/root.pem"});
  EXPECT_EQ(contoso.name_match, "exact");
  ASSERT_EQ(contoso.send_connectors.size(), 1U);
  const SendConnector& send = contoso.send_connectors[0];
  EXPECT_EQ(send.name, "Internet");
  EXPECT_EQ(send.fqdn->text(), "mail.contoso.com");
  EXPECT_TRUE(*send.domain_secure_enabled);
  EXPECT_TRUE(*send.dns_routing_enabled);
  EXPECT_EQ(send.port, 2525);
  EXPECT_EQ(send.protocol_logging_level, ProtocolLoggingLevel::verbose);
  EXPECT_EQ(send.connection_inactivity_timeout, std::chrono::minutes(5));
  ASSERT_EQ(contoso.receive_connectors.size(), 1U);
  const ReceiveConnector& receive = contoso.receive_connectors[0];
  ASSERT_EQ(receive.bindings.size(), 2U);
  EXPECT_EQ(receive.bindings[1].address, "::1");
  EXPECT_EQ(receive.bindings[1].port, 2525);
  EXPECT_EQ(receive.max_message_size, 1048576U);
  EXPECT_EQ(receive.max_inbound_connection, 2147483647);
  EXPECT_EQ(contoso.transport_config.send_protocol_log.path, "conf/logs/send");
  EXPECT_EQ(contoso.transport_config.receive_protocol_log.max_age, std::chrono::hours(7 * 24));
  ASSERT_EQ(contoso.certificates.size(), 1U);
  EXPECT_EQ(contoso.certificates[0].certificate_file, "conf/pki/mail1.pem");
  EXPECT_EQ(contoso.certificates[0].key_file, "/etc/keys/mail1.key") << "an absolute path stays";
  EXPECT_EQ(contoso.revocation.mode, "cached");
  EXPECT_EQ(contoso.revocation.fail, "hard");
}

TEST(ReadToml, KeepsThePlaceOfEveryValue) {
  const Organisation contoso = read_toml_text(sample_configuration, "conf/domsec.toml");
  EXPECT_EQ(contoso.transport_config.tls_send_domain_secure_list.origin.text(), "conf/domsec.toml:11");
  EXPECT_EQ(contoso.transport_config.tls_receive_domain_secure_list.origin.text(), "conf/domsec.toml:15");
  const SendConnector& send = contoso.send_connectors[0];
  EXPECT_EQ(send.origin.text(), "conf/domsec.toml:20");
  EXPECT_EQ(send.domain_secure_enabled.origin.text(), "conf/domsec.toml:23");
  EXPECT_EQ(send.dns_routing_enabled.origin.text(), "default");
  EXPECT_EQ(send.origins.of("Fqdn").text(), "conf/domsec.toml:22");
  EXPECT_EQ(send.origins.of("TlsDomain").text(), "default");
  EXPECT_EQ(contoso.receive_connectors[0].auth_mechanism.origin.text(), "conf/domsec.toml:33");
  EXPECT_EQ(contoso.receive_connectors[0].require_tls.origin.text(), "default");
  EXPECT_EQ(contoso.certificates[0].origin.text(), "conf/domsec.toml:38");
}

TEST(ReadToml, SecuresNobodyWithoutTheLists) {
  const Organisation contoso = read_toml_text("[organization]\nName = \"Contoso\"\n", "domsec.toml");
  EXPECT_TRUE(contoso.transport_config.tls_send_domain_secure_list.domains().empty());
  EXPECT_TRUE(contoso.transport_config.tls_receive_domain_secure_list.domains().empty());
}

TEST(ReadToml, ReadsSizesSpansAndSets) {
  struct Row {
    const char* name;
    const char* line;
    std::uint64_t octets;
  };
  const std::vector<Row> rows{{"octets", "MaxMessageSize = 65536", 65536},
                              {"kilobytes", "MaxMessageSize = \"64KB\"", 65536},
                              {"blank", "MaxMessageSize = \"1 MB\"", 1048576},
                              {"octets as text", "MaxMessageSize = \"70000\"", 70000},
                              {"unit B", "MaxMessageSize = \"70000B\"", 70000},
                              {"lower case", "MaxMessageSize = \"2mb\"", 2097152}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Organisation read = read_toml_text(std::string("[[ReceiveConnector]]\n") + row.line, "d.toml");
    EXPECT_EQ(read.receive_connectors.at(0).max_message_size, row.octets);
  }
  const Organisation read = read_toml_text(
      "[[ReceiveConnector]]\nTarpitInterval = \"00:00:05\"\nConnectionTimeout = \"1.00:00:00\"\n"
      "AuthMechanism = [\"Tls\", \"ExchangeServer\"]\n[TransportConfig]\nSendProtocolLogMaxFileSize = "
      "\"unlimited\"\n",
      "d.toml");
  EXPECT_EQ(read.receive_connectors.at(0).tarpit_interval, std::chrono::seconds(5));
  EXPECT_EQ(read.receive_connectors.at(0).connection_timeout, std::chrono::hours(24));
  EXPECT_EQ(read.receive_connectors.at(0).auth_mechanism->text(), "Tls, ExchangeServer");
  EXPECT_EQ(read.transport_config.send_protocol_log.max_file_size, 9223372036854775807U);
  EXPECT_EQ(read_toml_text("[[ReceiveConnector]]\nAuthMechanism = \"Tls, BasicAuth\"", "d.toml")
                .receive_connectors[0]
                .auth_mechanism->text(),
            "Tls, BasicAuth");
}

TEST(ReadToml, RefusesWhatIsWrongInOneSentenceWithItsPlace) {
  for (const BadConfiguration& row : bad_configurations) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(message_of(row.text), row.message);
  }
}

TEST(ReadToml, BoundsABannerByAReplyLine) {
  const std::string banner = "220 " + std::string(506, 'x');
  EXPECT_EQ(read_toml_text("[[ReceiveConnector]]\nBanner = \"" + banner + "\"\n", "d.toml").receive_connectors.at(0).banner,
            banner);
  EXPECT_EQ(message_of("[[ReceiveConnector]]\nBanner = \"" + banner + "x\"\n"),
            "domsec.toml:2:10: Banner has 511 octets; write at most 510, one reply line");
}

TEST(ReadToml, BoundsTheDepthOfTheTree) {
  for (const std::string& text : {std::string(300'000, '['), "a = " + std::string(300'000, '['),
                                  "a = " + std::string(300'000, '{'), [] {
                                    std::string dots = "a";
                                    for (int i = 0; i < 300'000; ++i) dots += ".a";
                                    return dots + " = 1";
                                  }()}) {
    const std::string message = message_of(text);
    EXPECT_TRUE(message.starts_with("domsec.toml:1:")) << message;
    EXPECT_TRUE(message.ends_with(": the text nests deeper than any section does; remove the brackets or dots")) << message;
  }
  EXPECT_EQ(read_toml_text("[organization] # a.b.c.d.e.f.g.h.i.j.k\nName = \"a.b.c.d.e.f.g.h.i.j.k "
                           "[[[[[[[[[[\"\nSpool='''\n[[[[[[[[[['x'''''",
                           "d")
                .name,
            "a.b.c.d.e.f.g.h.i.j.k [[[[[[[[[[");
}

/// One organisation file, several edges: R28.
TEST(ReadToml, IncludesOtherFiles) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch.path() + "/shared");
  const std::string shared = scratch.write(
      "shared/organisation.toml", "[organization]\nName = \"Contoso\"\nTrustedRoots = [\"root.pem\"]\n"
                                  "[TransportConfig]\nTLSSendDomainSecureList = [\"woodgrovebank.com\"]\n"
                                  "[[SendConnector]]\nName = \"Internet\"\n");
  const std::string edge = scratch.write("edge.toml", "Include = [\"shared/organisation.toml\"]\n"
                                                      "[TransportConfig]\nSendProtocolLogPath = \"logs\"\n"
                                                      "[[ReceiveConnector]]\nName = \"Partner\"\n");
  const Organisation read = read_toml(edge);
  EXPECT_EQ(read.name, "Contoso");
  EXPECT_EQ(read.trusted_root_files, std::vector<std::string>{scratch.path() + "/shared/root.pem"});
  EXPECT_EQ(read.transport_config.send_protocol_log.path, scratch.path() + "/logs");
  EXPECT_EQ(read.transport_config.tls_send_domain_secure_list.origin.text(), shared + ":5");
  EXPECT_EQ(read.send_connectors.at(0).origin.text(), shared + ":6");
  EXPECT_EQ(read.receive_connectors.at(0).origin.text(), edge + ":4");
}

TEST(ReadToml, RefusesIncludesThatContradictOrNeverEnd) {
  const ScratchDirectory scratch;
  const auto message = [&scratch](const std::string& name) -> std::string {
    try {
      (void)read_toml(scratch.path() + "/" + name);
    } catch (const ConfigError& error) {
      std::string what = error.what();
      for (auto at = what.find(scratch.path() + "/"); at != std::string::npos; at = what.find(scratch.path() + "/")) {
        what.erase(at, scratch.path().size() + 1);
      }
      return what;
    }
    return "read without an error";
  };
  (void)scratch.write("self.toml", "Include = [\"self.toml\"]\n");
  EXPECT_EQ(message("self.toml"), "self.toml:1:12: Include: \"self.toml\" includes itself again; remove one of the two entries");
  (void)scratch.write("a.toml", "Include = [\"b.toml\"]\n");
  (void)scratch.write("b.toml", "Include = [\"a.toml\"]\n");
  EXPECT_EQ(message("a.toml"), "b.toml:1:12: Include: \"a.toml\" includes itself again; remove one of the two entries");
  (void)scratch.write("missing.toml", "Include = [\n  \"none.toml\"]\n");
  EXPECT_EQ(message("missing.toml"),
            "missing.toml:2:3: Include: there is no file \"none.toml\"; correct the name or remove the entry");
  (void)scratch.write("word.toml", "Include = \"none.toml\"\n");
  EXPECT_EQ(message("word.toml"), "word.toml:1:11: Include cannot be a text; write a list, as in Include = [\"...\"]");
  (void)scratch.write("name.toml", "[organization]\nName = \"Contoso\"\n[[SendConnector]]\nName = \"Internet\"\n");
  (void)scratch.write("twice.toml", "Include = [\"name.toml\"]\n[organization]\nName = \"Fabrikam\"\n");
  EXPECT_EQ(message("twice.toml"), "twice.toml:3:1: Name is already set at name.toml:2; keep it in one of the files");
  (void)scratch.write("equal.toml", "Include = [\"name.toml\"]\n[[SendConnector]]\nName = \"internet\"\n");
  EXPECT_EQ(message("equal.toml"), "equal.toml:2:1: SendConnector \"internet\" has the name of the one at name.toml:3; "
                                   "give each a Name of its own");
  for (int i = 0; i < 10; ++i) {
    (void)scratch.write("deep" + std::to_string(i) + ".toml", "Include = [\"deep" + std::to_string(i + 1) + ".toml\"]\n");
  }
  EXPECT_EQ(message("deep0.toml"), "deep7.toml:1:12: Include: more than 8 files deep or 64 in all; put the sections into fewer files");
}

TEST(ReadToml, SaysWhyAFileCannotBeRead) {
  const ScratchDirectory scratch;
  const auto message = [](const std::string& file) -> std::string {
    try {
      (void)read_toml(file);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "read without an error";
  };
  const std::string missing = scratch.path() + "/none.toml";
  EXPECT_EQ(message(missing), missing + ": there is no such file; name the configuration file with --config");
  EXPECT_EQ(message(scratch.path()), scratch.path() + ": this is a directory; name the file in it");
  EXPECT_EQ(message("/dev/zero"), "/dev/zero: this is not a regular file; name a file");
  const std::string empty = scratch.write("empty.toml", "");
  EXPECT_EQ(message(empty), empty + ":1: the file has no section; begin with [organization] and a Name");
  const std::string huge = scratch.write("huge.toml", std::string((16U << 20) + 1, '#'));
  EXPECT_EQ(message(huge),
            huge + ": the file is larger than 16 MiB; a configuration never is, so check the name");
  const std::string latin = scratch.write("latin1.toml", "[organization]\nName = \"Caf\xe9\"\n");
  EXPECT_EQ(message(latin), latin + ":2:12: the text is not UTF-8; save the file as UTF-8");
  const std::string below_a_file = empty + "/domsec.toml";
  EXPECT_NE(message(below_a_file), "read without an error");
  if (geteuid() != 0) {
    const std::string closed = scratch.write("closed.toml", "[organization]\n");
    std::filesystem::permissions(closed, std::filesystem::perms::none);
    EXPECT_EQ(message(closed),
              closed + ": the file cannot be read (Permission denied); check its permissions");
  }
  const std::string good = scratch.write("domsec.toml", sample_configuration);
  EXPECT_EQ(read_toml(good).trusted_root_files, std::vector<std::string>{scratch.path() + "/pki/root.pem"});
}

TEST(WriteToml, ShowsEveryValueWithItsOrigin) {
  std::string text = show(read_toml_text(sample_configuration, "domsec.toml"));
  for (auto at = text.find("  "); at != std::string::npos; at = text.find("  ")) text.erase(at, 1);
  for (const char* line :
       {"Name = \"Contoso\" # domsec.toml:3\n",
        "TLSSendDomainSecureList = [\"woodgrovebank.com\", \"fabrikam.com\"] # domsec.toml:11\n",
        "DomainSecureEnabled = true # domsec.toml:23\n", "DNSRoutingEnabled = true # default\n",
        "[[SendConnector]] # domsec.toml:20\n", "# TlsAuthLevel is not set\n",
        "AuthMechanism = \"Tls\" # domsec.toml:33\n",
        "MaxInboundConnection = \"unlimited\" # domsec.toml:36\n",
        "ReceiveProtocolLogMaxAge = \"7.00:00:00\" # domsec.toml:18\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(WriteToml, ReadsBackToTheSame) {
  const std::string_view full = R"([organization]
Name = "Q\"\\\u00e9 # not a comment"
[[SendConnector]]
DNSRoutingEnabled = false
SmartHosts = ["relay.contoso.com", "[192.0.2.1]"]
RequireTLS = true
TlsAuthLevel = "DomainValidation"
TlsDomain = "*.contoso.com"
TlsCertificateName = '<I>CN=CA, O="A, B"<S>CN=mail'
AddressSpaces = ["SMTP:*.contoso.com;5", "*"]
SmartHostAuthMechanism = "BasicAuth"
AuthenticationCredential = "user"
[[ReceiveConnector]]
AuthMechanism = ["Tls", "ExternalAuthoritative"]
PermissionGroups = "ExchangeServers, AnonymousUsers"
Banner = "220 here"
)";
  for (const std::string_view text : {sample_configuration, full}) {
    const std::string once = show(read_toml_text(text, "domsec.toml"));
    const std::string twice = show(read_toml_text(once, "domsec.toml"));
    const auto without_comments = [](const std::string& shown) {
      std::string out;
      for (std::size_t at = 0; at < shown.size();) {
        const auto end = shown.find('\n', at);
        const std::string line = shown.substr(at, end - at);
        out += line.substr(0, line.rfind("  # ")) + "\n";
        at = end + 1;
      }
      return out;
    };
    EXPECT_EQ(without_comments(once), without_comments(twice));
  }
}

/// Cuts, doubles, exchanges and inserts octets and lines of the good file, always in the same way.
std::string mutated(std::string text, std::mt19937& random) {
  constexpr std::string_view spice("\"'[]{}=.,#\n\r\t\\*\0\x7f\xff\xc3(1", 22);
  for (unsigned edits = 1 + random() % 4; edits > 0 && !text.empty(); --edits) {
    const std::size_t at = random() % text.size();
    const std::size_t octets = random() % 24;
    switch (random() % 5) {
      case 0: text.erase(at, octets); break;
      case 1: text[at] = spice[random() % spice.size()]; break;
      case 2: text.insert(at, 1, spice[random() % spice.size()]); break;
      case 3: text.insert(at, text.substr(random() % text.size(), octets)); break;
      case 4: text.resize(at); break;
    }
  }
  return text;
}

TEST(ReadToml, EndsWithAConfigurationOrOneSentenceForAnyText) {
  std::mt19937 random(20261122);
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = mutated(std::string(sample_configuration), random);
    try {
      (void)show(read_toml_text(text, "domsec.toml"));
    } catch (const ConfigError& error) {
      const std::string_view what = error.what();
      ++refused;
      ASSERT_TRUE(what.starts_with("domsec.toml:")) << what;
      const auto digits = what.find_first_not_of("0123456789:", 12);
      ASSERT_GT(digits, 13U) << what;
      ASSERT_EQ(what.substr(digits - 1, 2), ": ") << what;
      ASSERT_EQ(what.find('\n'), std::string_view::npos) << what;
      ASSERT_TRUE(what.find("; ") != std::string_view::npos) << what;
      ASSERT_LT(what.size(), 1000U) << what;
    }
  }
  EXPECT_GT(refused, 2000);
}

}  // namespace
}  // namespace domsec::exchange
