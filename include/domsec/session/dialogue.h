// What both engines share: a command and its reply, every octet of it told to the transcript; the limits of each phase;
// how a broken channel becomes an event. No verdicts here.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

#include "domsec/net/channel.h"
#include "domsec/smtp/command.h"
#include "domsec/smtp/reply.h"
#include "domsec/transcript/transcript.h"

namespace domsec::session {

/// STARTTLS (RFC 3207), or TLS from the first octet on (RFC 8314 3).
enum class TlsStartup { starttls, implicit };

/// Waits per phase, RFC 5321 4.5.3.2 as the upper bound. A tester's defaults are shorter: its user waits for the answer.
struct Timeouts {
  net::Milliseconds connect{10'000};
  net::Milliseconds greeting{30'000};
  net::Milliseconds command{30'000};        // EHLO, STARTTLS, MAIL, RCPT, RSET
  net::Milliseconds handshake{15'000};
  net::Milliseconds data_start{60'000};     // 354
  net::Milliseconds data_block{60'000};     // each write of message content
  net::Milliseconds data_end{120'000};      // the reply to the final dot
  net::Milliseconds quit{2'000};

  /// No phase takes longer than `limit`.
  [[nodiscard]] static Timeouts capped(net::Milliseconds limit);
  /// ConnectionInactivityTimeOut of a send connector: no wait of an open connection is longer.
  [[nodiscard]] Timeouts with_inactivity(net::Milliseconds limit) const;
};

/// The peer's octets are no SMTP (garbage reply, too long, reply flood): ends the session like a broken channel.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[nodiscard]] net::SteadyPoint in(net::Milliseconds duration);

/// Longest reply line that is read; RFC 5321 4.5.3.1.5 says 512, peers exceed it.
inline constexpr std::size_t reply_line_limit = 4096;

/// One whole reply within `limit`. Throws net::ChannelError or ProtocolError.
net::task<smtp::Reply> read_reply(net::Channel& channel, transcript::Transcript& transcript, net::Milliseconds limit);
/// A command and its reply, each within `limit`.
net::task<smtp::Reply> command(net::Channel& channel, transcript::Transcript& transcript, smtp::Command what,
                               net::Milliseconds limit);

/// The events that a channel error is: an alert, a failed handshake, and the break at `step`.
void record_break(transcript::Transcript& transcript, policy::Step step, const net::ChannelError& error);
[[nodiscard]] policy::BreakKind break_kind(net::ChannelFault fault);
[[nodiscard]] transcript::DisconnectReason disconnect_reason(net::ChannelFault fault);

/// TlsEstablished and PeerCertificatesSeen from what the handshake showed.
void record_tls(transcript::Transcript& transcript, const net::TlsSession& session);

}  // namespace domsec::session
