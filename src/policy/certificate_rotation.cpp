#include "domsec/policy/certificate_rotation.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "connector_rules.h"

namespace domsec::policy {

namespace {

/// A way to a state, and what it cost. The cheaper one compares less; equal ones by the order of the steps.
struct Way {
  std::size_t interruptions = 0;
  std::vector<RotationStep> steps;
  RotationState state;

  bool operator<(const Way& other) const {
    const auto rank = [](const Way& way) { return std::make_tuple(way.interruptions, way.steps.size()); };
    if (rank(*this) != rank(other)) return rank(*this) < rank(other);
    return std::tie(steps, state) < std::tie(other.steps, other.state);
  }
};

bool named(const Rotation& rotation, const RotationState& state) {
  return state.named == NamedCertificate::today ||
         (rotation.same_names && state.named == NamedCertificate::tomorrow);
}

std::string naming(const std::optional<exchange::TlsCertificateName>& name) {
  return "-TlsCertificateName " +
         (name ? shell_literal(exchange::Value{name->text()}) : std::string("$null"));
}

std::string refused_removal(const Rotation& rotation, const RotationState& state) {
  if (state.removed) return "today's certificate is gone already";
  if (named(rotation, state)) {
    return rotation.same_names
               ? "TlsCertificateName means both certificates, for they have the same issuer and "
                 "subject: neither can be removed while a send connector has it (R48)"
               : "TlsCertificateName of a send connector is today's certificate (R48)";
  }
  return state.enabled ? "" : "no other certificate has the service SMTP yet (R48)";
}

}  // namespace

RotationState before(const Rotation& rotation) {
  RotationState state;
  state.partner_accepts = !rotation.partner_changes;
  state.named = rotation.by_name ? NamedCertificate::today : NamedCertificate::nothing;
  return state;
}

RotationState after(const Rotation& rotation) {
  return {true, rotation.by_name ? NamedCertificate::tomorrow : NamedCertificate::nothing, true, true, true};
}

std::string refusal(const Rotation& rotation, const RotationState& state, RotationStep step) {
  switch (step) {
    case RotationStep::partner_accepts:
      return state.partner_accepts ? "the partner has nothing to do" : "";
    case RotationStep::clear_name:
      return state.named == NamedCertificate::nothing ? "no connector has a TlsCertificateName" : "";
    case RotationStep::import:
      return state.imported ? "tomorrow's certificate is in the store already" : "";
    case RotationStep::enable:
      if (!state.imported) return "tomorrow's certificate is not in the store yet";
      return state.enabled ? "tomorrow's certificate has the service SMTP already" : "";
    case RotationStep::set_name:
      if (!rotation.by_name) return "connectors find their certificate by Fqdn";
      return state.named == NamedCertificate::tomorrow ||
                     (rotation.same_names && state.named == NamedCertificate::today)
                 ? "TlsCertificateName means tomorrow's certificate already"
                 : "";
    case RotationStep::remove:
      return refused_removal(rotation, state);
  }
  return {};
}

RotationState behind(RotationState state, RotationStep step) {
  switch (step) {
    case RotationStep::partner_accepts:
      state.partner_accepts = true;
      break;
    case RotationStep::clear_name:
      state.named = NamedCertificate::nothing;
      break;
    case RotationStep::import:
      state.imported = true;
      break;
    case RotationStep::enable:
      state.enabled = true;
      break;
    case RotationStep::set_name:
      state.named = NamedCertificate::tomorrow;
      break;
    case RotationStep::remove:
      state.removed = true;
      break;
  }
  return state;
}

std::vector<RotationStep> usual_order(const Rotation& rotation) {
  std::vector<RotationStep> steps{RotationStep::import, RotationStep::enable};
  if (rotation.by_name && !rotation.same_names) steps.push_back(RotationStep::set_name);
  steps.push_back(RotationStep::remove);
  if (rotation.partner_changes) steps.push_back(RotationStep::partner_accepts);
  return steps;
}

RotationOrder best_order(const Rotation& rotation, const MailFlows& flows) {
  const RotationState goal = after(rotation);
  std::map<RotationState, bool> known;
  const auto interrupted = [&](const RotationState& state) {
    const auto found = known.find(state);
    return !(found != known.end() ? found->second : known.emplace(state, flows(state)).first->second);
  };
  // Dijkstra's search; there are at most 2 * 3 * 2 * 2 * 2 states.
  std::set<Way> open;
  open.insert(Way{0, {}, before(rotation)});
  std::set<RotationState> closed;
  while (!open.empty()) {
    const Way way = *open.begin();
    open.erase(open.begin());
    if (way.state == goal) return {way.steps, way.interruptions};
    if (!closed.insert(way.state).second) continue;
    for (const RotationStep step : all_rotation_steps) {
      if (!refusal(rotation, way.state, step).empty()) continue;
      Way next = way;
      next.state = behind(way.state, step);
      next.steps.push_back(step);
      if (!closed.contains(next.state)) {
        next.interruptions += interrupted(next.state) ? 1 : 0;
        open.insert(std::move(next));
      }
    }
  }
  return {};  // not reached: every step can be taken in some order
}

std::string_view text(RotationStep step) {
  switch (step) {
    case RotationStep::partner_accepts:
      return "partner-accepts";
    case RotationStep::clear_name:
      return "clear-name";
    case RotationStep::import:
      return "import";
    case RotationStep::enable:
      return "enable";
    case RotationStep::set_name:
      return "set-name";
    case RotationStep::remove:
      return "remove";
  }
  return {};
}

std::string naming_command(const exchange::SendConnector& connector,
                           const std::optional<exchange::TlsCertificateName>& name) {
  return set_command("SendConnector", connector.name, naming(name));
}

std::string naming_command(const exchange::ReceiveConnector& connector,
                           const std::optional<exchange::TlsCertificateName>& name) {
  return set_command("ReceiveConnector", connector.name, naming(name));
}

}  // namespace domsec::policy
