// The order in which lists are looked for, and the fetch of one URI. Each wait is bounded: a fetch by
// HttpLimits and the tries, a certificate by the number of its URIs and a time for all of them, a dead server
// by the time it is left alone.
#include "domsec/net/crl_source.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <span>

#include "crl_cache.h"
#include "fetch_under_way.h"

namespace domsec::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_uris = 8;            // of one certificate
constexpr std::size_t most_deltas = 2;
constexpr std::size_t most_failures = 1024;     // remembered
constexpr int most_fetch_times = 2;  // one certificate's URIs together, in units of HttpLimits::timeout

using Fetch = FetchUnderWay<pki::CrlCandidate>;

struct Failure {
  pki::CrlCandidate result;
  SteadyPoint until;
};

}  // namespace

struct CrlSource::Body {
  Body(std::shared_ptr<Resolver> with, CrlSettings given)
      : resolver(std::move(with)),
        settings(std::move(given)),
        cache(settings.cache_directory, settings.limits.octets) {}

  std::shared_ptr<Resolver> resolver;
  CrlSettings settings;
  CrlCache cache;
  std::map<std::string, std::shared_ptr<Fetch>> running;
  std::map<std::string, Failure> failures;
  std::size_t fetches = 0;
};

namespace {

using BodyPtr = std::shared_ptr<CrlSource::Body>;
using Candidates = std::vector<pki::CrlCandidate>;

pki::CrlCandidate without_list(std::string uri, pki::CrlProblem problem, std::string detail) {
  pki::CrlCandidate candidate;
  candidate.uri = std::move(uri);
  candidate.problem = problem;
  candidate.detail = std::move(detail);
  return candidate;
}

pki::CrlCandidate with_list(std::string uri, pki::CrlOrigin origin, std::shared_ptr<const pki::Crl> crl) {
  pki::CrlCandidate candidate;
  candidate.crl = std::move(crl);
  candidate.origin = origin;
  candidate.uri = std::move(uri);
  return candidate;
}

pki::CrlProblem problem_of(HttpStatus status) {
  switch (status) {
    case HttpStatus::ok:
      return pki::CrlProblem::none;
    case HttpStatus::too_large:
      return pki::CrlProblem::too_large;
    case HttpStatus::not_http:
    case HttpStatus::unresolved:
    case HttpStatus::unreachable:
    case HttpStatus::timed_out:
    case HttpStatus::refused_redirect:
    case HttpStatus::bad_answer:
    case HttpStatus::error_status:
      return pki::CrlProblem::unreachable;
  }
  return pki::CrlProblem::unreachable;
}

/// Not after a timeout: TCP has tried again all the time, and a session waits no longer than it must.
bool worth_another_try(const HttpAnswer& answer) {
  return answer.status == HttpStatus::unreachable || answer.status == HttpStatus::bad_answer ||
         (answer.status == HttpStatus::error_status && answer.code >= 500);
}

/// In force at `now` by its own dates (RFC 5280 5.1.2.4, 5.1.2.5).
bool is_current(const pki::Crl& crl, pki::Instant now) {
  return crl.this_update() <= now && crl.next_update() && now <= *crl.next_update();
}

task<HttpAnswer> get_with_tries(BodyPtr body, std::string uri) {
  HttpAnswer answer;
  const int tries = std::clamp(body->settings.tries, 1, 10);
  int done = 0;
  do {
    answer = co_await http_get(*body->resolver, uri, body->settings.limits, body->settings.proxy);
    ++done;
  } while (done < tries && worth_another_try(answer));
  if (answer.status != HttpStatus::ok && done > 1)
    answer.detail += " after " + std::to_string(done) + " tries";
  co_return answer;
}

pki::CrlCandidate keep_list(CrlSource::Body& body, const std::string& uri, const std::string& octets,
                            pki::Instant now) {
  CachedCrl entry;
  entry.crl = pki::Crl::read(octets);
  if (!entry.crl) {
    return without_list(uri, pki::CrlProblem::invalid,
                        "the " + std::to_string(octets.size()) + " octets are no CRL");
  }
  entry.octets = octets.size();
  entry.fetched = std::chrono::steady_clock::now();
  entry.current_when_fetched = is_current(*entry.crl, now);
  pki::CrlCandidate candidate = with_list(uri, pki::CrlOrigin::fetched, entry.crl);
  candidate.detail = body.cache.put(uri, std::move(entry), octets);
  return candidate;
}

void remember_failure(CrlSource::Body& body, const pki::CrlCandidate& result) {
  const auto now = std::chrono::steady_clock::now();
  if (body.failures.size() >= most_failures) {
    std::erase_if(body.failures, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (body.failures.size() >= most_failures) body.failures.clear();
  body.failures[result.uri] = Failure{result, now + body.settings.retry_after};
}

void end_fetch(CrlSource::Body& body, const std::shared_ptr<Fetch>& fetch, pki::CrlCandidate result) {
  body.running.erase(result.uri);
  if (result.crl) {
    body.failures.erase(result.uri);
  } else {
    remember_failure(body, result);
  }
  fetch->finish(std::move(result));
}

/// Runs by itself, so that it goes on when the session that wanted it first has ended.
task<void> fetch_list(BodyPtr body, std::shared_ptr<Fetch> fetch, std::string uri, pki::Instant now) {
  pki::CrlCandidate result;
  try {
    const HttpAnswer answer = co_await get_with_tries(body, uri);
    result = answer.status == HttpStatus::ok ? keep_list(*body, uri, answer.body, now)
                                             : without_list(uri, problem_of(answer.status), answer.detail);
  } catch (
      const std::exception& trouble) {  // no memory, no descriptors: the waiting sessions have to hear of it
    result = without_list(uri, pki::CrlProblem::unavailable, trouble.what());
  }
  end_fetch(*body, fetch, std::move(result));
}

task<pki::CrlCandidate> fetched(BodyPtr body, std::string uri, pki::Instant now) {
  const auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<Fetch> fetch = body->running[uri];
  if (!fetch) {
    fetch = body->running[uri] = std::make_shared<Fetch>(executor);
    ++body->fetches;
    asio::co_spawn(executor, fetch_list(body, fetch, uri, now), asio::detached);
  }
  if (!fetch->finished) co_await fetch->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return fetch->result;
}

/// Is what is cached to be used without asking the network?
bool suffices(const CachedCrl& cached, const CrlSettings& settings, pki::Instant now) {
  if (is_current(*cached.crl, now)) return true;
  if (settings.mode != CrlMode::fetch) return true;  // out of date, and there is no other
  const bool fresh =
      cached.fetched && std::chrono::steady_clock::now() < *cached.fetched + settings.retry_after;
  return fresh && !cached.current_when_fetched;  // the server has nothing better
}

bool is_ldap(std::string_view uri) { return uri.starts_with("ldap:") || uri.starts_with("ldaps:"); }

/// What one distribution point gives: one candidate, or the outdated list and why there is no newer one.
task<Candidates> of_uri(BodyPtr body, std::string uri, pki::Instant now) {
  Candidates found;
  if (const CachedCrl* cached = body->cache.find(uri)) {
    found.push_back(with_list(uri, pki::CrlOrigin::cache, cached->crl));
    if (suffices(*cached, body->settings, now)) co_return found;
  }
  if (body->settings.mode != CrlMode::fetch) {
    found.push_back(
        without_list(uri, pki::CrlProblem::unavailable, "there is no cached list, and none is fetched"));
    co_return found;
  }
  std::string problem;
  if (!read_http_uri(uri, problem)) {
    const bool directory = is_ldap(uri);  // counts as no distribution point at all (D-19)
    found.push_back(without_list(uri, directory ? pki::CrlProblem::no_cdp : pki::CrlProblem::unreachable, problem));
    co_return found;
  }
  const auto failure = body->failures.find(uri);
  if (failure != body->failures.end() && std::chrono::steady_clock::now() < failure->second.until) {
    found.push_back(failure->second.result);
    found.back().detail += ", tried a moment ago";
    co_return found;
  }
  pki::CrlCandidate result = co_await fetched(body, uri, now);
  if (result.crl) found.clear();
  found.push_back(std::move(result));
  co_return found;
}

/// Has the matter been settled, so that no other list needs to be looked for?
bool settles(const pki::CrlCandidate& candidate, const pki::CertificatePtr& certificate,
             const pki::CertificatePtr& issuer, pki::Instant now) {
  if (!candidate.crl) return false;
  if (!issuer) return is_current(*candidate.crl, now);
  const pki::Revocation answer =
      pki::examine_revocation({{certificate, issuer}}, std::span(&candidate, 1), {.at = now});
  return answer.state != pki::RevocationState::unknown && answer.problem == pki::CrlProblem::none;
}

Candidates of_files(const CrlSettings& settings, const std::string& issuer) {
  Candidates found;
  for (std::size_t i = 0; i < settings.files.size(); ++i) {
    if (settings.files[i]->issuer() != issuer && !settings.files[i]->indirect()) continue;
    const std::string name = i < settings.file_names.size() ? settings.file_names[i] : std::string();
    found.push_back(with_list(name, pki::CrlOrigin::file, settings.files[i]));
  }
  return found;
}

/// The delta lists that the lists found speak of (RFC 5280 5.2.6). One that cannot be had takes nothing from a base
/// in force; it is among the candidates all the same, with its problem.
task<void> add_deltas(BodyPtr body, std::shared_ptr<Candidates> found, pki::Instant now, SteadyPoint end) {
  std::vector<std::string> uris;
  for (const pki::CrlCandidate& candidate : *found) {
    if (!candidate.crl) continue;
    for (const std::string& uri : candidate.crl->freshest()) {
      if (uris.size() < most_deltas && std::find(uris.begin(), uris.end(), uri) == uris.end())
        uris.push_back(uri);
    }
  }
  for (const std::string& uri : uris) {
    if (std::chrono::steady_clock::now() >= end) co_return;
    Candidates more = co_await of_uri(body, uri, now);
    std::move(more.begin(), more.end(), std::back_inserter(*found));
  }
}

task<Candidates> candidates_for(BodyPtr body, pki::CertificatePtr certificate, pki::CertificatePtr issuer,
                                pki::Instant now) {
  const auto found = std::make_shared<Candidates>();
  const CrlSettings& settings = body->settings;
  if (settings.mode == CrlMode::off) co_return *found;
  const auto settled = [&](const pki::CrlCandidate& candidate) {
    return settles(candidate, certificate, issuer, now);
  };
  const SteadyPoint end = std::chrono::steady_clock::now() + most_fetch_times * settings.limits.timeout;
  *found = of_files(settings, certificate->issuer);
  bool enough = std::any_of(found->begin(), found->end(), settled);
  const std::vector<std::string>& uris = certificate->crl_distribution_points;
  if (uris.empty() && found->empty()) {
    found->push_back(
        without_list({}, pki::CrlProblem::no_cdp, "the certificate names no CRL distribution point"));
  }
  for (std::size_t i = 0; i < uris.size() && !enough; ++i) {
    if (i >= most_uris || std::chrono::steady_clock::now() >= end) {
      const std::string why =
          i >= most_uris ? "the certificate names too many" : "the others took all the time";
      found->push_back(without_list(uris[i], pki::CrlProblem::unreachable, "not tried: " + why));
      break;
    }
    Candidates more = co_await of_uri(body, uris[i], now);
    enough = std::any_of(more.begin(), more.end(), settled);
    std::move(more.begin(), more.end(), std::back_inserter(*found));
  }
  co_await add_deltas(body, found, now, end);
  co_return std::move(*found);
}

}  // namespace

CrlSource::CrlSource(std::shared_ptr<Resolver> resolver, CrlSettings settings)
    : body_(std::make_shared<Body>(std::move(resolver), std::move(settings))) {}

CrlSource::~CrlSource() = default;

// Not a coroutine itself: what runs keeps the body alive, not the source.
task<std::vector<pki::CrlCandidate>> CrlSource::candidates(pki::CertificatePtr certificate,
                                                           pki::CertificatePtr issuer, pki::Instant now) {
  return candidates_for(body_, std::move(certificate), std::move(issuer), now);
}

void CrlSource::clear() {
  body_->cache.clear();
  body_->failures.clear();
}

CrlMode CrlSource::mode() const { return body_->settings.mode; }
std::size_t CrlSource::fetches() const { return body_->fetches; }

}  // namespace domsec::net
