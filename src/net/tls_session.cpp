// What a finished handshake showed, as values: the words of the log, the peer's chain, the channel bindings.
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "domsec/pki/ocsp.h"
#include "tls_names.h"
#include "tls_stream.h"

namespace domsec::net {

TlsSession TlsStream::session() {
  SSL* const ssl = ssl_.get();
  TlsSession session;
  session.version = SSL_get_version(ssl);
  session.cipher = SSL_get_cipher_name(ssl);
  session.group = group();
  const char* const sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (sni != nullptr) session.sni = sni;
  const bool server = start_.role == TlsRole::server;
  session.client_certificate_requested =
      server ? (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0 : requested_;
  session.own_certificate_sent = own_sent_;
  session.requested_ca_names = std::exchange(ca_names_, {});
  session.requested_signature_algorithms = std::exchange(signature_algorithms_, {});
  session.presented = presented();
  session.own = start_.context->own().value_or(nullptr);
  if (!server) session.ocsp_response = stapled();
  read_bindings(session);
  start_.judge = nullptr;
  return session;
}

std::shared_ptr<const TlsSession> TlsStream::seen_so_far() {
  SSL* const ssl = ssl_.get();
  // Without the peer's first message nothing is agreed, and the version would be the one that we offered.
  const bool agreed = SSL_get_pending_cipher(ssl) != nullptr || SSL_get_current_cipher(ssl) != nullptr ||
                      SSL_get0_peer_certificate(ssl) != nullptr || requested_;
  if (!agreed) return nullptr;
  auto session = std::make_shared<TlsSession>();
  session->version = SSL_get_version(ssl);
  const bool server = start_.role == TlsRole::server;
  session->client_certificate_requested = server ? (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0 : requested_;
  session->own_certificate_sent = own_sent_;
  session->requested_ca_names = ca_names_;
  session->presented = presented();
  return session;
}

pki::Chain TlsStream::presented() const {
  pki::Chain chain;
  // In the server role OpenSSL keeps the client's own certificate apart from the rest of the list.
  X509* const leaf = SSL_get0_peer_certificate(ssl_.get());
  if (leaf == nullptr) return refused_;
  if (start_.role == TlsRole::server) chain.push_back(pki::read_certificate(leaf));
  const STACK_OF(X509)* const list = SSL_get_peer_cert_chain(ssl_.get());
  for (int i = 0; i < sk_X509_num(list); ++i) chain.push_back(pki::read_certificate(sk_X509_value(list, i)));
  return chain;
}

// RFC 6066 8, RFC 8446 4.4.2.1. Of the leaf only: OpenSSL 3.0 passes over the responses that TLS 1.3 allows for the
// certificates above it.
std::string TlsStream::stapled() const {
  const unsigned char* octets = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &octets);
  if (octets == nullptr || size <= 0) return {};
  const std::size_t kept = std::min(static_cast<std::size_t>(size), pki::most_ocsp_octets + 1);
  return {reinterpret_cast<const char*>(octets), kept};
}

std::string TlsStream::group() const {
  const int nid = static_cast<int>(SSL_get_negotiated_group(ssl_.get()));
  return nid > 0 && (nid & TLSEXT_nid_unknown) == 0 ? group_name(nid) : std::string();
}

void TlsStream::read_bindings(TlsSession& into) const {
  SSL* const ssl = ssl_.get();
  const bool client = start_.role == TlsRole::client;
  const pki::CertificatePtr server =
      client ? (into.presented.empty() ? nullptr : into.presented.front()) : into.own;
  if (server) into.bindings.server_end_point = pki::tls_server_end_point(*server).value_or(pki::Bytes());

  // RFC 9266 2: 32 octets, the context is the zero-length string; before TLS 1.3 only with the extended
  // master secret.
  const bool tls13 = SSL_version(ssl) == TLS1_3_VERSION;
  static constexpr std::string_view label = "EXPORTER-Channel-Binding";
  pki::Bytes exported(32);
  if ((tls13 || SSL_get_extms_support(ssl) == 1) &&
      SSL_export_keying_material(ssl, exported.data(), exported.size(), label.data(), label.size(),
                                 exported.data(), 0, 1) == 1) {
    into.bindings.exporter = std::move(exported);
  }

  // RFC 5929 3.1: the first Finished of the handshake, which in a full handshake is the client's. Sessions
  // are never resumed.
  if (tls13) return;
  pki::Bytes finished(64);
  const std::size_t octets = client ? SSL_get_finished(ssl, finished.data(), finished.size())
                                    : SSL_get_peer_finished(ssl, finished.data(), finished.size());
  if (octets == 0 || octets > finished.size()) return;
  finished.resize(octets);
  into.bindings.unique = std::move(finished);
}

}  // namespace domsec::net
