// MX, A and AAAA lookups by c-ares (RFC 5321 5.1, RFC 7505 null MX). Bounded in time, tries and answers.
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
  std::vector<std::string> addresses;     // numeric, A before AAAA unless -6
  DnsStatus status = DnsStatus::ok;       // of the address lookups
};

struct MxAnswer {
  DnsStatus status = DnsStatus::ok;       // of the MX lookup
  bool implicit = false;                  // no MX record: the domain's own address is used (RFC 5321 5.1)
  bool null_mx = false;                   // RFC 7505
  std::vector<MxHost> hosts;              // by preference, equal ones in a stable order
  std::size_t left_out = 0;               // MX records beyond the bound
  std::string detail;                     // one sentence on a failure
};

struct ResolverSettings {
  std::vector<Endpoint> servers;          // empty = the system's
  Milliseconds timeout{3000};             // per try
  int tries = 2;
  std::size_t most_hosts = 50;            // MX hosts used
  std::size_t most_in_flight = 100;
  bool ipv4 = true;
  bool ipv6 = true;
  std::map<std::string, std::vector<std::string>> overrides;  // --resolve HOST:ADDRESS
};

class Resolver {
 public:
  Resolver(Loop& loop, ResolverSettings settings);
  ~Resolver();

  task<MxAnswer> mx(std::string domain);
  /// Addresses of one host; a numeric address is its own answer.
  task<MxHost> addresses(std::string host);

  struct Body;

 private:
  std::unique_ptr<Body> body_;
};

[[nodiscard]] std::string_view text(DnsStatus status);

}  // namespace domsec::net
