#include "domsec/session/fetching.h"

namespace domsec::session {
namespace {

std::vector<net::Endpoint> endpoints(const std::vector<std::string>& texts) {
  std::vector<net::Endpoint> result;
  for (const std::string& text : texts) {
    const auto endpoint = net::read_endpoint(text);
    if (!endpoint)
      throw exchange::ConfigError("DnsServers: '" + text + "' is no address:port; write 192.0.2.53:53");
    result.push_back(*endpoint);
  }
  return result;
}

}  // namespace

net::ResolverSettings resolver_settings(const exchange::Organisation& organisation,
                                        const EdgeSettings& settings) {
  net::ResolverSettings dns;
  dns.servers = endpoints(organisation.dns_servers);
  dns.timeout = settings.dns_timeout;
  dns.ipv4 = settings.ipv4;
  dns.ipv6 = settings.ipv6;
  dns.overrides = settings.resolve;
  return dns;
}

net::HttpProxy http_proxy(const exchange::Organisation& organisation, const EdgeSettings& settings) {
  const exchange::RevocationSettings& revocation = organisation.revocation;
  const std::string origin = revocation.origins.of("HttpProxy").text();
  std::string problem;
  auto proxy = net::choose_http_proxy(revocation.http_proxy, origin, settings.proxy_environment, problem);
  if (proxy) return *std::move(proxy);
  // What it says is not repeated: there may be a password in it.
  const std::string where =
      revocation.http_proxy.empty() ? "http_proxy of the environment" : origin + ": HttpProxy";
  throw exchange::ConfigError(where + " cannot be used: " + problem +
                              "; write http://host:port, or none (--http-proxy none goes before it)");
}

std::shared_ptr<net::IssuerSource> issuer_source(const exchange::Organisation& organisation,
                                                 const EdgeSettings& settings,
                                                 std::shared_ptr<net::Resolver> resolver) {
  if (organisation.revocation.aia != "fetch") return nullptr;
  net::IssuerSettings issuers;
  issuers.limits.timeout = settings.crl_timeout;
  issuers.proxy = http_proxy(organisation, settings);
  return std::make_shared<net::IssuerSource>(std::move(resolver), std::move(issuers));
}

}  // namespace domsec::session
