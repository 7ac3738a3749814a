// The names of a certificate: which the connectors look for, which prove our domains, which nobody wants
// (R39; D-5). `policy lint` says the same of the configuration (certificate_lint.cpp).
#include <algorithm>
#include <set>

#include "domsec/pki/name_match.h"
#include "domsec/policy/own_configuration.h"
#include "fitness_repairs.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t most = 12;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
  return out;
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

/// The name of a host or a domain, also below a `*.`, as proof of a domain.
bool proves(const std::string& name, const smtp::Domain& domain) {
  const std::optional<smtp::Domain> named =
      smtp::Domain::parse(name.starts_with("*.") ? name.substr(2) : name);
  return named && (*named == domain || named->is_below(domain));
}

struct NameUse {
  std::vector<std::string> used;
  std::vector<std::string> unused;
};

/// A name is used when a connector looks for it, when it is an accepted domain, or when it alone stands for
/// one (D-5).
NameUse use_of(const std::vector<std::string>& names, const std::set<std::string>& wanted,
               std::span<const smtp::Domain> accepted_domains) {
  NameUse use;
  for (const std::string& name : names) {
    const auto covers = [&](const std::string& host) { return pki::covers_host(name, host); };
    const auto is_it = [&](const smtp::Domain& domain) { return covers(domain.text()); };
    const bool used = std::ranges::any_of(wanted, covers) || std::ranges::any_of(accepted_domains, is_it);
    (used ? use.used : use.unused).push_back(name);
  }
  if (use.used.empty()) return use;  // nobody presents it: it proves nothing
  for (const smtp::Domain& domain : accepted_domains) {
    const auto stands_for = [&](const std::string& name) { return proves(name, domain); };
    if (std::ranges::any_of(use.used, stands_for)) continue;
    const auto only = std::ranges::find_if(use.unused, stands_for);
    if (only == use.unused.end()) continue;
    use.used.push_back(*only);
    use.unused.erase(only);
  }
  return use;
}

}  // namespace

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
    for (const std::string& name : names)
      std::erase_if(missing, [&](const std::string& host) { return pki::covers_host(name, host); });
    for (std::string& name : use_of(names, wanted, accepted_domains).unused) unused.insert(std::move(name));
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
  std::set<std::string> wanted;
  for (const PresentingConnector& one : connectors) {
    if (one.fqdn) wanted.insert(one.fqdn->text());
  }
  const auto [used, unused] = use_of(host_names(*subject.stored.certificate), wanted, accepted_domains);
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
