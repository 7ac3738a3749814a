// Issuers' certificates from where authorityInfoAccess says that they are (RFC 5280 4.2.2.1, caIssuers): over
// HTTP alone, bounded in time and size, one fetch at a time per URI, kept in memory. What comes is a stranger's
// word: it is no anchor and proves nothing by itself.
#pragma once

#include <memory>
#include <string>

#include "domsec/net/http_get.h"
#include "domsec/pki/certificate.h"

namespace domsec::net {

struct IssuerSettings {
  HttpLimits limits{.octets = 64U << 10};
  HttpProxy proxy{};
  Milliseconds retry_after{10000};  // a failed fetch is not tried again for so long
  Milliseconds keep{3600000};       // what came is used for so long
};

/// One DER certificate, a PKCS#7 of certificates only, or PEM; at most 32 certificates are taken.
struct IssuerAnswer {
  pki::Chain certificates;
  std::string problem;  // one clause when there are none
};

class IssuerSource {
 public:
  IssuerSource(std::shared_ptr<Resolver> resolver, IssuerSettings settings);
  ~IssuerSource();
  IssuerSource(const IssuerSource&) = delete;
  IssuerSource& operator=(const IssuerSource&) = delete;

  /// Never throws for the network's or the server's faults.
  task<IssuerAnswer> at(std::string uri);
  /// The longest that one path may take: as with revocation lists, two fetches' time.
  [[nodiscard]] Milliseconds patience() const;
  /// Fetches since start.
  [[nodiscard]] std::size_t fetches() const;

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace domsec::net
