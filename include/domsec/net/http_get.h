// One bounded HTTP/1.1 GET for CRLs: http only, no proxies, redirects to http only and at most 3. OpenSSL's own HTTP CRL
// loader is never used: it reconnects without end when the server refuses.
#pragma once

#include <string>

#include "domsec/net/loop.h"
#include "domsec/net/resolver.h"
#include "domsec/net/task.h"

namespace domsec::net {

struct HttpLimits {
  Milliseconds timeout{5000};       // whole transfer, redirects included
  std::size_t octets = 64U << 20;   // body
  int redirects = 3;
};

enum class HttpStatus { ok, not_http, unresolved, unreachable, timed_out, too_large, refused_redirect, bad_answer, error_status };

struct HttpAnswer {
  HttpStatus status = HttpStatus::bad_answer;
  int code = 0;                     // HTTP status code, 0 before one came
  std::string body;
  std::string detail;               // one clause
};

/// Never throws for the network's or the peer's faults.
task<HttpAnswer> http_get(Resolver& resolver, std::string uri, HttpLimits limits);

}  // namespace domsec::net
