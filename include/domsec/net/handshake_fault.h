// A fault on purpose in a TLS handshake: this end stops at one message and does what a broken stack, an impatient peer or a
// device on the path does there. A sound session has none. RFC 8446 4, RFC 5246 7.4 (the messages).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace domsec::net {

/// RFC 8446 4, RFC 5246 7.4: their numbers. `none`: before the first of them.
enum class HandshakeMessage {
  none = -1,
  client_hello = 1,
  server_hello = 2,
  encrypted_extensions = 8,    // TLS 1.3
  certificate = 11,
  server_key_exchange = 12,    // TLS 1.2
  certificate_request = 13,
  server_hello_done = 14,      // TLS 1.2
  certificate_verify = 15,
  client_key_exchange = 16,    // TLS 1.2
  finished = 20,
};

/// `ClientHello` … as the RFCs write them; nothing for another word.
[[nodiscard]] std::optional<HandshakeMessage> read_handshake_message(std::string_view name);
[[nodiscard]] std::string_view text(HandshakeMessage message);

struct HandshakeFault {
  /// Once which message has passed: one of ours has left whole, or one of the peer's was read. `none`: at once.
  HandshakeMessage behind = HandshakeMessage::none;
  /// What is done then; nothing else leaves any more.
  enum class Act {
    close,    // FIN
    reset,    // RST
    silence,  // nothing, until the peer goes or the deadline passes
    alert,    // a fatal alert, `alert`; protected where a key is in force
    octets,   // `octets` as they are, then silence: clear text, garbage, another protocol
  };
  Act act = Act::close;
  int alert = 40;
  std::string octets{};
};

}  // namespace domsec::net
