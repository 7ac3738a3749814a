// Configuration rules before any session: SC-1 … SC-11, RC-1 … RC-11, those of Exchange Online's connectors (IC-n, OC-n:
// numbers of ours), hybrid send connectors, one-sided partners (D-3), inert lists (R5, R6, R30). The parameter tables
// already refuse SC-10 (`*` in a list), RC-1 (None in company) and values out of their ranges.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/policy/certificate_selection.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

/// A finding with its place, `domsec.toml:12`, and what mends it.
struct LintFinding {
  Finding finding;
  std::string rule;                 // `SC-1`
  exchange::Origin origin;
  std::string parameter{};          // whose value breaks the rule: `RequireTLS`; empty where none does alone
  std::string value{};              // as it is shown: `$false`, `"DomainValidation"`
  std::string repair{};             // the command of domsec shell that mends it; empty where no single one does
};

/// What each connector breaks by itself or beside another one; the lists are not looked at.
[[nodiscard]] std::vector<LintFinding> lint_connectors(const exchange::Organisation& organisation);
[[nodiscard]] std::vector<LintFinding> lint(const exchange::Organisation& organisation);
/// Also what the connectors would present at `at`: own certificate missing or unusable (DS21x), self-signed
/// (DS606, R40), names (DS607, R39).
[[nodiscard]] std::vector<LintFinding> lint(const exchange::Organisation& organisation,
                                            const std::vector<StoredCertificate>& store, pki::Instant at);

/// The command that makes the connector secure listed domains (R5, R6); empty when it does.
[[nodiscard]] std::string securing_command(const exchange::SendConnector& connector);
[[nodiscard]] std::string securing_command(const exchange::ReceiveConnector& connector);
enum class ListChange { add, remove };
/// `Set-TransportConfig -TLSSendDomainSecureList @{Add='woodgrovebank.com'}`.
[[nodiscard]] std::string list_command(const exchange::DomainSecureList& list, ListChange change, const smtp::Domain& domain);

}  // namespace domsec::policy
