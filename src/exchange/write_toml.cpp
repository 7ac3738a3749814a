// Organisation -> domsec.toml text with origins as comments. Every parameter is written, also the defaults:
// the reader of `policy show` wants to see what is in force. A parameter without a value (`Fqdn` of nobody)
// stands as a comment.
#include "domsec/exchange/write_toml.h"

#include "configuration_values.h"

namespace domsec::exchange {

namespace {

/// TOML 1.0 basic string.
std::string toml_text(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (octet < 0x20 || octet == 0x7f) {
      out += "\\u00";
      out += {hex[octet >> 4U], hex[octet & 15U]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// An origin as a comment: the name of a file may hold anything.
std::string comment(const Origin& origin) {
  std::string out = "# " + origin.text();
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

/// Collects the parameters of one section.
class SectionText {
 public:
  SectionText(ShownSection section, const Origins& origins)
      : origins_(origins), section_(std::move(section)) {}

  void text(std::string_view key, std::string_view value) { add(key, toml_text(value), origins_.of(key)); }
  void text(std::string_view key, std::string_view value, const Origin& origin) {
    add(key, toml_text(value), origin);
  }
  void word(std::string_view key, bool value) { add(key, value ? "true" : "false", origins_.of(key)); }
  void word(std::string_view key, const Sourced<bool>& value) {
    add(key, *value ? "true" : "false", value.origin);
  }
  void number(std::string_view key, std::int64_t value) { add(key, std::to_string(value), origins_.of(key)); }
  void limit(std::string_view key, int value) {
    value == unlimited_number ? text(key, "unlimited") : number(key, value);
  }
  void size(std::string_view key, std::uint64_t value) { text(key, size_text(value)); }
  void span(std::string_view key, std::chrono::seconds value) { text(key, time_span_text(value)); }
  void list(std::string_view key, const std::vector<std::string>& values) {
    list(key, values, origins_.of(key));
  }
  void list(std::string_view key, const std::vector<std::string>& values, const Origin& origin) {
    std::string all;
    for (const std::string& value : values) all += (all.empty() ? "" : ", ") + toml_text(value);
    add(key, "[" + all + "]", origin);
  }
  void optional(std::string_view key, const std::optional<std::string>& value) {
    value ? text(key, *value) : add(key, {}, {});
  }
  /// Empty means: not set.
  void path(std::string_view key, const std::string& value) {
    value.empty() ? add(key, {}, {}) : text(key, value);
  }

  [[nodiscard]] ShownSection written() const { return section_; }

 private:
  void add(std::string_view key, std::string value, const Origin& origin) {
    section_.parameters.push_back({std::string(key), std::move(value), origin});
  }

  const Origins& origins_;
  ShownSection section_;
};

std::optional<std::string> text_of(const std::optional<smtp::Domain>& domain) {
  return domain ? std::optional<std::string>(domain->text()) : std::nullopt;
}

template <typename Value>
std::optional<std::string> text_of(const std::optional<Value>& value, std::string (*text)(const Value&)) {
  return value ? std::optional<std::string>(text(*value)) : std::nullopt;
}

std::string domain_text(const SmtpDomainWithSubdomains& domain) {
  return (domain.with_subdomains ? "*." : "") + domain.domain.text();
}

std::string name_text(const TlsCertificateName& name) { return name.text(); }

template <typename Range, typename Text>
std::vector<std::string> texts(const Range& range, const Text& text) {
  std::vector<std::string> out;
  for (const auto& element : range) out.push_back(text(element));
  return out;
}

std::string plain_domain(const smtp::Domain& domain) { return domain.text(); }

ShownSection organization(const Organisation& organisation) {
  SectionText out({"organization", false, organisation.origin, {}}, organisation.origins);
  out.text("Name", organisation.name);
  out.optional("ServerFqdn", text_of(organisation.server_fqdn));
  out.list("AcceptedDomains", texts(organisation.accepted_domains, plain_domain));
  out.list("TrustedRoots", organisation.trusted_root_files);
  out.word("SystemRoots", organisation.system_roots);
  out.text("Profile", finding::text(organisation.profile));
  out.text("NameMatch", organisation.name_match);
  out.text("NameReference", organisation.name_reference);
  out.text("SenderMatch", organisation.sender_match);
  out.word("WildcardApex", organisation.wildcard_apex);
  out.word("StrictEku", organisation.strict_eku);
  out.list("DnsServers", organisation.dns_servers);
  out.path("Spool", organisation.spool);
  out.word("UseDownGradedExchangeServerAuth", organisation.use_downgraded_exchange_server_auth);
  return out.written();
}

void protocol_log(SectionText& out, const std::string& prefix, const ProtocolLogSettings& settings) {
  out.path(prefix + "Path", settings.path);
  out.size(prefix + "MaxFileSize", settings.max_file_size);
  out.size(prefix + "MaxDirectorySize", settings.max_directory_size);
  out.span(prefix + "MaxAge", settings.max_age);
}

ShownSection transport_config(const TransportConfig& config) {
  SectionText out({"TransportConfig", false, {}, {}}, config.origins);
  for (const DomainSecureList* list :
       {&config.tls_send_domain_secure_list, &config.tls_receive_domain_secure_list}) {
    out.list(list->name(), texts(list->domains(), plain_domain), list->origin);
  }
  protocol_log(out, "SendProtocolLog", config.send_protocol_log);
  protocol_log(out, "ReceiveProtocolLog", config.receive_protocol_log);
  return out.written();
}

ShownSection send_connector(const SendConnector& connector) {
  SectionText out({"SendConnector", true, connector.origin, {}}, connector.origins);
  out.text("Name", connector.name);
  out.optional("Fqdn", text_of(connector.fqdn));
  out.word("DomainSecureEnabled", connector.domain_secure_enabled);
  out.word("DNSRoutingEnabled", connector.dns_routing_enabled);
  out.list("SmartHosts", connector.smart_hosts);
  out.word("IgnoreSTARTTLS", connector.ignore_starttls);
  out.word("RequireTLS", connector.require_tls);
  out.word("ForceHELO", connector.force_helo);
  out.optional("TlsAuthLevel", connector.tls_auth_level
                                   ? std::optional<std::string>(text(*connector.tls_auth_level))
                                   : std::nullopt);
  out.optional("TlsDomain", text_of(connector.tls_domain, domain_text));
  out.optional("TlsCertificateName", text_of(connector.tls_certificate_name, name_text));
  out.list("AddressSpaces",
           texts(connector.address_spaces, [](const AddressSpace& space) { return space.text; }));
  out.text("ProtocolLoggingLevel", text(connector.protocol_logging_level));
  out.span("ConnectionInactivityTimeOut", connector.connection_inactivity_timeout);
  out.number("Port", connector.port);
  out.word("Enabled", connector.enabled);
  out.text("SmartHostAuthMechanism", text(connector.smart_host_auth_mechanism));
  out.path("AuthenticationCredential", connector.authentication_credential);
  return out.written();
}

void receive_limits(SectionText& out, const ReceiveConnector& connector) {
  out.size("MaxMessageSize", connector.max_message_size);
  out.size("MaxHeaderSize", connector.max_header_size);
  out.number("MaxRecipientsPerMessage", connector.max_recipients_per_message);
  out.limit("MaxProtocolErrors", connector.max_protocol_errors);
  out.number("MaxHopCount", connector.max_hop_count);
  out.limit("MaxInboundConnection", connector.max_inbound_connection);
  out.limit("MaxInboundConnectionPerSource", connector.max_inbound_connection_per_source);
  out.span("ConnectionTimeout", connector.connection_timeout);
  out.span("ConnectionInactivityTimeout", connector.connection_inactivity_timeout);
  out.span("TarpitInterval", connector.tarpit_interval);
  out.word("ChunkingEnabled", connector.chunking_enabled);
  out.word("PipeliningEnabled", connector.pipelining_enabled);
  out.word("EightBitMimeEnabled", connector.eight_bit_mime_enabled);
  out.word("BinaryMimeEnabled", connector.binary_mime_enabled);
  out.word("DeliveryStatusNotificationEnabled", connector.delivery_status_notification_enabled);
  out.word("EnhancedStatusCodesEnabled", connector.enhanced_status_codes_enabled);
  out.word("SizeEnabled", connector.size_enabled);
  out.word("SmtpUtf8Enabled", connector.smtputf8_enabled);
  out.word("Enabled", connector.enabled);
}

ShownSection receive_connector(const ReceiveConnector& connector) {
  SectionText out({"ReceiveConnector", true, connector.origin, {}}, connector.origins);
  out.text("Name", connector.name);
  out.optional("Fqdn", text_of(connector.fqdn));
  out.list("Bindings", texts(connector.bindings, binding_text));
  out.text("AuthMechanism", connector.auth_mechanism->text(), connector.auth_mechanism.origin);
  out.list("PermissionGroups", connector.permission_groups);
  out.word("DomainSecureEnabled", connector.domain_secure_enabled);
  out.word("RequireTLS", connector.require_tls);
  out.word("SuppressXAnonymousTls", connector.suppress_x_anonymous_tls);
  out.optional("TlsCertificateName", text_of(connector.tls_certificate_name, name_text));
  out.text("ProtocolLoggingLevel", text(connector.protocol_logging_level));
  out.path("Banner", connector.banner);
  receive_limits(out, connector);
  return out.written();
}

ShownSection certificate(const CertificateFile& certificate) {
  SectionText out({"Certificate", true, certificate.origin, {}}, certificate.origins);
  out.path("CertificateFile", certificate.certificate_file);
  out.path("KeyFile", certificate.key_file);
  out.path("ChainFile", certificate.chain_file);
  out.path("PfxFile", certificate.pfx_file);
  out.path("KeyPassFile", certificate.key_pass_file);
  out.list("Services", certificate.services);
  return out.written();
}

ShownSection revocation(const RevocationSettings& settings) {
  SectionText out({"Revocation", false, {}, {}}, settings.origins);
  out.text("Mode", settings.mode);
  out.text("Fail", settings.fail);
  out.list("CrlFiles", settings.crl_files);
  out.path("CacheDirectory", settings.cache_directory);
  out.path("HttpProxy", settings.http_proxy);
  out.text("Aia", settings.aia);
  return out.written();
}

std::string toml(const ShownSection& section) {
  std::string out = section.repeated ? "[[" + section.name + "]]  " + comment(section.origin) + "\n"
                                     : "[" + section.name + "]\n";
  for (const ShownParameter& parameter : section.parameters) {
    if (parameter.value.empty()) {
      out += "# " + parameter.name + " is not set\n";
      continue;
    }
    std::string line = parameter.name + " = " + parameter.value;
    if (line.size() < 44)
      line.resize(44, ' ');  // the comments stand in one column where the values are short
    out += line + "  " + comment(parameter.origin) + "\n";
  }
  return out;
}

}  // namespace

std::vector<ShownSection> sections(const Organisation& organisation) {
  std::vector<ShownSection> all{organization(organisation), transport_config(organisation.transport_config)};
  for (const SendConnector& connector : organisation.send_connectors)
    all.push_back(send_connector(connector));
  for (const ReceiveConnector& connector : organisation.receive_connectors)
    all.push_back(receive_connector(connector));
  for (const CertificateFile& file : organisation.certificates) all.push_back(certificate(file));
  all.push_back(revocation(organisation.revocation));
  return all;
}

std::string show(const Organisation& organisation) {
  std::string out;
  for (const ShownSection& section : sections(organisation)) out += (out.empty() ? "" : "\n") + toml(section);
  return out;
}

}  // namespace domsec::exchange
