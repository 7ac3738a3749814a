// Addresses of hosts: numeric ones, overrides, localhost, and A and AAAA lookups side by side; aliases are
// followed.
#include "host_lookup.h"

#include <algorithm>
#include <set>

namespace domsec::net {
namespace {

/// RFC 1034 3.6.2: chains of aliases are followed, circles are an error; a chain longer than this counts as
/// one.
constexpr std::size_t most_aliases = 8;
constexpr std::size_t most_addresses = 32;

}  // namespace

std::string without_brackets(std::string host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  host = host.substr(1, host.size() - 2);
  return host.starts_with("ipv6:") ? host.substr(5) : host;
}

namespace {

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

}  // namespace

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
    if (name == before || query->answer.soa_in_authority)
      co_return failed(DnsStatus::no_data, "there is no such record");
    if (!is_host_name(name))
      co_return failed(DnsStatus::malformed, "its alias leads to " + name + ", which is no host name");
    query = body->channel->start(name, type);
  }
}

namespace {

void settle(MxHost& host, DnsStatus status, std::string detail) {
  host.status = status;
  host.detail = std::move(detail);
}

void settle_addresses(MxHost& host, std::vector<std::string> addresses) {
  host.addresses = std::move(addresses);
  if (host.addresses.empty()) settle(host, DnsStatus::no_data, "it has no address of a family in use");
}

std::vector<std::string> of_families(const ResolverSettings& settings,
                                     const std::vector<std::string>& addresses) {
  std::vector<std::string> kept;
  for (const std::string& address : addresses) {
    const bool six = address.find(':') != std::string::npos;
    if (six ? settings.ipv6 : settings.ipv4) kept.push_back(address);
  }
  return kept;
}

}  // namespace

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

namespace {

/// How much a status tells when no address was found: trouble of the server tells more than the absence of a
/// record.
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
    const bool known =
        std::find(host.addresses.begin(), host.addresses.end(), record.value) != host.addresses.end();
    if (!known && host.addresses.size() < most_addresses) host.addresses.push_back(std::move(record.value));
  }
  if (rank(lookup.status) <= rank(host.status)) return;
  host.status = lookup.status;
  host.detail = std::string(text(type)) + " lookup: " + lookup.detail;
}

}  // namespace

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

}  // namespace domsec::net
