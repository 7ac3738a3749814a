// What domsec's configuration has beside Exchange's connectors: the organisation itself, its certificates, the Auth
// configuration, revocation. Not here: combinations that make no sense (policy/connector_lint).
#include "domsec/pki/instant.h"
#include "domsec/pki/thumbprint.h"
#include "parameter_rows.h"

namespace domsec::exchange {

namespace {

template <typename Object>
Parameter<Object> thumbprint(std::string name, std::string Object::*member) {
  Parameter<Object> row = text<Object>(name, member, Effect::carried);
  row.set = [name, member](Object& object, const Value& value, const Origin&) {
    const Written written = is_null(value) ? Written{} : text_of(name, value);
    const std::string plain = pki::plain_thumbprint(written.text);
    if (!plain.empty() && !pki::is_thumbprint(plain))
      refuse_value(name, written, "a thumbprint; write its 40 hexadecimal digits");
    object.*member = plain;
  };
  return row;
}

std::vector<Parameter<Organisation>> organisation_table() {
  using C = Organisation;
  const Words<finding::Profile> profiles{{"exchange", finding::Profile::exchange},
                                         {"postfix", finding::Profile::postfix},
                                         {"exim", finding::Profile::exim},
                                         {"opensmtpd", finding::Profile::opensmtpd},
                                         {"strict", finding::Profile::strict}};
  return {
      Parameter<C>{"Name", Kind::text, Effect::in_force, {},
                   [](C& object, const Value& value, const Origin&) { object.name = text_of("Name", value).text; },
                   [](const C& object) { return text_value(object.name); }},
      domain<C>("ServerFqdn", &C::server_fqdn),
      list<C, smtp::Domain>("AcceptedDomains", &C::accepted_domains, smtp::Domain::parse, domain_text,
                            "a domain name; write a name such as contoso.com"),
      paths<C>("TrustedRoots", &C::trusted_root_files),
      flag<C>("SystemRoots", &C::system_roots),
      word<C, finding::Profile>("Profile", &C::profile, profiles, "a profile"),
      one_of<C>("NameMatch", &C::name_match, {"exact", "subdomains"}, "a match mode"),
      one_of<C>("NameReference", &C::name_reference, {"domain", "mx", "fqdn"}, "a name to compare with"),
      one_of<C>("SenderMatch", &C::sender_match, {"p1", "p2"}, "a sender to match"),
      flag<C>("WildcardApex", &C::wildcard_apex),
      flag<C>("StrictEku", &C::strict_eku),
      texts<C>("DnsServers", &C::dns_servers, is_dns_server,
               "the address of a server; write an address such as 127.0.0.1:5353 or [::1]:53"),
      path<C>("Spool", &C::spool),
      path<C>("Store", &C::store),
      one_of<C>("UMStartupMode", &C::um_startup_mode, {"TCP", "TLS", "Dual"}, "a start-up mode"),
      flag<C>("EnableEccCertificateSupport", &C::enable_ecc_certificate_support),
      flag<C>("UseDownGradedExchangeServerAuth", &C::use_downgraded_exchange_server_auth, Effect::carried),
  };
}

std::vector<Parameter<CertificateFile>> certificate_table() {
  using C = CertificateFile;
  return {
      path<C>("CertificateFile", &C::certificate_file),
      path<C>("KeyFile", &C::key_file),
      path<C>("ChainFile", &C::chain_file),
      path<C>("PfxFile", &C::pfx_file),
      path<C>("KeyPassFile", &C::key_pass_file),
      set_of_words<C>("Services", &C::services,
                      {"None", "IIS", "IMAP", "POP", "SMTP", "UM", "UMCallRouter", "Federation"},
                      "a service"),  // spec exchange 8.3
  };
}

std::vector<Parameter<AuthConfig>> auth_table() {
  using C = AuthConfig;
  Parameter<C> date = text<C>("NextCertificateEffectiveDate", &C::next_certificate_effective_date, Effect::carried);
  date.set = [](C& object, const Value& value, const Origin&) {
    const Written written = is_null(value) ? Written{} : text_of("NextCertificateEffectiveDate", value);
    if (!written.text.empty() && !pki::read_rfc3339(written.text)) {
      refuse_value("NextCertificateEffectiveDate", written, "a time; write one such as 2026-11-24T09:00:00Z");
    }
    object.next_certificate_effective_date = written.text;
  };
  return {
      thumbprint<C>("CurrentCertificateThumbprint", &C::current_certificate_thumbprint),
      thumbprint<C>("PreviousCertificateThumbprint", &C::previous_certificate_thumbprint),
      thumbprint<C>("NextCertificateThumbprint", &C::next_certificate_thumbprint),
      date,
      text<C>("ServiceName", &C::service_name, Effect::carried),
  };
}

std::vector<Parameter<EdgeSubscription>> subscription_table() {
  using C = EdgeSubscription;
  return {path<C>("Organization", &C::organization), text<C>("Applied", &C::applied)};
}

std::vector<Parameter<RevocationSettings>> revocation_table() {
  using C = RevocationSettings;
  return {
      one_of<C>("Mode", &C::mode, {"off", "cached", "fetch"}, "a mode"),
      one_of<C>("Fail", &C::fail, {"hard", "soft"}, "a way to fail"),
      paths<C>("CrlFiles", &C::crl_files),
      path<C>("CacheDirectory", &C::cache_directory),
      text<C>("HttpProxy", &C::http_proxy),
      one_of<C>("Aia", &C::aia, {"off", "fetch"}, "a choice"),
  };
}

}  // namespace

template <>
const std::vector<Parameter<Organisation>>& parameters<Organisation>() {
  static const std::vector<Parameter<Organisation>> rows = organisation_table();
  return rows;
}

template <>
const std::vector<Parameter<CertificateFile>>& parameters<CertificateFile>() {
  static const std::vector<Parameter<CertificateFile>> rows = certificate_table();
  return rows;
}

template <>
const std::vector<Parameter<AuthConfig>>& parameters<AuthConfig>() {
  static const std::vector<Parameter<AuthConfig>> rows = auth_table();
  return rows;
}

template <>
const std::vector<Parameter<EdgeSubscription>>& parameters<EdgeSubscription>() {
  static const std::vector<Parameter<EdgeSubscription>> rows = subscription_table();
  return rows;
}

template <>
const std::vector<Parameter<RevocationSettings>>& parameters<RevocationSettings>() {
  static const std::vector<Parameter<RevocationSettings>> rows = revocation_table();
  return rows;
}

template <>
std::string_view object_name<Organisation>() {
  return "organization";
}

template <>
std::string_view object_name<CertificateFile>() {
  return "Certificate";
}

template <>
std::string_view object_name<AuthConfig>() {
  return "AuthConfig";
}

template <>
std::string_view object_name<EdgeSubscription>() {
  return "EdgeSubscription";
}

template <>
std::string_view object_name<RevocationSettings>() {
  return "Revocation";
}

}  // namespace domsec::exchange
