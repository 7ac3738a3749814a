#include "domsec/smtp/header_section.h"

namespace domsec::smtp {
namespace {

/// RFC 5322 1.2.2: field names are case-insensitive; 4.5.3 allows blanks before the colon.
bool is_received(std::string_view line) {
  constexpr std::string_view name = "received";
  if (line.size() <= name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char octet = line[i];
    if ((octet >= 'A' && octet <= 'Z' ? octet - 'A' + 'a' : octet) != name[i]) return false;
  }
  const std::size_t colon = line.find_first_not_of(" \t", name.size());
  return colon != std::string_view::npos && line[colon] == ':';
}

}  // namespace

HeaderSection measure_header_section(std::string_view message) {
  HeaderSection header;
  while (header.octets < message.size()) {
    const std::string_view rest = message.substr(header.octets);
    // A chunk (BDAT) may hold bare LFs, and the next hop may take them for line ends: they count as such
    // here.
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (end != std::string_view::npos && (line.empty() || line == "\r")) break;
    if (is_received(line)) ++header.received;
    header.octets += end == std::string_view::npos ? rest.size() : end + 1;
  }
  return header;
}

}  // namespace domsec::smtp
