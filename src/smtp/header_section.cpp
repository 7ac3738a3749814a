#include "domsec/smtp/header_section.h"

namespace domsec::smtp {

std::string_view first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::optional<std::size_t> field_body(std::string_view line, std::string_view name) {
  if (line.size() <= name.size()) return std::nullopt;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char octet = line[i];
    if ((octet >= 'A' && octet <= 'Z' ? octet - 'A' + 'a' : octet) != name[i]) return std::nullopt;
  }
  const std::size_t colon = line.find_first_not_of(" \t", name.size());
  if (colon == std::string_view::npos || line[colon] != ':') return std::nullopt;
  return colon + 1;
}

HeaderSection measure_header_section(std::string_view message) {
  HeaderSection header;
  while (header.octets < message.size()) {
    const std::string_view line = first_line(message.substr(header.octets));
    if (line == "\r\n" || line == "\n") break;
    if (field_body(line, "received")) ++header.received;
    header.octets += line.size();
  }
  return header;
}

}  // namespace domsec::smtp
