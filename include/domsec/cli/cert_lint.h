// `domsec cert lint`: are the own certificates fit for the connectors, for a partner, for what they are
// assigned to? Those of the configuration, of the store, and of files that are not in either yet. Asked are
// the distribution points of revocation lists.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/cli/policy.h"

namespace domsec::cli {

struct CertLintOptions {
  std::vector<std::string> files;   // FILE…; none = the configuration's and the store's
  std::string key;                  // --key FILE, of the only FILE
  std::string key_pass_file;        // --key-pass-file
  std::string config;               // --config FILE; empty = domsec.toml of this directory, if there is one
  std::string store;                // --store FILE, instead of the configuration's Store
  std::string connector;            // --connector NAME
  std::string partner;              // --partner DOMAIN
  std::string profile = "all";      // --profile
  std::vector<std::string> roots;   // --ca FILE|DIR, instead of TrustedRoots
  std::string crl;                  // --crl off|cached|fetch; empty = as configured, off with --at
  std::string crl_cache;            // --crl-cache DIR
  std::string http_proxy;           // --http-proxy
  double timeout_seconds = 5;       // --timeout, of each question to the network
  FailOn fail_on = FailOn::errors;  // --fail-on warn
  std::optional<pki::Instant> at;   // --at TIME; nothing = now
  PolicyForm form = PolicyForm::text;  // --json
};

/// 0 when nothing is red, 2 when something of our own is, 3 when only a revocation list cannot be had. Throws
/// UsageError, exchange::ConfigError, pki::BundleError and store::StoreError.
int run_cert_lint(const CertLintOptions& options, std::ostream& out);

}  // namespace domsec::cli
