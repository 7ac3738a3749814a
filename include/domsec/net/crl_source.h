// Where CRLs come from: files given, memory cache, disk cache (optional), then the distribution point over
// HTTP, bounded in time, size and tries, one fetch at a time per URI. Windows caches the same way (spec
// exchange 5.3): what is at hand and in force is used, and the network is asked only for the rest. The
// judgement of a list is pki::examine_revocation's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/net/http_get.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/revocation.h"

namespace domsec::net {

enum class CrlMode { off, cached, fetch };   // --crl

struct CrlSettings {
  CrlMode mode = CrlMode::fetch;
  HttpLimits limits;
  HttpProxy proxy;
  int tries = 2;
  std::vector<std::shared_ptr<const pki::Crl>> files;   // --crl-file
  std::vector<std::string> file_names;                  // beside `files`, for messages
  std::string cache_directory;                          // empty = memory only
  /// A failed fetch is not tried again for so long.
  Milliseconds retry_after{10000};
};

class CrlSource {
 public:
  CrlSource(std::shared_ptr<Resolver> resolver, CrlSettings settings);
  ~CrlSource();

  CrlSource(const CrlSource&) = delete;
  CrlSource& operator=(const CrlSource&) = delete;

  /// The lists that may speak about this certificate, in the order in which they were looked for: files of
  /// its issuer, then its distribution points, up to the first list that settles the matter. What was tried
  /// in vain before is among them, with its problem. A cached list is used until its nextUpdate, then fetched
  /// again; when that fails the old one is offered beside the problem. Empty when the mode is off. `issuer`
  /// may be null. `now` is the wall clock's time.
  task<std::vector<pki::CrlCandidate>> candidates(pki::CertificatePtr certificate, pki::CertificatePtr issuer,
                                                  pki::Instant now);
  /// Forgets what is in memory and on disk.
  void clear();
  [[nodiscard]] CrlMode mode() const;
  /// Fetches since start (tests, `doctor`).
  [[nodiscard]] std::size_t fetches() const;

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace domsec::net
