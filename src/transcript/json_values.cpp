#include "json_values.h"

#include <array>

#include "domsec/finding/catalogue.h"
#include "domsec/transcript/protocol_log.h"

namespace domsec::transcript {

namespace json = boost::json;

namespace {

/// Keys are lower_snake in JSON, kebab-case in the log.
std::string json_key(std::string key) {
  for (char& octet : key) octet = octet == '-' ? '_' : octet;
  return key;
}

bool is_number(std::string_view key) { return key == "depth" || key == "x509-error" || key == "number"; }

struct FactValue {
  std::string_view key;
  json::value operator()(const std::string& value) const {
    if (is_number(key)) return std::stoi(value);
    if (value == "yes" || value == "no") return value == "yes";
    return json_text(value);
  }
  json::value operator()(const std::vector<std::string>& values) const { return json_texts(values); }
};

std::string_view severity_text(finding::Severity severity) {
  switch (severity) {
    case finding::Severity::ok: return "ok";
    case finding::Severity::information: return "information";
    case finding::Severity::warning: return "warning";
    case finding::Severity::fails: return "fails";
    case finding::Severity::silent: return "silent";
    case finding::Severity::inconclusive: return "inconclusive";
    case finding::Severity::unknown: return "unknown";
  }
  return "unknown";
}

json::array codes(const std::vector<finding::Code>& alternatives) {
  json::array names;
  for (const finding::Code code : alternatives) names.emplace_back(json_text(finding::name(code)));
  return names;
}

json::object finding_json(const policy::Finding& finding) {
  return {{"code", json_text(finding::name(finding.code))},
          {"slug", json_text(finding::slug(finding.code))},
          {"who", json_text(policy::text(finding.who))},
          {"level", json_text(policy::text(finding.level))},
          {"severity", json_text(severity_text(finding.severity))},
          {"detail", text_or_null(finding.detail)},
          {"observed", json_text(finding::name(finding.observed.value_or(finding.code)))},
          {"alternatives", codes(finding.alternatives)}};
}

}  // namespace

json::string json_text(std::string_view text) {
  const std::string line = one_line(text);
  return json::string(line.data(), line.size());
}

json::array json_texts(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(json_text(text));
  return array;
}

/// The catalogue's dash means the same as nothing.
json::value text_or_null(std::string_view text) {
  if (text.empty() || text == "–") return nullptr;
  return json_text(text);
}

json::value instant_or_null(const std::optional<pki::Instant>& instant) {
  return instant ? json::value(json_text(pki::rfc3339(*instant))) : json::value();
}

json::object stapled_json(const pki::StapledStatus& status) {
  const pki::OcspAnswer& answer = status.answer;
  const bool faulty = status.stapled && answer.problem != pki::OcspProblem::none;
  return {{"stapled", status.stapled},
          {"demanded", status.demanded},
          {"state", status.stapled ? json::value(json_text(pki::text(answer.state))) : json::value()},
          {"problem", faulty ? json::value(json_text(pki::text(answer.problem))) : json::value()},
          {"detail", text_or_null(answer.detail)},
          {"responder", text_or_null(answer.responder)},
          {"produced_at", instant_or_null(answer.produced_at)},
          {"this_update", instant_or_null(answer.this_update)},
          {"next_update", instant_or_null(answer.next_update)},
          {"revoked_at", instant_or_null(answer.revoked_at)},
          {"reason", text_or_null(answer.reason)}};
}

json::object certificate_json(const pki::Certificate& certificate) {
  json::object object{{"subject", json_text(certificate.subject)},
                      {"issuer", json_text(certificate.issuer)},
                      {"serial", json_text(certificate.serial)},
                      {"thumbprint_sha1", json_text(certificate.thumbprint)},
                      {"thumbprint_sha256", json_text(certificate.thumbprint_sha256)},
                      {"not_before", json_text(pki::rfc3339(certificate.not_before))},
                      {"not_after", json_text(pki::rfc3339(certificate.not_after))},
                      {"san_dns", json_texts(certificate.dns_names)}};
  // No extension is not the same as an empty one (RFC 5280 4.2.1.12).
  object["eku"] = certificate.extended_key_usage ? json::value(json_texts(*certificate.extended_key_usage))
                                                 : json::value();
  object["cdp"] = json_texts(certificate.crl_distribution_points);
  return object;
}

json::object check_json(const Check& check) {
  const std::string result = check.result == "match"      ? "pass"
                             : check.result == "mismatch" ? "fail"
                                                          : check.result;
  json::object object{{"step", json_text(check.step)}, {"result", json_text(result)}};
  if (check.code) object["code"] = json_text(finding::name(*check.code));
  for (const Fact& fact : check.facts)
    object[json_key(fact.key)] = std::visit(FactValue{fact.key}, fact.value);
  return object;
}

namespace {

json::value result_or_null(const std::optional<policy::Result>& result) {
  return result ? json::value(json_text(policy::text(*result))) : json::value();
}

json::value outlook_json(const std::optional<policy::RevocationOutlook>& outlook) {
  if (!outlook) return nullptr;
  return json::object{{"mode", json_text(policy::text(outlook->in_force))},
                      {"hard", result_or_null(outlook->hard)},
                      {"soft", result_or_null(outlook->soft)},
                      {"off", result_or_null(outlook->off)}};
}

}  // namespace

json::object verdict_json(const policy::Verdict& verdict) {
  const policy::Finding& headline = verdict.headline;
  json::object object{{"result", json_text(policy::text(verdict.result))},
                      {"code", json_text(finding::name(headline.code))},
                      {"slug", json_text(finding::slug(headline.code))},
                      {"level", json_text(policy::text(headline.level))},
                      {"observed", json_text(finding::name(headline.observed.value_or(headline.code)))},
                      {"alternatives", codes(headline.alternatives)},
                      {"exchange_status", text_or_null(verdict.exchange_status)}};
  object["smtp_reply"] = verdict.reply ? json::value(json_text(verdict.reply->text())) : json::value();
  object["tlsrpt"] = text_or_null(finding::row(headline.code).tlsrpt_result);
  object["who"] = json_text(policy::text(headline.who));
  object["treatment"] = json_text(policy::text(verdict.treatment));
  object["exchange_event"] = text_or_null(verdict.exchange_event);
  object["rules"] = json_texts(verdict.rules);
  object["revocation"] = outlook_json(verdict.revocation);
  json::array findings;
  for (const policy::Finding& finding : verdict.findings) findings.emplace_back(finding_json(finding));
  object["findings"] = std::move(findings);
  return object;
}

}  // namespace domsec::transcript
