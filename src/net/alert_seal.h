// Protects one alert record for our sending direction: OpenSSL has no public function that sends an alert of
// the caller's choice, and a tester must be able to send each (faults; a refusal after the examination of the
// peer). The sequence number and, in TLS 1.3, the traffic secret are followed through OpenSSL's own
// callbacks. RFC 8446 5.2, 5.3, 7.1-7.3 (TLS 1.3); RFC 5246 6.3, RFC 5288, RFC 7905 (TLS 1.2 with GCM or
// ChaCha20-Poly1305). Not here: CBC suites and versions below 1.2; seal() gives nothing then.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/net/channel.h"

namespace domsec::net {

class AlertSeal {
 public:
  explicit AlertSeal(TlsRole role) : role_(role) {}
  AlertSeal(const AlertSeal&) = delete;
  AlertSeal& operator=(const AlertSeal&) = delete;
  ~AlertSeal();

  /// A line of SSL_CTX_set_keylog_callback: `CLIENT_TRAFFIC_SECRET_0 <random> <secret>`.
  void note_secret(std::string_view line);
  /// The first octet of each record header that OpenSSL writes.
  void note_record(int content_type);
  /// We wrote a KeyUpdate: the next record is under the next secret (RFC 8446 7.2).
  void note_key_update(SSL* ssl);

  /// A whole fatal alert record as it goes out next; nothing when this protection is not known here.
  [[nodiscard]] std::optional<std::string> seal(SSL* ssl, int alert) const;
  /// Before any key: RFC 5246 6.2.1.
  [[nodiscard]] static std::string plain(int alert, int version = TLS1_2_VERSION);

 private:
  [[nodiscard]] std::optional<std::string> seal_13(SSL* ssl, int alert) const;
  [[nodiscard]] std::optional<std::string> seal_12(SSL* ssl, int alert) const;

  TlsRole role_;
  std::vector<std::uint8_t> secret_;   // TLS 1.3, of our direction
  std::uint64_t sequence_ = 0;         // of the next record under the current key
  bool ciphered_ = false;              // a key is in force in our direction
};

}  // namespace domsec::net
