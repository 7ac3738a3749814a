// `domsec cert`: what a certificate says and what its chain is worth, from a file or as a mail server
// presents it.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/options.h"

namespace domsec::cli {

enum class CertForm { text, json, pem };
/// only_shown: a chain that is not trusted is shown and no failure.
enum class CertDemand { only_shown, trusted };

struct CertShowOptions {
  EndOptions end;                    // roots, pass-phrase of a PKCS#12 file, network, lab
  std::vector<std::string> targets;  // FILE, smtp://host[:port], smtps://host[:port], host:port, domain
  std::string purpose;               // --purpose server|client|any; empty: server for a host, any for a file
  std::string sni;                   // --sni NAME|none
  std::string at;                    // --at TIME; empty = now
  CertForm form = CertForm::text;    // --json, --pem
  CertDemand demand = CertDemand::only_shown;  // --verify
};

/// 0 shown, 1 with --verify a chain is not trusted, 3 no host showed a chain; of several targets the worst.
/// Throws UsageError and pki::BundleError.
int run_cert_show(const CertShowOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
