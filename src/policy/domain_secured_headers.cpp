// Readers of mail do not agree on what a line end is. A forged header must not survive in any reading: every
// CR, LF and CRLF begins a new line here, the header section ends only at an empty CRLF line (at an empty LF
// line when there is none), and a field's name is compared without the blanks and control octets that some
// readers skip.
#include "domsec/policy/domain_secured_headers.h"

#include <algorithm>
#include <array>

namespace domsec::policy {

namespace {

/// Headers that only our own organisation may set (Exchange's header firewall).
constexpr std::array<std::string_view, 3> guarded{"x-ms-exchange-organization-", "x-ms-exchange-forest-",
                                                  "x-ms-exchange-crosspremises-"};

bool is_blank(char octet) { return octet == ' ' || octet == '\t'; }
bool is_control_or_blank(char octet) { return static_cast<unsigned char>(octet) <= 0x20 || octet == '\x7F'; }
char lower(char octet) { return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet; }

/// Does the field begin with `prefix`, blanks and controls aside? Folded names are read through.
bool begins_with(std::string_view field, std::string_view prefix) {
  std::size_t matched = 0;
  for (const char octet : field) {
    if (is_control_or_blank(octet)) continue;
    if (lower(octet) != prefix[matched]) return false;
    if (++matched == prefix.size()) return true;
  }
  return false;
}

bool is_guarded(std::string_view field) {
  return std::any_of(guarded.begin(), guarded.end(),
                     [&](std::string_view prefix) { return begins_with(field, prefix); });
}

/// One physical line with its end: CRLF, LF or CR.
std::string_view first_line(std::string_view text) {
  const std::size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return text;
  const bool both = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
  return text.substr(0, end + (both ? 2 : 1));
}

/// RFC 5322 2.2: printable octets without blank, up to the colon; 4.5 allows blanks before the colon.
bool is_field(std::string_view line) {
  std::size_t name = 0;
  while (name < line.size() && line[name] > ' ' && line[name] < '\x7F' && line[name] != ':') ++name;
  std::size_t colon = name;
  while (colon < line.size() && is_blank(line[colon])) ++colon;
  return name > 0 && colon < line.size() && line[colon] == ':';
}

/// Where the header section ends: before the empty line, which belongs to the rest.
std::size_t header_length(std::string_view message) {
  if (message.starts_with("\r\n") || message.starts_with("\n")) return 0;
  if (const std::size_t end = message.find("\r\n\r\n"); end != std::string_view::npos) return end + 2;
  if (const std::size_t end = message.find("\n\n"); end != std::string_view::npos) return end + 1;
  return message.size();
}

/// A token of the peer in a trace field: visible ASCII without the octets that structure it, at most 255.
std::string token(std::string_view text) {
  std::string made_harmless;
  for (const char octet : text.substr(0, 255)) {
    const bool plain =
        octet > ' ' && octet < '\x7F' && std::string_view("()<>;\"\\,").find(octet) == std::string_view::npos;
    made_harmless += plain ? octet : '?';
  }
  return made_harmless.empty() ? "unknown" : made_harmless;
}

/// RFC 5322 3.2.2 comment text: parentheses and backslashes quoted, all else visible ASCII or a blank.
std::string comment(std::string_view text) {
  std::string quoted;
  for (const char octet : text.substr(0, 400)) {
    if (octet == '(' || octet == ')' || octet == '\\') quoted += '\\';
    quoted += octet >= ' ' && octet < '\x7F' ? octet : '?';
  }
  return quoted;
}

/// RFC 5321 4.4.
std::string received(const Arrival& arrival) {
  std::string field = "Received: from " + token(arrival.helo) + " (" + comment(arrival.client_address) +
                      ")\r\n\tby " + token(arrival.auth_source) + " with " + token(arrival.protocol) +
                      " id " + token(arrival.id);
  if (!arrival.tls.empty()) field += "\r\n\t(" + comment(arrival.tls) + ")";
  if (!arrival.recipient.empty()) field += "\r\n\tfor <" + token(arrival.recipient) + ">";
  return field + ";\r\n\t" + comment(arrival.date) + "\r\n";
}

std::string marks(const Arrival& arrival) {
  const bool partner = arrival.auth_as == AuthAs::partner;
  std::string fields =
      std::string("X-MS-Exchange-Organization-AuthAs: ") + (partner ? "Partner" : "Anonymous") + "\r\n";
  if (partner) fields += "X-MS-Exchange-Organization-AuthDomain: " + token(arrival.auth_domain) + "\r\n";
  return fields + "X-MS-Exchange-Organization-AuthSource: " + token(arrival.auth_source) + "\r\n";
}

}  // namespace

std::string without_organisation_headers(std::string_view message) {
  const std::size_t length = header_length(message);
  std::string_view headers = message.substr(0, length);
  std::string kept;
  kept.reserve(message.size());
  while (!headers.empty()) {
    std::string_view field = first_line(headers);
    while (field.size() < headers.size() && is_blank(headers[field.size()])) {
      field = headers.substr(0, field.size() + first_line(headers.substr(field.size())).size());
    }
    if (!is_guarded(field)) kept += field;
    headers.remove_prefix(field.size());
  }
  kept += message.substr(length);
  return kept;
}

std::string domain_secured_headers(std::string_view message, const Arrival& arrival) {
  const std::string added = received(arrival) + marks(arrival);
  // No header section at all: an empty line makes all of it the body, where nothing is a header any more.
  if (header_length(message) > 0 && !is_field(first_line(message)))
    return added + "\r\n" + std::string(message);
  return added + without_organisation_headers(message);
}

}  // namespace domsec::policy
