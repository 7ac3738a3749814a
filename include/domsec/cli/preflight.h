// `domsec preflight DOMAIN…`: is everything in place on our side for mail both ways with this partner (R29,
// R49)? A checklist; the partner is not connected to. Asked are the name servers, the distribution points of
// our own chain, our own ports.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/cli/doctor.h"
#include "domsec/pki/instant.h"

namespace domsec::cli {

struct PreflightOptions {
  std::vector<std::string> partners;   // DOMAIN…
  std::string config = "domsec.toml";  // --config FILE
  std::string store;                   // --store FILE, instead of the configuration's Store
  std::string crl_cache;               // --crl-cache DIR
  std::string http_proxy;              // --http-proxy
  double timeout_seconds = 5;          // --timeout, of each question to the network
  std::optional<pki::Instant> at;      // --at TIME; nothing = now
  DoctorForm form = DoctorForm::text;  // --json
};

/// 0 without a FAIL, 2 when something of our own is at fault, else 3: the environment is. Throws UsageError,
/// exchange::ConfigError, pki::BundleError and store::StoreError.
int run_preflight(const PreflightOptions& options, std::ostream& out);

}  // namespace domsec::cli
