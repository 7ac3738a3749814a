// One organisation as its configuration file describes it: transport configuration, connectors, certificates,
// partners' trust.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/auth_config.h"
#include "domsec/exchange/edge_subscription.h"
#include "domsec/exchange/online_connector.h"
#include "domsec/exchange/parameter.h"
#include "domsec/exchange/receive_connector.h"
#include "domsec/exchange/send_connector.h"
#include "domsec/exchange/transport_config.h"
#include "domsec/finding/profile.h"

namespace domsec::exchange {

/// A certificate of the server's personal store, as files; those of the store on disk are Organisation::store's.
struct CertificateFile {
  std::string certificate_file;
  std::string key_file;
  std::string chain_file;               // may be empty
  std::string pfx_file;                 // PKCS#12: certificate, key and chain in one; then the three above are empty
  std::string key_pass_file;            // may be empty
  std::vector<std::string> services;    // `SMTP`, …; empty = SMTP
  Origin origin;
  Origins origins{};
  /// The file that holds the certificate, for messages.
  [[nodiscard]] const std::string& name() const { return pfx_file.empty() ? certificate_file : pfx_file; }
};

struct RevocationSettings {
  std::string mode = "fetch";           // off | cached | fetch
  std::string fail = "hard";            // hard | soft (D-9)
  std::vector<std::string> crl_files;
  std::string cache_directory;
  std::string http_proxy;               // `http://host:port`, `none`; empty = as the environment says
  std::string aia = "off";              // off | fetch (D-21)
  Origins origins{};
};

struct Organisation {
  std::string name;                     // `Contoso`
  std::optional<smtp::Domain> server_fqdn;  // physical FQDN; the machine's when absent
  std::vector<smtp::Domain> accepted_domains;  // RCPT domains that are ours; empty = any
  TransportConfig transport_config;
  std::vector<SendConnector> send_connectors;
  std::vector<ReceiveConnector> receive_connectors;
  std::vector<InboundConnector> inbound_connectors;
  std::vector<OutboundConnector> outbound_connectors;
  AuthConfig auth_config;
  EdgeSubscription edge_subscription;            // of an Edge; empty in an organisation's file
  std::vector<CertificateFile> certificates;
  std::vector<std::string> trusted_root_files;   // files or directories; they replace the system store
  bool system_roots = false;
  RevocationSettings revocation;
  std::string name_match = "subdomains";         // exact | subdomains (D-5)
  std::string name_reference = "domain";         // domain | mx | fqdn: what a server's certificate must name
  std::string sender_match = "p1";               // p1 | p2: whose domain the receive list is asked about (D-4)
  bool wildcard_apex = false;
  bool strict_eku = false;                       // D-10
  finding::Profile profile = finding::Profile::exchange;
  std::vector<std::string> dns_servers;          // `127.0.0.1:5353`
  std::string spool;                             // accepted mail; empty = not stored
  std::string store;                             // state file whose certificates are ours, too; empty = none
  std::string um_startup_mode = "TCP";           // TCP | TLS | Dual: how UM and UMCallRouter start (SV-2)
  bool enable_ecc_certificate_support = false;   // services take certificates with an EC key (R37)
  Origin origin;
  bool use_downgraded_exchange_server_auth = false;  // the server's half of rule RC-10
  Origins origins{};

  /// The name that a connector goes by: its Fqdn, else the server's (spec exchange 4.1 step 2).
  template <typename Connector>
  [[nodiscard]] const std::optional<smtp::Domain>& fqdn_of(const Connector& connector) const {
    return connector.fqdn ? connector.fqdn : server_fqdn;
  }
};

/// Bad configuration: `file:line:column: sentence; remedy`.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads domsec.toml and the files that it includes (`Include = ["organisation.toml"]`, before the first section).
/// Unknown keys are errors with the nearest known key as a suggestion. Relative paths are relative to the file that holds
/// them.
[[nodiscard]] Organisation read_toml(const std::string& file);
[[nodiscard]] Organisation read_toml_text(std::string_view text, const std::string& file);

/// The tables of exchange/parameter.h.
template <>
const std::vector<Parameter<Organisation>>& parameters<Organisation>();
template <>
std::string_view object_name<Organisation>();
template <>
const std::vector<Parameter<TransportConfig>>& parameters<TransportConfig>();
template <>
std::string_view object_name<TransportConfig>();
template <>
const std::vector<Parameter<SendConnector>>& parameters<SendConnector>();
template <>
std::string_view object_name<SendConnector>();
template <>
const std::vector<Parameter<ReceiveConnector>>& parameters<ReceiveConnector>();
template <>
std::string_view object_name<ReceiveConnector>();
template <>
const std::vector<Parameter<InboundConnector>>& parameters<InboundConnector>();
template <>
std::string_view object_name<InboundConnector>();
template <>
const std::vector<Parameter<OutboundConnector>>& parameters<OutboundConnector>();
template <>
std::string_view object_name<OutboundConnector>();
template <>
const std::vector<Parameter<CertificateFile>>& parameters<CertificateFile>();
template <>
std::string_view object_name<CertificateFile>();
template <>
const std::vector<Parameter<AuthConfig>>& parameters<AuthConfig>();
template <>
std::string_view object_name<AuthConfig>();
template <>
const std::vector<Parameter<EdgeSubscription>>& parameters<EdgeSubscription>();
template <>
std::string_view object_name<EdgeSubscription>();
template <>
const std::vector<Parameter<RevocationSettings>>& parameters<RevocationSettings>();
template <>
std::string_view object_name<RevocationSettings>();

}  // namespace domsec::exchange
