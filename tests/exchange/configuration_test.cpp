// Changes go into the text where they belong and leave everything else as it is.
#include "domsec/exchange/configuration.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "support/scratch_directory.h"

namespace domsec::exchange {
namespace {

constexpr std::string_view contoso = R"(# Contoso's Edge servers
[organization]
Name = "Contoso"          # the company

[TransportConfig]
TLSSendDomainSecureList = [
  "fabrikam.com",         # since 2019
  "tailspintoys.com",     # ends next year
]
TLSReceiveDomainSecureList = ["fabrikam.com", "tailspintoys.com"]

# to everybody
[[SendConnector]]
Name = "Internet"
AddressSpaces = ["*"]
RequireTLS = true # always

[[SendConnector]]
Name = 'Fabrikam'
AddressSpaces = ["fabrikam.com"]
)";

template <typename Object>
void set(Object& object, const char* parameter, Value value) {
  assign(*find_parameter<Object>(parameter), object, value, Origin{"-", 1});
}

Value texts(std::initializer_list<const char*> all) {
  ValueList list;
  for (const char* one : all) list.push_back(Value{std::string(one)});
  return Value{list};
}

Value word(const char* text) { return Value{std::string(text)}; }

template <typename Change>
std::string changed(std::string_view text, const Change& change) {
  const ConfigurationTexts before{{"domsec.toml", std::string(text)}};
  Organisation organisation = read_toml_texts(before);
  const Organisation old = organisation;
  change(organisation);
  try {
    return edited(before, old, organisation).front().second;
  } catch (const ConfigError& error) {
    return error.what();
  }
}

std::string with(std::string_view text, std::string_view old, std::string_view fresh) {
  std::string out(text);
  const auto at = out.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return out.replace(at, old.size(), fresh);
}

TEST(Configuration, ChangesOneValueWhereItStands) {
  EXPECT_EQ(changed(contoso, [](Organisation& o) { set(o.send_connectors[0], "RequireTLS", Value{false}); }),
            with(contoso, "RequireTLS = true # always", "RequireTLS = false # always"));
  EXPECT_EQ(changed(contoso, [](Organisation& o) { set(o.send_connectors[1], "Name", word("Fabrikam \"2\"")); }),
            with(contoso, "'Fabrikam'", "\"Fabrikam \\\"2\\\"\""));
  EXPECT_EQ(changed(contoso, [](Organisation&) {}), contoso);
}

TEST(Configuration, AddsALineToItsSection) {
  EXPECT_EQ(changed(contoso, [](Organisation& o) { set(o.send_connectors[0], "DomainSecureEnabled", Value{true}); }),
            with(contoso, "RequireTLS = true # always\n", "RequireTLS = true # always\nDomainSecureEnabled = true\n"));
  EXPECT_EQ(changed(contoso, [](Organisation& o) { set(o.send_connectors[1], "Fqdn", word("mail.contoso.com")); }),
            std::string(contoso) + "Fqdn = \"mail.contoso.com\"\n");
  EXPECT_EQ(changed("[organization]\nName = \"Contoso\"", [](Organisation& o) { set(o, "SystemRoots", Value{true}); }),
            "[organization]\nName = \"Contoso\"\nSystemRoots = true\n");
  EXPECT_EQ(changed("[organization]\nName = \"Contoso\"\n",
                    [](Organisation& o) {
                      set(o.transport_config, "TLSSendDomainSecureList", texts({"woodgrovebank.com"}));
                      set(o.transport_config, "TLSReceiveDomainSecureList", texts({"woodgrovebank.com"}));
                    }),
            "[organization]\nName = \"Contoso\"\n\n[TransportConfig]\nTLSSendDomainSecureList = [\"woodgrovebank.com\"]\n"
            "TLSReceiveDomainSecureList = [\"woodgrovebank.com\"]\n");
}

TEST(Configuration, RemovesALineThatIsNotSetAnyMore) {
  EXPECT_EQ(changed("[[SendConnector]]\nFqdn = \"mail.contoso.com\" # ours\nPort = 2525\n",
                    [](Organisation& o) { set(o.send_connectors[0], "Fqdn", Value{}); }),
            "[[SendConnector]]\nPort = 2525\n");
}

/// Comments stand beside the entries that they are about.
TEST(Configuration, EditsAListEntryByEntry) {
  const auto list = [](Organisation& o, std::initializer_list<const char*> all) {
    set(o.transport_config, "TLSSendDomainSecureList", texts(all));
  };
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { list(o, {"fabrikam.com", "tailspintoys.com", "woodgrovebank.com"}); }),
            with(contoso, "  \"tailspintoys.com\",", "  \"tailspintoys.com\",\n  \"woodgrovebank.com\","));
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { list(o, {"fabrikam.com"}); }),
            with(contoso, "  \"tailspintoys.com\",     # ends next year\n", ""));
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { list(o, {"fabrikam.com", "woodgrovebank.com"}); }),
            with(with(contoso, "  \"tailspintoys.com\",     # ends next year\n", ""), "  \"fabrikam.com\",",
                 "  \"fabrikam.com\",\n  \"woodgrovebank.com\","));
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { list(o, {"woodgrovebank.com"}); }),
            with(contoso, "[\n  \"fabrikam.com\",         # since 2019\n  \"tailspintoys.com\",     # ends next year\n]",
                 "[\"woodgrovebank.com\"]"));
  const auto receive = [](Organisation& o, std::initializer_list<const char*> all) {
    set(o.transport_config, "TLSReceiveDomainSecureList", texts(all));
  };
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { receive(o, {"tailspintoys.com", "woodgrovebank.com"}); }),
            with(contoso, "[\"fabrikam.com\", \"tailspintoys.com\"]", "[\"tailspintoys.com\", \"woodgrovebank.com\"]"));
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { receive(o, {"fabrikam.com"}); }),
            with(contoso, "[\"fabrikam.com\", \"tailspintoys.com\"]", "[\"fabrikam.com\"]"));
  EXPECT_EQ(changed(contoso, [&](Organisation& o) { receive(o, {}); }),
            with(contoso, "[\"fabrikam.com\", \"tailspintoys.com\"]", "[]"));
}

TEST(Configuration, PutsANewSectionBehindWhatTheLastOneGets) {
  EXPECT_EQ(changed("[[SendConnector]]\nName = \"Internet\"",
                    [](Organisation& o) {
                      set(o.transport_config, "TLSSendDomainSecureList", texts({"a.com"}));
                      set(o.send_connectors[0], "RequireTLS", Value{true});
                    }),
            "[[SendConnector]]\nName = \"Internet\"\nRequireTLS = true\n\n[TransportConfig]\n"
            "TLSSendDomainSecureList = [\"a.com\"]\n");
}

TEST(Configuration, AddsAndRemovesConnectors) {
  EXPECT_EQ(changed(contoso,
                    [](Organisation& o) {
                      ReceiveConnector connector;
                      set(connector, "Name", word("Partner"));
                      set(connector, "RequireTLS", Value{true});
                      o.receive_connectors.push_back(connector);
                    }),
            std::string(contoso) + "\n[[ReceiveConnector]]\nName = \"Partner\"\nRequireTLS = true\n");
  EXPECT_EQ(changed(contoso, [](Organisation& o) { o.send_connectors.erase(o.send_connectors.begin()); }),
            with(contoso, "[[SendConnector]]\nName = \"Internet\"\nAddressSpaces = [\"*\"]\nRequireTLS = true # always\n", ""));
}

TEST(Configuration, RefusesWhatItCannotEditInPlace) {
  EXPECT_EQ(changed("[organization]\nName = \"Contoso\"\n[TransportConfig]\n\"TLSSendDomainSecureList\" = [\"a.com\"]\n",
                    [](Organisation& o) { set(o.transport_config, "TLSSendDomainSecureList", texts({"b.com"})); }),
            "domsec.toml:4:1: TLSSendDomainSecureList is written in a form that cannot be edited in place; write it as a line "
            "of its own, TLSSendDomainSecureList = ..., below the name of its section in brackets");
  EXPECT_EQ(changed("TransportConfig = { TLSSendDomainSecureList = [\"a.com\"] }\n",
                    [](Organisation& o) { set(o.transport_config, "TLSSendDomainSecureList", texts({"b.com"})); })
                .substr(0, 37),
            "domsec.toml:1:21: TLSSendDomainSecure");
}

std::string read(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Configuration, WritesEachChangeToTheFileThatHoldsIt) {
  const ScratchDirectory scratch;
  const std::string shared = scratch.write("organisation.toml", "[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\"]\n");
  const std::string edge = scratch.write("edge.toml", "Include = [\"organisation.toml\"]\n[[ReceiveConnector]]\nName = \"Partner\"\n");
  std::filesystem::permissions(shared, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  Configuration configuration(edge);
  Organisation after = configuration.organisation();
  set(after.transport_config, "TLSSendDomainSecureList", texts({"a.com", "b.com"}));
  set(after.receive_connectors[0], "DomainSecureEnabled", Value{true});
  configuration.replace(after);
  EXPECT_EQ(read(shared), "[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\", \"b.com\"]\n");
  EXPECT_EQ(read(edge), "Include = [\"organisation.toml\"]\n[[ReceiveConnector]]\nName = \"Partner\"\nDomainSecureEnabled = true\n");
  EXPECT_EQ(std::filesystem::status(shared).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(configuration.organisation().transport_config.tls_send_domain_secure_list.origin.text(), shared + ":2");
  EXPECT_EQ(Configuration(edge).organisation().receive_connectors[0].domain_secure_enabled.origin.text(), edge + ":4");
}

TEST(Configuration, NeverOverwritesWhatAnotherProgramWrote) {
  const ScratchDirectory scratch;
  const std::string file = scratch.write("domsec.toml", "[organization]\nName = \"Contoso\"\n");
  Configuration mine(file);
  Configuration theirs(file);
  Organisation after = theirs.organisation();
  set(after, "Name", word("Fabrikam"));
  theirs.replace(after);
  after = mine.organisation();
  set(after, "SystemRoots", Value{true});
  try {
    mine.replace(after);
    ADD_FAILURE() << "written";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), file + ": the file was changed by another program since it was read; read it again and repeat "
                                   "the command");
  }
  EXPECT_EQ(read(file), "[organization]\nName = \"Fabrikam\"\n");
}

/// Random values of every parameter of a connector, one after the other into a text full of comments.
TEST(Configuration, AnyChangeReadsBackAsItWasMeant) {
  std::mt19937 random(20261122);
  std::string text(contoso);
  for (int i = 0; i < 400; ++i) {
    const ConfigurationTexts before{{"domsec.toml", text}};
    const Organisation old = read_toml_texts(before);
    Organisation after = old;
    SendConnector& connector = after.send_connectors[random() % after.send_connectors.size()];
    const auto& rows = parameters<SendConnector>();
    const Parameter<SendConnector>& row = rows[1 + random() % (rows.size() - 1)];   // not Name
    switch (row.kind) {
      case Kind::flag: set(connector, row.name.c_str(), Value{random() % 2 == 0}); break;
      case Kind::word:
      case Kind::words: set(connector, row.name.c_str(), word(row.words[random() % row.words.size()].c_str())); break;
      case Kind::number: set(connector, row.name.c_str(), Value{static_cast<std::int64_t>(1 + random() % 65535)}); break;
      case Kind::list: {
        ValueList list;
        for (unsigned n = random() % 6; n > 0; --n) list.push_back(Value{"d" + std::to_string(random() % 9) + ".example"});
        set(connector, row.name.c_str(), Value{list});
        break;
      }
      default: set(connector, row.name.c_str(), row.get(connector)); break;
    }
    text = edited(before, old, after).front().second;   // throws when it does not read back
  }
  for (const char* comment : {"# Contoso's Edge servers\n", "# the company\n", "# since 2019\n", "\n# to everybody\n[[Send"}) {
    EXPECT_NE(text.find(comment), std::string::npos) << comment;
  }
}

}  // namespace
}  // namespace domsec::exchange
