// `domsec policy … --json`: one document each. Names are snake_case, codes and slugs those of the catalogue.
#include <boost/json.hpp>

#include "domsec/exchange/write_toml.h"
#include "json_values.h"
#include "policy_explanation.h"

namespace domsec::cli {

namespace {

namespace json = boost::json;

json::object to_json(const policy::Finding& finding) {
  return {{"code", finding::name(finding.code)},
          {"slug", finding::slug(finding.code)},
          {"who", policy::text(finding.who)},
          {"severity", severity_word(finding.severity)},
          {"detail", finding.detail},
          {"remedy", finding::row(finding.code).remedy}};
}

json::object to_json(const policy::Selection& selection) {
  json::array candidates;
  for (const policy::Candidate& candidate : selection.candidates) {
    candidates.push_back(json::object{{"index", candidate.index},
                                      {"name_matches", candidate.name_matches},
                                      {"eligible", candidate.eligible},
                                      {"why", candidate.why}});
  }
  json::object out{{"searched_for", selection.searched_for}, {"reason", selection.reason}, {"candidates", candidates}};
  out["chosen"] = selection.chosen ? json::value(*selection.chosen) : json::value(nullptr);
  return out;
}

json::object to_json(const SideExplanation& side) {
  json::array conjuncts;
  for (const Conjunct& conjunct : side.conjuncts) {
    conjuncts.push_back(json::object{
        {"name", conjunct.name}, {"value", conjunct.value}, {"holds", conjunct.holds}, {"origin", origin_json(conjunct.origin)},
        {"rule", conjunct.rule}});
  }
  json::array findings;
  json::object out{{"role", policy::text(side.role)}, {"connector_reason", side.connector_reason}, {"conditions", conjuncts}};
  out["connector"] = text_or_null(side.connector);
  out["connector_origin"] = origin_json(side.connector_origin);
  out["certificate"] = side.certificate ? json::value(to_json(*side.certificate)) : json::value(nullptr);
  out["certificate_reason"] = side.certificate_reason;
  out["outcome"] = side.outcome;
  json::array changes;
  for (const std::string& command : side.changes) changes.emplace_back(command);
  out["other_outcome"] = side.changes.empty() ? json::value(nullptr)
                                              : json::value(json::object{{"outcome", side.other_outcome}, {"changes", changes}});
  if (side.presented) {
    out["partner_certificate"] = json::object{
        {"matches", side.presented->matches},
        {"by", side.presented->by ? json::value(side.presented->by->text) : json::value(nullptr)}};
  }
  if (side.requirement) {
    out["listed"] = side.requirement->listed;
    out["reason"] = side.requirement->reason;
    for (const policy::Finding& finding : side.requirement->findings) findings.push_back(to_json(finding));
    const auto& reference = side.requirement->reference;
    out["reference"] = reference ? json::value((reference->with_subdomains ? "*." : "") + reference->text) : json::value(nullptr);
  }
  if (side.certificate) {
    for (const policy::Finding& finding : side.certificate->findings) findings.push_back(to_json(finding));
  }
  out["findings"] = std::move(findings);
  return out;
}

}  // namespace

std::string_view severity_word(finding::Severity severity) {
  switch (severity) {
    case finding::Severity::fails: return "error";
    case finding::Severity::warning: return "warning";
    case finding::Severity::ok:
    case finding::Severity::information:
    case finding::Severity::silent:
    case finding::Severity::inconclusive:
    case finding::Severity::unknown: return "note";
  }
  return "note";
}

std::string json_of(const exchange::Organisation& organisation) {
  json::parse_options lenient;
  lenient.allow_invalid_utf8 = true;
  json::array sections;
  for (const exchange::ShownSection& section : exchange::sections(organisation)) {
    json::object parameters;
    for (const exchange::ShownParameter& parameter : section.parameters) {
      // The literals are JSON as well (write_toml.h). The directory of the file may have a name that is not UTF-8.
      json::value value = parameter.value.empty() ? json::value(nullptr) : json::parse(parameter.value, {}, lenient);
      parameters[parameter.name] = json::object{{"value", std::move(value)}, {"origin", origin_json(parameter.origin)}};
    }
    sections.push_back(json::object{{"section", section.name}, {"origin", origin_json(section.origin)}, {"parameters", parameters}});
  }
  return json::serialize(json::object{{"sections", sections}});
}

std::string json_of(const exchange::SendConnector& connector) {
  json::object out{{"Name", connector.name}, {"DNSRoutingEnabled", *connector.dns_routing_enabled}};
  out["FQDN"] = connector.fqdn ? json::value(connector.fqdn->text()) : json::value(nullptr);
  out["DomainSecureEnabled"] = *connector.domain_secure_enabled;
  return json::serialize(out);
}

std::string json_of(const std::vector<policy::LintFinding>& findings, int exit_code) {
  json::array all;
  for (const policy::LintFinding& one : findings) {
    json::object object = to_json(one.finding);
    object["rule"] = one.rule;
    object["origin"] = origin_json(one.origin);
    object["parameter"] = text_or_null(one.parameter);
    object["value"] = text_or_null(one.value);
    object["repair"] = text_or_null(one.repair);
    all.push_back(std::move(object));
  }
  return json::serialize(json::object{{"findings", all}, {"exit_code", exit_code}});
}

std::string json_of(const Explanation& explanation, int exit_code) {
  json::array sides;
  for (const SideExplanation& side : explanation.sides) sides.push_back(to_json(side));
  json::object out{{"address", explanation.address}, {"sides", sides}, {"exit_code", exit_code}};
  out["domain"] = explanation.domain ? json::value(explanation.domain->text()) : json::value(nullptr);
  return json::serialize(out);
}

}  // namespace domsec::cli
