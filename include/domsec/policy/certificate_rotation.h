// One certificate takes the place of another: which steps there are, when each can be taken (spec
// exchange 2.3, 8.3, 8.5; R21, R38, R48), and in which order no mail is lost. Pure: how mail fares between
// two steps comes from the caller, who has tried it (lab/rehearsal.h). The steps of Auth certificates are
// auth_rotation.h's.
#pragma once

#include <array>
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/organisation.h"

namespace domsec::policy {

/// In the order in which an administrator takes them.
enum class RotationStep {
  partner_accepts,  // the partner trusts what issued tomorrow's certificate, names its issuer, …
  clear_name,       // TlsCertificateName of the connectors is emptied: the Fqdn decides
  import,           // tomorrow's certificate is in the store, without a service
  enable,           // … and has the service SMTP
  set_name,         // TlsCertificateName of the connectors is tomorrow's issuer and subject
  remove,           // today's certificate is gone
};
inline constexpr std::array all_rotation_steps = {RotationStep::partner_accepts, RotationStep::clear_name,
                                                  RotationStep::import,          RotationStep::enable,
                                                  RotationStep::set_name,        RotationStep::remove};

/// What is known of the two certificates and of who uses them.
struct Rotation {
  bool same_names = false;       // both have the same issuer and subject: one TlsCertificateName means both
  bool by_name = false;          // connectors find today's by TlsCertificateName, not by Fqdn
  bool partner_changes = false;  // the partner has something to do, too
};

/// Which certificate TlsCertificateName means; `tomorrow` where both have the same names, too.
enum class NamedCertificate { nothing, today, tomorrow };

/// Between two steps, on one server.
struct RotationState {
  bool partner_accepts = false;
  NamedCertificate named = NamedCertificate::nothing;
  bool imported = false;
  bool enabled = false;
  bool removed = false;
  auto operator<=>(const RotationState&) const = default;
};

[[nodiscard]] RotationState before(const Rotation& rotation);
[[nodiscard]] RotationState after(const Rotation& rotation);

/// Why the step cannot be taken, in one sentence; empty when it can.
[[nodiscard]] std::string refusal(const Rotation& rotation, const RotationState& state, RotationStep step);
/// The state behind a step that can be taken.
[[nodiscard]] RotationState behind(RotationState state, RotationStep step);

/// Import, enable, name, remove: what documents say and most people do. A step that has nothing to do is left
/// out; one that will be refused is in it.
[[nodiscard]] std::vector<RotationStep> usual_order(const Rotation& rotation);

/// Does mail flow in this state, in both directions? Asked once for each state.
using MailFlows = std::function<bool(const RotationState& state)>;

struct RotationOrder {
  std::vector<RotationStep> steps;  // from before() to after()
  std::size_t interruptions = 0;    // states behind a step in which mail does not flow
};

/// The order with the fewest interruptions, and of those the shortest.
[[nodiscard]] RotationOrder best_order(const Rotation& rotation, const MailFlows& flows);

[[nodiscard]] std::string_view text(RotationStep step);  // `import`, `set-name`

/// `Set-SendConnector Internet -TlsCertificateName '<I>…<S>…'`; `$null` for nothing.
[[nodiscard]] std::string naming_command(const exchange::SendConnector& connector,
                                         const std::optional<exchange::TlsCertificateName>& name);
[[nodiscard]] std::string naming_command(const exchange::ReceiveConnector& connector,
                                         const std::optional<exchange::TlsCertificateName>& name);

}  // namespace domsec::policy
