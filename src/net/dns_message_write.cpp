// Writing DNS messages, RFC 1035 4: questions and the answers of the lab's name server. No compression but
// for the question's own name, which every answer repeats.
#include <arpa/inet.h>

#include <array>

#include "domsec/net/dns_message.h"

namespace domsec::net {
namespace {

constexpr std::size_t most_name_octets = 255;  // RFC 1035 2.3.4
constexpr std::size_t most_label_octets = 63;

void append_two(std::string& octets, std::size_t value) {
  octets += static_cast<char>(value >> 8U & 0xFFU);
  octets += static_cast<char>(value & 0xFFU);
}

bool append_name(std::string& octets, std::string_view name) {
  std::size_t wire_octets = 1;
  while (!name.empty()) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    wire_octets += label.size() + 1;
    if (label.empty() || label.size() > most_label_octets || wire_octets > most_name_octets) return false;
    octets += static_cast<char>(label.size());
    octets += label;
    name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  }
  octets += '\0';
  return true;
}

bool append_address(std::string& octets, int family, const std::string& address) {
  std::array<char, 16> binary{};
  if (inet_pton(family, address.c_str(), binary.data()) != 1) return false;
  octets.append(binary.data(), family == AF_INET ? 4 : 16);
  return true;
}

bool append_rdata(std::string& octets, const DnsRecord& record) {
  switch (record.type) {
    case DnsType::a:
      return append_address(octets, AF_INET, record.value);
    case DnsType::aaaa:
      return append_address(octets, AF_INET6, record.value);
    case DnsType::mx:
      append_two(octets, record.preference);
      return append_name(octets, record.value);
    case DnsType::cname:
      return append_name(octets, record.value);
    case DnsType::soa:
    case DnsType::opt:
    case DnsType::other:
      return false;
  }
  return false;
}

bool append_record(std::string& octets, const DnsRecord& record, const std::optional<DnsQuestion>& question) {
  if (question && question->name == record.name) {
    append_two(octets, 0xC00C);  // the question's name: right behind the header
  } else if (!append_name(octets, record.name)) {
    return false;
  }
  append_two(octets, static_cast<std::uint16_t>(record.type));
  append_two(octets, 1);   // IN
  append_two(octets, 0);   // TTL 60 s
  append_two(octets, 60);
  std::string rdata;
  if (!append_rdata(rdata, record)) return false;
  append_two(octets, rdata.size());
  octets += rdata;
  return true;
}

void append_opt(std::string& octets, std::uint16_t payload) {
  octets += '\0';  // the root
  append_two(octets, static_cast<std::uint16_t>(DnsType::opt));
  append_two(octets, payload);
  octets.append(6, '\0');  // extended RCODE, version, flags; no options
}

/// The negative answer's SOA (RFC 2308 3), with the root as both names: nobody here reads more than its
/// presence.
void append_soa(std::string& octets) {
  octets += '\0';
  append_two(octets, static_cast<std::uint16_t>(DnsType::soa));
  append_two(octets, 1);
  octets.append(4, '\0');
  append_two(octets, 22);
  octets.append(22, '\0');
}

}  // namespace

std::optional<std::string> write_dns_message(const DnsMessage& message) {
  std::string octets;
  append_two(octets, message.id);
  append_two(octets, (message.response ? 0x8080U : 0U) | (message.truncated ? 0x0200U : 0U) |
                         (message.recursion_desired ? 0x0100U : 0U) | static_cast<unsigned>(message.rcode));
  append_two(octets, message.question ? 1 : 0);
  append_two(octets, message.answers.size());
  append_two(octets, message.soa_in_authority ? 1 : 0);
  append_two(octets, message.edns_octets ? 1 : 0);
  if (message.question) {
    if (!append_name(octets, message.question->name)) return std::nullopt;
    const DnsType type = message.question->type;
    append_two(octets,
               type == DnsType::other ? message.question->type_number : static_cast<std::uint16_t>(type));
    append_two(octets, 1);
  }
  for (const DnsRecord& record : message.answers) {
    if (!append_record(octets, record, message.question)) return std::nullopt;
  }
  if (message.soa_in_authority) append_soa(octets);
  if (message.edns_octets) append_opt(octets, *message.edns_octets);
  if (octets.size() > 0xFFFF) return std::nullopt;
  return octets;
}

}  // namespace domsec::net
