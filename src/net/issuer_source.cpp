// One URI of an issuer's certificate: from memory, from the fetch that is under way, or from the network.
#include "domsec/net/issuer_source.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "domsec/pki/bundle.h"
#include "fetch_under_way.h"

namespace domsec::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_certificates = 32;  // of one URI
constexpr std::size_t most_answers = 256;      // remembered
constexpr int most_fetch_times = 2;            // as with revocation lists

struct Remembered {
  IssuerAnswer answer;
  SteadyPoint until;
};

using Fetch = FetchUnderWay<IssuerAnswer>;

}  // namespace

struct IssuerSource::Body {
  Body(std::shared_ptr<Resolver> with, IssuerSettings given)
      : resolver(std::move(with)), settings(std::move(given)) {}

  std::shared_ptr<Resolver> resolver;
  IssuerSettings settings;
  std::map<std::string, std::shared_ptr<Fetch>> running;
  std::map<std::string, Remembered> remembered;
  std::size_t fetches = 0;
};

namespace {

using BodyPtr = std::shared_ptr<IssuerSource::Body>;

IssuerAnswer without_certificates(std::string problem) {
  IssuerAnswer answer;
  answer.problem = std::move(problem);
  return answer;
}

IssuerAnswer certificates_of(const HttpAnswer& got, const std::string& uri) {
  if (got.status != HttpStatus::ok)
    return without_certificates(got.detail.empty() ? std::string(text(got.status)) : got.detail);
  IssuerAnswer answer;
  try {
    answer.certificates = pki::read_certificates(got.body, uri);
  } catch (const pki::BundleError&) {
    return without_certificates("the " + std::to_string(got.body.size()) + " octets are no certificate");
  }
  if (answer.certificates.size() > most_certificates) answer.certificates.resize(most_certificates);
  return answer;
}

void remember(IssuerSource::Body& body, const std::string& uri, const IssuerAnswer& answer) {
  const auto now = std::chrono::steady_clock::now();
  if (body.remembered.size() >= most_answers)
    std::erase_if(body.remembered, [now](const auto& entry) { return entry.second.until <= now; });
  if (body.remembered.size() >= most_answers) body.remembered.clear();
  const Milliseconds time = answer.certificates.empty() ? body.settings.retry_after : body.settings.keep;
  body.remembered[uri] = Remembered{answer, now + time};
}

/// Runs by itself, so that it goes on when the session that wanted it first has ended.
task<void> fetch(BodyPtr body, std::shared_ptr<Fetch> under_way, std::string uri) {
  IssuerAnswer answer;
  try {
    const HttpAnswer got =
        co_await http_get(*body->resolver, uri, body->settings.limits, body->settings.proxy);
    answer = certificates_of(got, uri);
  } catch (const std::exception& trouble) {  // no memory, no descriptors: who waits has to hear of it
    answer = without_certificates(trouble.what());
  }
  remember(*body, uri, answer);
  body->running.erase(uri);
  under_way->finish(std::move(answer));
}

task<IssuerAnswer> answer_of(BodyPtr body, std::string uri) {
  std::string problem;
  if (!read_http_uri(uri, problem)) co_return without_certificates(problem);  // ldap:// above all
  const auto known = body->remembered.find(uri);
  if (known != body->remembered.end() && std::chrono::steady_clock::now() < known->second.until)
    co_return known->second.answer;
  const auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<Fetch> under_way = body->running[uri];
  if (!under_way) {
    under_way = body->running[uri] = std::make_shared<Fetch>(executor);
    ++body->fetches;
    asio::co_spawn(executor, fetch(body, under_way, uri), asio::detached);
  }
  if (!under_way->finished) co_await under_way->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return under_way->result;
}

}  // namespace

IssuerSource::IssuerSource(std::shared_ptr<Resolver> resolver, IssuerSettings settings)
    : body_(std::make_shared<Body>(std::move(resolver), std::move(settings))) {}

IssuerSource::~IssuerSource() = default;

// Not a coroutine itself: what runs keeps the body alive, not the source.
task<IssuerAnswer> IssuerSource::at(std::string uri) { return answer_of(body_, std::move(uri)); }

Milliseconds IssuerSource::patience() const { return most_fetch_times * body_->settings.limits.timeout; }
std::size_t IssuerSource::fetches() const { return body_->fetches; }

}  // namespace domsec::net
