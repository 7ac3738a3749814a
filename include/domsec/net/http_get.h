// One bounded HTTP/1.1 GET for CRLs and issuers' certificates: http only, redirects to http only and at most 3,
// through a proxy where one is given. OpenSSL's own HTTP CRL loader is never used: it reconnects without end
// when the server refuses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/net/http_proxy.h"
#include "domsec/net/loop.h"
#include "domsec/net/resolver.h"
#include "domsec/net/task.h"

namespace domsec::net {

struct HttpLimits {
  Milliseconds timeout{5000};       // whole transfer, redirects included
  std::size_t octets = 64U << 20;   // body
  int redirects = 3;
};

enum class HttpStatus {
  ok,
  not_http,
  unresolved,
  unreachable,
  timed_out,
  too_large,
  refused_redirect,
  bad_answer,
  error_status
};

struct HttpAnswer {
  HttpStatus status = HttpStatus::bad_answer;
  int code = 0;                     // HTTP status code, 0 before one came
  std::string body;
  std::string detail;               // one clause
};

/// `http://host[:port]/path?query` (RFC 9110 4.2.1, RFC 3986), read strictly: no user name, no control
/// characters, no spaces, at most 2048 octets. A fragment is dropped.
struct HttpUri {
  std::string host;           // lower-case name, or a numeric address without brackets
  std::uint16_t port = 80;
  std::string target = "/";   // path and query
  [[nodiscard]] std::string authority() const;  // as the Host field has it
  [[nodiscard]] std::string text() const;
  bool operator==(const HttpUri&) const = default;
};

/// Nothing when the text is no such URI; then `problem` says why in one clause.
[[nodiscard]] std::optional<HttpUri> read_http_uri(std::string_view text, std::string& problem);
/// The URI that a Location field means, seen from `base` (RFC 9110 10.2.2, RFC 3986 5.2 without dot
/// segments).
[[nodiscard]] std::optional<HttpUri> read_location(const HttpUri& base, std::string_view location,
                                                   std::string& problem);

[[nodiscard]] std::string_view text(HttpStatus status);

/// The resolver has to live until the answer. Certificates name the hosts that are asked, so a peer can make
/// us ask any host and port for a path; it never sees the answer. Never throws for the network's or the
/// peer's faults.
task<HttpAnswer> http_get(Resolver& resolver, std::string uri, HttpLimits limits);
/// The same through a proxy, redirects too (RFC 9112 3.2.2): a host that it serves is not looked up here. Each
/// fault on that way has the proxy's name in its detail.
task<HttpAnswer> http_get(Resolver& resolver, std::string uri, HttpLimits limits, HttpProxy proxy);

}  // namespace domsec::net
