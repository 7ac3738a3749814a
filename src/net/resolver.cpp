// From DNS answers to the hosts that mail for a domain goes to: RFC 5321 5.1 with RFC 7505 and the errors that real zones
// have. The queries themselves are dns_channel.cpp's. Nothing throws: whatever a name server does is a status and a clause.
#include "domsec/net/resolver.h"

#include <algorithm>
#include <set>

#include "dns_channel.h"
#include "loop_context.h"

namespace domsec::net {

struct Resolver::Body {
  ResolverSettings settings;
  std::shared_ptr<DnsChannel> channel;
};

namespace {

using BodyPtr = std::shared_ptr<Resolver::Body>;
using QueryPtr = std::shared_ptr<DnsQuery>;

/// RFC 1034 3.6.2: chains of aliases are followed, circles are an error; a chain longer than this counts as one.
constexpr std::size_t most_aliases = 8;
constexpr std::size_t most_addresses = 32;

struct Lookup {
  DnsStatus status = DnsStatus::ok;
  std::string detail;
  std::string canonical;  // where the aliases led, empty when there were none
  std::vector<DnsRecord> records;
};

/// `[192.0.2.1]` and `[IPv6:2001:db8::1]` are address literals (RFC 5321 4.1.3).
std::string without_brackets(std::string host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  host = host.substr(1, host.size() - 2);
  return host.starts_with("ipv6:") ? host.substr(5) : host;
}

std::map<std::string, std::vector<std::string>> canonical_overrides(
    const std::map<std::string, std::vector<std::string>>& given) {
  std::map<std::string, std::vector<std::string>> overrides;
  for (const auto& [host, addresses] : given) {
    std::vector<std::string>& of_host = overrides[canonical_host(host)];
    for (const std::string& address : addresses) {
      if (const auto numeric = numeric_address(without_brackets(canonical_host(address)))) of_host.push_back(*numeric);
    }
  }
  return overrides;
}

/// Follows the aliases inside one answer from `name` on; returns false for a circle.
bool follow_aliases(const DnsMessage& answer, std::string& name, std::set<std::string>& seen) {
  const auto alias_of = [&answer](const std::string& owner) {
    return std::find_if(answer.answers.begin(), answer.answers.end(), [&owner](const DnsRecord& record) {
      return record.type == DnsType::cname && record.name == owner;
    });
  };
  for (auto alias = alias_of(name); alias != answer.answers.end(); alias = alias_of(name)) {
    name = alias->value;
    if (!seen.insert(name).second || seen.size() > most_aliases + 1) return false;
  }
  return true;
}

Lookup failed(DnsStatus status, std::string detail) {
  Lookup lookup;
  lookup.status = status;
  lookup.detail = std::move(detail);
  return lookup;
}

/// One record type of one name, aliases followed over as many answers as it takes.
task<Lookup> look_up(BodyPtr body, QueryPtr query, SteadyPoint deadline) {
  const std::string asked = query->name;
  const DnsType type = query->type;
  std::string name = asked;
  std::set<std::string> seen{name};
  while (true) {
    co_await finish(body->channel, query, deadline);
    if (query->status != DnsStatus::ok) co_return failed(query->status, query->detail);
    const std::string before = name;
    if (!follow_aliases(query->answer, name, seen)) {
      co_return failed(DnsStatus::malformed, "its aliases lead in a circle or too far (RFC 1034 3.6.2)");
    }
    Lookup lookup;
    if (name != asked) lookup.canonical = name;
    for (DnsRecord& record : query->answer.answers) {
      if (record.type == type && record.name == name) lookup.records.push_back(std::move(record));
    }
    if (!lookup.records.empty()) co_return lookup;
    // An SOA makes "no data" final (RFC 2308 2.2); a bare alias has to be asked for itself.
    if (name == before || query->answer.soa_in_authority) co_return failed(DnsStatus::no_data, "there is no such record");
    if (!is_host_name(name)) co_return failed(DnsStatus::malformed, "its alias leads to " + name + ", which is no host name");
    query = body->channel->start(name, type);
  }
}

/// An address lookup of one host on its way.
struct HostLookup {
  MxHost host;  // complete when there are no queries
  QueryPtr a;
  QueryPtr aaaa;
};

void settle(MxHost& host, DnsStatus status, std::string detail) {
  host.status = status;
  host.detail = std::move(detail);
}

void settle_addresses(MxHost& host, std::vector<std::string> addresses) {
  host.addresses = std::move(addresses);
  if (host.addresses.empty()) settle(host, DnsStatus::no_data, "it has no address of a family in use");
}

std::vector<std::string> of_families(const ResolverSettings& settings, const std::vector<std::string>& addresses) {
  std::vector<std::string> kept;
  for (const std::string& address : addresses) {
    const bool six = address.find(':') != std::string::npos;
    if (six ? settings.ipv6 : settings.ipv4) kept.push_back(address);
  }
  return kept;
}

HostLookup start_host(Resolver::Body& body, std::string name, std::uint16_t preference) {
  HostLookup lookup;
  lookup.host.preference = preference;
  lookup.host.host = std::move(name);
  const std::string& host = lookup.host.host;
  const ResolverSettings& settings = body.settings;
  if (const auto numeric = numeric_address(without_brackets(host))) {
    lookup.host.addresses = {*numeric};  // the caller's own word, whatever the families in use
  } else if (const auto given = settings.overrides.find(host); given != settings.overrides.end()) {
    settle_addresses(lookup.host, of_families(settings, given->second));
  } else if (host == "localhost" || host.ends_with(".localhost")) {
    settle_addresses(lookup.host, of_families(settings, {"127.0.0.1", "::1"}));
  } else if (!is_host_name(host)) {
    settle(lookup.host, DnsStatus::malformed, "this is no host name");
  } else if (!settings.ipv4 && !settings.ipv6) {
    settle_addresses(lookup.host, {});
  } else {
    if (settings.ipv4) lookup.a = body.channel->start(host, DnsType::a);
    if (settings.ipv6) lookup.aaaa = body.channel->start(host, DnsType::aaaa);
  }
  return lookup;
}

/// How much a status tells when no address was found: trouble of the server tells more than the absence of a record.
int rank(DnsStatus status) {
  switch (status) {
    case DnsStatus::ok:
      return 0;
    case DnsStatus::no_data:
      return 1;
    case DnsStatus::no_such_domain:
      return 2;
    case DnsStatus::malformed:
      return 3;
    case DnsStatus::refused:
      return 4;
    case DnsStatus::server_failure:
      return 5;
    case DnsStatus::timed_out:
      return 6;
  }
  return 0;
}

void add_family(MxHost& host, Lookup lookup, DnsType type) {
  if (!lookup.canonical.empty()) host.canonical = lookup.canonical;
  for (DnsRecord& record : lookup.records) {
    const bool known = std::find(host.addresses.begin(), host.addresses.end(), record.value) != host.addresses.end();
    if (!known && host.addresses.size() < most_addresses) host.addresses.push_back(std::move(record.value));
  }
  if (rank(lookup.status) <= rank(host.status)) return;
  host.status = lookup.status;
  host.detail = std::string(text(type)) + " lookup: " + lookup.detail;
}

task<MxHost> finish_host(BodyPtr body, HostLookup lookup, SteadyPoint deadline) {
  MxHost host = std::move(lookup.host);
  if (lookup.a) add_family(host, co_await look_up(body, lookup.a, deadline), DnsType::a);
  if (lookup.aaaa) add_family(host, co_await look_up(body, lookup.aaaa, deadline), DnsType::aaaa);
  if (!host.addresses.empty()) {
    // One family is enough. That the other has no record is usual; that its lookup failed is worth a word.
    if (host.status == DnsStatus::no_data || host.status == DnsStatus::no_such_domain) host.detail.clear();
    host.status = DnsStatus::ok;
  }
  if (!host.canonical.empty() && host.detail.empty()) host.detail = "it is an alias of " + host.canonical;
  co_return host;
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
  // RFC 5321 5.1, RFC 1035 3.3.9: the target is a domain name. An address in its place is a mistake in the zone, and an
  // MTA that used it would hide the mistake.
  if (numeric_address(target.host)) {
    HostLookup refused;
    refused.host = target;
    settle(refused.host, DnsStatus::malformed, "the MX target is an address, not a host name (RFC 5321 5.1)");
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
  if (domain == "localhost" || domain.ends_with(".localhost")) co_return co_await implicit_mx(body, domain, deadline);
  const QueryPtr query = body->channel->start(domain, DnsType::mx);
  Lookup found = co_await look_up(body, query, deadline);
  // Only a certain "no MX record" leads to the domain's own address; after SERVFAIL or a timeout that would be a guess.
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
