#include "cert_json.h"

#include <boost/json.hpp>
#include <chrono>

#include "domsec/pki/certificate_facts.h"
#include "domsec/pki/harmless.h"
#include "issuers_json.h"
#include "domsec/pki/key_usage.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::array harmless_array(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(pki::harmless(text, 2048));
  return array;
}

json::array array_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

json::value key_usage_of(const pki::Certificate& certificate) {
  if (!certificate.key_usage) return nullptr;
  json::array usages;
  for (const std::string_view name : pki::key_usage_names(*certificate.key_usage)) usages.emplace_back(name);
  return usages;
}

json::value extended_key_usage_of(const pki::Certificate& certificate) {
  if (!certificate.extended_key_usage) return nullptr;
  json::array usages;
  for (const std::string& usage : *certificate.extended_key_usage)
    usages.emplace_back(pki::usage_name(usage));
  return usages;
}

json::array extensions_of(const pki::CertificateFacts& facts) {
  json::array extensions;
  for (const pki::ExtensionName& each : facts.extensions)
    extensions.push_back({{"name", each.name}, {"critical", each.critical}});
  return extensions;
}

json::object certificate_of(const pki::Certificate& certificate, pki::Instant at) {
  const pki::CertificateFacts facts = pki::certificate_facts(certificate);
  const auto days = std::chrono::floor<std::chrono::days>(certificate.not_after - at).count();
  return {{"subject", certificate.subject},
          {"issuer", certificate.issuer},
          {"serial", certificate.serial},
          {"version", certificate.version},
          {"not_before", pki::rfc3339(certificate.not_before)},
          {"not_after", pki::rfc3339(certificate.not_after)},
          {"days_left", days},
          {"key_algorithm", certificate.key_algorithm},
          {"signature_algorithm", certificate.signature_algorithm},
          {"self_signed", certificate.self_signed},
          {"dns_names", harmless_array(certificate.dns_names)},
          {"other_names", array_of(certificate.other_names)},
          {"common_names", harmless_array(certificate.common_names)},
          {"key_usage", key_usage_of(certificate)},
          {"extended_key_usage", extended_key_usage_of(certificate)},
          {"ca", certificate.ca},
          {"path_length", facts.path_length ? json::value(*facts.path_length) : json::value(nullptr)},
          {"policies", array_of(certificate.policies)},
          {"crl_distribution_points", array_of(certificate.crl_distribution_points)},
          {"ca_issuers", array_of(facts.ca_issuers)},
          {"ocsp", array_of(facts.ocsp)},
          {"subject_key_id", facts.subject_key_id},
          {"authority_key_id", facts.authority_key_id},
          {"extensions", extensions_of(facts)},
          {"sha1", certificate.thumbprint},
          {"sha256", certificate.thumbprint_sha256},
          {"spki_sha256", facts.key_sha256}};
}

json::object trust_of(const pki::PathExamination& examined) {
  json::array problems;
  for (const pki::PathProblem& each : examined.problems) {
    problems.push_back({{"fault", pki::text(each.fault)},
                        {"depth", each.depth},
                        {"subject", each.subject},
                        {"x509_error", each.x509_error},
                        {"text", each.text}});
  }
  json::array path;
  for (const pki::CertificatePtr& each : examined.path)
    path.push_back({{"subject", each->subject}, {"sha256", each->thumbprint_sha256}});
  return {{"trusted", examined.good()},
          {"anchor", examined.anchored ? json::value(examined.anchor) : json::value(nullptr)},
          {"problems", std::move(problems)},
          {"path", std::move(path)},
          {"fetched", issuers_of(examined.fetched.get())}};
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(pki::harmless(text, 500));
}

json::object chain_of(const PresentedChain& shown, const pki::PathExamination& path, pki::Instant at) {
  json::array certificates;
  for (const pki::CertificatePtr& each : shown.chain) certificates.push_back(certificate_of(*each, at));
  return {{"host", or_null(shown.host)},
          {"preference", shown.preference >= 0 ? json::value(shown.preference) : json::value(nullptr)},
          {"remote", or_null(shown.remote)},
          {"trouble", or_null(shown.trouble)},
          {"certificates", std::move(certificates)},
          {"trust", shown.chain.empty() ? json::value(nullptr) : json::value(trust_of(path))}};
}

}  // namespace

std::string certificates_json(const std::string& target, const Presentation& presentation,
                              const std::vector<pki::PathExamination>& paths, pki::Instant at,
                              int exit_code) {
  json::array chains;
  for (std::size_t i = 0; i < presentation.chains.size(); ++i)
    chains.push_back(chain_of(presentation.chains[i], paths[i], at));
  return json::serialize(json::object{{"schema", "domsec.certificates/1"},
                                      {"target", pki::harmless(target, 2048)},
                                      {"at", pki::rfc3339(at)},
                                      {"chains", std::move(chains)},
                                      {"exit_code", exit_code}});
}

}  // namespace domsec::cli
