// What the certificates of the store add to the configuration rules: the certificate that each domain-secure
// connector would present (R11, R38, R40) and the names that are missing or unused (R39).
#include <algorithm>
#include <set>

#include "domsec/pki/name_match.h"
#include "domsec/policy/connector_lint.h"
#include "own_configuration.h"

namespace domsec::policy {

namespace {

using finding::Code;

/// Only a domain-secure send connector needs a certificate of its own.
bool presents(const exchange::SendConnector& connector) {
  return connector.enabled && *connector.domain_secure_enabled;
}
/// 4.1 step 1: without Tls no STARTTLS and no selection.
bool presents(const exchange::ReceiveConnector& connector) {
  return connector.enabled && connector.auth_mechanism->tls;
}

template <typename Connector>
exchange::Origin origin_of(const Connector& connector) {
  for (const char* parameter : {"TlsCertificateName", "Fqdn"}) {
    exchange::Origin origin = connector.origins.of(parameter);
    if (!origin.file.empty()) return origin;
  }
  return connector.origin;
}

template <typename Connector>
void lint_presented(const Connector& connector, const std::string& title,
                    const exchange::Organisation& organisation, const std::vector<StoredCertificate>& store,
                    pki::Instant at, std::vector<LintFinding>& all) {
  if (!presents(connector)) return;
  const Selection selection =
      select_certificate(store, connector.tls_certificate_name, organisation.fqdn_of(connector), at);
  const std::string rule = connector.tls_certificate_name ? "R38" : "R11";
  for (Finding finding : selection.findings) {
    finding.detail = title + ": " + finding.detail;
    all.push_back({std::move(finding), rule, origin_of(connector)});
  }
  if (*connector.domain_secure_enabled && selection.chosen &&
      store[*selection.chosen].certificate->self_signed) {
    all.push_back(
        {own_configuration(Code::default_self_signed_used,
                           title + " is domain-secure and would present the self-signed certificate " +
                               store[*selection.chosen].name),
         "R40", origin_of(connector)});
  }
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// Names that connectors look up by FQDN.
std::set<std::string> wanted_names(const exchange::Organisation& organisation) {
  std::set<std::string> names;
  const auto want = [&](const auto& connector) {
    const std::optional<smtp::Domain>& name = organisation.fqdn_of(connector);
    if (name && presents(connector) && !connector.tls_certificate_name) names.insert(name->text());
  };
  for (const auto& connector : organisation.send_connectors) want(connector);
  for (const auto& connector : organisation.receive_connectors) want(connector);
  return names;
}

/// R39: the smallest set of names for one certificate, beside what the issued SMTP certificates hold.
void lint_names(const exchange::Organisation& organisation, const std::vector<StoredCertificate>& store,
                std::vector<LintFinding>& all) {
  const std::set<std::string> wanted = wanted_names(organisation);
  std::set<std::string> missing = wanted;
  std::set<std::string> unused;
  for (const StoredCertificate& stored : store) {
    if (!stored.for_smtp || stored.certificate->self_signed) continue;
    std::vector<std::string> names = stored.certificate->dns_names;
    names.insert(names.end(), stored.certificate->common_names.begin(),
                 stored.certificate->common_names.end());
    for (const std::string& name : names) {
      const auto covers = [&name](const std::string& host) { return pki::covers_host(name, host); };
      if (std::none_of(wanted.begin(), wanted.end(), covers)) unused.insert(name);
      std::erase_if(missing, covers);
    }
  }
  if (wanted.empty() || store.empty() || (missing.empty() && unused.empty())) return;
  Finding advice = own_configuration(
      Code::san_set_advice, "the smallest set of names is " + joined(wanted) +
                                (missing.empty() ? "" : "; no issued certificate has " + joined(missing)) +
                                (unused.empty() ? "" : "; no connector uses " + joined(unused)));
  advice.who = Who::note;
  all.push_back({std::move(advice), "R39", organisation.origin});
}

}  // namespace

std::vector<LintFinding> lint(const exchange::Organisation& organisation,
                              const std::vector<StoredCertificate>& store, pki::Instant at) {
  std::vector<LintFinding> all = lint(organisation);
  for (const exchange::SendConnector& connector : organisation.send_connectors) {
    lint_presented(connector, "SendConnector " + connector.name, organisation, store, at, all);
  }
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    lint_presented(connector, "ReceiveConnector " + connector.name, organisation, store, at, all);
  }
  lint_names(organisation, store, all);
  return all;
}

}  // namespace domsec::policy
