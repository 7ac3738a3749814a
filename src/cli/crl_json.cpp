#include "crl_json.h"

#include <boost/json.hpp>

#include "domsec/pki/crl_facts.h"
#include "domsec/pki/harmless.h"
#include "issuers_json.h"
#include "json_values.h"
#include "revocation_json.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::array harmless_array(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(pki::harmless(text, 2048));
  return array;
}

json::object list_of(const report::RevocationList& list, pki::Instant at) {
  json::object object{{"source", pki::harmless(list.source, 2048)},
                      {"origin", pki::text(list.origin)},
                      {"kept_at", time_or_null(list.kept)},
                      {"took_ms", list.took ? json::value(list.took->count()) : json::value(nullptr)},
                      {"trouble", list.trouble.empty() ? json::value(nullptr)
                                                       : json::value(pki::harmless(list.trouble, 500))}};
  if (list.crl == nullptr) return object;
  const pki::Crl& crl = *list.crl;
  const pki::CrlFacts facts = pki::crl_facts(crl);
  object["issuer"] = crl.issuer();
  object["number"] = text_or_null(crl.number());
  object["delta"] = crl.delta();
  object["base_number"] = text_or_null(facts.base_number);
  object["this_update"] = pki::rfc3339(crl.this_update());
  object["next_update"] = time_or_null(crl.next_update());
  object["age_seconds"] = (at - crl.this_update()).count();
  object["seconds_left"] =
      crl.next_update() ? json::value((*crl.next_update() - at).count()) : json::value(nullptr);
  object["entries"] = crl.entries();
  object["octets"] = facts.octets;
  object["signature_algorithm"] = facts.signature_algorithm;
  object["authority_key_id"] = facts.authority_key_id;
  object["scope"] = harmless_array(facts.scope);
  object["freshest"] = harmless_array(crl.freshest());
  object["profile_faults"] = harmless_array(crl.profile_faults());
  object["fault"] = text_or_null(facts.fault);
  return object;
}

json::object revocation_of(const pki::Revocation& each) {
  const report::Consequence becomes = report::consequence(each);
  json::object object = revocation_json(each);
  object["hard"] = becomes.hard;
  object["soft"] = becomes.soft;
  object["off"] = "accepted";
  return object;
}

}  // namespace

std::string lists_json(const std::vector<report::RevocationList>& lists, pki::Instant at, int exit_code) {
  json::array array;
  for (const report::RevocationList& list : lists) array.push_back(list_of(list, at));
  return json::serialize(json::object{{"schema", "domsec.crl/1"},
                                      {"at", pki::rfc3339(at)},
                                      {"lists", std::move(array)},
                                      {"exit_code", exit_code}});
}

std::string check_json(const CheckedCertificate& checked, pki::Instant at, int exit_code) {
  json::array certificates;
  for (const pki::Revocation& each : checked.revocations) certificates.push_back(revocation_of(each));
  json::array problems;
  for (const pki::PathProblem& each : checked.path.problems) {
    problems.push_back({{"fault", pki::text(each.fault)},
                        {"depth", each.depth},
                        {"subject", each.subject},
                        {"text", each.text}});
  }
  return json::serialize(json::object{
      {"schema", "domsec.revocation/1"},
      {"target", pki::harmless(checked.source, 2048)},
      {"at", pki::rfc3339(at)},
      {"anchor", checked.path.anchored ? json::value(checked.path.anchor) : json::value(nullptr)},
      {"path_problems", std::move(problems)},
      {"fetched", issuers_of(checked.path.fetched.get())},
      {"certificates", std::move(certificates)},
      {"exit_code", exit_code}});
}

}  // namespace domsec::cli
