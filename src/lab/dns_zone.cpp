// The answers of the lab's name server: RFC 1034 4.3.2 inside one zone that is the whole world, TC when an answer does not
// fit the datagram, RFC 6891 for the size that fits, and everything that is wrong on purpose.
#include "dns_zone.h"

#include <algorithm>

#include "domsec/net/dns_message.h"

namespace domsec::lab {

using net::DnsMessage;
using net::DnsRcode;
using net::DnsRecord;
using net::DnsType;

namespace {

constexpr std::size_t plain_udp_octets = 512;      // RFC 1035 2.3.4
constexpr std::size_t most_edns_octets = 1232;
constexpr int most_aliases = 8;                    // of one answer; a circle stops here

/// `.` is the root, whose text is empty.
std::string target_name(const std::string& name) { return name == "." ? std::string() : net::canonical_host(name); }

bool has_descendant(const DnsZone& zone, const std::string& name) {
  return std::any_of(zone.names.begin(), zone.names.end(),
                     [suffix = "." + name](const auto& entry) { return entry.first.ends_with(suffix); });
}

void add_record(DnsMessage& answer, const std::string& name, DnsType type, std::uint16_t preference, std::string value) {
  DnsRecord& record = answer.answers.emplace_back();
  record.name = name;
  record.type = type;
  record.preference = preference;
  record.value = std::move(value);
}

void add_records(DnsMessage& answer, const std::string& name, const DnsName& records, DnsType wanted) {
  if (wanted == DnsType::mx) {
    for (const DnsMx& mx : records.mx) add_record(answer, name, DnsType::mx, mx.preference, target_name(mx.host));
  }
  for (const std::string& address : records.addresses) {
    const DnsType type = address.find(':') == std::string::npos ? DnsType::a : DnsType::aaaa;
    if (type == wanted) add_record(answer, name, type, 0, address);
  }
}

/// The answer section: aliases are followed inside the zone (RFC 1034 4.3.2 step 3a).
void resolve(const DnsZone& zone, DnsMessage& answer) {
  std::string name = answer.question->name;
  for (int aliases = 0; aliases <= most_aliases; ++aliases) {
    const auto found = zone.names.find(name);
    if (found == zone.names.end()) {
      if (!has_descendant(zone, name)) answer.rcode = DnsRcode::name_error;
      break;
    }
    const DnsName& records = found->second.records;
    if (records.alias.empty() || answer.question->type == DnsType::cname) {
      if (!records.alias.empty()) add_record(answer, name, DnsType::cname, 0, target_name(records.alias));
      add_records(answer, name, records, answer.question->type);
      break;
    }
    add_record(answer, name, DnsType::cname, 0, target_name(records.alias));
    name = target_name(records.alias);
  }
  const auto wanted = [&answer](const DnsRecord& record) { return record.type == answer.question->type; };
  answer.soa_in_authority = std::none_of(answer.answers.begin(), answer.answers.end(), wanted);
}

/// Fits the answer to the transport; what cannot be written at all becomes SERVFAIL.
std::string written(DnsMessage answer, std::size_t limit) {
  std::optional<std::string> octets = net::write_dns_message(answer);
  if (octets && octets->size() <= limit) return *std::move(octets);
  answer.truncated = octets.has_value();
  if (!octets) answer.rcode = DnsRcode::server_failure;
  answer.answers.clear();
  return net::write_dns_message(answer).value_or(std::string());
}

DnsReply behave(const DnsZone& zone, DnsMessage answer, const DnsName& records, DnsTransport over, std::size_t limit) {
  DnsReply reply;
  reply.delay = records.delay;
  switch (records.behaviour) {
    case DnsBehaviour::answer:
      resolve(zone, answer);
      break;
    case DnsBehaviour::nxdomain:
      answer.rcode = DnsRcode::name_error;
      break;
    case DnsBehaviour::servfail:
      answer.rcode = DnsRcode::server_failure;
      break;
    case DnsBehaviour::refused:
      answer.rcode = DnsRcode::refused;
      break;
    case DnsBehaviour::silence:
      return reply;
    case DnsBehaviour::truncated:
      if (over == DnsTransport::tcp) resolve(zone, answer);
      answer.truncated = over == DnsTransport::udp;
      break;
    case DnsBehaviour::garbage:
      resolve(zone, answer);
      answer.edns_octets.reset();
      answer.soa_in_authority = false;
      add_record(answer, answer.question->name, DnsType::cname, 0, "cut.invalid");
      reply.octets = written(std::move(answer), limit);
      reply.octets->resize(reply.octets->size() - 5);
      return reply;
  }
  reply.octets = written(std::move(answer), limit);
  return reply;
}

}  // namespace

DnsReply reply_to(DnsZone& zone, std::string_view octets, DnsTransport over) {
  const std::optional<DnsMessage> query = net::read_dns_message(octets);
  if (!query || query->response || !query->question) {
    ++zone.malformed;
    return {};
  }
  ++zone.queries;
  if (over == DnsTransport::tcp) ++zone.tcp_queries;
  DnsMessage answer;
  answer.id = query->id;
  answer.response = true;
  answer.recursion_desired = query->recursion_desired;
  answer.question = query->question;
  if (query->edns_octets) answer.edns_octets = static_cast<std::uint16_t>(most_edns_octets);
  std::size_t limit = 0xFFFF;
  if (over == DnsTransport::udp) {
    limit = std::clamp<std::size_t>(query->edns_octets.value_or(0), plain_udp_octets, most_edns_octets);
  }
  const auto found = zone.names.find(query->question->name);
  if (found == zone.names.end()) return behave(zone, std::move(answer), DnsName(), over, limit);
  ++found->second.queries;
  return behave(zone, std::move(answer), found->second.records, over, limit);
}

}  // namespace domsec::lab
