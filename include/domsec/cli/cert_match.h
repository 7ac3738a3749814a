// `domsec cert match`: what each stack would make of a certificate, as a matrix certificate × role × stack.
// Nothing is sent and nobody is asked: certificate, root and revocation list files are all that is read.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/instant.h"

namespace domsec::cli {

enum class MatchForm { text, settings, json };

struct CertMatchOptions {
  std::vector<std::string> certificates;  // --cert FILE: leaf first, what is sent with it behind it
  std::string chain;                   // --chain FILE: intermediates that are sent with it; one --cert only
  std::vector<std::string> roots;      // --ca FILE; none = the system's
  std::vector<std::string> crl_files;  // --crl-file FILE; none = revocation is not asked about
  std::string name;                    // --name: whom it must prove to be; empty = no name is compared
  std::string name_match = "subdomains";  // --name-match, of Exchange's rules
  std::string role = "both";              // --role server|client|both
  std::string profile = "all";            // --profile
  std::vector<std::string> fail_on;       // --fail-on fail|warn|inconclusive
  std::optional<pki::Instant> at;         // --at; nothing = now
  MatchForm form = MatchForm::text;       // -v, --json
};

/// 0: no stack refuses any of them in a role that was asked about. 1: one does. --fail-on warn: 1 also for a
/// warning,
/// --fail-on inconclusive: 1 also where nothing is known. Throws UsageError and pki::BundleError.
int run_cert_match(const CertMatchOptions& options, std::ostream& out);

}  // namespace domsec::cli
