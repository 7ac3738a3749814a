// What the lab's name server answers, without its sockets: octets of a query in, octets of the answer out. Private to lab/.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/lab/dns_server.h"

namespace domsec::lab {

enum class DnsTransport { udp, tcp };

struct DnsReply {
  std::optional<std::string> octets;  // nothing: silence
  net::Milliseconds delay{0};
};

struct DnsZone {
  struct Entry {
    DnsName records;
    std::size_t queries = 0;
  };
  std::map<std::string, Entry> names;
  std::size_t queries = 0;
  std::size_t tcp_queries = 0;
  std::size_t malformed = 0;
};

/// Counts the query and answers it. What is no query is counted and gets silence.
[[nodiscard]] DnsReply reply_to(DnsZone& zone, std::string_view octets, DnsTransport over);

}  // namespace domsec::lab
