// A request for a verification in words, as the batch and the command line both give it, and what policy is
// asked then. Not here: JSON (verify_path_json.h), files and flags (verify_command.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domsec/policy/verification.h"

namespace domsec::cli {

/// A word that is none of those that may stand there; one sentence that names them.
class BadWord : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Empty and absent words mean the default.
struct VerificationRequest {
  pki::CertificatePtr leaf;
  pki::Chain intermediates;  // in any order
  pki::Chain trust;
  std::vector<pki::CrlCandidate> lists;
  std::vector<std::pair<std::string, std::string>> names;  // kind, value
  std::string time;                                        // RFC 3339
  std::string purpose;                                     // server, client, any
  std::string profile;                                     // strict
  std::string crl_check;                                   // none, leaf, chain
  std::string crl_unknown;                                 // deny, allow
  std::string crl_expiry;                                  // enforce, ignore
  std::optional<std::int64_t> max_depth;
  std::optional<std::int64_t> max_crl_age;  // seconds since thisUpdate
  std::optional<std::int64_t> security_level;
  bool cn_fallback = false;
  pki::PolicyInput policy;
  std::vector<std::string> key_usage;  // digitalSignature …
};

/// Throws BadWord.
[[nodiscard]] policy::VerificationInput verification_input(const VerificationRequest& request);

}  // namespace domsec::cli
