// `domsec cert rotate --rehearse`: the change of a certificate tried on loopback before it is done, step by
// step and Edge by Edge: which step interrupts mail, and the order that does not. Nothing of ours is changed,
// nobody outside is asked.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/instant.h"

namespace domsec::cli {

enum class RotateForm { text, json };

struct CertRotateOptions {
  std::vector<std::string> edges;  // --edge FILE, each an Edge's configuration; else --config
  std::string config = "domsec.toml";
  std::string today;          // --today THUMBPRINT; empty = what is presented to the partner now
  std::string tomorrow;       // --tomorrow FILE or THUMBPRINT
  std::string tomorrow_key;   // --tomorrow-key FILE; empty = in the same file
  std::string key_pass_file;  // --key-pass-file FILE
  std::string partner;        // --partner DOMAIN
  std::string our_domain;     // --our-domain DOMAIN; empty = the first of AcceptedDomains
  std::vector<std::string> partner_trusts;      // --partner-trusts FILE; none = what we trust
  std::vector<std::string> partner_will_trust;  // --partner-will-trust FILE; none = no change
  std::string partner_issuer;                   // --partner-issuer NAME
  std::string partner_will_issuer;              // --partner-will-issuer NAME
  std::string partner_name_match = "subdomains";
  std::string partner_profile = "exchange";
  std::string transcripts;         // --transcripts DIR
  std::optional<pki::Instant> at;  // --at TIME; nothing = now
  RotateForm form = RotateForm::text;
};

/// 0: there is an order in which mail never stops, and it flows at its end. Else 1 when it is the partner who
/// refuses, 2 when it is our own doing (or wrong input), of the first interruption of the best order.
/// Throws UsageError.
int run_cert_rotate(const CertRotateOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
