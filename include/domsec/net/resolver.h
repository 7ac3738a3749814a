// MX, A and AAAA lookups by c-ares (RFC 5321 5.1, RFC 7505 null MX). Bounded in time, tries, answers and
// queries in flight. Names are looked up in the DNS alone, not in /etc/hosts, so that a result does not hang
// on the machine; only `localhost` is the loopback addresses (RFC 6761 6.3). Nothing is cached: a tester
// shows the DNS as it is now.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/net/channel.h"
#include "domsec/net/loop.h"
#include "domsec/net/task.h"

namespace domsec::net {

enum class DnsStatus { ok, no_such_domain, no_data, server_failure, timed_out, refused, malformed };

struct MxHost {
  std::uint16_t preference = 0;
  std::string host;                       // lower-case, no trailing dot
  std::vector<std::string> addresses;     // numeric, A before AAAA; at most 32
  DnsStatus status = DnsStatus::ok;  // of the address lookups; malformed for a target that is no host name
  /// Where a CNAME led; empty when there was none. An MX target must not be an alias (RFC 2181 10.3, RFC
  /// 5321 5.1).
  std::string canonical;
  std::string detail;                     // one clause on a failure or an oddity
};

struct MxAnswer {
  /// Of the MX lookup. When there is no MX record it is the status of the domain's own address lookup.
  DnsStatus status = DnsStatus::ok;
  bool implicit = false;                  // no MX record: the domain's own address is used (RFC 5321 5.1)
  bool null_mx = false;                   // RFC 7505
  bool overridden = false;                // by ResolverSettings::overrides, the DNS was not asked
  /// By preference, equal ones by name. RFC 5321 5.1 wants equal ones at random; a tester has to be
  /// reproducible.
  std::vector<MxHost> hosts;
  std::size_t left_out = 0;               // MX records beyond the bound
  std::string detail;                     // one sentence on a failure or an oddity
};

struct ResolverSettings {
  std::vector<Endpoint> servers;          // empty = the system's
  Milliseconds timeout{3000};             // per try; c-ares doubles it with each round over the servers
  int tries = 2;
  std::size_t most_hosts = 50;            // MX hosts used
  std::size_t most_in_flight = 100;       // more lose answers in the socket buffer; the rest wait their turn
  bool ipv4 = true;
  bool ipv6 = true;
  std::map<std::string, std::vector<std::string>> overrides;  // --resolve HOST:ADDRESS, numeric addresses
};

/// The loop has to outlive the resolver. Destroying it ends its lookups with server_failure; no coroutine is
/// left behind.
class Resolver {
 public:
  Resolver(Loop& loop, ResolverSettings settings);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// At `deadline` what has not been answered is timed_out.
  task<MxAnswer> mx(std::string domain, SteadyPoint deadline = SteadyPoint::max());
  /// Addresses of one host; a numeric address is its own answer.
  task<MxHost> addresses(std::string host, SteadyPoint deadline = SteadyPoint::max());
  /// Queries on their way or waiting (tests, `doctor`).
  [[nodiscard]] std::size_t unanswered() const;
  [[nodiscard]] std::size_t most_seen_in_flight() const;

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

[[nodiscard]] std::string_view text(DnsStatus status);

}  // namespace domsec::net
