#include "domsec/session/issuer_search.h"

#include <set>

#include "domsec/pki/certificate_facts.h"

namespace domsec::session {
namespace {

constexpr std::size_t most_fetches = 4;  // of one path
constexpr std::size_t most_uris = 8;     // those that cannot be fetched, too

/// The certificate at which the path ended because nobody knows its issuer.
pki::CertificatePtr without_issuer(const pki::PathExamination& examined) {
  if (examined.anchored || examined.path.empty() || examined.path.back()->self_signed) return nullptr;
  return examined.path.back();
}

bool is_fetched(const std::string& uri) { return uri.starts_with("http://") || uri.starts_with("HTTP://"); }

/// The next place of this certificate's issuer that was not asked, http before the rest.
std::string next_uri(const pki::Certificate& certificate, const std::set<std::string>& asked) {
  std::string other;
  for (const std::string& uri : pki::certificate_facts(certificate).ca_issuers) {
    if (asked.count(uri) != 0) continue;
    if (is_fetched(uri)) return uri;
    if (other.empty()) other = uri;
  }
  return other;
}

}  // namespace

net::task<std::shared_ptr<const pki::IssuersFetched>> search_issuers(
    std::shared_ptr<net::IssuerSource> source, pki::PathInput question, pki::PathExamination first) {
  if (!source || !without_issuer(first)) co_return nullptr;
  const auto found = std::make_shared<pki::IssuersFetched>();
  const net::SteadyPoint end = std::chrono::steady_clock::now() + source->patience();
  pki::PathExamination examined = std::move(first);
  std::set<std::string> asked;
  std::size_t fetches = 0;
  while (const pki::CertificatePtr top = without_issuer(examined)) {
    const std::string uri = next_uri(*top, asked);
    if (uri.empty() || asked.size() >= most_uris || std::chrono::steady_clock::now() >= end) break;
    if (is_fetched(uri) && ++fetches > most_fetches) break;
    asked.insert(uri);
    net::IssuerAnswer answer = co_await source->at(uri);
    question.presented.insert(question.presented.end(), answer.certificates.begin(),
                              answer.certificates.end());
    const bool more = !answer.certificates.empty();
    found->asked.push_back({uri, top->subject, std::move(answer.certificates), std::move(answer.problem)});
    if (more) examined = pki::examine_path(question);
  }
  found->path = examined.path;
  found->problems = examined.problems;
  found->anchored = examined.anchored;
  co_return found;
}

}  // namespace domsec::session
