// The configuration that the tests of exchange/, policy/ and cli/ read: the scenario of seed 002 as
// domsec.toml.
#pragma once

#include <string_view>

namespace domsec::exchange {

inline constexpr std::string_view sample_configuration = R"(# Contoso
[organization]
Name = "Contoso"
ServerFqdn = "edge1.contoso.com"
AcceptedDomains = ["contoso.com"]
TrustedRoots = ["pki/root.pem"]
DnsServers = ["127.0.0.1:5353", "[::1]:53"]
NameMatch = "exact"

[TransportConfig]
TLSSendDomainSecureList = [
  "WoodgroveBank.com",
  "fabrikam.com",
]
TLSReceiveDomainSecureList = ["woodgrovebank.com", "fabrikam.com"]
SendProtocolLogPath = "logs/send"
SendProtocolLogMaxFileSize = "10MB"
ReceiveProtocolLogMaxAge = "7.00:00:00"

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
DomainSecureEnabled = true
AddressSpaces = ["*"]
ProtocolLoggingLevel = "Verbose"
Port = 2525
ConnectionInactivityTimeOut = "00:05:00"

[[ReceiveConnector]]
Name = "Partner"
Fqdn = "mail.contoso.com"
Bindings = ["127.0.0.1:0", "[::1]:2525"]
AuthMechanism = "Tls"
DomainSecureEnabled = true
MaxMessageSize = 1048576
MaxInboundConnection = "unlimited"

[[Certificate]]
CertificateFile = "pki/mail1.pem"
KeyFile = "/etc/keys/mail1.key"
Services = ["SMTP"]

[Revocation]
Mode = "cached"
CrlFiles = ["pki/ca.crl"]
)";

}  // namespace domsec::exchange
