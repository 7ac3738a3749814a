#include "verify_details_json.h"

#include <boost/json.hpp>

#include "domsec/pki/harmless.h"
#include "domsec/pki/instant.h"
#include "domsec/pki/problem_code.h"
#include "issuers_json.h"
#include "revocation_json.h"
#include "verify_path_json.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::array path_of(const pki::Chain& path) {
  json::array certificates;
  for (const pki::CertificatePtr& each : path) {
    certificates.push_back({{"subject", each->subject},
                            {"serial", each->serial},
                            {"sha256", each->thumbprint_sha256},
                            {"not_before", pki::rfc3339(each->not_before)},
                            {"not_after", pki::rfc3339(each->not_after)}});
  }
  return certificates;
}

json::array problems_of(const std::vector<pki::PathProblem>& problems) {
  json::array array;
  for (const pki::PathProblem& each : problems) {
    array.push_back({{"code", pki::problem_code(each)},
                     {"depth", each.depth},
                     {"subject", each.subject},
                     {"x509_error", each.x509_error},
                     {"text", each.text}});
  }
  return array;
}

json::array names_of(const std::vector<policy::NameAsked>& names) {
  json::array array;
  for (const policy::NameAsked& each : names) {
    json::array attempts;
    for (const pki::NameAttempt& attempt : each.attempts) {
      attempts.push_back({{"source", pki::text(attempt.presented.source)},
                          {"presented", pki::harmless(attempt.presented.text)},
                          {"matches", attempt.matches},
                          {"why", attempt.why}});
    }
    array.push_back({{"kind", policy::text(each.wanted.kind)},
                     {"value", pki::harmless(each.wanted.value)},
                     {"readable", each.readable},
                     {"matches", each.matches},
                     {"attempts", std::move(attempts)}});
  }
  return array;
}

json::array revocations_of(const std::vector<pki::Revocation>& revocations) {
  json::array array;
  for (const pki::Revocation& each : revocations) array.push_back(revocation_json(each));
  return array;
}

}  // namespace

std::string verification_document(const policy::Verification& verification) {
  json::object document = verification_json(verification);
  document["details"] = json::object{{"path", path_of(verification.path)},
                                     {"problems", problems_of(verification.path_problems)},
                                     {"names", names_of(verification.names)},
                                     {"revocation", revocations_of(verification.revocations)},
                                     {"fetched", issuers_of(verification.fetched.get())}};
  return json::serialize(document);
}

std::string unreadable_document() {
  return json::serialize(
      json::object{{"result", "reject"}, {"reason", "parse"}, {"problems", json::array{"parse"}}});
}

}  // namespace domsec::cli
