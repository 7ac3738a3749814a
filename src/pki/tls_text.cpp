// Names of TLS facts. The alert table is RFC 8446 6 with the older ones of RFC 5246 7.2 and the extensions'
// (IANA TLS Alerts); the tokens are CryptoAPI's ALG_ID names, as Exchange logs them. For suites that
// CryptoAPI has no ALG_ID for (ChaCha20, Camellia, ARIA) the token is formed alike: readers of the log take
// any CALG_*.
#include "domsec/pki/tls_text.h"

#include <algorithm>
#include <array>

namespace domsec::pki {
namespace {

struct AlertName {
  int number;
  std::string_view name;
};

constexpr std::array alerts{
    AlertName{0, "close_notify"},
    AlertName{10, "unexpected_message"},
    AlertName{20, "bad_record_mac"},
    AlertName{21, "decryption_failed"},           // reserved since TLS 1.1
    AlertName{22, "record_overflow"},
    AlertName{30, "decompression_failure"},       // reserved in TLS 1.3
    AlertName{40, "handshake_failure"},
    AlertName{41, "no_certificate"},              // SSL 3.0 only
    AlertName{42, "bad_certificate"},
    AlertName{43, "unsupported_certificate"},
    AlertName{44, "certificate_revoked"},
    AlertName{45, "certificate_expired"},
    AlertName{46, "certificate_unknown"},
    AlertName{47, "illegal_parameter"},
    AlertName{48, "unknown_ca"},
    AlertName{49, "access_denied"},
    AlertName{50, "decode_error"},
    AlertName{51, "decrypt_error"},
    AlertName{52, "too_many_cids_requested"},     // RFC 9147
    AlertName{60, "export_restriction"},          // TLS 1.0 only
    AlertName{70, "protocol_version"},
    AlertName{71, "insufficient_security"},
    AlertName{80, "internal_error"},
    AlertName{86, "inappropriate_fallback"},      // RFC 7507
    AlertName{90, "user_canceled"},
    AlertName{100, "no_renegotiation"},           // reserved in TLS 1.3
    AlertName{109, "missing_extension"},
    AlertName{110, "unsupported_extension"},
    AlertName{111, "certificate_unobtainable"},   // RFC 6066
    AlertName{112, "unrecognized_name"},
    AlertName{113, "bad_certificate_status_response"},
    AlertName{114, "bad_certificate_hash_value"}, // RFC 6066
    AlertName{115, "unknown_psk_identity"},
    AlertName{116, "certificate_required"},
    AlertName{120, "no_application_protocol"},    // RFC 7301
    AlertName{121, "ech_required"},
};

struct Token {
  std::string_view part;  // of OpenSSL's name
  std::string_view calg;
  int bits;
};

/// The first that occurs in the name counts.
constexpr std::array bulk_ciphers{
    Token{"CHACHA20", "CALG_CHACHA20_POLY1305", 256}, Token{"CAMELLIA256", "CALG_CAMELLIA_256", 256},
    Token{"CAMELLIA128", "CALG_CAMELLIA_128", 128},   Token{"ARIA256", "CALG_ARIA_256", 256},
    Token{"ARIA128", "CALG_ARIA_128", 128},           Token{"AES_256", "CALG_AES_256", 256},
    Token{"AES256", "CALG_AES_256", 256},             Token{"AES_128", "CALG_AES_128", 128},
    Token{"AES128", "CALG_AES_128", 128},             Token{"DES-CBC3", "CALG_3DES", 168},
    Token{"DES-CBC", "CALG_DES", 56},                 Token{"RC4", "CALG_RC4", 128},
    Token{"SEED", "CALG_SEED", 128},                  Token{"IDEA", "CALG_IDEA", 128},
    Token{"AES-256", "CALG_AES_256", 256},            Token{"AES-128", "CALG_AES_128", 128},
    Token{"NULL", "CALG_NULLCIPHER", 0},
};

/// By the end of the name: the HMAC of a CBC suite, the hash of the key schedule of an AEAD one.
constexpr std::array hashes{
    Token{"SHA384", "CALG_SHA_384", 384},
    Token{"SHA256", "CALG_SHA_256", 256},
    Token{"SHA", "CALG_SHA1", 160},
    Token{"MD5", "CALG_MD5", 128},
};

/// By the beginning of the name.
constexpr std::array key_exchanges{
    Token{"TLS_", "CALG_ECDH_EPHEM", 0},  // TLS 1.3 negotiates the group apart; a finite field is told by its
                                          // name
    Token{"ECDHE-", "CALG_ECDH_EPHEM", 0}, Token{"AECDH-", "CALG_ECDH_EPHEM", 0},
    Token{"DHE-", "CALG_DH_EPHEM", 0},     Token{"EDH-", "CALG_DH_EPHEM", 0},
    Token{"ADH-", "CALG_DH_EPHEM", 0},     Token{"RSA-PSK-", "CALG_RSA_KEYX", 0},
    Token{"PSK-", "CALG_PSK", 0},          Token{"SRP-", "CALG_SRP", 0},
};

/// Lower case; both OpenSSL's and TLS's names.
constexpr std::array groups{
    Token{"x25519", "", 255},          Token{"x448", "", 448},
    Token{"prime256v1", "", 256},      Token{"secp256r1", "", 256},
    Token{"p-256", "", 256},           Token{"secp384r1", "", 384},
    Token{"p-384", "", 384},           Token{"secp521r1", "", 521},
    Token{"p-521", "", 521},           Token{"secp256k1", "", 256},
    Token{"brainpoolp256r1", "", 256}, Token{"brainpoolp384r1", "", 384},
    Token{"brainpoolp512r1", "", 512}, Token{"ffdhe2048", "", 2048},
    Token{"ffdhe3072", "", 3072},      Token{"ffdhe4096", "", 4096},
    Token{"ffdhe6144", "", 6144},      Token{"ffdhe8192", "", 8192},
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

void read_hash(std::string_view cipher, SuiteText& suite) {
  const bool aead = cipher.starts_with("TLS_") || contains(cipher, "GCM") || contains(cipher, "CCM") ||
                    contains(cipher, "CHACHA20");
  const auto* hash = std::find_if(hashes.begin(), hashes.end(),
                                  [&](const Token& token) { return cipher.ends_with(token.part); });
  if (hash != hashes.end()) {
    suite.mac = hash->calg;
    suite.mac_bits = aead ? 0 : hash->bits;
  } else if (aead) {
    suite.mac = "CALG_SHA_256";  // CCM and ChaCha20 of TLS 1.2 do not say it: RFC 6655 4, RFC 7905 2
  }
}

void read_key_exchange(std::string_view cipher, const std::string& group, SuiteText& suite) {
  const auto* exchange = std::find_if(key_exchanges.begin(), key_exchanges.end(),
                                      [&](const Token& token) { return cipher.starts_with(token.part); });
  // No word for it in OpenSSL's name: the premaster secret is encrypted to the server's RSA key.
  if (exchange == key_exchanges.end()) {
    suite.key_exchange = suite.bulk.empty() ? "" : "CALG_RSA_KEYX";
    return;
  }
  suite.key_exchange = group.starts_with("ffdhe") ? "CALG_DH_EPHEM" : exchange->calg;
  const auto* named =
      std::find_if(groups.begin(), groups.end(), [&](const Token& token) { return group == token.part; });
  suite.key_exchange_bits = named == groups.end() ? 0 : named->bits;
}

}  // namespace

std::string alert_name(int number) {
  const auto* alert =
      std::find_if(alerts.begin(), alerts.end(), [&](const AlertName& row) { return row.number == number; });
  return alert == alerts.end() ? "alert " + std::to_string(number) : std::string(alert->name);
}

std::string schannel_protocol(std::string_view openssl_version) {
  if (openssl_version == "TLSv1.3") return "TLS1_3";
  if (openssl_version == "TLSv1.2") return "TLS1_2";
  if (openssl_version == "TLSv1.1") return "TLS1_1";
  if (openssl_version == "TLSv1") return "TLS1_0";
  if (openssl_version == "SSLv3") return "SSL3";
  return std::string(openssl_version);
}

SuiteText suite_text(std::string_view openssl_cipher, std::string_view group) {
  SuiteText suite;
  const auto* bulk = std::find_if(bulk_ciphers.begin(), bulk_ciphers.end(),
                                  [&](const Token& token) { return contains(openssl_cipher, token.part); });
  if (bulk != bulk_ciphers.end()) {
    suite.bulk = bulk->calg;
    suite.bulk_bits = bulk->bits;
  }
  read_hash(openssl_cipher, suite);
  read_key_exchange(openssl_cipher, lower(group), suite);
  return suite;
}

}  // namespace domsec::pki
