// Bad configurations and the one sentence each deserves: place, what is wrong, remedy.
#pragma once

#include <string_view>
#include <vector>

namespace domsec::exchange {

struct BadConfiguration {
  std::string_view text;
  std::string_view message;
};

inline const std::vector<BadConfiguration> bad_configurations{
    {"",
     "domsec.toml:1: the file has no section; begin with [organization] and a Name"},
    {"\n\n# only a comment\n",
     "domsec.toml:1: the file has no section; begin with [organization] and a Name"},
    {"Name = \"x\"\n",
     "domsec.toml:1:1: there is no section \"Name\"; the sections are organization, TransportConfig, "
     "SendConnector, ReceiveConnector, InboundConnector, OutboundConnector, AuthConfig, EdgeSubscription, Certificate "
     "and Revocation"},
    {"organization = 1\n",
     "domsec.toml:1:1: organization is a section; write it once as [organization]"},
    {"[[organization]]\n",
     "domsec.toml:1:3: organization is a section; write it once as [organization]"},
    {"[Organization]\n",
     "domsec.toml:1:2: there is no section \"Organization\"; did you mean organization?"},
    {"[TransportConfg]\n",
     "domsec.toml:1:2: there is no section \"TransportConfg\"; did you mean TransportConfig?"},
    {"[Extended]\n",
     "domsec.toml:1:2: there is no section \"Extended\"; the sections are organization, "
     "TransportConfig, SendConnector, ReceiveConnector, InboundConnector, OutboundConnector, "
     "AuthConfig, EdgeSubscription, Certificate and Revocation"},
    {"[[SendConnector]\n",
     "domsec.toml:1:17: Error while parsing table header: expected ']', saw '\\n'; correct the TOML "
     "syntax there"},
    {"SendConnector = [\"Internet\"]\n",
     "domsec.toml:1:18: SendConnector can stand several times; write [[SendConnector]] in double "
     "brackets"},
    {"[SendConnector]\n",
     "domsec.toml:1:2: SendConnector can stand several times; write [[SendConnector]] in double "
     "brackets"},
    {"[organization\n",
     "domsec.toml:1:14: Error while parsing table header: expected ']', saw '\\n'; correct the TOML "
     "syntax there"},
    {"[organization]\nName = \n",
     "domsec.toml:2:8: Error while parsing key-value pair: expected value, saw '\\n'; correct the "
     "TOML syntax there"},
    {"[organization]\nName = \"a\"\nName = \"b\"\n",
     "domsec.toml:3:8: Error while parsing key-value pair: cannot redefine existing string 'Name'; "
     "correct the TOML syntax there"},
    {"[organization]\nName = 5\n",
     "domsec.toml:2:8: Name cannot be a number; write a text in quotation marks"},
    {"[organization]\nServerFqdn = \"a_b.com\"\n",
     "domsec.toml:2:14: ServerFqdn: \"a_b.com\" is not a domain name; write a name such as "
     "mail.contoso.com"},
    {"[organization]\nAcceptedDomains = \"contoso.com\"\n",
     "domsec.toml:2:19: AcceptedDomains cannot be a text; write a list, as in AcceptedDomains = "
     "[\"...\"]"},
    {"[organization]\nAcceptedDomains = [\"contoso.com\",\n  \"*\"]\n",
     "domsec.toml:3:3: AcceptedDomains: \"*\" is not a domain name; write a name such as contoso.com"},
    {"[organization]\nProfile = \"qmail\"\n",
     "domsec.toml:2:11: Profile: \"qmail\" is not a profile; write exchange, postfix, exim, opensmtpd "
     "or strict"},
    {"[organization]\nNameMatch = \"loose\"\n",
     "domsec.toml:2:13: NameMatch: \"loose\" is not a match mode; write exact or subdomains"},
    {"[organization]\nSystemRoots = \"yes\"\n",
     "domsec.toml:2:15: SystemRoots cannot be a text; write true or false without quotation marks"},
    {"[organization]\nDnsServers = [\"localhost\"]\n",
     "domsec.toml:2:15: DnsServers: \"localhost\" is not the address of a server; write an address "
     "such as 127.0.0.1:5353 or [::1]:53"},
    {"[organization]\nDnsServers = [\"127.0.0.1:0\"]\n",
     "domsec.toml:2:15: DnsServers: \"127.0.0.1:0\" is not the address of a server; write an address "
     "such as 127.0.0.1:5353 or [::1]:53"},
    {"[organization]\nSpool = \"a\\u0000b\"\n",
     "domsec.toml:2:9: Spool holds a control character; write plain text on one line"},
    {"[organization]\nTrustedRoots = [\"\"]\n",
     "domsec.toml:2:17: TrustedRoots: a file name is empty; name the file or remove the entry"},
    {"[organization]\nTrustedRoots = [1]\n",
     "domsec.toml:2:17: TrustedRoots: entry 1 is a number; write texts in quotation marks"},
    {"[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\",\n \"*.woodgrovebank.com\"]\n",
     "domsec.toml:3:2: TLSSendDomainSecureList: \"*.woodgrovebank.com\" has a wildcard, which this "
     "list does not support; list each domain and sub-domain by itself (DS303)"},
    {"[TransportConfig]\nTLSReceiveDomainSecureList = [\"*\"]\n",
     "domsec.toml:2:31: TLSReceiveDomainSecureList: \"*\" has a wildcard, which this list does not "
     "support; list each domain and sub-domain by itself (DS303)"},
    {"[TransportConfig]\nTLSSendDomainSecureList = \"a.com\"\n",
     "domsec.toml:2:27: TLSSendDomainSecureList cannot be a text; write a list, as in "
     "TLSSendDomainSecureList = [\"...\"]"},
    {"[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\", 7]\n",
     "domsec.toml:2:37: TLSSendDomainSecureList: entry 2 is a number; write texts in quotation marks"},
    {"[TransportConfig]\nTLSSendDomainSecurelist = []\n",
     "domsec.toml:2:1: [TransportConfig] has no parameter \"TLSSendDomainSecurelist\"; did you mean "
     "TLSSendDomainSecureList?"},
    {"[TransportConfig]\nTLSSendDomainSecureLists = []\n",
     "domsec.toml:2:1: [TransportConfig] has no parameter \"TLSSendDomainSecureLists\"; did you mean "
     "TLSSendDomainSecureList?"},
    {"[TransportConfig]\nSendProtocolLogMaxFileSize = \"10 furlongs\"\n",
     "domsec.toml:2:30: SendProtocolLogMaxFileSize: \"10 furlongs\" is not a size; write a number of "
     "octets or a size such as \"10MB\""},
    {"[TransportConfig]\nSendProtocolLogMaxFileSize = 0\n",
     "domsec.toml:2:30: SendProtocolLogMaxFileSize: \"0\" is out of range; write a size from 1B to "
     "unlimited"},
    {"[TransportConfig]\nSendProtocolLogMaxFileSize = -1\n",
     "domsec.toml:2:30: SendProtocolLogMaxFileSize: \"-1\" is not a size; write a number of octets or "
     "a size such as \"10MB\""},
    {"[TransportConfig]\nSendProtocolLogMaxFileSize = \"99999999999TB\"\n",
     "domsec.toml:2:30: SendProtocolLogMaxFileSize: \"99999999999TB\" is not a size; write a number "
     "of octets or a size such as \"10MB\""},
    {"[TransportConfig]\nSendProtocolLogMaxAge = 30\n",
     "domsec.toml:2:25: SendProtocolLogMaxAge cannot be a number; write hh:mm:ss, or d.hh:mm:ss for "
     "days, in quotation marks"},
    {"[TransportConfig]\nSendProtocolLogMaxAge = \"00:30:00\"\n",
     "domsec.toml:2:25: SendProtocolLogMaxAge: 00:30:00 is not a number of whole hours; write it as "
     "d.hh:00:00"},
    {"[TransportConfig]\nReceiveProtocolLogMaxAge = \"99999.00:00:00\"\n",
     "domsec.toml:2:28: ReceiveProtocolLogMaxAge: \"99999.00:00:00\" is out of range; write a time "
     "span from 00:00:00 to 24855.00:00:00"},
    {"[[SendConnector]]\nfqdn = \"mail.contoso.com\"\n",
     "domsec.toml:2:1: [[SendConnector]] has no parameter \"fqdn\"; did you mean Fqdn?"},
    {"[[SendConnector]]\nFqdn = \"*.contoso.com\"\n",
     "domsec.toml:2:8: Fqdn: \"*.contoso.com\" is not a domain name; write a name such as "
     "mail.contoso.com"},
    {"[[SendConnector]]\nFqdn = \"\"\n",
     "domsec.toml:2:8: Fqdn: \"\" is not a domain name; write a name such as mail.contoso.com"},
    {"[[SendConnector]]\nDomainSecureEnabled = \"true\"\n",
     "domsec.toml:2:23: DomainSecureEnabled cannot be a text; write true or false without quotation "
     "marks"},
    {"[[SendConnector]]\nDomainSecureEnabled = 1\n",
     "domsec.toml:2:23: DomainSecureEnabled cannot be a number; write true or false without quotation "
     "marks"},
    {"[[SendConnector]]\nSmartHosts = [\"relay contoso\"]\n",
     "domsec.toml:2:15: SmartHosts: \"relay contoso\" is not a host; write a name such as "
     "relay.contoso.com or an address such as [192.0.2.1]"},
    {"[[SendConnector]]\nTlsAuthLevel = \"Strict\"\n",
     "domsec.toml:2:16: TlsAuthLevel: \"Strict\" is not a level; write EncryptionOnly, "
     "CertificateValidation or DomainValidation"},
    {"[[SendConnector]]\nTlsDomain = \"*\"\n",
     "domsec.toml:2:13: TlsDomain: \"*\" is not a domain; write contoso.com, or *.contoso.com for it "
     "and its sub-domains"},
    {"[[SendConnector]]\nTlsCertificateName = \"CN=mail.contoso.com\"\n",
     "domsec.toml:2:22: TlsCertificateName: \"CN=mail.contoso.com\" is not a certificate name; write "
     "<I>issuer<S>subject"},
    {"[[SendConnector]]\nAddressSpaces = [\"*contoso.com\"]\n",
     "domsec.toml:2:18: AddressSpaces: \"*contoso.com\" is not an address space; write * alone, "
     "contoso.com or *.contoso.com"},
    {"[[SendConnector]]\nAddressSpaces = [\"--\"]\n",
     "domsec.toml:2:18: AddressSpaces: \"--\" is not supported, because there is no Exchange "
     "organisation behind domsec; write domains"},
    {"[[SendConnector]]\nAddressSpaces = [\"contoso.com;0\"]\n",
     "domsec.toml:2:18: AddressSpaces: \"contoso.com;0\" is not an address space; write "
     "[SMTP:]domain[;cost] with a cost from 1 to 100"},
    {"[[SendConnector]]\nProtocolLoggingLevel = \"Debug\"\n",
     "domsec.toml:2:24: ProtocolLoggingLevel: \"Debug\" is not a level; write None or Verbose"},
    {"[[SendConnector]]\nConnectionInactivityTimeOut = \"2.00:00:00\"\n",
     "domsec.toml:2:31: ConnectionInactivityTimeOut: \"2.00:00:00\" is out of range; write a time "
     "span from 00:00:01 to 1.00:00:00"},
    {"[[SendConnector]]\nConnectionInactivityTimeOut = 00:05:00\n",
     "domsec.toml:2:31: ConnectionInactivityTimeOut cannot be a time of day; write hh:mm:ss, or "
     "d.hh:mm:ss for days, in quotation marks"},
    {"[[SendConnector]]\nConnectionInactivityTimeOut = \"5 minutes\"\n",
     "domsec.toml:2:31: ConnectionInactivityTimeOut: \"5 minutes\" is not a time span; write "
     "hh:mm:ss, or d.hh:mm:ss for days, in quotation marks"},
    {"[[SendConnector]]\nPort = 65536\n",
     "domsec.toml:2:8: Port: 65536 is out of range; write a number from 1 to 65535"},
    {"[[SendConnector]]\nPort = \"25\"\n",
     "domsec.toml:2:8: Port cannot be a text; write a whole number without quotation marks"},
    {"[[SendConnector]]\nPort = 25.0\n",
     "domsec.toml:2:8: Port cannot be a fraction; write a whole number without quotation marks"},
    {"[[SendConnector]]\nName = \"\"\n",
     "domsec.toml:2:8: Name has 0 octets; write 1 to 64"},
    {"[[SendConnector]]\nName = \"Internet\"\n[[SendConnector]]\nName = \"INTERNET\"\n",
     "domsec.toml:3:1: SendConnector \"INTERNET\" has the name of the one at line 1; give each a Name "
     "of its own"},
    {"[[SendConnector]]\nSmartHostAuthMechanism = \"Digest\"\n",
     "domsec.toml:2:26: SmartHostAuthMechanism: \"Digest\" is not a mechanism; write None, BasicAuth, "
     "BasicAuthRequireTLS, ExchangeServer or ExternalAuthoritative"},
    {"[[SendConnector]]\nEnabled = 2026-11-22\n",
     "domsec.toml:2:11: Enabled cannot be a date; write true or false without quotation marks"},
    {"[[SendConnector]]\nWings = 2\n",
     "domsec.toml:2:1: [[SendConnector]] has no parameter \"Wings\"; none of its 30 is spelt like it, "
     "domsec policy show prints them all"},
    {"[[ReceiveConnector]]\nBindings = [\"127.0.0.1\"]\n",
     "domsec.toml:2:13: Bindings: \"127.0.0.1\" is not an address with a port; write one such as "
     "0.0.0.0:25 or [::1]:2525"},
    {"[[ReceiveConnector]]\nBindings = [\"::1:25\"]\n",
     "domsec.toml:2:13: Bindings: \"::1:25\" is not an address with a port; write one such as "
     "0.0.0.0:25 or [::1]:2525"},
    {"[[ReceiveConnector]]\nBindings = [\"mail.contoso.com:25\"]\n",
     "domsec.toml:2:13: Bindings: \"mail.contoso.com:25\" is not an address with a port; write one "
     "such as 0.0.0.0:25 or [::1]:2525"},
    {"[[ReceiveConnector]]\nBindings = [\"127.0.0.1:65536\"]\n",
     "domsec.toml:2:13: Bindings: \"127.0.0.1:65536\" is not an address with a port; write one such "
     "as 0.0.0.0:25 or [::1]:2525"},
    {"[[ReceiveConnector]]\nAuthMechanism = \"Kerberos\"\n",
     "domsec.toml:2:17: AuthMechanism: \"Kerberos\" is not a mechanism; write None, Tls, Integrated, "
     "BasicAuth, BasicAuthRequireTLS, ExchangeServer or ExternalAuthoritative"},
    {"[[ReceiveConnector]]\nAuthMechanism = [\"None\", \"Tls\"]\n",
     "domsec.toml:2:17: AuthMechanism: None stands only alone (RC-1); remove None or the others"},
    {"[[ReceiveConnector]]\nAuthMechanism = []\n",
     "domsec.toml:2:17: AuthMechanism is an empty list; write [\"None\"] or remove the line"},
    {"[[ReceiveConnector]]\nPermissionGroups = \"Everybody\"\n",
     "domsec.toml:2:20: PermissionGroups: \"Everybody\" is not a group; write None, AnonymousUsers, "
     "ExchangeUsers, ExchangeServers, ExchangeLegacyServers, Partners or Custom"},
    {"[[ReceiveConnector]]\nMaxMessageSize = 100\n",
     "domsec.toml:2:18: MaxMessageSize: \"100\" is out of range; write a size from 64KB to 2147483647B"},
    {"[[ReceiveConnector]]\nMaxInboundConnection = \"many\"\n",
     "domsec.toml:2:24: MaxInboundConnection: \"many\" is not a limit; write a whole number or "
     "\"unlimited\""},
    {"[[ReceiveConnector]]\nMaxHopCount = 501\n",
     "domsec.toml:2:15: MaxHopCount: 501 is out of range; write a number from 1 to 500"},
    {"[[ReceiveConnector]]\nBanner = \"220 a\\r\\n250 b\"\n",
     "domsec.toml:2:10: Banner holds a control character; write plain text on one line"},
    {"[[ReceiveConnector]]\nTarpitInterval = \"01:00:00\"\n",
     "domsec.toml:2:18: TarpitInterval: \"01:00:00\" is out of range; write a time span from 00:00:00 "
     "to 00:10:00"},
    {"[[ReceiveConnector]]\nName = \"P\"\n[[ReceiveConnector]]\nName = \"p\"\n",
     "domsec.toml:3:1: ReceiveConnector \"p\" has the name of the one at line 1; give each a Name of "
     "its own"},
    {"[[SendConnector]]\nErrorPolicies = \"Default, Never\"\n",
     "domsec.toml:2:17: ErrorPolicies: \"Never\" is not a policy; write Default, DowngradeDnsFailures, "
     "DowngradeCustomFailures or UpgradeCustomFailures"},
    {"[[SendConnector]]\nSourceIPAddress = \"mail.contoso.com\"\n",
     "domsec.toml:2:19: SourceIPAddress: \"mail.contoso.com\" is not an address; write one such as 192.0.2.1"},
    {"[[ReceiveConnector]]\nRemoteIPRanges = [\"0.0.0.0-255.255.255.255\",\n  \"192.0.2.9-192.0.2.1\"]\n",
     "domsec.toml:3:3: RemoteIPRanges: \"192.0.2.9-192.0.2.1\" is not a range; write 192.0.2.1, 192.0.2.0/24 or "
     "192.0.2.1-192.0.2.9"},
    {"[[ReceiveConnector]]\nSizeEnabled = \"yes\"\n",
     "domsec.toml:2:15: SizeEnabled: \"yes\" is not a choice; write Enabled, Disabled or EnabledwithoutValue"},
    {"[[ReceiveConnector]]\nTlsDomainCapabilities = [\"contoso.com:AcceptAll\"]\n",
     "domsec.toml:2:26: TlsDomainCapabilities: \"contoso.com:AcceptAll\" is not a capability; write "
     "domain:Capability with AcceptCloudServicesMail, AcceptOorgProtocol or AcceptOorgHeader"},
    {"[[ReceiveConnector]]\nMaxLogonFailures = 11\n",
     "domsec.toml:2:20: MaxLogonFailures: 11 is out of range; write a number from 0 to 10"},
    {"[[InboundConnector]]\nTlsSenderCertificateName = \"mail.*.com\"\n",
     "domsec.toml:2:28: TlsSenderCertificateName: \"mail.*.com\" is not a domain; write contoso.com, or "
     "*.contoso.com for it and its sub-domains"},
    {"[[InboundConnector]]\nSenderIPAddresses = [\"192.0.2.0/23\"]\n",
     "domsec.toml:2:22: SenderIPAddresses: \"192.0.2.0/23\" is not an IPv4 address; write 192.0.2.1, or 192.0.2.0/24 "
     "with a prefix from /24 to /32"},
    {"[[OutboundConnector]]\nTlsSettings = \"Opportunistic\"\n",
     "domsec.toml:2:15: TlsSettings: \"Opportunistic\" is not a level; write EncryptionOnly, CertificateValidation or "
     "DomainValidation"},
    {"[AuthConfig]\nCurrentCertificateThumbprint = \"12\"\n",
     "domsec.toml:2:32: CurrentCertificateThumbprint: \"12\" is not a thumbprint; write its 40 hexadecimal digits"},
    {"[AuthConfig]\nNextCertificateEffectiveDate = \"tomorrow\"\n",
     "domsec.toml:2:32: NextCertificateEffectiveDate: \"tomorrow\" is not a time; write one such as "
     "2026-11-24T09:00:00Z"},
    {"[[Certificate]]\nKeyFile = \"k\"\n",
     "domsec.toml:1:1: [[Certificate]] names no certificate; add CertificateFile = \"...\", or "
     "PfxFile = \"...\""},
    {"[[Certificate]]\nPfxFile = \"c.pfx\"\nKeyFile = \"c.key\"\n",
     "domsec.toml:2:1: PfxFile brings certificate, key and chain; remove CertificateFile, KeyFile and "
     "ChainFile, or PfxFile"},
    {"[[Certificate]]\nCertificateFile = \"c\"\nServices = [\"XMPP\"]\n",
     "domsec.toml:3:13: Services: \"XMPP\" is not a service; write None, IIS, IMAP, POP, SMTP, UM, "
     "UMCallRouter or Federation"},
    {"[Revocation]\nMode = \"ocsp\"\n",
     "domsec.toml:2:8: Mode: \"ocsp\" is not a mode; write off, cached or fetch"},
    {"[Revocation]\nFail = \"softly\"\n",
     "domsec.toml:2:8: Fail: \"softly\" is not a way to fail; write hard or soft"},
    {"[Revocation]\nCrlFile = [\"a\"]\n",
     "domsec.toml:2:1: [Revocation] has no parameter \"CrlFile\"; did you mean CrlFiles?"},
    {"a.b.c.d.e.f.g.h.i.j = 1\n",
     "domsec.toml:1:18: the text nests deeper than any section does; remove the brackets or dots"},
};

}  // namespace domsec::exchange
