// Exports of Exchange and of domsec -> organisation, and back.
#include "domsec/exchange/import.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "domsec/exchange/export.h"
#include "domsec/exchange/write_toml.h"
#include "exchange/exported_samples.h"

namespace domsec::exchange {
namespace {

std::string fixture(const std::string& name) {
  return DOMSEC_SOURCE_DIR "/fixtures/exchange/" + name;
}

ExportedFile exported(const std::string& file, std::string_view bytes) {
  return {file, read_export(ExportedText(file, bytes))};
}

Import import(const std::vector<ExportedFile>& files, Organisation before = {},
              ImportMode mode = ImportMode::merge) {
  return import_objects(std::move(before), files, mode, "/conf/domsec.toml");
}

Import import_text(std::string_view bytes, Organisation before = {}, ImportMode mode = ImportMode::merge) {
  return import({exported("export", bytes)}, std::move(before), mode);
}

/// The sentence that refuses an import.
std::string refusal(std::string_view bytes) {
  try {
    (void)import_text(bytes);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "taken";
}

std::string as_it_is(const std::string& path) {
  return path;
}

/// Every value, and nothing of where it came from.
std::string values(const Organisation& organisation) {
  return export_json(organisation, as_it_is);
}

TEST(Import, ReadsTheSameFromBothFormsOfEachCmdlet) {
  for (const std::string name : {"send-connectors", "receive-connectors", "transport-config", "auth-config",
                                 "online-connectors", "exchange-certificates"}) {
    SCOPED_TRACE(name);
    Organisation organisations[2];
    int form = 0;
    for (const std::string suffix : {".xml", ".json"}) {
      const ExportedText text = read_exported_text(fixture(name + suffix));
      const Import result = import({{name, read_export(text)}});
      for (const ImportedObject& object : result.objects) {
        EXPECT_NE(object.kind, "");
        EXPECT_TRUE(object.not_understood.empty()) << suffix << " " << object.not_understood.front().property
                                                   << ": " << object.not_understood.front().why;
      }
      organisations[form++] = result.organisation;
    }
    // The CLIXML of a remote shell does not say what a certificate serves.
    if (name == "exchange-certificates") {
      for (CertificateFile& file : organisations[1].certificates) file.services.clear();
    }
    EXPECT_EQ(values(organisations[0]), values(organisations[1]));
    EXPECT_NE(values(organisations[0]), values(Organisation{}));
  }
}

TEST(Import, TakesWhatASendConnectorSays) {
  const ExportedText text = read_exported_text(fixture("send-connectors.json"));
  const Import result = import({{text.file(), read_export(text)}});
  ASSERT_EQ(result.organisation.send_connectors.size(), 2U);
  const SendConnector& internet = result.organisation.send_connectors[0];
  EXPECT_EQ(internet.name, "Internet");
  EXPECT_EQ(internet.fqdn->text(), "mail.contoso.com");
  EXPECT_TRUE(*internet.domain_secure_enabled);
  EXPECT_EQ(internet.comment,
            "Gr\xc3\xbc\xc3\x9f"
            "e: \"partners\" & <others>");
  const SendConnector& woodgrove = result.organisation.send_connectors[1];
  EXPECT_FALSE(*woodgrove.dns_routing_enabled);
  EXPECT_EQ(woodgrove.smart_hosts, (std::vector<std::string>{"relay.woodgrovebank.com", "[192.0.2.25]"}));
  EXPECT_EQ(woodgrove.tls_auth_level, TlsAuthLevel::domain_validation);
  EXPECT_TRUE(woodgrove.tls_domain->with_subdomains);
  EXPECT_EQ(woodgrove.tls_certificate_name->subject, "CN=mail1.contoso.com, DC=Contoso, DC=com");
  EXPECT_EQ(woodgrove.connection_inactivity_timeout, std::chrono::seconds(330));
  ASSERT_EQ(woodgrove.address_spaces.size(), 2U);
  EXPECT_EQ(woodgrove.address_spaces[1].cost, 5);
  EXPECT_EQ(internet.origins.of("Fqdn").file, fixture("send-connectors.json"));
  EXPECT_GT(internet.origins.of("Fqdn").line, 1);

  const ImportedObject& report = result.objects[0];
  EXPECT_EQ(report.kind, "SendConnector");
  EXPECT_EQ(report.name, "Internet");
  EXPECT_EQ(report.not_carried, std::vector<std::string>{"IsScopedConnector"});
  EXPECT_EQ(report.bookkeeping, 20U);
  EXPECT_EQ(report.taken.size(), parameters<SendConnector>().size() - 1)
      << "all but Usage, which no export has";
}

TEST(Import, WritesCertificatesBesideTheConfiguration) {
  const ExportedText text = read_exported_text(fixture("exchange-certificates.json"));
  const Import result = import({{text.file(), read_export(text)}});
  ASSERT_EQ(result.certificates.size(), 2U);
  EXPECT_EQ(result.certificates[0]->dns_names.front(), "mail.contoso.com");
  const CertificateFile& file = result.organisation.certificates.at(0);
  EXPECT_EQ(file.certificate_file, "/conf/" + result.certificates[0]->thumbprint + ".pem");
  EXPECT_EQ(file.services, std::vector<std::string>{"SMTP"});
  EXPECT_EQ(file.key_file, "");
  const Import again = import({{text.file(), read_export(text)}}, result.organisation);
  EXPECT_EQ(values(again.organisation), values(result.organisation)) << "a second import adds nothing";
}

TEST(Import, MergesByNameOrReplaces) {
  const Organisation before = read_toml_text(
      "[[SendConnector]]\nName = \"Internet\"\nPort = 2525\n[[SendConnector]]\nName = \"Fabrikam\"\n"
      "[[ReceiveConnector]]\nName = \"Partner\"\n",
      "/conf/domsec.toml");
  const std::string_view bytes =
      R"([{"Name":"INTERNET","DNSRoutingEnabled":true,"Fqdn":"mail.contoso.com"}])";
  const Organisation merged = import_text(bytes, before).organisation;
  ASSERT_EQ(merged.send_connectors.size(), 2U);
  EXPECT_EQ(merged.send_connectors[0].port, 2525);
  EXPECT_EQ(merged.send_connectors[0].fqdn->text(), "mail.contoso.com");
  const Organisation replaced = import_text(bytes, before, ImportMode::replace).organisation;
  ASSERT_EQ(replaced.send_connectors.size(), 1U);
  EXPECT_EQ(replaced.send_connectors[0].port, 25);
  EXPECT_EQ(replaced.receive_connectors.size(), 1U) << "no receive connector was imported";
}

struct Shape {
  std::string_view name;
  std::string_view json;  // of one property of a ReceiveConnector
  std::string_view parameter;
  std::string_view value;  // as TOML; or why it was not understood
};

const std::vector<Shape> shapes{
    {"a flag", R"("RequireTLS":true)", "RequireTLS", "true"},
    {"a flag as a word", R"("RequireTLS":"True")", "RequireTLS", "true"},
    {"a switch", R"("RequireTLS":{"IsPresent":true})", "RequireTLS", "true"},
    {"an enumeration's number", R"("ProtocolLoggingLevel":1)", "ProtocolLoggingLevel", "\"Verbose\""},
    {"an enumeration's word", R"("ProtocolLoggingLevel":"verbose")", "ProtocolLoggingLevel", "\"Verbose\""},
    {"an enumeration through remoting", R"("ProtocolLoggingLevel":{"Value":"Verbose"})",
     "ProtocolLoggingLevel", "\"Verbose\""},
    {"a set's bits", R"("AuthMechanism":31)", "AuthMechanism",
     "\"Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer\""},
    {"a set's words", R"("AuthMechanism":"Tls, ExchangeServer")", "AuthMechanism", "\"Tls, ExchangeServer\""},
    {"a set as a list", R"("AuthMechanism":["Tls","ExchangeServer"])", "AuthMechanism",
     "\"Tls, ExchangeServer\""},
    {"no bit", R"("AuthMechanism":0)", "AuthMechanism", "\"None\""},
    {"an unknown bit", R"("AuthMechanism":65)", "AuthMechanism",
     "the word behind this number is not published; export again with Export-Clixml, or with ConvertTo-Json "
     "-EnumsAsStrings"},
    {"a limit", R"("MaxInboundConnection":100)", "MaxInboundConnection", "100"},
    {"a limit as a text", R"("MaxInboundConnection":"100")", "MaxInboundConnection", "100"},
    {"a limit as an object", R"("MaxInboundConnection":{"IsUnlimited":false,"Value":100})",
     "MaxInboundConnection", "100"},
    {"no limit", R"("MaxInboundConnection":{"IsUnlimited":true})", "MaxInboundConnection", "\"unlimited\""},
    {"no limit as a word", R"("MaxInboundConnection":"Unlimited")", "MaxInboundConnection", "\"unlimited\""},
    {"a size", R"j("MaxMessageSize":"36 MB (37,748,736 bytes)")j", "MaxMessageSize", "\"36MB\""},
    {"a size of a German server", R"j("MaxMessageSize":"36 MB (37.748.736 bytes)")j", "MaxMessageSize",
     "\"36MB\""},
    {"a size in short", R"("MaxMessageSize":"1MB")", "MaxMessageSize", "\"1MB\""},
    {"a size as an object", R"j("MaxMessageSize":{"IsUnlimited":false,"Value":"1 MB (1,048,576 bytes)"})j",
     "MaxMessageSize", "\"1MB\""},
    {"a size that ConvertTo-Json lost", R"("MaxMessageSize":{})", "MaxMessageSize",
     "the export holds no value of this object; export again with Export-Clixml"},
    {"a size lost inside", R"("MaxMessageSize":{"IsUnlimited":false,"Value":{}})", "MaxMessageSize",
     "the export holds no value of this object; export again with Export-Clixml"},
    {"a time span", R"("ConnectionTimeout":"00:20:00")", "ConnectionTimeout", "\"00:20:00\""},
    {"a time span with days", R"("ConnectionTimeout":"1.00:00:00")", "ConnectionTimeout", "\"1.00:00:00\""},
    {"a time span with a fraction", R"("ConnectionTimeout":"00:20:00.0000000")", "ConnectionTimeout",
     "\"00:20:00\""},
    {"a time span as an object", R"("ConnectionTimeout":{"Ticks":12000000000,"Days":0,"Minutes":20})",
     "ConnectionTimeout", "\"00:20:00\""},
    {"a time span of XML", R"("ConnectionTimeout":"PT1H20M5S")", "ConnectionTimeout", "\"01:20:05\""},
    {"a time span with milliseconds", R"("ConnectionTimeout":{"Ticks":12005000000})", "ConnectionTimeout",
     "this is no number of whole seconds; set one that is"},
    {"a domain", R"("Fqdn":"mail.contoso.com")", "Fqdn", "\"mail.contoso.com\""},
    {"a domain as an object", R"("Fqdn":{"Domain":"mail.contoso.com"})", "Fqdn", "\"mail.contoso.com\""},
    {"no domain", R"("Fqdn":null)", "Fqdn", ""},
    {"no text", R"("Banner":"")", "Banner", ""},
    {"bindings", R"("Bindings":["0.0.0.0:25","[::]:25"])", "Bindings", "[\"0.0.0.0:25\", \"[::]:25\"]"},
    {"bindings as objects",
     R"("Bindings":[{"Address":"0.0.0.0","Port":25},{"Address":{"IPAddressToString":"::"},"Port":25}])",
     "Bindings", "[\"0.0.0.0:25\", \"[::]:25\"]"},
    {"a list with one entry", R"("Bindings":"0.0.0.0:25")", "Bindings", "[\"0.0.0.0:25\"]"},
    {"a list that was counted", R"("Bindings":{"value":["0.0.0.0:25"],"Count":1})", "Bindings",
     "[\"0.0.0.0:25\"]"},
    {"an empty list", R"("Bindings":null)", "Bindings", "[]"},
    {"a list below the depth", R"("Bindings":"System.Object[]")", "Bindings",
     "the export ends at this depth; export again with -Depth 4"},
    {"an entry below the depth", R"("Bindings":["@{Address=0.0.0.0; Port=25}"])", "Bindings",
     "the export ends at this depth; export again with -Depth 4"},
    {"ranges as objects",
     R"("RemoteIPRanges":[{"LowerBound":"192.0.2.1","UpperBound":"192.0.2.9","RangeFormat":1}])",
     "RemoteIPRanges", "[\"192.0.2.1-192.0.2.9\"]"},
    {"a range of one", R"("RemoteIPRanges":[{"LowerBound":"192.0.2.1","UpperBound":"192.0.2.1"}])",
     "RemoteIPRanges", "[\"192.0.2.1\"]"},
    {"capabilities",
     R"("TlsDomainCapabilities":[{"Domain":{"Domain":"fabrikam.com"},"Capabilities":"AcceptOorgProtocol"}])",
     "TlsDomainCapabilities", "[\"fabrikam.com:AcceptOorgProtocol\"]"},
    {"capabilities as a number", R"("TlsDomainCapabilities":[{"Domain":"fabrikam.com","Capabilities":4}])",
     "TlsDomainCapabilities", "the export holds no value of this object; export again with Export-Clixml"},
    {"a comment like an object", R"("Comment":"@{a=b}")", "Comment", "\"@{a=b}\""},
};

TEST(Import, KnowsEveryShapeOfAValue) {
  for (const Shape& row : shapes) {
    SCOPED_TRACE(row.name);
    const std::string bytes = R"({"$type":"ReceiveConnector","Name":"a",)" + std::string(row.json) + "}";
    try {
      const Import result = import_text(bytes);
      const std::vector<NotUnderstood>& not_understood = result.objects.at(0).not_understood;
      const Parameter<ReceiveConnector>* parameter = find_parameter<ReceiveConnector>(row.parameter);
      EXPECT_EQ(not_understood.empty()
                    ? toml_literal(parameter->get(result.organisation.receive_connectors.at(0)))
                    : not_understood[0].why,
                row.value);
    } catch (const ConfigError& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

TEST(Import, SaysWhereSomethingWasNotUnderstood) {
  const Import result = import_text(
      "{\"Name\": \"a\",\n \"Bindings\": [],\n  \"SizeEnabled\": 9,\n \"Fqdn\": {\"x\\u001b\": 1}\n}");
  const ImportedObject& object = result.objects.at(0);
  ASSERT_EQ(object.not_understood.size(), 2U);
  EXPECT_EQ(object.not_understood[0].property, "SizeEnabled");
  EXPECT_EQ(object.not_understood[0].place, (Place{3, 18}));
  EXPECT_EQ(object.not_understood[0].value, "9");
  EXPECT_EQ(object.not_understood[1].value, "\"{x\\x1b}\"");
}

TEST(Import, ReadsTheAuthConfigurationsDateInEveryForm) {
  for (const std::string date :
       {R"("\/Date(1795510800000)\/")", R"("2026-11-24T09:00:00Z")", R"("2026-11-24T09:00:00.0000000Z")",
        R"("2026-11-24T10:00:00+01:00")", R"("2026-11-24T03:00:00-06:00")"}) {
    SCOPED_TRACE(date);
    const Import result =
        import_text(R"({"CurrentCertificateThumbprint":"","NextCertificateEffectiveDate":)" + date + "}");
    EXPECT_EQ(result.organisation.auth_config.next_certificate_effective_date, "2026-11-24T09:00:00Z");
  }
  const Import local = import_text(
      R"({"CurrentCertificateThumbprint":"","NextCertificateEffectiveDate":"2026-11-24T09:00:00"})");
  EXPECT_EQ(local.objects.at(0).not_understood.at(0).why, "this time has no zone; export it as UTC");
}

TEST(Import, LeavesADirectoryOfTheServerAlone) {
  const Organisation before =
      read_toml_text("[TransportConfig]\nSendProtocolLogPath = \"/log\"\n", "/conf/domsec.toml");
  const Import result = import_text(
      R"({"SendProtocolLogPath":{"PathName":"C:\\Logs\\Send"},)"
      R"("SendProtocolLogMaxAge":"7.00:00:00","IntraOrgConnectorSmtpMaxMessagesPerConnection":20})",
      before);
  EXPECT_EQ(result.organisation.transport_config.send_protocol_log.path, "/log");
  EXPECT_EQ(result.organisation.transport_config.send_protocol_log.max_age, std::chrono::hours(168));
  EXPECT_EQ(result.objects.at(0).kind, "TransportService");
  EXPECT_EQ(result.objects.at(0).not_understood.at(0).why,
            "this is a directory of the Windows server; name one of this machine yourself");
}

struct Bad {
  std::string_view name;
  std::string_view bytes;
  std::string_view sentence;
};

const std::vector<Bad> bad_imports{
    {"a wrong type", "{\"Name\": \"a\", \"AddressSpaces\": [],\n  \"RequireTLS\": \"perhaps\"}",
     "export:2:17: RequireTLS cannot be a text; write true or false without quotation marks"},
    {"a list for a flag", R"({"Name":"a","AddressSpaces":[],"RequireTLS":[true]})",
     "export:1:45: RequireTLS cannot be a list; write true or false without quotation marks"},
    {"out of range", R"({"Name":"a","AddressSpaces":[],"Port":70000})",
     "export:1:39: Port: 70000 is out of range; write a number from 1 to 65535"},
    {"a bad entry of a list", "{\"Name\":\"a\",\"AddressSpaces\":[\"*\",\n \"*contoso.com\"]}",
     "export:2:2: AddressSpaces: \"*contoso.com\" is not an address space; write * alone, contoso.com or "
     "*.contoso.com"},
    {"a star in a list", "{\"TLSSendDomainSecureList\":[\"woodgrovebank.com\",\n\"*\"]}",
     "export:2:1: TLSSendDomainSecureList: \"*\" has a wildcard, which this list does not support; list each "
     "domain and sub-domain by itself (DS303)"},
    {"a slip", R"({"Name":"a","AddressSpaces":[],"DomainSecureEnable":true})",
     "export:1:32: SendConnector has no parameter \"DomainSecureEnable\"; did you mean DomainSecureEnabled?"},
    {"a parameter twice", "{\"Name\":\"a\",\"AddressSpaces\":[],\n\"Port\":25,\n\"port\":26}",
     "export:3:1: Port stands in line 2 already; keep one of the two"},
    {"a connector twice", "[{\"Name\":\"a\",\"AddressSpaces\":[]},\n {\"Name\":\"A\",\"AddressSpaces\":[]}]",
     "export:2:2: SendConnector \"A\" stands in line 1 already; export the connectors of one server, each "
     "once"},
    {"no name", R"({"AddressSpaces":[]})",
     "export:1:1: this SendConnector has no Name; export it with its Name"},
    {"no certificate", R"({"Thumbprint":"a","RawData":[1,2,3]})",
     "export:1:29: RawData is no certificate; export the certificates again"},
};

TEST(Import, RefusesWrongValuesInOneSentenceWithTheirPlace) {
  for (const Bad& row : bad_imports) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(refusal(row.bytes), row.sentence);
  }
}

TEST(Import, ReportsAddressSpacesThatDomsecHasNot) {
  for (const std::string entry : {"--", "SMTP:--;1", "X400:c=us;a=attmail;1"}) {
    SCOPED_TRACE(entry);
    const Import result =
        import_text(R"({"Name":"EdgeSync - Inbound","AddressSpaces":[")" + entry + R"("]})");
    EXPECT_EQ(result.objects.at(0).not_understood.at(0).property, "AddressSpaces");
    EXPECT_TRUE(result.organisation.send_connectors.at(0).address_spaces.empty());
  }
}

TEST(Import, IsBounded) {
  std::string objects;
  for (int i = 0; i <= 1'000; ++i) objects += (i == 0 ? "[" : ",") + std::string(R"({"A":1})");
  EXPECT_EQ(refusal(objects + "]"), "export:1:8002: there are more than 1,000 objects; import fewer at a time");
  std::string properties = "{";
  for (int i = 0; i <= 2'000; ++i) properties += (i == 0 ? "" : ",") + std::string(R"("A":1)");
  EXPECT_EQ(refusal(properties + "}"),
            "export:1:1: this object has more than 2,000 properties; no object of Exchange has so many");
}

TEST(Import, ReportsObjectsOfOtherCmdlets) {
  const Import result = import_text(R"({"DomainName":"contoso.com"})");
  EXPECT_EQ(result.objects.at(0).kind, "");
}

template <typename Object>
void expect_no_default(const std::vector<Object>& objects) {
  for (const Parameter<Object>& parameter : parameters<Object>()) {
    const bool changed = std::any_of(objects.begin(), objects.end(), [&parameter](const Object& object) {
      return !same(parameter.get(object), parameter.get(Object{}));
    });
    EXPECT_TRUE(changed) << object_name<Object>() << " " << parameter.name
                         << " has its default in the sample";
  }
}

TEST(Export, SampleHasEveryParameter) {
  const Organisation all = read_toml(fixture("complete.toml"));
  expect_no_default<Organisation>({all});
  expect_no_default<TransportConfig>({all.transport_config});
  expect_no_default(all.send_connectors);
  expect_no_default(all.receive_connectors);
  expect_no_default(all.inbound_connectors);
  expect_no_default(all.outbound_connectors);
  expect_no_default<AuthConfig>({all.auth_config});
  expect_no_default(all.certificates);
  expect_no_default<RevocationSettings>({all.revocation});
}

std::vector<Organisation> organisations() {
  std::vector<Organisation> all{read_toml(fixture("complete.toml")), Organisation{}};
  for (const std::string name : {"send-connectors.xml", "receive-connectors.xml", "transport-config.xml",
                                 "auth-config.xml", "online-connectors.json", "exchange-certificates.json"}) {
    all.push_back(import({{name, read_export(read_exported_text(fixture(name)))}}).organisation);
  }
  return all;
}

TEST(Export, TomlReadsBackToTheSame) {
  for (const Organisation& organisation : organisations()) {
    const std::string text = export_toml(organisation, as_it_is);
    const Organisation back = read_toml_text(text, "/conf/domsec.toml");
    EXPECT_EQ(values(back), values(organisation));
    EXPECT_EQ(export_toml(back, as_it_is), text);
  }
}

TEST(Export, JsonIsImportedToTheSame) {
  for (const Organisation& organisation : organisations()) {
    const std::string text = export_json(organisation, as_it_is);
    const Import back = import_text(text);
    EXPECT_EQ(values(back.organisation), values(organisation));
    for (const ImportedObject& object : back.objects) {
      EXPECT_TRUE(object.not_understood.empty()) << object.kind;
      EXPECT_TRUE(object.not_carried.empty()) << object.kind;
    }
  }
}

TEST(Export, PathsAreThoseOfThePlaceWhereTheExportStands) {
  Organisation organisation;
  organisation.spool = "conf/mail";
  organisation.trusted_root_files = {"conf/a.pem", "/b.pem"};
  const auto path = [](const std::string& file) { return "<" + file + ">"; };
  EXPECT_EQ(export_toml(organisation, path),
            "[organization]\nTrustedRoots = [\"<conf/a.pem>\", \"</b.pem>\"]\nSpool = \"<conf/mail>\"\n");
}

TEST(Export, PowershellQuotesAsPowershellDoes) {
  const std::string script =
      export_powershell(read_toml(fixture("complete.toml")), as_it_is);
  EXPECT_NE(
      script.find("Set-TransportConfig `\n  -TLSSendDomainSecureList 'woodgrovebank.com','fabrikam.com' `\n"),
      std::string::npos);
  EXPECT_NE(script.find("-Name 'Woodgrove Bank''s \"partner\" $connector \u2018\u20181\u2019\u2019'"),
            std::string::npos);
  EXPECT_NE(script.find("\nNew-ReceiveConnector `\n  -Name 'From partners' `\n"),
            std::string::npos);
  EXPECT_NE(script.find("  -RequireTLS $true `\n"), std::string::npos);
  EXPECT_NE(script.find("  -ErrorPolicies 'DowngradeDnsFailures','UpgradeCustomFailures' `\n"), std::string::npos);
  EXPECT_NE(script.find("\n# Revocation: no cmdlet sets this\n# Mode 'cached'\n"), std::string::npos);
}

}  // namespace
}  // namespace domsec::exchange
