// domsec.selection/1
#include <boost/json.hpp>

#include "certificate_choice.h"
#include "json_values.h"

namespace domsec::cli {

namespace {

namespace json = boost::json;

json::object candidate_json(const policy::Candidate& candidate, const policy::StoredCertificate& stored,
                            bool chosen) {
  return {{"name", stored.name},
          {"thumbprint", stored.certificate->thumbprint},
          {"subject", stored.certificate->subject},
          {"not_before", pki::rfc3339(stored.certificate->not_before)},
          {"not_after", pki::rfc3339(stored.certificate->not_after)},
          {"presented", chosen},
          {"name_matches", candidate.name_matches},
          {"eligible", candidate.eligible},
          {"why", candidate.why},
          {"lost", text_or_null(candidate.lost)}};
}

}  // namespace

std::string json_of(const std::vector<CertificateChoice>& choices,
                    const std::vector<policy::StoredCertificate>& store, int exit_code) {
  json::array all;
  for (const CertificateChoice& choice : choices) {
    json::array candidates;
    for (const std::size_t index : choice.selection.order) {
      candidates.push_back(
          candidate_json(choice.selection.candidates[index], store[index], choice.selection.chosen == index));
    }
    json::array findings;
    for (const policy::Finding& finding : choice.selection.findings) {
      findings.push_back(json::object{{"code", finding::name(finding.code)},
                                      {"slug", finding::slug(finding.code)},
                                      {"detail", finding.detail}});
    }
    all.push_back(json::object{{"role", policy::text(choice.role)},
                               {"connector", choice.connector},
                               {"origin", origin_json(choice.origin)},
                               {"by", text_or_null(choice.by)},
                               {"by_origin", origin_json(choice.by_origin)},
                               {"searched_for", text_or_null(choice.selection.searched_for)},
                               {"reason", choice.reason},
                               {"candidates", std::move(candidates)},
                               {"findings", std::move(findings)}});
  }
  return json::serialize(json::object{
      {"schema", "domsec.selection/1"}, {"connectors", std::move(all)}, {"exit_code", exit_code}});
}

}  // namespace domsec::cli
