#include "domsec/policy/auth_plan.h"

#include <algorithm>

#include "domsec/policy/auth_rotation.h"
#include "domsec/policy/auth_servicelet.h"

namespace domsec::policy {
namespace {

using Kind = AuthPlanStep::Kind;
using Steps = std::vector<AuthPlanStep>;

constexpr const char* restart_service_host = "Restart-Service MSExchangeServiceHost";

AuthPlanStep generate(pki::Instant at) {
  return {
      Kind::generate,
      at,
      {},
      "make the new certificate; answer N when it asks to overwrite the existing default SMTP certificate",
      {"$newAuthCertificate = New-ExchangeCertificate -KeySize 2048 -PrivateKeyExportable $true -SubjectName "
       "\"cn=Microsoft Exchange Server Auth Certificate\" -FriendlyName \"Microsoft Exchange Server Auth "
       "Certificate\" -DomainName @()"}};
}

constexpr const char* new_thumbprint = "$newAuthCertificate.Thumbprint";

std::string stage_command(const std::string& thumbprint, const std::string& date) {
  return "Set-AuthConfig -NewCertificateThumbprint " + thumbprint + " -NewCertificateEffectiveDate " + date;
}

AuthPlanStep publish_by_hand(pki::Instant at) {
  return {Kind::publish, at, {}, "it signs from now on", {"Set-AuthConfig -PublishCertificate"}};
}

AuthPlanStep clear(pki::Instant at, std::string what) {
  return {Kind::clear, at, {}, std::move(what), {"Set-AuthConfig -ClearPreviousCertificate"}};
}

const AuthCertificate* current_of(const AuthState& state) {
  for (const AuthServer& server : state.servers) {
    if (server.current) return &*server.current;
  }
  return nullptr;
}

bool staged_is_usable(const AuthState& state) {
  return std::any_of(state.servers.begin(), state.servers.end(), [&](const AuthServer& server) {
    return server.has(AuthRole::next) && state.at <= server.next->certificate->not_after;
  });
}

/// R55, in the order of the document: every step at once.
AuthPlan replacement(const AuthState& state, Hybrid hybrid) {
  const pki::Instant at = state.at;
  AuthPlan plan;
  plan.kind = AuthPlan::Kind::replacement;
  const AuthCertificate* current = current_of(state);
  plan.reason = current != nullptr && current->certificate->not_after < at
                    ? "the current certificate expired on " + pki::rfc3339(current->certificate->not_after) +
                          ": it is replaced at once"
                    : "the current certificate is missing: it is replaced at once";
  // What is staged and can sign needs not be made.
  const bool staged = staged_is_usable(state);
  if (!staged) plan.steps.push_back(generate(at));
  plan.steps.push_back({Kind::stage,
                        at,
                        {},
                        staged ? "the staged one takes over: its effective date is now"
                               : "stage it with the effective date now",
                        {stage_command(staged ? state.config.next_certificate_thumbprint : new_thumbprint,
                                       "(Get-Date) -Force")}});
  plan.steps.push_back(publish_by_hand(at));
  plan.steps.push_back(clear(at, "the one before signs no more"));
  plan.steps.push_back(
      {Kind::restart, at, {}, "restart the service host, on every server", {restart_service_host}});
  for (AuthPlanStep& reminder : auth_reminders(at, hybrid)) plan.steps.push_back(std::move(reminder));
  plan.steps.push_back(
      {Kind::import,
       at,
       {},
       "import it on one server of every other AD site; inside a site the servicelet copies it",
       {}});
  return plan;
}

/// R56: between staging and the effective date every server gets it.
void add_deployment(const AuthState& state, pki::Instant from, pki::Instant until, Steps& steps) {
  steps.push_back(
      {Kind::deploy, from, until, "the certificate servicelet copies it to the servers of this AD site", {}});
  for (const Replication& one : replications(state)) {
    if (one.way != Replication::Way::export_import) continue;
    steps.push_back(
        {Kind::import, from, until,
         "carry the " + std::string(text(one.role)) + " certificate to " + one.to + " in another AD site",
         commands(one)});
  }
  if (!state.config.next_certificate_thumbprint.empty()) return;
  // What is not made yet is nowhere.
  std::vector<std::string> sites{state.servers.front().site};
  for (const AuthServer& server : state.servers) {
    if (std::find(sites.begin(), sites.end(), server.site) != sites.end()) continue;
    sites.push_back(server.site);
    Replication one{AuthRole::next, "$newAuthCertificate.Thumbprint", server.name, state.servers.front().name,
                    Replication::Way::export_import};
    steps.push_back({Kind::import, from, until,
                     "carry it to " + server.name + " in the AD site " + server.site, commands(one)});
  }
}

/// What is published, from when on, and by a servicelet that started when.
struct Publication {
  std::string thumbprint;
  pki::Instant effective;
  pki::Instant from;  // not before; the effective date may have passed
  std::optional<pki::Instant> service_start;
  Hybrid hybrid;
};

/// From the effective date on: the run that publishes, its event, what follows.
void add_publication(const Publication& what, Steps& steps) {
  steps.push_back({Kind::effective,
                   what.effective,
                   {},
                   "the effective date; nothing happens before the servicelet runs",
                   {}});
  const pki::Instant from = std::max(what.effective, what.from);
  const pki::Instant first = what.service_start ? first_servicelet_run(*what.service_start, from) : from;
  AuthPlanStep publish{Kind::publish, first, {}, "the servicelet's first run since then publishes it", {}};
  if (!what.service_start) {
    publish.until = from + auth_servicelet_interval;
    publish.what += ", within 12 hours; typed, it is done at once";
    publish.commands = {"Set-AuthConfig -PublishCertificate"};
  }
  const pki::Instant done = publish.until.value_or(first);
  steps.push_back(publish);
  steps.push_back({Kind::event,
                   first,
                   publish.until,
                   "event 2014 of MSExchange AuthAdmin: " + event_2014(what.thumbprint),
                   {}});
  for (AuthPlanStep& reminder : auth_reminders(done, what.hybrid)) steps.push_back(std::move(reminder));
  steps.push_back(clear(done, "when event 2014 is there and every server signs with the new one"));
}

void add_expiry(const AuthState& state, Steps& steps) {
  const AuthCertificate* current = current_of(state);
  if (current == nullptr) return;
  const pki::Instant published = std::find_if(steps.begin(), steps.end(), [](const AuthPlanStep& step) {
                                   return step.kind == Kind::event;
                                 })->at;
  const bool too_late = current->certificate->not_after < published;
  steps.push_back(
      {Kind::expires,
       current->certificate->not_after,
       {},
       too_late ? "the current certificate expires before the new one is published: nothing can be signed "
                  "until then; publish it by hand"
                : "the certificate that signs today expires",
       {}});
}

void sort(Steps& steps) {
  std::stable_sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

AuthPlan staged_plan(const AuthState& state, const AuthPlanConditions& conditions, pki::Instant effective) {
  const std::string& thumbprint = state.config.next_certificate_thumbprint;
  AuthPlan plan;
  plan.kind = AuthPlan::Kind::staged;
  plan.reason = thumbprint + " is staged for " + pki::rfc3339(effective) +
                (effective < state.at ? ", which has passed" : "");
  add_deployment(state, state.at, std::max(state.at, effective), plan.steps);
  add_publication({thumbprint, effective, state.at, conditions.service_start, conditions.hybrid}, plan.steps);
  add_expiry(state, plan.steps);
  sort(plan.steps);
  return plan;
}

/// As the document has it, 49 hours ahead, unless the current certificate does not live that long.
AuthPlan rotation(const AuthState& state, const AuthPlanConditions& conditions) {
  AuthPlan plan;
  const pki::Instant at = state.at;
  const pki::Instant end = current_of(state)->certificate->not_after;
  const int left = days_left(end, at);
  const bool time_enough = at + auth_planned_lead + auth_servicelet_interval <= end;
  const pki::Instant effective = time_enough ? at + auth_planned_lead : at;
  plan.reason = "the current certificate has " + std::to_string(left) + (left == 1 ? " day" : " days") +
                " left and nothing is staged";
  if (left > current_due_days) {
    plan.due_from = std::chrono::floor<std::chrono::seconds>(end - std::chrono::days(current_due_days));
    plan.reason += "; it is due from " + pki::rfc3339(*plan.due_from) + " on";
  }
  plan.steps.push_back(generate(at));
  if (time_enough) {
    plan.steps.push_back({Kind::stage,
                          at,
                          {},
                          "stage it 49 hours ahead, so that every server has it by then",
                          {stage_command(new_thumbprint, "(Get-Date).AddHours(49)")}});
    add_deployment(state, at, effective, plan.steps);
    add_publication({"<new>", effective, at, conditions.service_start, conditions.hybrid}, plan.steps);
  } else {
    plan.findings.push_back(*auth_lead(at, effective));
    plan.steps.push_back({Kind::stage,
                          at,
                          {},
                          "stage it with the effective date now: the current one does not last 49 hours",
                          {stage_command(new_thumbprint, "(Get-Date) -Force")}});
    plan.steps.push_back({Kind::restart,
                          at,
                          {},
                          "restart the service host: its start is a run of the servicelet",
                          {restart_service_host}});
    add_deployment(state, at, end, plan.steps);
    add_publication({"<new>", effective, at, at, conditions.hybrid}, plan.steps);
  }
  add_expiry(state, plan.steps);
  sort(plan.steps);
  return plan;
}

}  // namespace

std::vector<AuthPlanStep> auth_reminders(pki::Instant published, Hybrid hybrid) {
  Steps steps;
  steps.push_back({Kind::recycle,
                   published,
                   {},
                   "recycle the application pools that cache the reference, on every server",
                   {"Restart-WebAppPool MSExchangeOWAAppPool", "Restart-WebAppPool MSExchangeECPAppPool"}});
  steps.push_back({Kind::hybrid,
                   published,
                   {},
                   hybrid == Hybrid::yes
                       ? "run the Hybrid Configuration Wizard again: Exchange Online has the old certificate"
                       : "where the organisation is hybrid, run the Hybrid Configuration Wizard again",
                   {}});
  return steps;
}

AuthPlan auth_plan(const AuthState& state, const AuthPlanConditions& conditions) {
  if (needs_replacement(state)) return replacement(state, conditions.hybrid);
  if (const std::optional<pki::Instant> effective = effective_date(state.config)) {
    return staged_plan(state, conditions, *effective);
  }
  return rotation(state, conditions);
}

std::string_view text(Kind kind) {
  switch (kind) {
    case Kind::generate:
      return "generate";
    case Kind::stage:
      return "stage";
    case Kind::deploy:
      return "deploy";
    case Kind::import:
      return "import";
    case Kind::effective:
      return "effective";
    case Kind::publish:
      return "publish";
    case Kind::event:
      return "event";
    case Kind::recycle:
      return "recycle";
    case Kind::hybrid:
      return "hybrid";
    case Kind::clear:
      return "clear";
    case Kind::restart:
      return "restart";
    case Kind::expires:
      return "expires";
  }
  return "";
}

std::string_view text(AuthPlan::Kind kind) {
  switch (kind) {
    case AuthPlan::Kind::rotation:
      return "rotation";
    case AuthPlan::Kind::staged:
      return "staged";
    case AuthPlan::Kind::replacement:
      return "replacement";
  }
  return "";
}

}  // namespace domsec::policy
