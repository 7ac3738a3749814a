#include "support/plain_tls.h"

#include <openssl/err.h>

#include <array>

namespace domsec::testing {

namespace {

int version_number(net::TlsVersion version) {
  return version == net::TlsVersion::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

int accept_any(int, X509_STORE_CTX*) {
  return 1;
}

void on_message(int write, int, int content_type, const void* data, std::size_t size, SSL*, void* argument) {
  if (write != 0 || size == 0) return;
  const auto* const octets = static_cast<const unsigned char*>(data);
  auto& end = *static_cast<PlainTls*>(argument);
  if (content_type == SSL3_RT_HANDSHAKE) end.messages.push_back(octets[0]);
  if (content_type == SSL3_RT_ALERT && size == 2 && octets[0] == SSL3_AL_FATAL) end.alert = octets[1];
}

std::string taken(BIO* from) {
  std::string octets(static_cast<std::size_t>(BIO_pending(from)), '\0');
  if (!octets.empty()) BIO_read(from, octets.data(), static_cast<int>(octets.size()));
  return octets;
}

}  // namespace

std::shared_ptr<SSL_CTX> plain_context(const pki::Credentials& identity, net::TlsVersion only) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), version_number(only));
  SSL_CTX_set_max_proto_version(context.get(), version_number(only));
  SSL_CTX_use_certificate(context.get(), identity.chain.front()->x509.get());
  SSL_CTX_use_PrivateKey(context.get(), identity.key.key.get());
  for (std::size_t i = 1; i < identity.chain.size(); ++i) {
    SSL_CTX_add1_chain_cert(context.get(), identity.chain[i]->x509.get());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, accept_any);
  return context;
}

net::task<void> PlainTls::run(net::Channel& channel, std::function<net::SteadyPoint()> patience) {
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_msg_callback(ssl.get(), on_message);
  SSL_set_msg_callback_arg(ssl.get(), this);
  if (comes_back_with) SSL_set_session(ssl.get(), comes_back_with.get());
  role == net::TlsRole::client ? SSL_set_connect_state(ssl.get()) : SSL_set_accept_state(ssl.get());
  try {
    for (;;) {
      while (!refused) {
        ERR_clear_error();
        std::array<char, 4096> chunk{};
        const int result = established ? SSL_read(ssl.get(), chunk.data(), static_cast<int>(chunk.size()))
                                       : SSL_do_handshake(ssl.get());
        if (result > 0) {
          if (established) text.append(chunk.data(), static_cast<std::size_t>(result));
          established = true;
          resumed = SSL_session_reused(ssl.get()) == 1;
          continue;
        }
        refused = SSL_get_error(ssl.get(), result) == SSL_ERROR_SSL;
        break;
      }
      session.reset(SSL_get1_session(ssl.get()), SSL_SESSION_free);
      const std::string ours = taken(out);
      const net::SteadyPoint deadline = patience();
      if (!ours.empty()) co_await channel.write(ours, deadline);
      const std::string came = co_await channel.read_some(65536, deadline);
      octets += came;
      BIO_write(in, came.data(), static_cast<int>(came.size()));
    }
  } catch (const net::ChannelError& error) {
    end = error.fault;
  }
  ERR_clear_error();
}

std::vector<Record> records_of(std::string_view octets, std::string& rest) {
  std::vector<Record> records;
  while (octets.size() >= 5) {
    const auto high = static_cast<unsigned char>(octets[3]);
    const auto low = static_cast<unsigned char>(octets[4]);
    const std::size_t size = static_cast<std::size_t>(high) * 256 + low;
    if (octets.size() < 5 + size) break;
    records.push_back({static_cast<unsigned char>(octets[0]), size});
    octets.remove_prefix(5 + size);
  }
  rest = octets;
  return records;
}

}  // namespace domsec::testing
