// domsec.apply/1
#include <boost/json.hpp>

#include "json_values.h"
#include "policy_apply_report.h"

namespace domsec::cli {

namespace {

namespace json = boost::json;

/// A TOML literal of a parameter is JSON as well.
json::value value_json(const std::string& literal) { return literal.empty() ? json::value(nullptr) : json::parse(literal); }

}  // namespace

std::string json_of(const std::vector<AppliedEdge>& edges, int exit_code) {
  json::array all;
  for (const AppliedEdge& edge : edges) {
    json::array differences;
    for (const exchange::Drift& drift : edge.drift) {
      differences.push_back(json::object{{"object", drift.object},
                                         {"parameter", text_or_null(drift.parameter)},
                                         {"on_edge", value_json(drift.on_edge)},
                                         {"in_organisation", value_json(drift.in_organisation)},
                                         {"edge_origin", origin_json(drift.edge_origin)},
                                         {"organisation_origin", origin_json(drift.organisation_origin)}});
    }
    json::array findings;
    for (const policy::LintFinding& one : edge.findings) {
      findings.push_back(json::object{{"code", finding::name(one.finding.code)},
                                      {"rule", one.rule},
                                      {"detail", one.finding.detail},
                                      {"repair", text_or_null(one.repair)}});
    }
    all.push_back(json::object{{"edge", edge.file},
                               {"differences", std::move(differences)},
                               {"findings", std::move(findings)},
                               {"written", edge.written}});
  }
  return json::serialize(json::object{{"schema", "domsec.apply/1"}, {"edges", std::move(all)}, {"exit_code", exit_code}});
}

}  // namespace domsec::cli
