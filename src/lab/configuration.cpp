#include "domsec/lab/configuration.h"

#include <sstream>
#include <vector>

#include "domsec/net/channel.h"

namespace domsec::lab {
namespace {

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string result = "[";
  for (const std::string& text : texts) result += (result.size() > 1 ? ", \"" : "\"") + text + "\"";
  return result + "]";
}

std::vector<std::string> domains_of(const OrganisationRecipe& organisation) {
  std::vector<std::string> domains{organisation.domain};
  domains.insert(domains.end(), organisation.more_domains.begin(), organisation.more_domains.end());
  return domains;
}

std::vector<std::string> partner_domains(const Recipe& recipe, const OrganisationRecipe& organisation) {
  std::vector<std::string> domains;
  for (const OrganisationRecipe& other : recipe.organisations) {
    if (other.name == organisation.name) continue;
    for (const std::string& domain : domains_of(other)) domains.push_back(domain);
  }
  return domains;
}

std::string bindings(const HostRecipe& host, std::uint16_t port) {
  std::vector<std::string> endpoints{net::Endpoint{host.address, port}.text()};
  if (!host.ipv6_address.empty()) endpoints.push_back(net::Endpoint{host.ipv6_address, port}.text());
  return quoted_list(endpoints);
}

}  // namespace

std::string configuration(const Recipe& recipe, const OrganisationRecipe& organisation,
                          const HostRecipe& host, const Surroundings& surroundings,
                          const ConfigurationFault& fault, bool exactly) {
  const std::string partners = quoted_list(partner_domains(recipe, organisation));
  const std::string ignore_starttls = fault.ignore_starttls ? "IgnoreSTARTTLS = true\n" : "";
  const std::string name_match = exactly ? "NameMatch = \"exact\"\n" : "";
  // A certificate without the connector's FQDN is not found by it: it takes TlsCertificateName to present
  // such a one.
  const std::string tls_certificate_name =
      fault.certificate_by_name ? "TlsCertificateName = \"" + surroundings.tls_certificate_name + "\"\n" : "";
  const std::string domain_secure = fault.not_domain_secure ? "false" : "true";
  std::ostringstream out;
  out << "# " << organisation.title << ", Edge server " << host.name
      << ". Written by domsec lab; changes are lost at the next start.\n"
      << "\n[organization]\n"
      << "Name = \"" << organisation.title << "\"\n"
      << "ServerFqdn = \"" << host.name << "\"\n"
      << "AcceptedDomains = " << quoted_list(domains_of(organisation)) << "\n"
      << "TrustedRoots = [\"" << surroundings.trusted_root_file << "\"]\n"
      << "DnsServers = [\"" << surroundings.dns << "\"]\n"
      << name_match << "Spool = \"mail\"\n"
      << "\n[TransportConfig]\n"
      << "TLSSendDomainSecureList = " << partners << "\n"
      << "TLSReceiveDomainSecureList = " << partners << "\n"
      << "SendProtocolLogPath = \"logs\"\n"
      << "ReceiveProtocolLogPath = \"logs\"\n"
      << "\n[[SendConnector]]\n"
      << "Name = \"Internet\"\n"
      << "Fqdn = \"" << organisation.connector_fqdn << "\"\n"
      << "AddressSpaces = [\"*\"]\n"
      << "DNSRoutingEnabled = true\n"
      << "DomainSecureEnabled = " << domain_secure << "\n"
      << ignore_starttls << tls_certificate_name << "Port = " << surroundings.partner_port << "\n"
      << "ProtocolLoggingLevel = \"Verbose\"\n"
      << "\n[[ReceiveConnector]]\n"
      << "Name = \"Internet\"\n"
      << "Fqdn = \"" << organisation.connector_fqdn << "\"\n"
      << "Bindings = " << bindings(host, surroundings.smtp_port) << "\n"
      << "AuthMechanism = [\"Tls\"]\n"
      << "DomainSecureEnabled = " << domain_secure << "\n"
      << tls_certificate_name << "ProtocolLoggingLevel = \"Verbose\"\n"
      << "\n[[Certificate]]\n"
      << "CertificateFile = \"certificate.pem\"\n"
      << "KeyFile = \"key.pem\"\n"
      << "Services = [\"SMTP\"]\n"
      << "\n[Revocation]\n"
      << "HttpProxy = \"none\"\n";  // no proxy outside knows the lab's hosts
  return out.str();
}

}  // namespace domsec::lab
