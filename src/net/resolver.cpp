// From DNS answers to the hosts that mail for a domain goes to: RFC 5321 5.1 with RFC 7505 and the errors
// that real zones have. Addresses are host_lookup.cpp's, queries dns_channel.cpp's. Nothing throws: whatever
// a name server does is a status and a clause.
#include "domsec/net/resolver.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "host_lookup.h"
#include "loop_context.h"

namespace domsec::net {

namespace {

std::map<std::string, std::vector<std::string>> canonical_overrides(
    const std::map<std::string, std::vector<std::string>>& given) {
  std::map<std::string, std::vector<std::string>> overrides;
  for (const auto& [host, addresses] : given) {
    std::vector<std::string>& of_host = overrides[canonical_host(host)];
    for (const std::string& address : addresses) {
      if (const auto numeric = numeric_address(without_brackets(canonical_host(address))))
        of_host.push_back(*numeric);
    }
  }
  return overrides;
}

/// The records of the answer in the order of their use, each host once.
std::vector<MxHost> in_order(const std::vector<DnsRecord>& records) {
  std::vector<MxHost> hosts;
  for (const DnsRecord& record : records) {
    if (record.value.empty()) continue;  // a null MX beside others says nothing (RFC 7505 3)
    MxHost& host = hosts.emplace_back();
    host.preference = record.preference;
    host.host = record.value;
  }
  std::sort(hosts.begin(), hosts.end(), [](const MxHost& one, const MxHost& other) {
    return std::tie(one.preference, one.host) < std::tie(other.preference, other.host);
  });
  std::set<std::string> seen;
  std::erase_if(hosts, [&seen](const MxHost& host) { return !seen.insert(host.host).second; });
  return hosts;
}

HostLookup start_target(Resolver::Body& body, const MxHost& target) {
  // RFC 5321 5.1, RFC 1035 3.3.9: the target is a domain name. An address in its place is a mistake in the
  // zone, and an MTA that used it would hide the mistake.
  if (numeric_address(target.host)) {
    HostLookup refused;
    refused.host = target;
    refused.host.status = DnsStatus::malformed;
    refused.host.detail = "the MX target is an address, not a host name (RFC 5321 5.1)";
    return refused;
  }
  return start_host(body, target.host, target.preference);
}

task<std::vector<MxHost>> finish_hosts(BodyPtr body, std::vector<HostLookup> lookups, SteadyPoint deadline) {
  std::vector<MxHost> hosts;
  for (HostLookup& lookup : lookups) hosts.push_back(co_await finish_host(body, std::move(lookup), deadline));
  co_return hosts;
}

/// No MX record: the domain is its own mail host (RFC 5321 5.1, "implicit MX").
task<MxAnswer> implicit_mx(BodyPtr body, std::string domain, SteadyPoint deadline) {
  HostLookup lookup = start_host(*body, domain, 0);
  MxAnswer answer;
  answer.implicit = true;
  answer.hosts.push_back(co_await finish_host(body, std::move(lookup), deadline));
  answer.status = answer.hosts.front().status;
  answer.detail = answer.status == DnsStatus::ok
                      ? domain + " has no MX record, so its own address is used"
                      : domain + " has no MX record, and as a host: " + answer.hosts.front().detail;
  co_return answer;
}

task<MxAnswer> mx_hosts(BodyPtr body, std::string domain, Lookup found, SteadyPoint deadline) {
  MxAnswer answer;
  std::vector<MxHost> targets = in_order(found.records);
  if (targets.empty()) {
    answer.null_mx = true;
    answer.detail = domain + " accepts no mail: it has a null MX (RFC 7505)";
    co_return answer;
  }
  const std::size_t most = std::max<std::size_t>(body->settings.most_hosts, 1);
  if (targets.size() > most) {
    answer.left_out = targets.size() - most;
    targets.resize(most);
    answer.detail = domain + " has " + std::to_string(most + answer.left_out) + " MX hosts, the first " +
                    std::to_string(most) + " are used";
  } else if (!found.canonical.empty()) {
    answer.detail = domain + " is an alias of " + found.canonical;
  }
  std::vector<HostLookup> lookups;
  for (const MxHost& target : targets) lookups.push_back(start_target(*body, target));
  answer.hosts = co_await finish_hosts(body, std::move(lookups), deadline);
  co_return answer;
}

task<MxAnswer> mx_of(BodyPtr body, std::string domain, SteadyPoint deadline) {
  MxAnswer answer;
  const bool overridden = body->settings.overrides.contains(domain);
  if (overridden || numeric_address(without_brackets(domain))) {
    HostLookup lookup = start_host(*body, domain, 0);
    answer.overridden = overridden;
    answer.implicit = !overridden;
    answer.hosts.push_back(std::move(lookup.host));
    answer.status = answer.hosts.front().status;
    answer.detail = answer.hosts.front().detail;
    co_return answer;
  }
  if (!is_host_name(domain)) {
    answer.status = DnsStatus::malformed;
    answer.detail = "this is no domain name that can be looked up";
    co_return answer;
  }
  if (domain == "localhost" || domain.ends_with(".localhost"))
    co_return co_await implicit_mx(body, domain, deadline);
  const QueryPtr query = body->channel->start(domain, DnsType::mx);
  Lookup found = co_await look_up(body, query, deadline);
  // Only a certain "no MX record" leads to the domain's own address; after SERVFAIL or a timeout that would
  // be a guess.
  if (found.status == DnsStatus::no_data) co_return co_await implicit_mx(body, domain, deadline);
  if (found.status == DnsStatus::ok) co_return co_await mx_hosts(body, domain, std::move(found), deadline);
  answer.status = found.status;
  answer.detail = "the MX lookup of " + domain + " failed: " + found.detail;
  co_return answer;
}

task<MxHost> addresses_of(BodyPtr body, std::string host, SteadyPoint deadline) {
  HostLookup lookup = start_host(*body, host, 0);
  co_return co_await finish_host(body, std::move(lookup), deadline);
}

}  // namespace

Resolver::Resolver(Loop& loop, ResolverSettings settings) : body_(std::make_shared<Body>()) {
  settings.overrides = canonical_overrides(settings.overrides);
  body_->channel = std::make_shared<DnsChannel>(loop.context().io, settings);
  body_->settings = std::move(settings);
}

Resolver::~Resolver() { body_->channel->close(); }

// Not coroutines themselves: what runs keeps the body alive, not the resolver.
task<MxAnswer> Resolver::mx(std::string domain, SteadyPoint deadline) {
  return mx_of(body_, canonical_host(domain), deadline);
}

task<MxHost> Resolver::addresses(std::string host, SteadyPoint deadline) {
  return addresses_of(body_, canonical_host(host), deadline);
}

std::size_t Resolver::unanswered() const { return body_->channel->unanswered(); }
std::size_t Resolver::most_seen_in_flight() const { return body_->channel->most_seen_in_flight(); }

std::string_view text(DnsStatus status) {
  switch (status) {
    case DnsStatus::ok:
      return "ok";
    case DnsStatus::no_such_domain:
      return "no such domain";
    case DnsStatus::no_data:
      return "no data";
    case DnsStatus::server_failure:
      return "server failure";
    case DnsStatus::timed_out:
      return "timed out";
    case DnsStatus::refused:
      return "refused";
    case DnsStatus::malformed:
      return "malformed";
  }
  return "malformed";
}

}  // namespace domsec::net
