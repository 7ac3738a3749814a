// `domsec auth`: the Auth certificate's life (seed 003; spec exchange 8.6): what is configured, staging,
// publishing, the time line of a change, and the servicelet on the clock that is given. State is the
// configuration's [AuthConfig], as with Set-AuthConfig of `domsec shell`; certificates are those of the
// store.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/policy/auth_findings.h"

namespace domsec::cli {

enum class AuthForm { text, json };
/// force: staged or published although it warns.
enum class AuthCaution { usual, force };

struct AuthOptions {
  std::string config = "domsec.toml";            // --config FILE
  std::string store;                             // --store FILE; empty = Store of the configuration
  std::vector<std::string> servers;              // --server NAME=STORE[@SITE]
  std::string site = "Default-First-Site-Name";  // --site NAME: this server's
  std::string thumbprint;                        // stage
  std::string effective = "+49h";                // stage --effective TIME|+49h
  std::optional<pki::Instant> at;                // --at TIME; nothing = now
  std::optional<pki::Instant> service_start;     // plan, run: --service-start TIME
  std::optional<pki::Instant> until;             // run: --until TIME
  policy::Hybrid hybrid = policy::Hybrid::no;    // --hybrid
  AuthCaution caution = AuthCaution::usual;      // --force
  AuthForm form = AuthForm::text;                // --json
};

/// 0, or 2 when a finding fails: a certificate is missing, has expired or cannot serve.
int run_auth_show(const AuthOptions& options, std::ostream& out, std::ostream& err);
/// 0 staged; 2 refused, and nothing is changed.
int run_auth_stage(const AuthOptions& options, std::ostream& out, std::ostream& err);
int run_auth_publish(const AuthOptions& options, std::ostream& out, std::ostream& err);
int run_auth_clear(const AuthOptions& options, std::ostream& out, std::ostream& err);
/// 0: a plan changes nothing.
int run_auth_plan(const AuthOptions& options, std::ostream& out, std::ostream& err);
/// As show, after the runs.
int run_auth_run(const AuthOptions& options, std::ostream& out, std::ostream& err);

/// `+49h`, `+3d`, or RFC 3339. Throws UsageError.
[[nodiscard]] pki::Instant read_effective(const std::string& text, pki::Instant at);

}  // namespace domsec::cli
