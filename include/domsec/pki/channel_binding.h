// Channel bindings of a TLS session: RFC 5929 tls-server-end-point and tls-unique, RFC 9266 tls-exporter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domsec/pki/certificate.h"

namespace domsec::pki {

struct ChannelBindings {
  Bytes server_end_point;              // hash of the server's certificate
  std::optional<Bytes> exporter;       // 32 octets, TLS 1.3 (and 1.2 with extended master secret)
  std::optional<Bytes> unique;         // TLS 1.2 only
};

/// RFC 5929 4.1: the hash of the certificate's signature algorithm, SHA-256 for MD5 and SHA-1. Nothing when
/// undefined (Ed25519).
[[nodiscard]] std::optional<Bytes> tls_server_end_point(const Certificate& server);

/// What an application binds to: `tls-server-end-point:` and the hash (RFC 5056 2.1 with RFC 5929's prefix).
[[nodiscard]] Bytes application_data(std::string_view type, const Bytes& binding);
/// gss_channel_bindings_struct without addresses, little-endian, as Windows hashes it (RFC 4121 4.1.1.2; MS-NLMP
/// 2.2.2.1).
[[nodiscard]] Bytes gss_channel_bindings(const Bytes& application_data);
/// The 16 octets of MsvAvChannelBindings: MD5 of that structure.
[[nodiscard]] Bytes msv_av_channel_bindings(const Bytes& application_data);

[[nodiscard]] std::string hex(const Bytes& bytes);

}  // namespace domsec::pki
