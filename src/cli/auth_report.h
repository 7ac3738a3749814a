// What `domsec auth` has to say, before it is text or JSON (schema domsec.auth/1).
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/auth.h"
#include "domsec/policy/auth_plan.h"
#include "domsec/policy/auth_servicelet.h"

namespace domsec::cli {

/// One or several runs of the servicelet that did the same.
struct AuthRuns {
  policy::ServiceletRun run;  // the first of them
  pki::Instant last;
  int count = 1;
  std::vector<policy::Replication> copied;  // before it
};

struct AuthReport {
  std::string verb;                             // `show`
  std::string config;                           // the file
  policy::AuthState state;                      // after what was done
  std::string done;                             // one sentence; empty: nothing was changed
  policy::MonitorAdvice monitor;                // show
  std::optional<policy::AuthPlan> plan;         // plan
  std::vector<AuthRuns> runs;                   // run
  std::optional<pki::Instant> next_run;         // run
  std::vector<policy::AuthPlanStep> reminders;  // after another certificate signs
  std::vector<policy::Finding> findings;
  int exit_code = 0;
};

/// `Valid`, `DateInvalid`, `not on this server`, `without its private key`.
[[nodiscard]] std::string status_of(const std::optional<policy::AuthCertificate>& certificate,
                                    pki::Instant at);

void write_auth_text(const AuthReport& report, std::ostream& out);
[[nodiscard]] std::string auth_json(const AuthReport& report);

}  // namespace domsec::cli
