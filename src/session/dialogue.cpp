#include "domsec/session/dialogue.h"

#include <algorithm>

namespace domsec::session {

using transcript::Direction;

Timeouts Timeouts::capped(net::Milliseconds limit) {
  Timeouts timeouts;
  for (net::Milliseconds* each : {&timeouts.connect, &timeouts.greeting, &timeouts.command, &timeouts.handshake,
                                  &timeouts.data_start, &timeouts.data_block, &timeouts.data_end, &timeouts.quit}) {
    *each = std::min(*each, limit);
  }
  return timeouts;
}

Timeouts Timeouts::with_inactivity(net::Milliseconds limit) const {
  Timeouts timeouts = *this;
  for (net::Milliseconds* each : {&timeouts.greeting, &timeouts.command, &timeouts.handshake, &timeouts.data_start,
                                  &timeouts.data_block, &timeouts.data_end, &timeouts.quit}) {
    *each = std::min(*each, limit);
  }
  return timeouts;
}

net::SteadyPoint in(net::Milliseconds duration) { return std::chrono::steady_clock::now() + duration; }

net::task<smtp::Reply> read_reply(net::Channel& channel, transcript::Transcript& transcript, net::Milliseconds limit) {
  // One deadline for the whole reply: a peer that trickles its lines does not get more time for each.
  const net::SteadyPoint deadline = in(limit);
  smtp::ReplyParser parser;
  while (true) {
    const std::string line = co_await channel.read_line(reply_line_limit, deadline);
    auto done = parser.add_line(line);
    if (!done) continue;
    if (const auto* error = std::get_if<smtp::ReplyError>(&*done)) throw ProtocolError(error->what);
    smtp::Reply reply = std::get<smtp::Reply>(std::move(*done));
    transcript.append(transcript::ReplyGiven{Direction::received, reply});
    co_return reply;
  }
}

net::task<smtp::Reply> command(net::Channel& channel, transcript::Transcript& transcript, smtp::Command what,
                               net::Milliseconds limit) {
  const std::string line = smtp::command_line(what);
  transcript.append(transcript::CommandLine{Direction::sent, line});
  const std::string octets = line + "\r\n";
  co_await channel.write(octets, in(limit));
  co_return co_await read_reply(channel, transcript, limit);
}

policy::BreakKind break_kind(net::ChannelFault fault) {
  switch (fault) {
    case net::ChannelFault::refused: return policy::BreakKind::refused;
    case net::ChannelFault::unreachable: return policy::BreakKind::unreachable;
    case net::ChannelFault::timed_out: return policy::BreakKind::timed_out;
    case net::ChannelFault::closed: return policy::BreakKind::closed;
    case net::ChannelFault::reset: return policy::BreakKind::reset;
    case net::ChannelFault::tls_alert: return policy::BreakKind::closed;
    case net::ChannelFault::tls_failed: return policy::BreakKind::protocol_error;
    case net::ChannelFault::line_too_long: return policy::BreakKind::protocol_error;
    case net::ChannelFault::local: return policy::BreakKind::local_error;
  }
  return policy::BreakKind::local_error;
}

transcript::DisconnectReason disconnect_reason(net::ChannelFault fault) {
  switch (fault) {
    case net::ChannelFault::timed_out: return transcript::DisconnectReason::timeout;
    case net::ChannelFault::closed:
    case net::ChannelFault::tls_alert: return transcript::DisconnectReason::remote;
    case net::ChannelFault::reset:
    case net::ChannelFault::refused:
    case net::ChannelFault::unreachable: return transcript::DisconnectReason::remote_socket_error;
    case net::ChannelFault::tls_failed:
    case net::ChannelFault::line_too_long:
    case net::ChannelFault::local: return transcript::DisconnectReason::local;
  }
  return transcript::DisconnectReason::local;
}

namespace {

/// Printable text where a TLS record was due means a device or a server that went on in clear (DS013, DS023).
bool is_clear_text(const std::string& octets) {
  return !octets.empty() && std::all_of(octets.begin(), octets.end(), [](unsigned char octet) {
    return (octet >= 0x20 && octet < 0x7f) || octet == '\r' || octet == '\n' || octet == '\t';
  });
}

}  // namespace

void record_break(transcript::Transcript& transcript, policy::Step step, const net::ChannelError& error) {
  if (error.alert) {
    const Direction direction = error.fault == net::ChannelFault::tls_alert ? Direction::received : Direction::sent;
    transcript.append(transcript::AlertSeen{direction, *error.alert, !error.during_handshake});
  }
  if (error.during_handshake) {
    const std::string reason = error.tls_reason.empty() ? std::string(error.what()) : error.tls_reason;
    transcript::TlsFailed failed;
    failed.kind = break_kind(error.fault);
    failed.reason = reason;
    failed.clear_text = is_clear_text(error.unexpected_octets);
    if (error.seen) {
      failed.version = error.seen->version;
      failed.client_certificate_requested = error.seen->client_certificate_requested;
      failed.own_certificate_sent = error.seen->own_certificate_sent;
      failed.requested_ca_names = error.seen->requested_ca_names;
      if (!error.seen->presented.empty()) transcript.append(transcript::PeerCertificatesSeen{error.seen->presented});
    }
    transcript.append(std::move(failed));
  }
  transcript.append(transcript::Broken{step, break_kind(error.fault), error.what()});
}

void record_tls(transcript::Transcript& transcript, const net::TlsSession& session) {
  transcript.append(transcript::TlsEstablished{session.version, session.cipher, session.group, session.sni,
                                               session.client_certificate_requested, session.own_certificate_sent,
                                               session.requested_ca_names, session.bindings});
  transcript.append(transcript::PeerCertificatesSeen{session.presented});
}

}  // namespace domsec::session
