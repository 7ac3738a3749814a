// `domsec crl`: what a revocation list says, where it comes from, and what the lists say of a certificate.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/options.h"

namespace domsec::cli {

enum class CrlForm { text, json };

struct CrlOptions {
  EndOptions end;  // roots, lists, cache, network
  std::vector<std::string>
      targets;  // show: FILE or URI; fetch: URI or certificate file; check: certificate files
  std::vector<std::string> issuers;  // check --issuer FILE: trusted for this
  std::vector<std::string> chains;   // check --chain FILE
  std::string at;                    // --at TIME; empty = now
  CrlForm form = CrlForm::text;      // --json
};

/// Each: 0, or 3 when a list cannot be had. Throws UsageError and pki::BundleError.
int run_crl_show(const CrlOptions& options, std::ostream& out);
int run_crl_fetch(const CrlOptions& options, std::ostream& out);
/// 0 when nothing below the anchor is revoked, 1 when something is, 3 when a state cannot be told and
/// --crl-fail is hard.
int run_crl_check(const CrlOptions& options, std::ostream& out);
int run_crl_cache_ls(const CrlOptions& options, std::ostream& out);
int run_crl_cache_clear(const CrlOptions& options, std::ostream& out);

/// $XDG_CACHE_HOME/domsec/crl, or ~/.cache/domsec/crl; empty when there is no home.
[[nodiscard]] std::string default_crl_cache();

}  // namespace domsec::cli
