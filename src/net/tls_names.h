// Names that a handshake shows, as text: signature schemes, groups; and the way from an alert number to the
// verification error that makes OpenSSL send it.
#pragma once

#include <openssl/ssl.h>

#include <optional>
#include <string>

namespace domsec::net {

/// IANA's names (RFC 8446 4.2.3): `ecdsa_secp256r1_sha256`; `0x0a0b` for an unknown one.
[[nodiscard]] std::string signature_scheme_name(unsigned scheme);
/// `X25519`, `P-256`; empty when the key exchange has no group.
[[nodiscard]] std::string group_name(int nid);
/// The X509_V_ERR whose refusal OpenSSL 3.0 reports with this alert (ssl_x509err2alert); nothing when there
/// is none.
[[nodiscard]] std::optional<int> verify_error_for_alert(int alert);

}  // namespace domsec::net
