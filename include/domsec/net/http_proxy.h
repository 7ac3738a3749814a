// Who is asked instead of the hosts of revocation lists and issuers' certificates: an HTTP proxy, as curl
// reads one from flags and environment. (Windows has WinHTTP's setting for this, spec exchange 5.3.) Pure:
// the environment comes as text. Without authentication, and never for anything but http.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domsec::net {

struct HttpProxy {
  std::string host;                     // lower-case name or numeric address; empty = hosts are asked directly
  std::uint16_t port = 1080;            // curl's, where none is written
  std::string origin;                   // what names it: `--http-proxy`, `http_proxy`; empty = nothing does
  std::vector<std::string> exceptions;  // hosts that are asked directly, as read_no_proxy gives them

  [[nodiscard]] bool set() const { return !host.empty(); }
  /// Is this host, a name or a numeric address without brackets, asked through the proxy?
  [[nodiscard]] bool serves(std::string_view target) const;
  [[nodiscard]] std::string text() const;  // `http://proxy.contoso.com:3128`, or `none`
};

/// `http://host:port`, `host:port`, or `none` (also empty), which is a proxy that is not set. Nothing for
/// another scheme, a user name, a path; then `problem` says why in one clause.
[[nodiscard]] std::optional<HttpProxy> read_http_proxy(std::string_view text, std::string& problem);

/// Names, addresses and CIDR blocks, separated by commas or blanks. A name means itself and all below it, with
/// or without a leading dot; a lone `*` means every host.
[[nodiscard]] std::vector<std::string> read_no_proxy(std::string_view text);

/// http_proxy in lower case only: HTTP_PROXY can be set by a web client where a web server runs us.
struct ProxyEnvironment {
  std::string http_proxy{};
  std::string no_proxy{};
};

/// The proxy in force. What was named (by `origin`) goes before http_proxy; no_proxy counts for both. That of
/// http_proxy is for the world outside: loopback hosts are asked directly. Nothing when it cannot be read.
[[nodiscard]] std::optional<HttpProxy> choose_http_proxy(const std::string& named, const std::string& origin,
                                                         const ProxyEnvironment& environment,
                                                         std::string& problem);

}  // namespace domsec::net
