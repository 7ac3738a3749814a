#include "domsec/cli/cert_select.h"

#include <algorithm>
#include <ostream>

#include "certificate_choice.h"
#include "domsec/cli/clock.h"
#include "domsec/exchange/organisation.h"
#include "policy_store.h"

namespace domsec::cli {

namespace {

constexpr int own_configuration_wrong = 2;

template <typename Connector>
CertificateChoice choose(policy::Role role, const Connector& connector,
                         const exchange::Organisation& organisation,
                         const std::vector<policy::StoredCertificate>& store, pki::Instant at) {
  CertificateChoice choice{role, connector.name, connector.origin, {}, {}, {}, {}};
  const std::optional<smtp::Domain>& fqdn = organisation.fqdn_of(connector);
  choice.selection = policy::select_certificate(store, connector.tls_certificate_name, fqdn, at);
  choice.reason = choice.selection.reason;
  if (!connector.tls_certificate_name && !fqdn) return choice;
  choice.by = connector.tls_certificate_name ? "TlsCertificateName" : connector.fqdn ? "Fqdn" : "ServerFqdn";
  choice.by_origin =
      choice.by == "ServerFqdn" ? organisation.origins.of(choice.by) : connector.origins.of(choice.by);
  return choice;
}

CertificateChoice without_tls(policy::Role role, const std::string& name, const exchange::Origin& origin,
                              std::string why) {
  return {role, name, origin, {}, {}, {}, std::move(why)};
}

bool asked(const CertSelectOptions& options, std::string_view direction, const std::string& name,
           bool enabled) {
  if (!options.direction.empty() && options.direction != direction) return false;
  return options.connector.empty() ? enabled : exchange::same_word(options.connector, name);
}

std::vector<CertificateChoice> choices(const CertSelectOptions& options,
                                       const exchange::Organisation& organisation,
                                       const std::vector<policy::StoredCertificate>& store, pki::Instant at) {
  std::vector<CertificateChoice> all;
  for (const exchange::SendConnector& c : organisation.send_connectors) {
    if (!asked(options, "send", c.name, c.enabled)) continue;
    const bool tls = !*c.ignore_starttls && !*c.force_helo;
    all.push_back(tls ? choose(policy::Role::send, c, organisation, store, at)
                      : without_tls(policy::Role::send, c.name, c.origin,
                                    "no certificate is looked for: TLS is not tried"));
  }
  for (const exchange::ReceiveConnector& c : organisation.receive_connectors) {
    if (!asked(options, "receive", c.name, c.enabled)) continue;
    all.push_back(
        c.auth_mechanism->tls
            ? choose(policy::Role::receive, c, organisation, store, at)
            : without_tls(policy::Role::receive, c.name, c.origin,
                          "no certificate is looked for: AuthMechanism lacks Tls, STARTTLS is not offered"));
  }
  return all;
}

bool works(const CertificateChoice& choice) {
  if (choice.by.empty()) return choice.reason.starts_with("no certificate is looked for");
  return choice.selection.chosen &&
         std::none_of(
             choice.selection.findings.begin(), choice.selection.findings.end(),
             [](const policy::Finding& finding) { return finding.severity == finding::Severity::fails; });
}

void write_text(const CertificateChoice& choice, const std::vector<policy::StoredCertificate>& store,
                std::ostream& out) {
  const policy::Selection& selection = choice.selection;
  out << policy::text(choice.role) << " connector " << choice.connector << " (" << choice.origin.text()
      << ")";
  if (!choice.by.empty()) {
    out << " looks for " << selection.searched_for << " (" << choice.by << ", " << choice.by_origin.text()
        << ")";
  }
  out << '\n';
  std::size_t place = 0;
  for (const std::size_t index : selection.order) {
    const policy::Candidate& candidate = selection.candidates[index];
    const policy::StoredCertificate& stored = store[index];
    const bool chosen = selection.chosen == index;
    ++place;
    out << "  " << place << (place < 10 ? "  " : " ") << (chosen ? "presented  " : "not        ")
        << (stored.name.empty() ? stored.certificate->subject : stored.name) << "  "
        << stored.certificate->thumbprint << '\n'
        << "                " << candidate.why << (candidate.lost.empty() ? "" : ", but " + candidate.lost)
        << '\n';
  }
  out << "  " << choice.reason << '\n';
  for (const policy::Finding& finding : selection.findings) {
    out << "  " << finding::name(finding.code) << ' ' << finding::slug(finding.code) << ": " << finding.detail
        << '\n';
  }
}

}  // namespace

int run_cert_select(const CertSelectOptions& options, std::ostream& out, std::ostream& err) {
  try {
    const exchange::Organisation organisation = exchange::read_toml(options.config);
    const CertificateStore store = load_certificates(organisation);
    for (const policy::LintFinding& trouble : store.findings) {
      err << trouble.origin.text() << ": " << trouble.finding.detail << '\n';
    }
    const pki::Instant at = options.at.value_or(now());
    const std::vector<CertificateChoice> all = choices(options, organisation, store.certificates, at);
    if (all.empty()) {
      err << options.config << ": "
          << (options.connector.empty()
                  ? "no connector is enabled; add one or set Enabled"
                  : "no connector is called '" + options.connector + "'; domsec policy show lists them")
          << '\n';
      return own_configuration_wrong;
    }
    const int code = std::all_of(all.begin(), all.end(), works) ? 0 : own_configuration_wrong;
    if (options.form == SelectForm::json) {
      out << json_of(all, store.certificates, code) << '\n';
    } else {
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) out << '\n';
        write_text(all[i], store.certificates, out);
      }
    }
    return code;
  } catch (const exchange::ConfigError& error) {
    err << error.what() << '\n';
    return own_configuration_wrong;
  }
}

}  // namespace domsec::cli
