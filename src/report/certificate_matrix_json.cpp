#include <boost/json.hpp>

#include "domsec/pki/path.h"
#include "domsec/report/certificate_matrix.h"

namespace domsec::report {
namespace {

namespace json = boost::json;

json::object to_json(const policy::Finding& finding) {
  const finding::Row& row = finding::row(finding.code);
  return {{"code", row.name},
          {"slug", row.slug},
          {"detail", finding.detail},
          {"looked_at", finding.severity != finding::Severity::silent},
          {"fails", finding.severity == finding::Severity::fails}};
}

json::array to_json(const std::vector<policy::Finding>& findings) {
  json::array out;
  for (const policy::Finding& finding : findings) out.push_back(to_json(finding));
  return out;
}

json::object to_json(const policy::Cell& cell) {
  json::object object{{"shown_as", text(cell.shown_as)},
                      {"profile", text(cell.profile)},
                      {"outcome", text(cell.outcome)},
                      {"code", nullptr},
                      {"slug", nullptr},
                      {"standing", text(cell.standing)},
                      {"note", cell.note},
                      {"findings", to_json(cell.findings)}};
  if (cell.decided_by) {
    object["code"] = finding::name(cell.decided_by->code);
    object["slug"] = finding::slug(cell.decided_by->code);
  }
  return object;
}

json::array to_json(const std::vector<policy::Cell>& cells) {
  json::array out;
  for (const policy::Cell& cell : cells) out.push_back(to_json(cell));
  return out;
}

json::object to_json(const MatchedCertificate& certificate) {
  const pki::Certificate& leaf = *certificate.question.presented.front();
  json::object object{{"file", certificate.file},
                      {"subject", leaf.subject},
                      {"issuer", leaf.issuer},
                      {"thumbprint", leaf.thumbprint},
                      {"not_before", pki::rfc3339(leaf.not_before)},
                      {"not_after", pki::rfc3339(leaf.not_after)},
                      {"usage", text(pki::usage_fit(leaf))},
                      {"reference", nullptr},
                      {"revocation_checked", certificate.question.lists.has_value()},
                      {"cells", to_json(certificate.cells)},
                      {"remarks", to_json(certificate.remarks)},
                      {"after_sunset", to_json(certificate.after_sunset)}};
  if (certificate.question.reference) object["reference"] = certificate.question.reference->text;
  return object;
}

json::array codes_of(finding::Profile profile, policy::ShownAs shown_as, policy::Decision decision) {
  json::array out;
  for (const finding::Code code : policy::proved_codes(profile, shown_as, decision))
    out.push_back(json::string(finding::name(code)));
  return out;
}

json::object proof(finding::Profile profile, policy::ShownAs shown_as) {
  return {{"accepts", codes_of(profile, shown_as, policy::Decision::accepts)},
          {"refuses", codes_of(profile, shown_as, policy::Decision::refuses)}};
}

json::object to_json(const policy::Stack& stack) {
  return {{"profile", text(stack.profile)},
          {"program", stack.program},
          {"proved_with", policy::proved_with(stack.profile)},
          {"sending", stack.sending},
          {"receiving", stack.receiving},
          {"refuses_server", stack.refuses_server},
          {"refuses_client", stack.refuses_client},
          {"proved", json::object{{"server", proof(stack.profile, policy::ShownAs::server)},
                                  {"client", proof(stack.profile, policy::ShownAs::client)}}}};
}

}  // namespace

std::string matrix_json(const CertificateMatrix& matrix) {
  json::array profiles, certificates;
  for (const finding::Profile profile : matrix.profiles)
    profiles.push_back(to_json(policy::stack_of(profile)));
  for (const MatchedCertificate& certificate : matrix.certificates)
    certificates.push_back(to_json(certificate));
  return json::serialize(json::object{{"schema", "domsec.certificate-match/1"},
                                      {"at", pki::rfc3339(matrix.at)},
                                      {"exit_code", matrix.exit_code},
                                      {"profiles", std::move(profiles)},
                                      {"certificates", std::move(certificates)}});
}

}  // namespace domsec::report
