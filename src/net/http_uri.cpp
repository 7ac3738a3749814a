// http URIs, strictly: a certificate's CDP is a stranger's text, and what is let through here ends in a
// request line. RFC 3986 3, RFC 9110 4.2.1. Not here: other schemes, internationalised names, normalisation
// of dot segments.
#include <algorithm>
#include <charconv>

#include "domsec/net/dns_message.h"
#include "domsec/net/http_get.h"

namespace domsec::net {
namespace {

constexpr std::size_t most_octets = 2048;
constexpr std::string_view other_uri_characters =
    "-._~!$&'()*+,;=:@/?%#[]";  // RFC 3986 2.2, 2.3 beside letters and digits

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_uri_character(char c) {
  return is_letter(c) || is_digit(c) || other_uri_characters.find(c) != std::string_view::npos;
}

std::nullopt_t refuse(std::string& problem, std::string clause) {
  problem = std::move(clause);
  return std::nullopt;
}

/// The scheme in lower case, empty when there is none (RFC 3986 3.1).
std::string scheme_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 20 || !is_letter(text.front())) return {};
  std::string scheme;
  for (const char c : text.substr(0, colon)) {
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return {};
    scheme += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return scheme;
}

bool read_port(std::string_view digits, std::uint16_t& port) {
  if (digits.empty()) return true;  // RFC 3986 3.2.3: an empty port is the default one
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port != 0;
}

/// `name`, `name:port`, `192.0.2.1:port`, `[2001:db8::1]:port`.
bool read_authority(std::string_view authority, HttpUri& uri) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    const auto address = numeric_address(authority.substr(1, end - 1));
    if (!address || address->find(':') == std::string::npos) return false;
    uri.host = *address;
    authority.remove_prefix(end + 1);
    if (authority.empty()) return true;
    return authority.front() == ':' && read_port(authority.substr(1), uri.port);
  }
  const std::size_t colon = authority.find(':');
  uri.host = canonical_host(authority.substr(0, colon));
  if (!is_host_name(uri.host)) return false;
  return colon == std::string_view::npos || read_port(authority.substr(colon + 1), uri.port);
}

bool percent_signs_are_whole(std::string_view text) {
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (text.size() - at < 3 || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

}  // namespace

std::string HttpUri::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == 80 ? name : name + ":" + std::to_string(port);
}

std::string HttpUri::text() const { return "http://" + authority() + target; }

std::optional<HttpUri> read_http_uri(std::string_view text, std::string& problem) {
  if (text.empty()) return refuse(problem, "the URI is empty");
  if (text.size() > most_octets) return refuse(problem, "the URI is longer than 2048 octets");
  if (!std::all_of(text.begin(), text.end(), is_uri_character)) {
    return refuse(problem, "the URI has a character that no URI may have");
  }
  const std::string scheme = scheme_of(text);
  if (scheme.empty()) return refuse(problem, "the URI has no scheme");
  if (scheme != "http") return refuse(problem, scheme + " is not fetched, only http is");
  text = text.substr(0, text.find('#'));
  text.remove_prefix(5);
  if (!text.starts_with("//")) return refuse(problem, "the URI has no host");
  text.remove_prefix(2);
  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  if (authority.empty()) return refuse(problem, "the URI has no host");
  if (authority.find('@') != std::string_view::npos) return refuse(problem, "the URI has a user name");
  HttpUri uri;
  if (!read_authority(authority, uri)) return refuse(problem, "the URI has no usable host and port");
  text.remove_prefix(authority.size());
  if (!percent_signs_are_whole(text)) return refuse(problem, "the URI has a % without two hex digits");
  if (text.find_first_of("[]") != std::string_view::npos)
    return refuse(problem, "the URI has a bracket in its path");
  uri.target = text.starts_with('/') ? std::string(text) : "/" + std::string(text);
  return uri;
}

std::optional<HttpUri> read_location(const HttpUri& base, std::string_view location, std::string& problem) {
  if (location.empty()) return refuse(problem, "the redirect has no target");
  if (!scheme_of(location).empty()) return read_http_uri(location, problem);
  if (location.starts_with("//")) return read_http_uri("http:" + std::string(location), problem);
  const std::string authority = "http://" + base.authority();
  if (location.starts_with('/')) return read_http_uri(authority + std::string(location), problem);
  const std::string path = base.target.substr(0, base.target.find('?'));
  if (location.starts_with('?')) return read_http_uri(authority + path + std::string(location), problem);
  return read_http_uri(authority + path.substr(0, path.rfind('/') + 1) + std::string(location), problem);
}

}  // namespace domsec::net
