#include "outcome.h"

#include <algorithm>

namespace domsec::policy {
namespace {

using finding::Severity;

bool has(const std::vector<Finding>& findings, Severity severity) {
  return std::ranges::any_of(findings, [&](const Finding& finding) { return finding.severity == severity; });
}

void add_once(std::vector<std::string>& rules, std::string_view rule) {
  if (rule != "–" && std::ranges::find(rules, rule) == rules.end()) rules.emplace_back(rule);
}

/// R7 is the sender's rule and R8 the receiver's; a row of the catalogue names both.
bool concerns(std::string_view rule, Role role) {
  return rule != (role == Role::send ? "R8" : "R7");
}

std::vector<std::string> rules_of(const Case& c, const Outcome& outcome, const Verdict& verdict) {
  std::vector<std::string> rules = outcome.rules;
  const bool sending = c.evidence.role == Role::send;
  if (c.requirement.listed) add_once(rules, sending ? "R5" : "R6");
  if (!c.requirement.listed && !sending) add_once(rules, "R9");
  const bool secured = c.requirement.requirement == Requirement::domain_secured;
  if (secured && verdict.result == Result::fail) add_once(rules, sending ? "R7" : "R8");
  std::string_view named = finding::row(verdict.headline.code).requirements;
  while (!named.empty()) {
    const std::size_t comma = named.find(", ");
    if (concerns(named.substr(0, comma), c.evidence.role)) add_once(rules, named.substr(0, comma));
    named = comma == std::string_view::npos ? std::string_view{} : named.substr(comma + 2);
  }
  if (!sending && verdict.reply) add_once(rules, "D-6");
  const auto faults = std::ranges::count(outcome.findings, Severity::fails, &Finding::severity);
  if (faults > 1) add_once(rules, "D-20");
  return rules;
}

/// Findings of the configuration keep their weight where a profile has no opinion: the configuration is ours
/// in any case.
void add_configuration(const Case& c, std::vector<Finding>& findings) {
  for (Finding finding : c.requirement.findings) {
    const bool known = std::ranges::find(findings, finding.code, &Finding::code) != findings.end();
    const Severity severity = finding::severity(finding.code, c.rules.profile);
    if (severity != Severity::unknown) finding.severity = severity;
    if (!known) findings.push_back(std::move(finding));
  }
}

/// Names and replies of a peer end up in these sentences: no control octets, and an end (a SAN may have 64
/// KiB).
void make_printable(std::string& sentence) {
  constexpr std::size_t longest = 2000;
  if (sentence.size() > longest) {
    sentence.resize(longest);
    while (!sentence.empty() && (static_cast<unsigned char>(sentence.back()) & 0xC0) == 0x80)
      sentence.pop_back();
    sentence += "…";
  }
  for (char& c : sentence) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) c = '?';
  }
}

}  // namespace

bool Outcome::fails() const {
  return has(findings, Severity::fails);
}

Finding decided(finding::Code code, Who who, Severity severity, std::string detail) {
  Finding out;
  out.code = code;
  out.who = who;
  out.severity = severity;
  out.detail = std::move(detail);
  return out;
}

Verdict conclude(const Case& c, Outcome outcome) {
  Verdict verdict;
  verdict.result = outcome.fails()                                 ? Result::fail
                   : has(outcome.findings, Severity::inconclusive) ? Result::inconclusive
                                                                   : Result::pass;
  verdict.treatment = verdict.result == Result::pass ? outcome.treatment : Treatment::refuse;
  // What decided comes first; within its class everything stays in the order of D-20.
  const Severity deciding = verdict.result == Result::fail ? Severity::fails : Severity::inconclusive;
  if (verdict.result != Result::pass) {
    std::ranges::stable_partition(outcome.findings,
                                  [&](const Finding& finding) { return finding.severity == deciding; });
  }
  for (Finding& finding : outcome.findings) make_printable(finding.detail);
  verdict.findings = outcome.findings;
  if (!verdict.findings.empty()) verdict.headline = verdict.findings.front();
  add_configuration(c, verdict.findings);
  verdict.exchange_status = outcome.status;
  verdict.exchange_event = outcome.event;
  verdict.reply = outcome.reply;
  verdict.rules = rules_of(c, outcome, verdict);
  return verdict;
}

Verdict inconclusive(const Case& c, finding::Code code, Who who, std::string detail) {
  Outcome outcome;
  outcome.add(decided(code, who, Severity::inconclusive, std::move(detail)));
  return conclude(c, std::move(outcome));
}

std::string without_dagger(std::string_view status) {
  constexpr std::string_view dagger = "†";
  if (status.ends_with(dagger)) status.remove_suffix(dagger.size());
  return std::string(status);
}

std::string_view text_of(DnsOutcome outcome) {
  switch (outcome) {
    case DnsOutcome::not_asked:
      return "not asked";
    case DnsOutcome::ok:
      return "resolved";
    case DnsOutcome::no_such_domain:
      return "no such domain";
    case DnsOutcome::no_address:
      return "no address for any host";
    case DnsOutcome::null_mx:
      return "null MX: the domain takes no mail (RFC 7505)";
    case DnsOutcome::failed:
      return "the DNS answer failed";
  }
  return "";
}

std::string text_of(const Break& broken) {
  return std::string(text(broken.kind)) + (broken.what.empty() ? "" : ", " + broken.what);
}

}  // namespace domsec::policy
