#include "preflight_checks.h"

#include <algorithm>

#include "domsec/policy/auth_findings.h"
#include "domsec/store/certificate_life.h"
#include "policy_explanation.h"

namespace domsec::cli {
namespace {

using Checks = std::vector<DoctorCheck>;

std::string noun(policy::Role role) {
  return role == policy::Role::send ? "SendConnector " : "ReceiveConnector ";
}

/// In single quotes where the shell would split it.
std::string identity(const std::string& name) {
  return name.find_first_of(" '") == std::string::npos ? name : "'" + name + "'";
}

/// The command for one condition that does not hold: the list's, else what secures the connector.
std::string remedy_for(const Conjunct& conjunct, const SideExplanation& side) {
  if (conjunct.name == "ForceHELO")
    return "Set-SendConnector " + identity(side.connector) + " -ForceHELO $false";
  const bool list = conjunct.name.ends_with("List");
  for (const std::string& command : side.changes) {
    if (command.starts_with("Set-TransportConfig") == list) return command;
  }
  return {};
}

DoctorCheck row(const Conjunct& conjunct, const SideExplanation& side, DoctorResult otherwise) {
  const bool list = conjunct.name.ends_with("List");
  DoctorCheck check{list ? "list" : "switch", conjunct.holds ? DoctorResult::ok : otherwise, {}};
  check.detail = (list ? std::string() : noun(side.role) + side.connector + ": ") + conjunct.name + " " +
                 conjunct.value + " (" + conjunct.origin.text() + ")";
  if (!conjunct.holds) check.remedy = remedy_for(conjunct, side);
  return check;
}

/// Spec exchange 3.1: it concerns NTLM after TLS. A connector for partners has none, and then it only
/// misleads (DS518).
DoctorCheck extended_protection(const exchange::ReceiveConnector& connector) {
  const bool none = connector.extended_protection_policy == exchange::ExtendedProtectionPolicy::none;
  DoctorCheck check{"switch", none ? DoctorResult::ok : DoctorResult::warn,
                    "ReceiveConnector " + connector.name + ": ExtendedProtectionPolicy " +
                        std::string(exchange::text(connector.extended_protection_policy))};
  if (!none)
    check.remedy = "Set-ReceiveConnector " + identity(connector.name) + " -ExtendedProtectionPolicy None";
  return check;
}

void add_send(const SideExplanation& side, Checks& all) {
  if (side.connector.empty()) {
    all.push_back(
        {"connector", DoctorResult::fail, "mail to him: " + side.connector_reason,
         "New-SendConnector Partner -Usage Partner -AddressSpaces DOMAIN -DomainSecureEnabled $true"});
  } else {
    all.push_back({"connector", DoctorResult::ok,
                   "SendConnector " + side.connector + " (" + side.connector_origin.text() +
                       ") takes mail to him: " + side.connector_reason});
  }
  for (const Conjunct& conjunct : side.conjuncts) all.push_back(row(conjunct, side, DoctorResult::fail));
}

void add_receive(const std::vector<SideExplanation>& sides, const exchange::Organisation& organisation,
                 Checks& all) {
  if (sides.empty()) {
    all.push_back({"connector", DoctorResult::fail, "mail from him: no receive connector is enabled",
                   "New-ReceiveConnector Partner -Usage Partner -Bindings 0.0.0.0:25 -RemoteIPRanges "
                   "0.0.0.0-255.255.255.255"});
    return;
  }
  all.push_back(
      row(sides.front().conjuncts.front(), sides.front(), DoctorResult::fail));  // the list is one for all
  const bool one_does = std::ranges::any_of(sides, [](const SideExplanation& side) {
    return std::all_of(side.conjuncts.begin() + 1, side.conjuncts.end(),
                       [](const Conjunct& one) { return one.holds; });
  });
  for (const SideExplanation& side : sides) {
    for (std::size_t i = 1; i < side.conjuncts.size(); ++i)
      all.push_back(row(side.conjuncts[i], side, one_does ? DoctorResult::warn : DoctorResult::fail));
  }
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.enabled) all.push_back(extended_protection(connector));
  }
}

DoctorResult result_of(policy::Colour colour) {
  switch (colour) {
    case policy::Colour::red:
      return DoctorResult::fail;
    case policy::Colour::yellow:
      return DoctorResult::warn;
    case policy::Colour::green:
      break;
  }
  return DoctorResult::ok;
}

DoctorCheck row(const char* name, const policy::Finding& finding, std::string remedy) {
  DoctorCheck check{name, result_of(policy::colour_of(finding.severity)),
                    std::string(finding::name(finding.code)) + " " +
                        std::string(finding::slug(finding.code)) + ": " + finding.detail,
                    std::move(remedy)};
  if (finding.who == policy::Who::env) check.fault = DoctorFault::environment;
  return check;
}

/// No connector's finding is green without being worth a look.
DoctorCheck row(const policy::LintFinding& found) {
  const std::string remedy =
      found.repair.empty() ? std::string(finding::row(found.finding.code).remedy) : found.repair;
  DoctorCheck check = row("certificate", found.finding, remedy);
  if (check.result == DoctorResult::ok) check.result = DoctorResult::warn;
  return check;
}

/// own-chain, own-crl and key-file are rows of their own.
bool has_own_row(const policy::LintFinding& found) {
  const bool lists = found.rule == "R22" && found.finding.code != finding::Code::crl_no_cdp;
  return found.rule == "R33" || lists || found.finding.code == finding::Code::key_file_exposed;
}

}  // namespace

Checks check_switches(const exchange::Organisation& organisation, const smtp::Domain& partner,
                      pki::Instant at) {
  ExplanationQuestion question;
  question.address = partner.text();
  question.domain = partner;
  question.at = at;
  const Explanation explanation = explain(organisation, {}, question);
  Checks all;
  std::vector<SideExplanation> receive;
  for (const SideExplanation& side : explanation.sides) {
    if (side.role == policy::Role::send) {
      add_send(side, all);
    } else {
      receive.push_back(side);
    }
  }
  add_receive(receive, organisation, all);
  return all;
}

DoctorCheck check_subscription(const exchange::Organisation& edge) {
  const std::string& organisation = edge.edge_subscription.organization;
  if (organisation.empty()) return {"subscription", DoctorResult::skip, "this is no subscribed Edge"};
  DoctorCheck check{"subscription",
                    DoctorResult::fail,
                    {},
                    "domsec policy apply " + organisation + " --edge " + edge.origin.file};
  try {
    const std::size_t count = exchange::drift(edge, exchange::read_toml(organisation)).size();
    if (count == 0)
      return {"subscription", DoctorResult::ok,
              "as " + organisation + " has it, applied " + edge.edge_subscription.applied};
    check.detail = "DS304 edge-config-drift: it differs from " + organisation + " in " +
                   std::to_string(count) + (count == 1 ? " place" : " places");
  } catch (const exchange::ConfigError& error) {
    check.detail = error.what();
    check.remedy = "mend the organisation's file";
  }
  return check;
}

Checks check_auth(const exchange::Organisation& organisation,
                  const std::vector<policy::FitnessSubject>& subjects, pki::Instant at) {
  const exchange::AuthConfig& config = organisation.auth_config;
  if (config.current_certificate_thumbprint.empty() && config.next_certificate_thumbprint.empty() &&
      config.previous_certificate_thumbprint.empty())
    return {};
  const auto here = [&](const std::string& thumbprint) -> std::optional<policy::AuthCertificate> {
    for (const policy::FitnessSubject& one : subjects) {
      if (one.stored.certificate->thumbprint == thumbprint)
        return policy::AuthCertificate{one.stored.certificate, one.stored.has_private_key,
                                       one.key_exportable};
    }
    return std::nullopt;
  };
  const std::string server =
      organisation.server_fqdn ? store::server_name(organisation.server_fqdn->text()) : "this server";
  const policy::AuthState state{config,
                                {{server,
                                  {},
                                  here(config.current_certificate_thumbprint),
                                  here(config.next_certificate_thumbprint),
                                  here(config.previous_certificate_thumbprint)}},
                                at};
  Checks all;
  for (const policy::Finding& finding : policy::auth_findings(state))
    all.push_back(row("auth", finding, "domsec auth plan --config " + organisation.origin.file));
  if (!all.empty()) return all;
  const pki::Certificate& current = *state.servers.front().current->certificate;
  return {{"auth", DoctorResult::ok,
           "the current Auth certificate " + current.thumbprint + " has " +
               std::to_string(policy::days_left(current.not_after, at)) + " days left"}};
}

Checks check_presented(const policy::Fitness& fitness, const std::vector<policy::FitnessSubject>& subjects,
                       pki::Instant at) {
  Checks all;
  std::vector<std::size_t> told;
  for (const policy::ConnectorFitness& connector : fitness.connectors) {
    for (const policy::LintFinding& found : connector.findings) all.push_back(row(found));
    if (!connector.presents) continue;
    const std::size_t index = *connector.presents;
    const pki::Certificate& own = *subjects[index].stored.certificate;
    const auto days = std::chrono::floor<std::chrono::days>(own.not_after - at).count();
    all.push_back({"certificate", DoctorResult::ok,
                   connector.connector.title() + " presents " + subjects[index].stored.name + " (" +
                       own.thumbprint + ") for " + connector.searched_for + ", " + std::to_string(days) +
                       " days left"});
    if (std::ranges::find(told, index) != told.end()) continue;
    told.push_back(index);
    for (const policy::LintFinding& found : fitness.certificates[index].findings) {
      if (has_own_row(found) || policy::colour_of(found.finding.severity) == policy::Colour::green) continue;
      all.push_back(row(found));
    }
  }
  return all;
}

}  // namespace domsec::cli
