// One record type of one name with its aliases followed, and the addresses of one host. Private to net/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dns_channel.h"
#include "domsec/net/resolver.h"

namespace domsec::net {

struct Resolver::Body {
  ResolverSettings settings;
  std::shared_ptr<DnsChannel> channel;
};

using BodyPtr = std::shared_ptr<Resolver::Body>;
using QueryPtr = std::shared_ptr<DnsQuery>;

/// What one name has of one record type.
struct Lookup {
  DnsStatus status = DnsStatus::ok;
  std::string detail;
  std::string canonical;  // where the aliases led, empty when there were none
  std::vector<DnsRecord> records;
};

/// An address lookup of one host on its way.
struct HostLookup {
  MxHost host;  // complete when there are no queries
  QueryPtr a;
  QueryPtr aaaa;
};

/// `[192.0.2.1]` and `[IPv6:2001:db8::1]` are address literals (RFC 5321 4.1.3).
[[nodiscard]] std::string without_brackets(std::string host);

/// Waits for the query and follows aliases over as many answers as it takes.
task<Lookup> look_up(BodyPtr body, QueryPtr query, SteadyPoint deadline);

/// Settles at once what needs no DNS, asks for the rest.
[[nodiscard]] HostLookup start_host(Resolver::Body& body, std::string name, std::uint16_t preference);
task<MxHost> finish_host(BodyPtr body, HostLookup lookup, SteadyPoint deadline);

}  // namespace domsec::net
