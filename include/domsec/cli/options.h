// The flags that check, send and serve share, as plain values, and what they make of the configuration: flags override
// the file. Nothing here reads a clock or prints; http_proxy and no_proxy are read from the environment.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/session/edge.h"

namespace domsec::cli {

/// A flag that cannot be used as it is: one sentence with the remedy. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Own identity, trust, revocation, names: both roles.
struct EndOptions {
  std::string config;                    // --config FILE
  std::string lab_state;                 // --lab DIR: where a running lab is looked for
  std::string certificate;               // --cert
  std::string key;                       // --key
  std::string chain;                     // --chain
  std::string pfx;                       // --pfx
  std::string key_pass_file;             // --key-pass-file
  std::vector<std::string> roots;        // --ca FILE|DIR, replaces the system store
  bool system_roots = false;             // --system-ca adds it
  std::string crl;                       // --crl off|cached|fetch
  std::vector<std::string> crl_files;    // --crl-file
  std::string crl_fail;                  // --crl-fail hard|soft
  std::string crl_cache;                 // --crl-cache DIR
  std::string aia;                       // --aia off|fetch
  std::string name_match;                // --name-match exact|subdomains
  bool wildcard_apex = false;            // --wildcard-apex
  bool strict_eku = false;               // --strict-eku
  std::string key_decoding = "direct";   // --key-decoding
  std::string verdict_cache = "on";      // --verdict-cache
  std::string profile;                   // --profile
  std::string helo;                      // --helo
  std::string dns;                       // --dns ADDR[:PORT]
  std::vector<std::string> resolve;      // --resolve HOST:ADDRESS
  bool only_ipv4 = false;                // -4
  bool only_ipv6 = false;                // -6
  std::string http_proxy;                // --http-proxy http://HOST:PORT|none
  double timeout_seconds = 0;            // --timeout, 0 = the defaults of each phase
};

/// Where results go.
struct OutputOptions {
  int verbosity = 0;                     // -v, -vv
  bool quiet = false;                    // -q
  bool json = false;                     // --json: one document on stdout
  bool ndjson = false;                   // --ndjson: one object per event and session on stdout
  std::string json_file;                 // --json-file
  std::string session_file;              // --log-json FILE: one object per session, appended
  std::string log_directory;             // --log-dir DIR: Exchange protocol log
  std::string transcript_file;           // --transcript FILE: swaks marks
  std::string color = "auto";            // --color auto|always|never
  std::vector<std::string> fail_on;      // --fail-on fail|warn|inconclusive
  std::string exit_style = "domsec";     // --exit-style domsec|nagios
};

/// The sending side's own flags.
struct SendOptions {
  EndOptions end;
  OutputOptions output;
  std::vector<std::string> targets;      // domain, host:port, [address]:port, smtp://, smtps://, user@domain
  std::string require;                   // --require none|tls|server|mutual
  bool fail_closed = false;              // --fail-closed
  std::string connect;                   // --connect HOST:PORT
  std::string verify_name;               // --verify-name NAME
  std::string names;                     // --names domain|mx|fqdn
  std::string sni;                       // --sni NAME|none
  std::string connector;                 // --connector NAME
  std::string until;                     // --until STAGE
  std::string mx;                        // --mx N|all
  bool try_plaintext = false;            // --try-plaintext, check
  std::size_t budget = 32;               // --budget
  std::string from;                      // --from
  std::vector<std::string> to;           // --to
  std::string data_file;                 // --data FILE|-
  std::string subject;                   // --subject
  bool queue = false;                    // --queue, send
  std::string store;                     // --store FILE
  std::string role = "mailbox";          // --role mailbox|edge
};

/// The receiving side's own flags.
struct ServeOptions {
  EndOptions end;
  OutputOptions output;
  std::vector<std::string> listen;       // --listen ADDRESS:PORT
  std::vector<std::string> domain_secure;  // --domain-secure DOMAIN: adds to TLSReceiveDomainSecureList
  std::vector<std::string> accept;       // --accept DOMAIN
  std::string spool;                     // --spool DIR
  std::string client_certificate = "request";  // --client-cert request|require-421|require-alert
  std::string ocsp_response;             // --ocsp-response FILE
  bool permanent = false;                // --permanent
  std::string match;                     // --match p1|p2; empty = as configured
  bool implicit_tls = false;             // --tls-on-connect
  std::size_t count = 0;                 // --count N: end after N sessions
};

/// Throws UsageError with the words when `value` is neither empty nor one of them.
void check_word(const std::string& value, std::initializer_list<std::string_view> words, const char* name);
/// The certificate of --cert or --pfx; null when neither is given. Throws pki::BundleError.
[[nodiscard]] pki::CertificatePtr given_certificate(const EndOptions& options);
/// The machine's own name, or localhost.localdomain.
[[nodiscard]] smtp::Domain machine_name();
/// Reads the configuration file (or starts from an empty organisation) and lets the flags override it.
[[nodiscard]] exchange::Organisation organisation_of(const EndOptions& options);
/// Time-outs, resolver, deviations from the flags; the clock is the caller's.
[[nodiscard]] session::EdgeSettings edge_settings_of(const EndOptions& options);

/// What a TARGET means.
struct TargetText {
  std::optional<smtp::Domain> domain;    // the partner whose mail it is; the host itself for host:port
  std::string host;                      // empty: MX of the domain
  std::uint16_t port = 25;
  bool implicit_tls = false;
};
[[nodiscard]] TargetText read_target(const std::string& text);

/// `HOST:PORT`, `[ADDRESS]:PORT`, PORT may be left out.
[[nodiscard]] std::pair<std::string, std::uint16_t> read_host_port(const std::string& text, std::uint16_t port);
/// `ADDRESS:PORT` to listen on, the address numeric, the port 25 when it is left out and a free one when it is 0.
[[nodiscard]] net::Endpoint read_listen(const std::string& text);
/// RFC 5321 steps by name: greeting, ehlo, starttls, tls, ehlo2, mail, rcpt, data, dot.
[[nodiscard]] policy::Step read_stage(const std::string& text);

}  // namespace domsec::cli
