// Who presents which certificate, and which of several: the connectors, the services, the twins (R11, R38,
// R40, R42).
#include <algorithm>
#include <unordered_map>

#include "domsec/policy/connector_choice.h"
#include "domsec/policy/own_configuration.h"
#include "domsec/policy/tls_certificate_name.h"
#include "fitness_repairs.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

template <typename Connector>
PresentingConnector presenting_as(Role role, const Connector& connector,
                                  const exchange::Organisation& organisation) {
  PresentingConnector out;
  out.role = role;
  out.name = connector.name;
  out.fqdn = organisation.fqdn_of(connector);
  out.tls_certificate_name = connector.tls_certificate_name;
  out.domain_secure = *connector.domain_secure_enabled;
  out.origin = connector.origin;
  for (const char* parameter : {"Fqdn", "TlsCertificateName"}) {
    exchange::Origin origin = connector.origins.of(parameter);
    if (!origin.file.empty()) out.origin = std::move(origin);
  }
  return out;
}

std::string called(const StoredCertificate& stored) {
  return (stored.name.empty() ? stored.certificate->subject : stored.name) + " (" +
         stored.certificate->thumbprint + ")";
}

/// The newest wins: selection of spec exchange 2.3.
bool newer(const pki::Certificate& a, const pki::Certificate& b) {
  return std::tie(a.not_before, a.not_after) > std::tie(b.not_before, b.not_after);
}

bool names_it(const PresentingConnector& connector, const pki::Certificate& certificate) {
  return connector.tls_certificate_name && means(*connector.tls_certificate_name, certificate);
}

}  // namespace

std::string PresentingConnector::title() const {
  return (role == Role::send ? "SendConnector " : "ReceiveConnector ") + name;
}

PresentingConnector presenting(const exchange::SendConnector& connector,
                               const exchange::Organisation& organisation) {
  return presenting_as(Role::send, connector, organisation);
}

PresentingConnector presenting(const exchange::ReceiveConnector& connector,
                               const exchange::Organisation& organisation) {
  return presenting_as(Role::receive, connector, organisation);
}

std::vector<PresentingConnector> presenting_connectors(const exchange::Organisation& organisation) {
  std::vector<PresentingConnector> all;
  for (const exchange::SendConnector& connector : organisation.send_connectors) {
    if (connector.enabled && *connector.domain_secure_enabled)
      all.push_back(presenting(connector, organisation));
  }
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (offers_tls(connector)) all.push_back(presenting(connector, organisation));
  }
  return all;
}

std::vector<PresentingConnector> connectors_for(const smtp::Domain& partner,
                                                const exchange::Organisation& organisation) {
  std::vector<PresentingConnector> all;
  const PartnerConnectors connectors = connectors_of(partner, organisation);
  if (connectors.sending != nullptr) all.push_back(presenting(*connectors.sending, organisation));
  for (const exchange::ReceiveConnector* connector : connectors.receiving)
    all.push_back(presenting(*connector, organisation));
  return all;
}

Selection selection_for(const PresentingConnector& connector, const std::vector<StoredCertificate>& store,
                        pki::Instant at) {
  return select_certificate(store, connector.tls_certificate_name, connector.fqdn, at);
}

std::optional<LintFinding> self_signed_presented(const PresentingConnector& connector,
                                                 const StoredCertificate& chosen) {
  if (!connector.domain_secure || !chosen.certificate->self_signed) return std::nullopt;
  LintFinding found{
      own_configuration(Code::default_self_signed_used,
                        connector.title() +
                            " is domain-secure and would present the self-signed certificate " + chosen.name),
      "R40", connector.origin};
  found.repair = request_command(
      chosen.certificate->subject,
      connector.fqdn ? std::vector<std::string>{connector.fqdn->text()} : host_names(*chosen.certificate));
  return found;
}

std::optional<LintFinding> smtp_missing(const PresentingConnector& connector, const Candidate& candidate,
                                        const FitnessSubject& subject) {
  if (!candidate.name_matches || subject.stored.for_smtp) return std::nullopt;
  return weighed(fitness_finding(Code::own_cert_no_smtp, "R42", subject,
                                 connector.title() +
                                     " looks for it, and it is not enabled for SMTP: it is passed over, or "
                                     "the handshake fails",
                                 enable_repair(subject)),
                 Severity::warning);
}

std::vector<Twins> twins_of(const std::vector<StoredCertificate>& store) {
  std::unordered_map<std::string, Twins> groups;
  const auto key = [&](std::size_t i) {
    return store[i].certificate->issuer + '\n' + store[i].certificate->subject;
  };
  for (std::size_t i = 0; i < store.size(); ++i) {
    Twins& group = groups.try_emplace(key(i), Twins{i, 0}).first->second;
    ++group.count;
    if (newer(*store[i].certificate, *store[group.winner].certificate)) group.winner = i;
  }
  std::vector<Twins> out;
  for (std::size_t i = 0; i < store.size(); ++i) out.push_back(groups.at(key(i)));
  return out;
}

std::optional<LintFinding> twin_confusion(const std::vector<FitnessSubject>& subjects, std::size_t index,
                                          const Twins& twins,
                                          const std::vector<PresentingConnector>& connectors) {
  if (twins.count < 2) return std::nullopt;
  const FitnessSubject& subject = subjects[index];
  const auto by = std::ranges::find_if(
      connectors, [&](const PresentingConnector& one) { return names_it(one, *subject.stored.certificate); });
  const bool named = by != connectors.end();
  const bool wins = twins.winner == index;
  const std::string others =
      std::to_string(twins.count) + " certificates have its issuer and subject, and TlsCertificateName ";
  const std::string by_whom = named ? " (" + by->title() + ")" : "";
  std::string detail =
      wins ? others + "cannot tell them apart" + by_whom + ": this one is the newest and is taken"
           : others + "takes the newest" + by_whom + ": " + called(subjects[twins.winner].stored) +
                 ", never this one";
  LintFinding found = fitness_finding(Code::tls_certificate_name_invalid, "R38", subject, std::move(detail),
                                      wins ? "" : removal_repair(subject));
  return weighed(std::move(found), named ? Severity::warning : Severity::information);
}

}  // namespace domsec::policy
