// Flags that several subcommands share, a group each. Private to cli/.
#pragma once

#include "domsec/cli/options.h"

namespace CLI {
class App;
}

namespace domsec::cli {

void add_roots(CLI::App& sub, EndOptions& end);       // --ca, --system-ca
void add_revocation(CLI::App& sub, EndOptions& end);  // --crl, --crl-file, --crl-fail, --crl-cache, --aia
void add_issuers(CLI::App& sub, EndOptions& end);     // --aia
void add_http_proxy(CLI::App& sub, std::string& proxy);  // --http-proxy
void add_network(CLI::App& sub, EndOptions& end);     // --timeout, --dns, --resolve, --http-proxy, -4, -6
void add_store(CLI::App& sub, SendOptions& options);   // --store
void add_role(CLI::App& sub, SendOptions& options);    // --role
/// The sending side without what a single run adds: own end, output, policy, the way to the partner.
void add_way(CLI::App& sub, SendOptions& options);
/// RFC 3339; anything else is a UsageError. `at` lives as long as `sub`.
void add_time(CLI::App& sub, const char* flag, std::optional<pki::Instant>& at, const char* about);
/// Every long flag that has been added may come from the environment: DOMSEC_CRL_FAIL for --crl-fail.
void add_environment(CLI::App& sub);

}  // namespace domsec::cli
