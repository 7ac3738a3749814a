// One SSL_CTX per identity and policy, built once, shared by all sessions, swapped on reload; never one per
// session.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/bundle.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/key_decoding.h"

struct ssl_ctx_st;
struct ssl_method_st;

namespace domsec::net {

enum class TlsVersion { tls1_0, tls1_1, tls1_2, tls1_3 };

/// Does the server ask for a client certificate? Asking never demands one: the engine judges afterwards.
enum class ClientCertificateRequest { none, request };

struct TlsSettings {
  std::optional<pki::Credentials>
      identity;  // a client may have none; a server without one cannot offer STARTTLS
  TlsVersion minimum = TlsVersion::tls1_2;       // D-15; below 1.2 only for a fault on purpose
  TlsVersion maximum = TlsVersion::tls1_3;
  std::string
      ciphers;  // TLS 1.2 list; empty = ECDHE with AEAD first, then ECDHE, no export, no RC4/3DES/MD5 (R36)
  int security_level = 1;                        // explicit
  std::string suites;                            // of TLS 1.3, OpenSSL's names; empty = OpenSSL's
  std::string groups;                            // `X25519:P-256`, in TLS 1.2 of EC keys too; empty = OpenSSL's
  /// `RSA-PSS+SHA256:ECDSA+SHA256`; empty = OpenSSL's. SHA1 and the like need security_level 0 to be taken.
  std::string signature_algorithms;
  int largest_record = 0;                        // octets of text in a record that we send, 512 to 16384; 0 = 16384
  /// Server: session tickets are sent: in TLS 1.3 two behind the handshake (RFC 8446 4.6.1), in TLS 1.2 one to a client
  /// that takes them (RFC 5077). A client that comes back with one gets a full handshake and new tickets.
  bool tickets = false;
  ClientCertificateRequest request = ClientCertificateRequest::request;
  std::vector<pki::CertificatePtr> client_ca_names;  // announced in CertificateRequest; keep it short
  /// The same as X.500 names (`CN=Some CA, O=Contoso`), of authorities that need not exist.
  std::vector<std::string> client_ca_subjects;
  /// Presents the leaf only although intermediates are known (fault: missing intermediate).
  bool leaf_only = false;
  /// Skips the check that key and certificate belong together (fault: key mismatch).
  bool allow_key_mismatch = false;
  /// Alerts that OpenSSL would not send can be sent (TlsStart::judge, Channel::send_alert). Costs libssl 3 % of a
  /// handshake: it prints the traffic secrets for it.
  bool alerts_by_hand = true;
  pki::KeyDecoding key_decoding = pki::KeyDecoding::direct;  // of the peer's certificates
  /// Server: the OCSP response to staple for a client that asks (RFC 6066 8), as it is; empty = none. A client
  /// always asks. OpenSSL 3.0 has no stapling for client certificates (RFC 8446 4.4.2.1): a server of ours asks
  /// for none.
  std::string ocsp_response;
};

class TlsContext {
 public:
  /// Throws pki::BundleError for an identity that cannot be used, and for a setting that OpenSSL refuses.
  [[nodiscard]] static std::shared_ptr<const TlsContext> client(const TlsSettings& settings);
  [[nodiscard]] static std::shared_ptr<const TlsContext> server(const TlsSettings& settings);

  [[nodiscard]] ssl_ctx_st* handle() const { return handle_.get(); }
  [[nodiscard]] const std::optional<pki::CertificatePtr>& own() const { return own_; }
  [[nodiscard]] bool alerts_by_hand() const { return alerts_by_hand_; }
  [[nodiscard]] pki::KeyDecoding key_decoding() const { return key_decoding_; }

 private:
  static std::shared_ptr<TlsContext> made(const ssl_method_st* method, const TlsSettings& settings);

  std::shared_ptr<ssl_ctx_st> handle_;
  std::optional<pki::CertificatePtr> own_;
  std::string ocsp_response_;  // read by a callback of handle_
  bool alerts_by_hand_ = true;
  pki::KeyDecoding key_decoding_ = pki::KeyDecoding::direct;
};

}  // namespace domsec::net
