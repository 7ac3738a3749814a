// What a search for missing issuers came to, in one clause for findings and reports.
#include <algorithm>

#include "domsec/pki/harmless.h"
#include "domsec/pki/path.h"

namespace domsec::pki {
namespace {

constexpr std::size_t longest_uri = 300;

bool is_part_of(const IssuerAsked& asked, const Chain& path) {
  return std::any_of(asked.certificates.begin(), asked.certificates.end(), [&](const CertificatePtr& came) {
    return std::any_of(path.begin(), path.end(), [&](const CertificatePtr& used) {
      return used->thumbprint_sha256 == came->thumbprint_sha256;
    });
  });
}

/// The URIs whose certificates the path has, joined by "and"; empty when there are none.
std::string places_of(const IssuersFetched& fetched) {
  std::string places;
  for (const IssuerAsked& asked : fetched.asked) {
    if (is_part_of(asked, fetched.path))
      places += (places.empty() ? "" : " and ") + harmless(asked.uri, longest_uri);
  }
  return places;
}

std::string failures_of(const IssuersFetched& fetched) {
  std::string failures;
  for (const IssuerAsked& asked : fetched.asked) {
    if (is_part_of(asked, fetched.path)) continue;
    const std::string why =
        asked.problem.empty() ? "what came is not the issuer" : harmless(asked.problem, 500);
    failures += (failures.empty() ? "" : "; ") + harmless(asked.uri, longest_uri) + ": " + why;
  }
  return failures;
}

std::string end_of(const IssuersFetched& fetched) {
  const Certificate& last = *fetched.path.back();
  return last.self_signed ? last.subject + ", a root that is not trusted here"
                          : last.subject + ", whose issuer is not known here";
}

}  // namespace

std::string text(const IssuersFetched& fetched) {
  if (fetched.asked.empty()) return "no certificate of the chain says where its issuer's is (no caIssuers)";
  const std::string places = places_of(fetched);
  const std::string failures = failures_of(fetched);
  if (places.empty()) return "its issuer was not to be had from " + failures;
  const std::string with = "with the intermediate from " + places;
  if (fetched.good()) return with + " the chain is good";
  if (fetched.anchored) {
    const PathProblem& first = fetched.problems.front();
    return with + " the chain reaches " + fetched.path.back()->subject + ", but " + first.subject + ": " +
           first.text;
  }
  return with + " the chain ends in " + end_of(fetched) + (failures.empty() ? "" : "; " + failures);
}

}  // namespace domsec::pki
