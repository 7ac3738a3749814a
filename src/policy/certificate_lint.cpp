// What the certificates of the store add to the configuration rules: the certificate that each domain-secure
// connector would present (R11, R38, R40) and the names that are missing or unused (R39). The rules are those
// of certificate_fitness.h.
#include "domsec/policy/certificate_fitness.h"

namespace domsec::policy {

namespace {

void lint_presented(const PresentingConnector& connector, const std::vector<StoredCertificate>& store,
                    pki::Instant at, std::vector<LintFinding>& all) {
  const Selection selection = selection_for(connector, store, at);
  for (Finding finding : selection.findings) {
    finding.detail = connector.title() + ": " + finding.detail;
    all.push_back({std::move(finding), connector.tls_certificate_name ? "R38" : "R11", connector.origin});
  }
  if (!selection.chosen) return;
  if (auto found = self_signed_presented(connector, store[*selection.chosen]))
    all.push_back(std::move(*found));
}

}  // namespace

std::vector<LintFinding> lint(const exchange::Organisation& organisation,
                              const std::vector<StoredCertificate>& store, pki::Instant at) {
  std::vector<LintFinding> all = lint(organisation);
  const std::vector<PresentingConnector> connectors = presenting_connectors(organisation);
  for (const PresentingConnector& connector : connectors) lint_presented(connector, store, at, all);
  if (store.empty()) return all;
  if (auto advice =
          name_set_advice(name_set(connectors, store, organisation.accepted_domains), organisation.origin))
    all.push_back(std::move(*advice));
  return all;
}

}  // namespace domsec::policy
