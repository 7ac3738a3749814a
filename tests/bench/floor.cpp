// Two SSL objects of one thread joined by a BIO pair. X25519, no tickets, no session cache; the time of
// SSL_new and SSL_free belongs to the handshake.
#include "bench/floor.h"

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <stdexcept>

#include "bench/measure.h"

namespace domsec::bench {
namespace {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextOwner = std::unique_ptr<SSL_CTX, SslFree>;
using SslOwner = std::unique_ptr<SSL, SslFree>;

ContextOwner context_of(const SSL_METHOD* method, const Partners& partners,
                        const pki::Credentials& identity) {
  ContextOwner context(SSL_CTX_new(method));
  SSL_CTX* const to = context.get();
  bool good = SSL_CTX_use_certificate(to, identity.chain.at(0)->x509.get()) == 1 &&
              SSL_CTX_add1_chain_cert(to, identity.chain.at(1)->x509.get()) == 1 &&
              SSL_CTX_use_PrivateKey(to, identity.key.key.get()) == 1 &&
              X509_STORE_add_cert(SSL_CTX_get_cert_store(to), partners.root.certificate()->x509.get()) == 1 &&
              SSL_CTX_set1_groups_list(to, "X25519") == 1 &&
              SSL_CTX_set_min_proto_version(to, TLS1_3_VERSION) == 1;
  if (!good) throw std::runtime_error("floor: OpenSSL takes no context");
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(to), std::chrono::system_clock::to_time_t(instant));
  SSL_CTX_set_verify(to, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_num_tickets(to, 0);
  SSL_CTX_set_session_cache_mode(to, SSL_SESS_CACHE_OFF);
  return context;
}

/// Adds the CPU time of one end's turn to `sum`.
template <typename Turn>
void timed(double& sum, Turn turn) {
  const double begin = thread_cpu();
  turn();
  sum += thread_cpu() - begin;
}

void shake_hands(SSL_CTX* client_context, SSL_CTX* server_context, Floor& sum) {
  BIO* client_bio = nullptr;
  BIO* server_bio = nullptr;
  if (BIO_new_bio_pair(&client_bio, 0, &server_bio, 0) != 1) throw std::runtime_error("floor: no BIO pair");
  SslOwner client;
  SslOwner server;
  timed(sum.client, [&] {
    client.reset(SSL_new(client_context));
    SSL_set_bio(client.get(), client_bio, client_bio);
    SSL_set_connect_state(client.get());
  });
  timed(sum.server, [&] {
    server.reset(SSL_new(server_context));
    SSL_set_bio(server.get(), server_bio, server_bio);
    SSL_set_accept_state(server.get());
  });
  for (int turns = 0; !SSL_is_init_finished(client.get()) || !SSL_is_init_finished(server.get()); ++turns) {
    if (turns == 10) throw std::runtime_error("floor: the handshake does not end");
    timed(sum.client, [&] { SSL_do_handshake(client.get()); });
    timed(sum.server, [&] { SSL_do_handshake(server.get()); });
  }
  if (SSL_get_verify_result(client.get()) != X509_V_OK || SSL_get_verify_result(server.get()) != X509_V_OK ||
      SSL_get0_peer_certificate(server.get()) == nullptr) {
    throw std::runtime_error("floor: a certificate was not verified");
  }
  timed(sum.client, [&] { client.reset(); });
  timed(sum.server, [&] { server.reset(); });
}

}  // namespace

Floor measure_floor(const Partners& partners, int handshakes) {
  const ContextOwner client = context_of(TLS_client_method(), partners, partners.contoso);
  const ContextOwner server = context_of(TLS_server_method(), partners, partners.woodgrove);
  Floor sum;
  shake_hands(client.get(), server.get(), sum);
  sum = Floor{};
  for (int i = 0; i < handshakes; ++i) shake_hands(client.get(), server.get(), sum);
  return {sum.client / handshakes, sum.server / handshakes};
}

}  // namespace domsec::bench
