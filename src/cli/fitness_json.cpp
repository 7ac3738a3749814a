// `domsec cert lint --json`: schema domsec.certificate-fitness/1.
#include <boost/json.hpp>

#include "fitness_report.h"
#include "json_values.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::array to_json(const std::vector<policy::LintFinding>& findings) {
  json::array all;
  for (const policy::LintFinding& found : findings) {
    all.push_back(json::object{{"code", finding::name(found.finding.code)},
                               {"slug", finding::slug(found.finding.code)},
                               {"who", policy::text(found.finding.who)},
                               {"colour", policy::text(policy::colour_of(found.finding.severity))},
                               {"rule", found.rule},
                               {"detail", found.finding.detail},
                               {"repair", text_or_null(found.repair)},
                               {"remedy", finding::row(found.finding.code).remedy},
                               {"origin", origin_json(found.origin)}});
  }
  return all;
}

std::string_view word(policy::CertificatePlace place) {
  switch (place) {
    case policy::CertificatePlace::file: return "file";
    case policy::CertificatePlace::configuration: return "configuration";
    case policy::CertificatePlace::store: return "store";
  }
  return "";
}

json::object to_json(const policy::FitnessSubject& subject, const policy::CertificateFitness& fitness, pki::Instant at) {
  const pki::Certificate& own = *subject.stored.certificate;
  const auto days = std::chrono::floor<std::chrono::days>(own.not_after - at).count();
  json::object out{{"name", subject.stored.name},
                   {"thumbprint", own.thumbprint},
                   {"subject", own.subject},
                   {"issuer", own.issuer},
                   {"place", word(subject.place)},
                   {"origin", origin_json(subject.origin)},
                   {"not_before", pki::rfc3339(own.not_before)},
                   {"not_after", pki::rfc3339(own.not_after)},
                   {"days_left", days},
                   {"status", policy::text(fitness.status)},
                   {"has_private_key", subject.stored.has_private_key},
                   {"services", subject.services ? json::value(policy::text(*subject.services)) : json::value(nullptr)},
                   {"colour", policy::text(policy::colour_of(fitness.findings))}};
  json::array by;
  for (const std::string& title : fitness.presented_by) by.emplace_back(title);
  out["presented_by"] = std::move(by);
  out["findings"] = to_json(fitness.findings);
  return out;
}

json::object to_json(const policy::ConnectorFitness& connector, const std::vector<policy::FitnessSubject>& subjects) {
  json::object out{{"role", policy::text(connector.connector.role)},
                   {"name", connector.connector.name},
                   {"origin", origin_json(connector.connector.origin)},
                   {"searched_for", text_or_null(connector.searched_for)}};
  out["presents"] = connector.presents ? json::value(subjects[*connector.presents].stored.certificate->thumbprint)
                                       : json::value(nullptr);
  out["findings"] = to_json(connector.findings);
  return out;
}

}  // namespace

std::string json_of(const FitnessReport& report) {
  json::array certificates;
  for (const std::size_t index : report.shown)
    certificates.push_back(to_json(report.subjects[index], report.fitness.certificates[index], report.at));
  json::array connectors;
  for (const policy::ConnectorFitness& one : report.fitness.connectors) connectors.push_back(to_json(one, report.subjects));
  json::array general = to_json(report.findings);
  for (json::value& one : to_json(report.fitness.general)) general.push_back(std::move(one));
  return json::serialize(json::object{{"schema", "domsec.certificate-fitness/1"},
                                      {"at", pki::rfc3339(report.at)},
                                      {"exit_code", report.exit_code},
                                      {"certificates", std::move(certificates)},
                                      {"connectors", std::move(connectors)},
                                      {"findings", std::move(general)}});
}

}  // namespace domsec::cli
