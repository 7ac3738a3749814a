// `domsec policy show|lint|explain`: the configuration in force, what is wrong with it, and why a given mail would or would
// not be domain secured. Nothing is sent and nobody is asked: configuration and certificate files are all that is read.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "domsec/pki/instant.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::cli {

enum class PolicyForm { text, json };
enum class FailOn { errors, warnings };   // --fail-on warn

struct PolicyOptions {
  std::string config = "domsec.toml";     // --config FILE
  PolicyForm form = PolicyForm::text;     // --json
  std::string connector;                  // show --connector NAME: R12's four columns of one send connector
  std::string address;                    // explain ADDRESS: user@domain, a domain, or <>
  std::string direction;                  // explain --direction send|receive; empty = both
  std::string certificate;                // explain --certificate FILE: the partner's, PEM
  policy::FailClosed fail_closed = policy::FailClosed::no;  // explain --fail-closed (D-2)
  FailOn fail_on = FailOn::errors;        // lint --fail-on warn
  std::optional<pki::Instant> at;         // at which certificates are judged; nothing = now
};

/// 0, or 2 when the configuration cannot be read or the connector does not exist.
int run_policy_show(const PolicyOptions& options, std::ostream& out, std::ostream& err);
/// 0 without a failing finding, else 2: own configuration wrong (findings 1.4).
int run_policy_lint(const PolicyOptions& options, std::ostream& out, std::ostream& err);
/// As lint, over the findings that concern the address.
int run_policy_explain(const PolicyOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
