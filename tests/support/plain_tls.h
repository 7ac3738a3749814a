// One end of TLS that is OpenSSL alone, with memory BIOs over the clear octets of a Channel: a second opinion
// that sees everything that came, octet for octet.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/net/channel.h"
#include "domsec/pki/bundle.h"

namespace domsec::testing {

[[nodiscard]] std::shared_ptr<SSL_CTX> plain_context(const pki::Credentials& identity, net::TlsVersion only);

struct PlainTls {
  net::TlsRole role = net::TlsRole::client;
  std::shared_ptr<SSL_CTX> context;
  std::shared_ptr<SSL_SESSION> comes_back_with{};  // client

  // What came:
  std::string octets{};         // all, as they were on the wire
  std::vector<int> messages{};  // handshake messages that were read, by type
  std::optional<int> alert{};   // fatal
  std::string text{};           // inside TLS
  bool established = false;
  bool resumed = false;
  bool refused = false;                    // OpenSSL did not like what came
  std::shared_ptr<SSL_SESSION> session{};  // with the last ticket
  std::optional<net::ChannelFault> end{};  // closed, reset, timed_out

  /// Handshake, then reading until the connection ends or the time is over; `patience` is asked before each
  /// wait.
  net::task<void> run(net::Channel& channel, std::function<net::SteadyPoint()> patience);
};

struct Record {
  int type = 0;
  std::size_t octets = 0;  // without the header
};
/// RFC 8446 5.1. `rest` is what follows the last whole record.
[[nodiscard]] std::vector<Record> records_of(std::string_view octets, std::string& rest);

}  // namespace domsec::testing
