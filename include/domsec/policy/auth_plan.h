// The change of the Auth certificate as a time line: what is to be done when, and what Exchange does by
// itself (seed 003; R53 to R57). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/policy/auth_findings.h"

namespace domsec::policy {

/// One hour more than the lead that is recommended, as the document has it.
constexpr std::chrono::hours auth_planned_lead{49};

struct AuthPlanStep {
  enum class Kind {
    generate,
    stage,
    deploy,     // the servicelet copies inside sites
    import,     // to another site, by hand
    effective,  // nothing happens by itself at that moment
    publish,    // the servicelet's run, or by hand
    event,      // 2014
    recycle,    // application pools that cache the reference
    hybrid,     // the Hybrid Configuration Wizard
    clear,
    restart,  // the service host, whose start is a run
    expires,  // the current certificate
  };
  Kind kind;
  pki::Instant at;
  std::optional<pki::Instant> until;  // at the latest, where the moment is not known
  std::string what;                   // one sentence
  std::vector<std::string> commands;  // empty: nothing is typed
};
[[nodiscard]] std::string_view text(AuthPlanStep::Kind kind);

struct AuthPlan {
  enum class Kind {
    rotation,     // nothing is staged yet
    staged,       // what is still to come
    replacement,  // R55: current is missing or has expired
  };
  Kind kind = Kind::rotation;
  std::string reason;                    // one sentence
  std::optional<pki::Instant> due_from;  // rotation: when the thresholds ask for it, if they do not yet
  std::vector<Finding> findings;         // of the plan itself: too short a lead
  std::vector<AuthPlanStep> steps;       // in their order in time
};
[[nodiscard]] std::string_view text(AuthPlan::Kind kind);

struct AuthPlanConditions {
  std::optional<pki::Instant> service_start;  // of the service host; nothing: not known
  Hybrid hybrid = Hybrid::no;
};

/// From `state.at` on.
[[nodiscard]] AuthPlan auth_plan(const AuthState& state, const AuthPlanConditions& conditions);
/// R57: what is to be done when another certificate signs.
[[nodiscard]] std::vector<AuthPlanStep> auth_reminders(pki::Instant published, Hybrid hybrid);

}  // namespace domsec::policy
