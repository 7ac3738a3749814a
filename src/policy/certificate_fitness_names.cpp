// The certificate among the others and before the connectors: who presents it, whose names are missing, which
// twin wins (R11, R38-R40; D-5, D-7, D-8). `policy lint` says the same of the configuration
// (certificate_lint.cpp).
#include <algorithm>
#include <set>
#include <unordered_map>

#include "domsec/exchange/x500_name.h"
#include "domsec/pki/name_match.h"
#include "domsec/policy/connector_choice.h"
#include "fitness_repairs.h"
#include "own_configuration.h"

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

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t most = 12;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
  return out;
}

std::string called(const StoredCertificate& stored) {
  return (stored.name.empty() ? stored.certificate->subject : stored.name) + " (" +
         stored.certificate->thumbprint + ")";
}

std::vector<std::string> presented_names(const pki::Certificate& certificate) {
  std::vector<std::string> names = certificate.dns_names;
  names.insert(names.end(), certificate.common_names.begin(), certificate.common_names.end());
  return names;
}

/// `*.contoso.com` when every name is one label below the same parent.
std::string common_wildcard(const std::vector<std::string>& names) {
  std::string parent;
  for (const std::string& name : names) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos || name.find('.', dot + 1) == std::string::npos) return {};
    if (!parent.empty() && name.substr(dot) != parent) return {};
    parent = name.substr(dot);
  }
  return names.size() < 2 ? std::string() : "*" + parent;
}

/// The names that every host of `wanted` finds one of among those of the certificate.
bool covers_all(const std::vector<std::string>& names, const std::set<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const std::string& host) {
    return std::ranges::any_of(names, [&](const std::string& name) { return pki::covers_host(name, host); });
  });
}

enum class Proof { none, below, equal };

/// D-5: by an equal name for every partner, by a name below it for those who compare as Exchange does here.
Proof proof_of(const pki::Certificate& certificate, const smtp::Domain& domain) {
  const pki::NameMatch match = pki::match_name(certificate, pki::ReferenceId{domain.text(), false});
  if (!match.matches) return Proof::none;
  return match.other_mode_matches ? Proof::equal : Proof::below;
}

/// The newest wins: selection of spec exchange 2.3.
bool newer(const pki::Certificate& a, const pki::Certificate& b) {
  return std::tie(a.not_before, a.not_after) > std::tie(b.not_before, b.not_after);
}

bool names_it(const PresentingConnector& connector, const pki::Certificate& certificate) {
  return connector.tls_certificate_name &&
         exchange::same_x500_name(connector.tls_certificate_name->subject, certificate.subject) &&
         exchange::same_x500_name(connector.tls_certificate_name->issuer, certificate.issuer);
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
    if (connector.enabled && connector.auth_mechanism->tls)
      all.push_back(presenting(connector, organisation));
  }
  return all;
}

std::vector<PresentingConnector> connectors_for(const smtp::Domain& partner,
                                                const exchange::Organisation& organisation) {
  std::vector<PresentingConnector> all;
  const ConnectorChoice choice = choose_send_connector(organisation.send_connectors, partner);
  if (choice.connector != nullptr) all.push_back(presenting(*choice.connector, organisation));
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.enabled && connector.auth_mechanism->tls)
      all.push_back(presenting(connector, organisation));
  }
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

std::optional<LintFinding> domains_unproved(const PresentingConnector& connector,
                                            const FitnessSubject& chosen,
                                            std::span<const smtp::Domain> accepted_domains) {
  if (!connector.domain_secure) return std::nullopt;
  const pki::Certificate& own = *chosen.stored.certificate;
  std::vector<std::string> unproved;
  std::vector<std::string> below;
  for (const smtp::Domain& domain : accepted_domains) {
    const Proof proof = proof_of(own, domain);
    if (proof == Proof::none) unproved.push_back(domain.text());
    if (proof == Proof::below) below.push_back(domain.text());
  }
  if (unproved.empty() && below.empty()) return std::nullopt;
  const bool none = unproved.size() == accepted_domains.size();
  const std::vector<std::string>& concerned = unproved.empty() ? below : unproved;
  std::vector<std::string> names = host_names(own);
  names.insert(names.end(), concerned.begin(), concerned.end());
  LintFinding found = fitness_finding(
      Code::refused_host_mismatch, "D-5", chosen,
      connector.title() + " presents it, and " +
          (unproved.empty()
               ? "no name of it equals " + joined(below) + ": a partner with NameMatch exact refuses it"
               : "no name of it equals " + joined(unproved) +
                     " or lies below: a partner refuses it as proof of that domain"),
      request_command(own.subject, names));
  found.finding.level = Level::likely;
  return weighed(std::move(found), unproved.empty() ? Severity::information
                                   : none           ? Severity::fails
                                                    : Severity::warning);
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

NameSet name_set(const std::vector<PresentingConnector>& connectors,
                 const std::vector<StoredCertificate>& store,
                 std::span<const smtp::Domain> accepted_domains) {
  std::set<std::string> wanted;
  for (const PresentingConnector& connector : connectors) {
    if (connector.fqdn && !connector.tls_certificate_name) wanted.insert(connector.fqdn->text());
  }
  NameSet out;
  std::set<std::string> missing = wanted;
  std::set<std::string> unused;
  for (const StoredCertificate& stored : store) {
    if (!stored.for_smtp || stored.certificate->self_signed) continue;
    const std::vector<std::string> names = presented_names(*stored.certificate);
    out.together = out.together || covers_all(names, wanted);
    for (const std::string& name : names) {
      const auto covers = [&name](const std::string& host) { return pki::covers_host(name, host); };
      const bool proves = std::ranges::any_of(
          accepted_domains, [&](const smtp::Domain& domain) { return domain.text() == name; });
      if (!proves && std::ranges::none_of(wanted, covers)) unused.insert(name);
      std::erase_if(missing, covers);
    }
  }
  out.wanted.assign(wanted.begin(), wanted.end());
  out.missing.assign(missing.begin(), missing.end());
  out.unused.assign(unused.begin(), unused.end());
  out.wildcard = common_wildcard(out.wanted);
  return out;
}

std::optional<LintFinding> name_set_advice(const NameSet& names, const exchange::Origin& origin) {
  const bool scattered = !names.together && names.wanted.size() > 1;
  if (names.wanted.empty() || (names.missing.empty() && names.unused.empty() && !scattered))
    return std::nullopt;
  std::string detail = "the smallest set of names is " + joined(names.wanted);
  if (!names.missing.empty()) detail += "; no issued certificate has " + joined(names.missing);
  if (!names.unused.empty()) detail += "; no connector uses " + joined(names.unused);
  if (scattered) {
    detail += "; one certificate with all of them does for every connector";
    if (!names.wildcard.empty()) detail += ", and so does one with " + names.wildcard;
  }
  Finding advice = own_configuration(Code::san_set_advice, std::move(detail));
  advice.who = Who::note;
  LintFinding found{std::move(advice), "R39", origin};
  if (scattered || !names.missing.empty())
    found.repair = request_command("CN=" + names.wanted.front(), names.wanted);
  return found;
}

std::optional<LintFinding> names_unused(const FitnessSubject& subject,
                                        const std::vector<PresentingConnector>& connectors,
                                        std::span<const smtp::Domain> accepted_domains) {
  const bool other_services = subject.services && *subject.services != ServiceSet{Service::smtp};
  if (other_services || connectors.empty() || subject.stored.certificate->self_signed) return std::nullopt;
  std::vector<std::string> unused;
  std::vector<std::string> used;
  for (const std::string& name : host_names(*subject.stored.certificate)) {
    const bool by_connector = std::ranges::any_of(connectors, [&](const PresentingConnector& one) {
      return one.fqdn && pki::covers_host(name, one.fqdn->text());
    });
    const bool by_domain = std::ranges::any_of(
        accepted_domains, [&](const smtp::Domain& domain) { return name == domain.text(); });
    (by_connector || by_domain ? used : unused).push_back(name);
  }
  if (unused.empty()) return std::nullopt;
  LintFinding found =
      fitness_finding(Code::san_set_advice, "R39", subject,
                      used.empty() ? "no connector uses any of its names: " + joined(unused)
                                   : "no connector uses " + joined(unused) + "; " + joined(used) +
                                         (used.size() == 1 ? " does alone" : " do alone"),
                      "");
  found.finding.who = Who::note;
  return found;
}

}  // namespace domsec::policy
