// Private to pki/: the entries of a revocation list by serial number. One walk over the DER, then as many octets an entry
// as its serial has and six, in buckets of sixteen by a hash of the serial: for a million serials of 16 octets 22 MB,
// where libcrypto's objects take 241. The DER is not needed any more.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/instant.h"
#include "openssl_ptr.h"

namespace domsec::pki {

/// What one entry says.
struct CrlEntry {
  std::optional<Instant> at;  // nothing when it is no date, or none from 1950 to 2085
  std::string reason;
};

class CrlIndex {
 public:
  /// The content of revokedCertificates. False when it is no DER; faults of what it says go to `fault`: then the
  /// list may not be used at all (RFC 5280 5.3).
  struct Reading {
    bool extensions_allowed = true;  // version 2
    bool indirect = false;           // entries may be of other issuers
  };
  [[nodiscard]] bool read(std::string_view entries, const Reading& reading, std::string& fault);

  [[nodiscard]] std::size_t size() const { return count_; }

  /// The first entry of the certificate (issuer and serial) that says more than removeFromCRL; `removed` tells of one
  /// that says just that.
  struct Lookup {
    std::optional<CrlEntry> entry;
    bool removed = false;
  };
  [[nodiscard]] Lookup find(const X509* certificate, const X509_NAME* list_issuer) const;

 private:
  struct Walk;
  static constexpr std::size_t longest_serial = 20;  // RFC 5280 4.1.2.2; longer ones stand apart

  [[nodiscard]] bool is_of(std::uint16_t issuer, const X509_NAME* wanted, const X509_NAME* list_issuer) const;
  void take(Lookup& result, std::uint32_t time, std::uint8_t reason) const;

  std::size_t count_ = 0;
  std::size_t width_ = 0;             // octets kept of each serial
  std::size_t record_ = 0;            // octets of a record
  std::vector<std::uint32_t> begin_;  // of each bucket, in records; one more than there are buckets
  std::unique_ptr<unsigned char[]> records_;
  struct Long {
    std::string serial;
    std::uint32_t time;
    std::uint8_t reason;
    std::uint16_t issuer;
  };
  std::vector<Long> long_;
  std::vector<X509NameOwner> issuers_;  // of entries of an indirect list; 0 stands for the list's own
};

}  // namespace domsec::pki
