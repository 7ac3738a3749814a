// The lab's name server: a few names as plain values, served over UDP and TCP on loopback, right or wrong on
// purpose. It is authoritative for everything: a name that is not there does not exist. Not a server for real
// use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "domsec/net/channel.h"
#include "domsec/net/loop.h"

namespace domsec::lab {

enum class DnsBehaviour {
  answer,
  nxdomain,
  servfail,
  refused,
  silence,    // no answer at all
  truncated,  // UDP answers are cut (TC), TCP ones are whole
  garbage,    // an answer whose records end in the middle
};

struct DnsMx {
  std::uint16_t preference = 0;
  std::string host;  // `.` for a null MX (RFC 7505)
};

/// What is known of one name.
struct DnsName {
  std::vector<DnsMx> mx;
  std::vector<std::string> addresses;  // numeric, both families
  std::string alias;                   // CNAME target; the other records are then not served
  DnsBehaviour behaviour = DnsBehaviour::answer;
  net::Milliseconds delay{0};
};

class DnsServer {
 public:
  /// Binds UDP and TCP at once, on the same port (0 = a free one). Throws net::ChannelError(local).
  explicit DnsServer(net::Loop& loop, net::Endpoint at = net::Endpoint{"127.0.0.1", 0});
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  [[nodiscard]] const net::Endpoint& endpoint() const;
  /// From the next query on.
  void put(const std::string& name, DnsName records);
  void remove(const std::string& name);

  [[nodiscard]] std::size_t queries() const;
  [[nodiscard]] std::size_t queries(const std::string& name) const;
  [[nodiscard]] std::size_t tcp_queries() const;
  /// Datagrams and TCP messages that were no query.
  [[nodiscard]] std::size_t malformed() const;
  void stop();

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace domsec::lab
