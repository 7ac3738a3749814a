// TLS facts in the words of each log: alerts, versions, cipher suites in CryptoAPI tokens (spec protocol-log
// 2, 6, 9.1-7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace domsec::pki {

struct Alert {
  int number = 0;      // AlertDescription, RFC 8446 6
  bool fatal = true;
  bool operator==(const Alert&) const = default;
};

/// `certificate_required`; `alert 200` for an unknown number. An own table: OpenSSL 3.0 does not know 109 and
/// 116.
[[nodiscard]] std::string alert_name(int number);

/// OpenSSL's names in, CryptoAPI's tokens out: `TLSv1.3` → `TLS1_3`.
[[nodiscard]] std::string schannel_protocol(std::string_view openssl_version);

/// Facts of one negotiated suite; OpenSSL's cipher name (`TLS_AES_256_GCM_SHA384`,
/// `ECDHE-RSA-AES128-GCM-SHA256`) in.
struct SuiteText {
  std::string bulk;             // CALG_AES_256
  int bulk_bits = 0;
  std::string mac;              // CALG_SHA_384
  int mac_bits = 0;             // 0 for AEAD
  std::string key_exchange;     // CALG_ECDH_EPHEM
  int key_exchange_bits = 0;    // from the group: X25519 255, P-256 256
};
[[nodiscard]] SuiteText suite_text(std::string_view openssl_cipher, std::string_view group);

}  // namespace domsec::pki
