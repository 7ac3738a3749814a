// One TCP connection that may turn into TLS: the edge. Bytes, lines, deadlines, handshakes; no SMTP, no
// verdicts. OpenSSL works on the socket's own descriptor, driven by Asio's async_wait (28-31 KiB a session
// instead of 80 with ssl::stream). TLS never aborts on a verification problem by itself: the certificates are
// observed, others judge.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/net/handshake_fault.h"
#include "domsec/net/loop.h"
#include "domsec/net/task.h"
#include "domsec/net/tls_context.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/channel_binding.h"
#include "domsec/pki/tls_text.h"

namespace domsec::net {

struct Endpoint {
  std::string address;  // numeric, IPv6 without brackets
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const;  // `192.0.2.1:25`, `[2001:db8::1]:25`
  bool operator==(const Endpoint&) const = default;
};

/// Nothing when the text is no numeric address with port.
[[nodiscard]] std::optional<Endpoint> read_endpoint(std::string_view text);

/// Why a connection ended or a handshake failed. One type, thrown by Channel alone, caught once per session.
enum class ChannelFault {
  refused,      // TCP connect refused
  unreachable,  // no route, host or network down
  timed_out,    // a deadline passed
  closed,       // orderly end by the peer (FIN, or close_notify)
  reset,        // RST, broken pipe
  tls_alert,    // the peer sent a fatal alert: `alert`
  tls_failed,   // our side gave up: version, cipher, garbage, clear text; `alert` = what we sent, if anything
  line_too_long,  // bound exceeded before a line end
  local,          // own socket trouble (no descriptors, address in use)
};

[[nodiscard]] std::string_view text(ChannelFault fault);

/// What one handshake showed. Observations only.
struct TlsSession {
  std::string version;                 // `TLSv1.3`
  std::string cipher;                  // OpenSSL's name
  std::string group;                   // `X25519`, `P-256`; empty when unknown
  std::string sni;                     // sent or received; empty when none
  bool client_certificate_requested = false;
  bool own_certificate_sent = false;
  std::vector<std::string> requested_ca_names;  // as printed; client role, at most 200 kept
  std::vector<std::string> requested_signature_algorithms;  // client role
  pki::Chain presented;                // the peer's, leaf first; empty when it presented none
  pki::CertificatePtr own;             // our leaf when it was sent or offered
  /// DER of the OCSP response that the server stapled; client role; empty when none came. Of one that is larger
  /// than pki::most_ocsp_octets one octet more is kept, which shows it.
  std::string ocsp_response;
  pki::ChannelBindings bindings;
};

class ChannelError : public std::runtime_error {
 public:
  ChannelError(ChannelFault of, const std::string& what) : std::runtime_error(what), fault(of) {}
  ChannelFault fault;
  std::optional<pki::Alert> alert;      // received (tls_alert) or sent (tls_failed)
  bool during_handshake = false;
  /// What a handshake that failed had shown by then; null when it failed before the peer's first message.
  std::shared_ptr<const TlsSession> seen;
  /// OpenSSL's reason text (`wrong version number`, `no shared cipher`), empty when there is none.
  std::string tls_reason;
  /// First octets received where a TLS record was due: tells clear text from garbage (DS013, DS023).
  std::string unexpected_octets;
};

/// Judges the peer inside the handshake for the require-alert mode: returns the alert number to send, or
/// nothing to go on. Must not block: it uses what is already cached.
using InHandshakeJudge = std::function<std::optional<int>(const pki::Chain& presented)>;

enum class TlsRole { client, server };

struct TlsStart {
  TlsRole role = TlsRole::client;
  std::shared_ptr<const TlsContext> context;
  std::string sni;                     // client; empty = none
  InHandshakeJudge judge;              // empty = accept at once, examine afterwards
  std::optional<HandshakeFault> fault{};  // on purpose; start_tls throws ChannelError(local) once it was played
};

class Channel {
 public:
  /// Throws ChannelError. `source` is an address to bind to, may be empty.
  static task<Channel> connect(Endpoint to, SteadyPoint deadline, std::string source = {});

  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) noexcept;
  ~Channel();

  [[nodiscard]] const Endpoint& local() const;
  [[nodiscard]] const Endpoint& remote() const;
  [[nodiscard]] bool tls() const;

  /// One line without its CRLF. A bare LF does not end it (and is kept in the text); at most `limit` octets,
  /// else line_too_long.
  task<std::string> read_line(std::size_t limit, SteadyPoint deadline);
  /// What is there, at least one octet, at most `limit`.
  task<std::string> read_some(std::size_t limit, SteadyPoint deadline);
  /// Drops octets up to and including the next CRLF, reading on as needed (after line_too_long); gives up at
  /// `limit`.
  task<void> skip_line(std::size_t limit, SteadyPoint deadline);
  task<void> write(std::string_view octets, SteadyPoint deadline);

  /// Octets that were received and not yet read: after STARTTLS they are an injection (RFC 3207,
  /// CVE-2011-0411).
  [[nodiscard]] std::size_t buffered() const;
  /// A whole line is there: reading it does not wait.
  [[nodiscard]] bool has_line() const;
  /// Puts octets back in front of what is read next.
  void unread(std::string_view octets);
  void discard_buffered();

  /// The handshake. Returns what was seen; throws ChannelError with during_handshake set. Octets that were
  /// buffered before are the first that TLS sees: they can never pass for protected text. After a failure
  /// call shutdown(), so that the alert which we sent is not lost by a reset.
  task<TlsSession> start_tls(TlsStart start, SteadyPoint deadline);

  /// Sends a fatal TLS alert of any number by hand (fault injection, require-alert after the examination),
  /// then nothing more. Before start_tls it is a plain record. Throws local under a TLS 1.2 CBC suite and
  /// below TLS 1.2.
  task<void> send_alert(int number, SteadyPoint deadline);
  /// close_notify and orderly end; never throws, bounded by one second.
  task<void> shutdown();
  /// The same without close_notify: inside TLS a truncation (RFC 8446 6.1), a fault on purpose.
  task<void> cut();
  /// RST, once the peer's host has what we wrote; never throws, bounded by one second.
  task<void> reset();
  /// At once. `abort` sends RST.
  void close();
  void abort();

  struct Body;
  explicit Channel(std::unique_ptr<Body> body);

 private:
  std::unique_ptr<Body> body_;
};

}  // namespace domsec::net
