// `domsec verify`: path, names and revocation of one certificate from files, or with --batch the machine
// interface for conformance data. Not here: the judgement of any operation; each belongs to its layer.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/cli/options.h"
#include "domsec/pki/instant.h"

namespace domsec::cli {

/// JSON Lines in, one answer a line out. A request is an object with `id` and `op`; the answer repeats the id
/// and has `result` accept, reject or skip. What is no such object, or is longer than 64 MiB, is answered
/// with reject and reason `parse`. Returns the exit code.
int run_verify_batch(std::istream& in, std::ostream& out);

enum class VerifyForm { text, json };

/// Words as the batch has them; empty and absent mean the default.
struct VerifyOptions {
  std::string leaf;                            // --leaf FILE; its other certificates count as intermediates
  std::vector<std::string> intermediates;      // --intermediates FILE
  std::vector<std::string> trust;              // --trust FILE; without one the system's roots
  std::vector<std::string> lists;              // --crl FILE
  std::vector<std::string> names;              // --name dns:H|ip:A|email:M
  std::string time;                            // --time, default now
  std::string purpose;                         // --purpose server|client|any
  std::string profile;                         // --profile trust|strict
  std::string crl_check;                       // --crl-check none|leaf|chain
  std::string crl_unknown;                     // --crl-unknown deny|allow
  std::string crl_expiry;                      // --crl-expiry enforce|ignore
  std::optional<std::int64_t> max_crl_age;     // --max-crl-age SECONDS
  std::optional<std::int64_t> max_depth;       // --max-depth
  std::optional<std::int64_t> security_level;  // --security-level
  bool cn_fallback = false;                    // --cn-fallback
  std::vector<std::string> policies;           // --policy OID
  bool require_explicit_policy = false;
  bool inhibit_policy_mapping = false;
  bool inhibit_any_policy = false;
  std::vector<std::string> key_usage;  // --key-usage digitalSignature
  EndOptions end;                      // --aia, and how the network is asked then
  VerifyForm form = VerifyForm::text;  // --json
};

/// 0 accept, 1 reject. Throws pki::BundleError and UsageError for a file that cannot be read and for a word
/// that is none: exit code 2; with --json the answer has been written by then.
int run_verify(const VerifyOptions& options, pki::Instant now, std::ostream& out);

}  // namespace domsec::cli
