// SSL_CTX from settings. Certificates of the peer are never judged by OpenSSL: the verify callback accepts
// and the engine examines afterwards (spec exchange D-16). No tickets, no cache, no renegotiation, no
// compression: each session shows a full handshake, and a resumed one would skip the client certificate.
#include "domsec/net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "decoy_key.h"
#include "tls_stream.h"

namespace domsec::net {

namespace {

int number(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls1_0: return TLS1_VERSION;
    case TlsVersion::tls1_1: return TLS1_1_VERSION;
    case TlsVersion::tls1_2: return TLS1_2_VERSION;
    case TlsVersion::tls1_3: return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

[[noreturn]] void refuse(pki::BundleError::Kind kind, const std::string& what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw pki::BundleError(kind, reason != nullptr ? what + ": " + reason : what);
}

// R36: TLS 1.2 suites with ECDHE and AEAD first, then ECDHE, last RSA key exchange for partners that have
// nothing else
// ("ECDHE preferred": chosen when both sides have it). Never export, RC4, DES, 3DES, MD5, anonymous or empty
// ciphers.
std::string cipher_list(const TlsSettings& settings) {
  std::string list = settings.ciphers;
  if (list.empty()) {
    list =
        "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AESGCM:kRSA+AES:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!"
        "MD5";
  }
  // Before TLS 1.2 signatures are MD5-SHA1, which every level above 0 forbids.
  if (settings.minimum < TlsVersion::tls1_2) list += ":@SECLEVEL=0";
  return list;
}

void set_policy(SSL_CTX* context, const TlsSettings& settings) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // RELEASE_BUFFERS: an idle session holds no record buffers. NO_AUTO_CHAIN: exactly what was configured is
  // presented.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(context, 1);
  const bool old = settings.minimum < TlsVersion::tls1_2;
  SSL_CTX_set_security_level(context, old ? 0 : settings.security_level);
  SSL_CTX_set_min_proto_version(context, number(settings.minimum));
  SSL_CTX_set_max_proto_version(context, number(settings.maximum));
  if (SSL_CTX_set_cipher_list(context, cipher_list(settings).c_str()) != 1) {
    refuse(pki::BundleError::Kind::garbage,
           "the cipher list '" + settings.ciphers + "' names no usable cipher; correct it");
  }
  SSL_CTX_set_cert_verify_callback(context, examine_later, nullptr);
  if (settings.alerts_by_hand) SSL_CTX_set_keylog_callback(context, follow_secrets);
}

void present(SSL_CTX* context, const TlsSettings& settings) {
  const pki::Credentials& identity = *settings.identity;
  using Kind = pki::BundleError::Kind;
  if (identity.chain.empty())
    refuse(Kind::no_certificate, "the identity has no certificate; give one with its key");
  const pki::CertificatePtr& leaf = identity.chain.front();
  if (!identity.key.key)
    refuse(Kind::key_missing,
           "the certificate '" + leaf->subject + "' has no private key; give its key file");
  if (SSL_CTX_use_certificate(context, leaf->x509.get()) != 1) {
    refuse(Kind::garbage, "the certificate '" + leaf->subject + "' cannot be used for TLS");
  }
  const bool belongs = X509_check_private_key(leaf->x509.get(), identity.key.key.get()) == 1;
  ERR_clear_error();
  if (!belongs && !settings.allow_key_mismatch) {
    refuse(Kind::key_mismatch, "the private key does not belong to the certificate '" + leaf->subject +
                                   "'; give the key it was requested with");
  }
  const EvpPkeyPtr decoy = belongs ? nullptr : decoy_key(*leaf);
  if (SSL_CTX_use_PrivateKey(context, belongs ? identity.key.key.get() : decoy.get()) != 1) {
    refuse(Kind::key_mismatch, "the private key of '" + leaf->subject + "' cannot be used for TLS");
  }
  if (settings.leaf_only) return;
  for (std::size_t i = 1; i < identity.chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, identity.chain[i]->x509.get()) != 1) {
      refuse(Kind::garbage,
             "the intermediate certificate '" + identity.chain[i]->subject + "' cannot be presented");
    }
  }
}

/// SSL_CTX_set_tlsext_status_cb in the server role: called when the client asks for it. libssl owns the copy.
int staple(SSL* ssl, void* response) {
  const std::string& der = *static_cast<const std::string*>(response);
  void* const copy = OPENSSL_memdup(der.data(), der.size());
  if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(der.size()));
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> make(const SSL_METHOD* method, const TlsSettings& settings) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) refuse(pki::BundleError::Kind::garbage, "OpenSSL gives no TLS context");
  set_policy(context.get(), settings);
  if (settings.identity) present(context.get(), settings);
  return context;
}

}  // namespace

std::shared_ptr<TlsContext> TlsContext::made(const SSL_METHOD* method, const TlsSettings& settings) {
  auto context = std::make_shared<TlsContext>();
  context->handle_ = make(method, settings);
  if (settings.identity) context->own_ = settings.identity->chain.front();
  context->alerts_by_hand_ = settings.alerts_by_hand;
  context->key_decoding_ = settings.key_decoding;
  return context;
}

std::shared_ptr<const TlsContext> TlsContext::client(const TlsSettings& settings) {
  std::shared_ptr<TlsContext> context = made(TLS_client_method(), settings);
  // A server's certificate is always sent; VERIFY_PEER lets the callback see it.
  SSL_CTX_set_verify(context->handle(), SSL_VERIFY_PEER, nullptr);
  return context;
}

std::shared_ptr<const TlsContext> TlsContext::server(const TlsSettings& settings) {
  std::shared_ptr<TlsContext> context = made(TLS_server_method(), settings);
  const bool request = settings.request == ClientCertificateRequest::request;
  SSL_CTX_set_verify(context->handle(), request ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  for (const pki::CertificatePtr& authority : settings.client_ca_names) {
    SSL_CTX_add_client_CA(context->handle(), authority->x509.get());
  }
  context->ocsp_response_ = settings.ocsp_response;
  if (!context->ocsp_response_.empty()) {
    SSL_CTX_set_tlsext_status_cb(context->handle(), staple);
    SSL_CTX_set_tlsext_status_arg(context->handle(), &context->ocsp_response_);
  }
  return context;
}

}  // namespace domsec::net
