// What Microsoft's script MonitorExchangeAuthCertificate would do (spec exchange 8.6), by its thresholds.
#include <algorithm>

#include "domsec/policy/auth_findings.h"

namespace domsec::policy {
namespace {

using Action = MonitorAdvice::Action;

/// Of the certificate that any server has; -1 when none has or it has expired.
int days_of(const AuthState& state, AuthRole role) {
  for (const AuthServer& server : state.servers) {
    if (!server.of(role)) continue;
    const pki::Instant end = server.of(role)->certificate->not_after;
    return end < state.at ? -1 : days_left(end, state.at);
  }
  return -1;
}

bool lacks(const AuthState& state, AuthRole role) {
  return !thumbprint_of(state.config, role).empty() &&
         std::any_of(state.servers.begin(), state.servers.end(),
                     [role](const AuthServer& server) { return !server.of(role); });
}

Action action_of(const AuthState& state) {
  const int current = days_of(state, AuthRole::current);
  const int next = days_of(state, AuthRole::next);
  const bool current_lacks = lacks(state, AuthRole::current);
  const bool next_lacks = lacks(state, AuthRole::next);
  if (current < 0) return Action::replace_current;
  if (current <= current_due_days && next <= next_due_days && !current_lacks && !next_lacks) {
    return Action::configure_next;
  }
  if (current_lacks) return Action::import_current;
  return next_lacks ? Action::import_next : Action::none;
}

}  // namespace

int enable_days_in_future(int current_days_left) {
  constexpr int usual = 30;
  if (current_days_left >= usual + 2) return usual;
  if (current_days_left > 4) return 4;
  return current_days_left > 2 ? 2 : 0;
}

MonitorAdvice monitor_advice(const AuthState& state, Hybrid hybrid) {
  MonitorAdvice advice;
  advice.action = action_of(state);
  const bool changes = advice.action == Action::replace_current || advice.action == Action::configure_next;
  advice.stops_for_hybrid = changes && hybrid == Hybrid::yes;
  if (advice.action == Action::configure_next) {
    advice.enable_days_in_future = enable_days_in_future(days_of(state, AuthRole::current));
  }
  return advice;
}

std::string_view text(Action action) {
  switch (action) {
    case Action::none:
      return "nothing";
    case Action::replace_current:
      return "replace the current certificate";
    case Action::configure_next:
      return "configure the next certificate";
    case Action::import_current:
      return "import the current certificate where it is missing";
    case Action::import_next:
      return "import the next certificate where it is missing";
  }
  return "";
}

}  // namespace domsec::policy
