// A DNS message as plain values (RFC 1035 4, RFC 3596 AAAA, RFC 6891 EDNS): what the resolver reads from
// answers and the lab's name server from questions. Only the record types that mail routing needs are read;
// others keep their place without a value. Not here: sockets, retries, the choice of a server (c-ares does
// that).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domsec::net {

enum class DnsType : std::uint16_t { other = 0, a = 1, cname = 5, soa = 6, mx = 15, aaaa = 28, opt = 41 };

/// RFC 1035 4.1.1; values that mail routing does not tell apart are `other`.
enum class DnsRcode : std::uint8_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  refused = 5,
  other = 15
};

/// Names are lower-case, without the last dot (the root is empty). Octets that no host name has are written
/// \DDD, so a hostile name can neither forge a dot nor break a log line.
struct DnsQuestion {
  std::string name;
  DnsType type = DnsType::other;
  std::uint16_t type_number = 0;  // of a type that is `other`
};

struct DnsRecord {
  std::string name;
  DnsType type = DnsType::other;
  std::uint16_t preference = 0;  // MX
  std::string value;             // A, AAAA: the numeric address; CNAME, MX: the name; else empty
};

struct DnsMessage {
  std::uint16_t id = 0;
  bool response = false;
  bool truncated = false;
  bool recursion_desired = false;
  DnsRcode rcode = DnsRcode::no_error;
  std::optional<DnsQuestion> question;
  std::vector<DnsRecord> answers;
  bool soa_in_authority = false;              // a negative answer that is final (RFC 2308 2)
  std::optional<std::uint16_t> edns_octets;   // UDP payload size of an OPT record (RFC 6891 6.2.3)
};

/// Nothing when the octets are no whole DNS message with at most one question.
[[nodiscard]] std::optional<DnsMessage> read_dns_message(std::string_view octets);
/// Nothing when a name cannot be written (label over 63 octets, name over 255), an address is not numeric, or
/// the message would exceed 65535 octets.
[[nodiscard]] std::optional<std::string> write_dns_message(const DnsMessage& message);

/// A host name that may be asked for: letters, digits, `-` and `_` in labels of 1 to 63, at most 253 octets
/// (RFC 1035 2.3).
[[nodiscard]] bool is_host_name(std::string_view name);
/// Lower-case, without one last dot.
[[nodiscard]] std::string canonical_host(std::string_view name);
/// A numeric IPv4 or IPv6 address in its usual spelling; nothing when the text is none.
[[nodiscard]] std::optional<std::string> numeric_address(std::string_view text);
[[nodiscard]] std::string_view text(DnsType type);

}  // namespace domsec::net
