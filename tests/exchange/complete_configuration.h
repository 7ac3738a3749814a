// Every parameter of every object, each with a value that is not its default: what a round trip must keep.
#pragma once

#include <string_view>

namespace domsec::exchange {

inline constexpr std::string_view complete_configuration = R"toml([organization]
Name = "Contoso"
ServerFqdn = "edge1.contoso.com"
AcceptedDomains = ["contoso.com", "eu.contoso.com"]
TrustedRoots = ["/pki/root.pem"]
SystemRoots = true
Profile = "strict"
NameMatch = "exact"
NameReference = "mx"
SenderMatch = "p2"
WildcardApex = true
StrictEku = true
DnsServers = ["127.0.0.1:5353"]
Spool = "/spool"
UseDownGradedExchangeServerAuth = true

[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com", "fabrikam.com"]
TLSReceiveDomainSecureList = ["woodgrovebank.com"]
SendProtocolLogPath = "/log/send"
SendProtocolLogMaxFileSize = "11MB"
SendProtocolLogMaxDirectorySize = "251MB"
SendProtocolLogMaxAge = "7.00:00:00"
ReceiveProtocolLogPath = "/log/receive"
ReceiveProtocolLogMaxFileSize = "unlimited"
ReceiveProtocolLogMaxDirectorySize = "1KB"
ReceiveProtocolLogMaxAge = "05:00:00"

[[SendConnector]]
Name = "Woodgrove Bank's \"partner\" $connector ‘1’"
Fqdn = "mail.contoso.com"
DomainSecureEnabled = true
DNSRoutingEnabled = false
SmartHosts = ["relay.woodgrovebank.com", "[192.0.2.25]"]
IgnoreSTARTTLS = true
RequireTLS = true
ForceHELO = true
TlsAuthLevel = "DomainValidation"
TlsDomain = "*.woodgrovebank.com"
TlsCertificateName = "<I>CN=Example Trust CA, O=Example Trust<S>CN=mail1.contoso.com, DC=Contoso, DC=com"
AddressSpaces = ["SMTP:woodgrovebank.com;1", "*.woodgrovebank.com;5"]
ProtocolLoggingLevel = "Verbose"
ConnectionInactivityTimeOut = "1.00:00:00"
Port = 2525
Enabled = false
SmartHostAuthMechanism = "BasicAuthRequireTLS"
AuthenticationCredential = "contoso\\relay"
MaxMessageSize = "unlimited"
SmtpMaxMessagesPerConnection = 7
ErrorPolicies = "DowngradeDnsFailures, UpgradeCustomFailures"
ConnectorType = "XPremises"
CloudServicesMailEnabled = true
RequireOorg = true
FrontendProxyEnabled = true
UseExternalDNSServersEnabled = true
SourceTransportServers = ["EDGE1", "EDGE2"]
SourceIPAddress = "192.0.2.1"
Usage = "Partner"
Comment = "Grüße: a `backtick`, a # and 'quotes’"

[[SendConnector]]
Name = "Internet"

[[ReceiveConnector]]
Name = "Default internal receive connector EDGE1"
Fqdn = "mail.contoso.com"
Bindings = ["0.0.0.0:25", "[::1]:2525"]
RemoteIPRanges = ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "192.0.2.0/24"]
AuthMechanism = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"
PermissionGroups = ["AnonymousUsers", "Partners"]
DomainSecureEnabled = true
RequireTLS = true
SuppressXAnonymousTls = true
TlsCertificateName = "<I>CN=Example Trust CA<S>CN=mail1.contoso.com"
TlsDomainCapabilities = ["mail.protection.outlook.com:AcceptCloudServicesMail,AcceptOorgProtocol"]
ExtendedProtectionPolicy = "Require"
EnableAuthGSSAPI = true
ProtocolLoggingLevel = "Verbose"
Banner = "220 mail.contoso.com is here"
MaxMessageSize = "1MB"
MaxHeaderSize = "64KB"
MaxRecipientsPerMessage = 5000
MaxProtocolErrors = "unlimited"
MaxHopCount = 30
MaxLocalHopCount = 8
MaxInboundConnection = 100
MaxInboundConnectionPerSource = "unlimited"
MaxInboundConnectionPercentagePerSource = 100
MessageRateLimit = 600
MessageRateSource = "All"
ConnectionTimeout = "00:05:00"
ConnectionInactivityTimeout = "00:01:00"
TarpitInterval = "00:00:05"
AuthTarpitInterval = "00:00:07"
MaxAcknowledgementDelay = "00:00:10"
MaxLogonFailures = 4
ChunkingEnabled = false
PipeliningEnabled = false
EightBitMimeEnabled = false
BinaryMimeEnabled = false
DeliveryStatusNotificationEnabled = false
EnhancedStatusCodesEnabled = false
SizeEnabled = "EnabledwithoutValue"
SmtpUtf8Enabled = false
OrarEnabled = true
LongAddressesEnabled = true
BareLinefeedRejectionEnabled = true
RequireEHLODomain = true
RejectReservedTopLevelRecipientDomains = true
Enabled = false
TransportRole = "HubTransport"
Usage = "Internal"
Comment = "from inside"

[[InboundConnector]]
Name = "From Woodgrove Bank"
ConnectorType = "OnPremises"
Enabled = false
SenderDomains = ["*.woodgrovebank.com"]
SenderIPAddresses = ["192.0.2.0/24"]
RequireTls = false
RestrictDomainsToCertificate = true
RestrictDomainsToIPAddresses = true
TlsSenderCertificateName = "*.woodgrovebank.com"
TreatMessagesAsInternal = true
CloudServicesMailEnabled = true
AssociatedAcceptedDomains = ["contoso.com"]
Comment = "in"

[[OutboundConnector]]
Name = "To Woodgrove Bank"
ConnectorType = "OnPremises"
Enabled = false
RecipientDomains = ["woodgrovebank.com"]
TlsSettings = "CertificateValidation"
TlsDomain = "woodgrovebank.com"
UseMXRecord = false
SmartHosts = ["relay.woodgrovebank.com"]
SmtpDaneMode = "Mandatory"
MtaStsMode = "None"
CloudServicesMailEnabled = true
AllAcceptedDomains = true
RouteAllMessagesViaOnPremises = true
IsTransportRuleScoped = true
Comment = "out"

[AuthConfig]
CurrentCertificateThumbprint = "180C24EE6042F1797012CD8CA916FBD727861314"
PreviousCertificateThumbprint = "280C24EE6042F1797012CD8CA916FBD727861314"
NextCertificateThumbprint = "380C24EE6042F1797012CD8CA916FBD727861314"
NextCertificateEffectiveDate = "2026-11-24T09:00:00Z"
ServiceName = "00000003-0000-0ff1-ce00-000000000000"

[[Certificate]]
CertificateFile = "/pki/mail1.pem"
KeyFile = "/pki/mail1.key"
ChainFile = "/pki/chain.pem"
KeyPassFile = "/pki/pass"
Services = ["SMTP", "IIS"]

[[Certificate]]
PfxFile = "/pki/mail2.pfx"

[Revocation]
Mode = "cached"
Fail = "soft"
CrlFiles = ["/pki/ca.crl"]
CacheDirectory = "/cache"
HttpProxy = "http://proxy.contoso.com:8080"
Aia = "fetch"
)toml";

}  // namespace domsec::exchange
