// A fault on purpose in a TLS handshake: this end stops at one message and does what a broken stack, an
// impatient peer or a device on the path does there. A sound session has none. RFC 8446 4, RFC 5246 7.4 (the
// messages).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace domsec::net {

/// RFC 8446 4, RFC 5246 7.4: their numbers. `none`: before the first of them. A HelloRetryRequest is a
/// ServerHello.
enum class HandshakeMessage {
  none = -1,
  client_hello = 1,
  server_hello = 2,
  encrypted_extensions = 8,  // TLS 1.3
  certificate = 11,
  server_key_exchange = 12,  // TLS 1.2
  certificate_request = 13,
  server_hello_done = 14,  // TLS 1.2
  certificate_verify = 15,
  client_key_exchange = 16,  // TLS 1.2
  finished = 20,
};

/// `ClientHello` … as the RFCs write them, in any case of letters; nothing for another word. `none` is a
/// word, too.
[[nodiscard]] std::optional<HandshakeMessage> read_handshake_message(std::string_view name);
[[nodiscard]] std::string_view text(HandshakeMessage message);

struct HandshakeFault {
  /// Once which message has passed: one of ours has left whole, or one of the peer's was read. `none`: at
  /// once. A handshake in which it never passes goes on as if there were no fault.
  HandshakeMessage behind = HandshakeMessage::none;
  /// What is done then; nothing else leaves any more.
  enum class Act {
    close,    // FIN
    reset,    // RST
    silence,  // nothing, until the peer goes or the deadline passes
    alert,    // a fatal alert, `alert`, and FIN; protected where a key of ours is in force. In TLS 1.2 that
            // takes a suite with GCM or ChaCha20. OpenSSL's servers take none before the ClientHello:
            // `unexpected message`.
    octets,  // `octets` as they are, then silence: clear text, garbage, another protocol
  };
  Act act = Act::close;
  int alert = 40;
  std::string octets{};
  /// Both ends send Certificate, CertificateVerify and Finished: whose is meant; `either` = the first that
  /// passes.
  enum class Sender { either, own, peer };
  Sender sender = Sender::either;
  /// Client below TLS 1.3, in place of all the above: once the handshake is over another one is asked for
  /// (RFC 5246 7.4.1.2, RFC 5746 3.5); what the peer makes of it is told, then FIN.
  bool renegotiate = false;
};

}  // namespace domsec::net
