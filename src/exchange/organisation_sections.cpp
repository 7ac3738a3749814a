// The sections of domsec.toml: [organization], [TransportConfig], [[Certificate]], [Revocation] and the order
// of the whole. Ranges: spec exchange 1, 3.2. Not here: combinations that make no sense
// (policy/connector_lint).
#include "organisation_sections.h"

#include <algorithm>
#include <map>

#include "configuration_values.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

/// One word of a fixed few, kept as it is spelt in `words`.
auto one_of(std::vector<std::string> words) {
  return [words = std::move(words)](std::string_view written) -> std::optional<std::string> {
    const auto found = std::find_if(words.begin(), words.end(), [written](const std::string& word) {
      return lower_case(word) == lower_case(written);
    });
    return found == words.end() ? std::nullopt : std::optional<std::string>(*found);
  };
}

void read_accepted_domains(Section& section, std::vector<smtp::Domain>& into) {
  const auto entries = section.read_list("AcceptedDomains");
  if (!entries) return;
  into.clear();
  for (const Section::Entry& entry : *entries) {
    std::optional<smtp::Domain> domain = smtp::Domain::parse(entry.text);
    if (!domain)
      section.refuse_value("AcceptedDomains", entry, "a domain name; write a name such as contoso.com");
    into.push_back(*std::move(domain));
  }
}

void read_dns_servers(Section& section, std::vector<std::string>& into) {
  const auto entries = section.read_list("DnsServers");
  if (!entries) return;
  into.clear();
  for (const Section::Entry& entry : *entries) {
    if (!is_dns_server(entry.text)) {
      section.refuse_value("DnsServers", entry,
                           "the address of a server; write an address such as 127.0.0.1:5353 or [::1]:53");
    }
    into.push_back(entry.text);
  }
}

void read_organization(const ConfigurationTable& table, Organisation& into) {
  Section section("[organization]", table, into.origin.file, into.origins);
  section.read("Name", into.name);
  section.read("ServerFqdn", into.server_fqdn);
  read_accepted_domains(section, into.accepted_domains);
  section.read_paths("TrustedRoots", into.trusted_root_files);
  section.read("SystemRoots", into.system_roots);
  section.read_as("Profile", into.profile, finding::read_profile,
                  "a profile; write exchange, postfix, exim, opensmtpd or strict");
  section.read_as("NameMatch", into.name_match, one_of({"exact", "subdomains"}),
                  "a match mode; write exact or subdomains");
  section.read_as("NameReference", into.name_reference, one_of({"domain", "mx", "fqdn"}),
                  "a name to compare with; write domain, mx or fqdn");
  section.read_as("SenderMatch", into.sender_match, one_of({"p1", "p2"}), "a sender to match; write p1 or p2");
  section.read("WildcardApex", into.wildcard_apex);
  section.read("StrictEku", into.strict_eku);
  read_dns_servers(section, into.dns_servers);
  section.read_path("Spool", into.spool);
  section.read("UseDownGradedExchangeServerAuth", into.use_downgraded_exchange_server_auth);
  section.refuse_unknown_keys();
}

/// R4, D-1. An error stands at the line of the entry, also where the list is long.
void read_domain_secure_list(Section& section, DomainSecureList& list) {
  const auto entries = section.read_list(list.name());
  if (!entries) return;
  std::vector<std::string> domains;
  for (const Section::Entry& entry : *entries) {
    DomainSecureList alone(list.name());
    if (const auto error = alone.assign({entry.text})) section.refuse_at(entry.line, error->what);
    domains.push_back(entry.text);
  }
  if (const auto error = list.assign(domains))
    section.refuse_at(section.origin(list.name()).line, error->what);
  list.origin = section.origin(list.name());
}

void read_protocol_log(Section& section, const std::string& prefix, ProtocolLogSettings& into) {
  section.read_path(prefix + "Path", into.path);
  section.read_size(prefix + "MaxFileSize", into.max_file_size, 1, unlimited_size);
  section.read_size(prefix + "MaxDirectorySize", into.max_directory_size, 1, unlimited_size);
  std::chrono::seconds age = into.max_age;
  section.read_time_span(prefix + "MaxAge", age, std::chrono::seconds(0), std::chrono::hours(24) * 24855);
  if (age.count() % 3600 != 0) {
    section.refuse_at(section.origin(prefix + "MaxAge").line,
                      prefix + "MaxAge: " + time_span_text(age) +
                          " is not a number of whole hours; write it as d.hh:00:00");
  }
  into.max_age = std::chrono::duration_cast<std::chrono::hours>(age);
}

void read_transport_config(const ConfigurationTable& table, const std::string& file, TransportConfig& into) {
  Section section("[TransportConfig]", table, file, into.origins);
  read_domain_secure_list(section, into.tls_send_domain_secure_list);
  read_domain_secure_list(section, into.tls_receive_domain_secure_list);
  read_protocol_log(section, "SendProtocolLog", into.send_protocol_log);
  read_protocol_log(section, "ReceiveProtocolLog", into.receive_protocol_log);
  section.refuse_unknown_keys();
}

/// Spec exchange 8.3: the services that a certificate can be enabled for.
void read_services(Section& section, std::vector<std::string>& into) {
  const auto entries = section.read_set("Services");
  if (!entries) return;
  const auto service = one_of({"None", "IIS", "IMAP", "POP", "SMTP", "UM", "UMCallRouter", "Federation"});
  into.clear();
  for (const Section::Entry& entry : *entries) {
    std::optional<std::string> word = service(entry.text);
    if (!word) {
      section.refuse_value("Services", entry,
                           "a service; write None, IIS, IMAP, POP, SMTP, UM, UMCallRouter or Federation");
    }
    into.push_back(*std::move(word));
  }
}

CertificateFile read_certificate_section(const ConfigurationTable& table, const Origin& origin) {
  CertificateFile certificate;
  certificate.origin = origin;
  Section section("[[Certificate]]", table, origin.file, certificate.origins);
  section.read_path("CertificateFile", certificate.certificate_file);
  section.read_path("KeyFile", certificate.key_file);
  section.read_path("ChainFile", certificate.chain_file);
  section.read_path("PfxFile", certificate.pfx_file);
  section.read_path("KeyPassFile", certificate.key_pass_file);
  read_services(section, certificate.services);
  section.refuse_unknown_keys();
  if (!certificate.pfx_file.empty()) {
    const bool second =
        !certificate.certificate_file.empty() || !certificate.key_file.empty() || !certificate.chain_file.empty();
    if (!second) return certificate;
    section.refuse_at(section.origin("PfxFile").line,
                      "PfxFile brings certificate, key and chain; remove CertificateFile, KeyFile and ChainFile, "
                      "or PfxFile");
  }
  if (certificate.certificate_file.empty()) {
    refuse(origin.file, origin.line,
           "[[Certificate]] names no certificate; add CertificateFile = \"...\", or PfxFile = \"...\"");
  }
  return certificate;
}

void read_revocation(const ConfigurationTable& table, const std::string& file, RevocationSettings& into) {
  Section section("[Revocation]", table, file, into.origins);
  section.read_as("Mode", into.mode, one_of({"off", "cached", "fetch"}),
                  "a mode; write off, cached or fetch");
  section.read_as("Fail", into.fail, one_of({"hard", "soft"}), "a way to fail; write hard or soft");
  section.read_paths("CrlFiles", into.crl_files);
  section.read_path("CacheDirectory", into.cache_directory);
  section.read("HttpProxy", into.http_proxy);
  section.read_as("Aia", into.aia, one_of({"off", "fetch"}), "a choice; write off or fetch");
  section.refuse_unknown_keys();
}

/// `[Name]`: written at most once, which TOML itself checks.
const ConfigurationTable& only_table(const ConfigurationEntry& entry, const std::string& file) {
  const auto* table = std::get_if<ConfigurationTable>(&entry.value.value);
  if (table == nullptr)
    refuse(file, entry.line, entry.key + " is a section; write it once as [" + entry.key + "]");
  return *table;
}

/// `[[Name]]`: written once for each connector or certificate. `take` gets each table with its line.
template <typename Take>
void each_table(const ConfigurationEntry& entry, const std::string& file, const Take& take) {
  const std::string remedy =
      entry.key + " can stand several times; write [[" + entry.key + "]] in double brackets";
  const auto* array = std::get_if<ConfigurationArray>(&entry.value.value);
  if (array == nullptr) refuse(file, entry.line, remedy);
  for (const ConfigurationValue& value : *array) {
    const auto* table = std::get_if<ConfigurationTable>(&value.value);
    if (table == nullptr) refuse(file, value.line, remedy);
    take(*table, Origin{file, value.line});
  }
}

void read_section(const ConfigurationEntry& entry, const std::string& file, Organisation& into) {
  const std::vector<std::string> known{"organization",     "TransportConfig", "SendConnector",
                                       "ReceiveConnector", "Certificate",     "Revocation"};
  if (entry.key == "organization") {
    read_organization(only_table(entry, file), into);
  } else if (entry.key == "TransportConfig") {
    read_transport_config(only_table(entry, file), file, into.transport_config);
  } else if (entry.key == "SendConnector") {
    each_table(entry, file, [&into](const auto& t, const Origin& at) {
      into.send_connectors.push_back(read_send_connector(t, at));
    });
  } else if (entry.key == "ReceiveConnector") {
    each_table(entry, file, [&into](const auto& t, const Origin& at) {
      into.receive_connectors.push_back(read_receive_connector(t, at));
    });
  } else if (entry.key == "Certificate") {
    each_table(entry, file, [&into](const auto& t, const Origin& at) {
      into.certificates.push_back(read_certificate_section(t, at));
    });
  } else if (entry.key == "Revocation") {
    read_revocation(only_table(entry, file), file, into.revocation);
  } else {
    const std::optional<std::string> suggestion = nearest(entry.key, known);
    refuse(file, entry.line,
           "there is no section " + shown(entry.key) + "; " +
               (suggestion ? "did you mean " + *suggestion + "?"
                           : "the sections are organization, TransportConfig, SendConnector, "
                             "ReceiveConnector, Certificate and Revocation"));
  }
}

/// Exchange's identities do not depend on case.
template <typename Connector>
void refuse_equal_names(const std::vector<Connector>& connectors, std::string_view kind) {
  std::map<std::string, int> lines;
  for (const Connector& connector : connectors) {
    const auto [first, fresh] = lines.emplace(lower_case(connector.name), connector.origin.line);
    if (fresh) continue;
    refuse(connector.origin.file, connector.origin.line,
           std::string(kind) + " " + shown(connector.name) + " has the name of the one at line " +
               std::to_string(first->second) + "; give each a Name of its own");
  }
}

}  // namespace

Organisation read_organisation(const ConfigurationTable& root, const std::string& file) {
  Organisation organisation;
  organisation.origin = Origin{file, 1};
  if (root.empty()) {
    refuse(file, 1, "the file has no section; begin with [organization] and a Name");
  }
  for (const ConfigurationEntry& entry : root) read_section(entry, file, organisation);
  refuse_equal_names(organisation.send_connectors, "SendConnector");
  refuse_equal_names(organisation.receive_connectors, "ReceiveConnector");
  return organisation;
}

}  // namespace domsec::exchange
