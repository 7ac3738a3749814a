// SSL_CTX from settings. Certificates of the peer are never judged by OpenSSL: the verify callback accepts
// and the engine examines afterwards (spec exchange D-16). No cache, no resumption, no renegotiation, no
// compression: each session shows a full handshake, and a resumed one would skip the client certificate.
// Tickets are sent where the settings say so, and never taken back.
#include "domsec/net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "../pki/recipe_subject.h"
#include "decoy_key.h"
#include "domsec/pki/authority.h"
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

/// A ticket that comes back gets a full handshake and a new ticket: RFC 5077 3.1, RFC 8446 4.2.11.
SSL_TICKET_RETURN leave_ticket(SSL*, SSL_SESSION*, const unsigned char*, std::size_t, SSL_TICKET_STATUS,
                               void*) {
  return SSL_TICKET_RETURN_IGNORE_RENEW;
}

void send_tickets(SSL_CTX* context) {
  SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 2);
  SSL_CTX_set_session_ticket_cb(context, nullptr, leave_ticket, nullptr);
}

/// OpenSSL passes over names that it does not know as long as it knows one; each is tried.
void set_suites(SSL_CTX* context, const std::string& suites) {
  for (std::size_t begin = 0; begin <= suites.size();) {
    const std::size_t end = std::min(suites.find(':', begin), suites.size());
    const std::string name = suites.substr(begin, end - begin);
    if (name.empty() || SSL_CTX_set_ciphersuites(context, name.c_str()) != 1) {
      ERR_clear_error();
      refuse(pki::BundleError::Kind::garbage,
             "'" + name + "' among the TLS 1.3 suites '" + suites +
                 "' is none; name them like TLS_AES_128_GCM_SHA256, with colons between");
    }
    begin = end + 1;
  }
  SSL_CTX_set_ciphersuites(context, suites.c_str());
}

/// What is left to OpenSSL where the settings say nothing.
void set_offer(SSL_CTX* context, const TlsSettings& settings) {
  constexpr auto garbage = pki::BundleError::Kind::garbage;
  if (!settings.suites.empty()) set_suites(context, settings.suites);
  if (!settings.groups.empty() && SSL_CTX_set1_groups_list(context, settings.groups.c_str()) != 1) {
    ERR_clear_error();
    refuse(garbage, "the groups '" + settings.groups +
                        "' cannot be offered; name them like X25519:P-256, each once, with colons between");
  }
  const std::string& algorithms = settings.signature_algorithms;
  if (!algorithms.empty() && SSL_CTX_set1_sigalgs_list(context, algorithms.c_str()) != 1) {
    ERR_clear_error();
    refuse(garbage, "the signature algorithms '" + algorithms +
                        "' cannot be offered; name them like RSA-PSS+SHA256:ECDSA+SHA256, each once");
  }
  if (settings.largest_record != 0 && SSL_CTX_set_max_send_fragment(context, settings.largest_record) != 1) {
    ERR_clear_error();
    refuse(garbage, "records of " + std::to_string(settings.largest_record) +
                        " octets cannot be sent; take a number from 512 to 16384");
  }
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
  set_offer(context, settings);
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

/// The names of CertificateRequest, those of certificates first. RFC 5246 7.4.4, RFC 8446 4.2.4: two octets
/// tell the length of them all.
void announce(SSL_CTX* context, const TlsSettings& settings) {
  constexpr int most_octets = 65000;
  for (const pki::CertificatePtr& authority : settings.client_ca_names) {
    SSL_CTX_add_client_CA(context, authority->x509.get());
  }
  if (settings.client_ca_subjects.empty()) return;
  const STACK_OF(X509_NAME)* const known = SSL_CTX_get_client_CA_list(context);
  STACK_OF(X509_NAME)* const names = known != nullptr ? SSL_dup_CA_list(known) : sk_X509_NAME_new_null();
  SSL_CTX_set_client_CA_list(context, names);  // owns them
  for (const std::string& subject : settings.client_ca_subjects) {
    try {
      pki::X509NameOwner name = pki::recipe_subject(subject);
      if (sk_X509_NAME_push(names, name.get()) > 0) name.release();
    } catch (const pki::RecipeError& error) {
      throw pki::BundleError(pki::BundleError::Kind::garbage,
                             "the authority '" + subject + "' cannot be announced to clients: " + error.what());
    }
  }
  int octets = 0;
  for (int i = 0; i < sk_X509_NAME_num(names); ++i) {
    octets += 2 + i2d_X509_NAME(sk_X509_NAME_value(names, i), nullptr);
  }
  if (octets > most_octets) {
    refuse(pki::BundleError::Kind::garbage,
           "the authorities announced to clients take " + std::to_string(octets) +
               " octets and a handshake holds " + std::to_string(most_octets) + "; announce fewer");
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
  announce(context->handle(), settings);
  if (settings.tickets) send_tickets(context->handle());
  context->ocsp_response_ = settings.ocsp_response;
  if (!context->ocsp_response_.empty()) {
    SSL_CTX_set_tlsext_status_cb(context->handle(), staple);
    SSL_CTX_set_tlsext_status_arg(context->handle(), &context->ocsp_response_);
  }
  return context;
}

}  // namespace domsec::net
