// The words of a channel's faults, and the one translation of socket errors into them.
#include <cerrno>
#include <system_error>

#include "channel_fault.h"

namespace domsec::net {

std::string_view text(ChannelFault fault) {
  switch (fault) {
    case ChannelFault::refused: return "connection refused";
    case ChannelFault::unreachable: return "unreachable";
    case ChannelFault::timed_out: return "timed out";
    case ChannelFault::closed: return "connection closed by the peer";
    case ChannelFault::reset: return "connection reset by the peer";
    case ChannelFault::tls_alert: return "the peer sent a TLS alert";
    case ChannelFault::tls_failed: return "TLS failed";
    case ChannelFault::line_too_long: return "line too long";
    case ChannelFault::local: return "local trouble";
  }
  return "";
}

ChannelFault fault_of(int error) {
  switch (error) {
    case ECONNREFUSED: return ChannelFault::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN: return ChannelFault::unreachable;
    case ETIMEDOUT: return ChannelFault::timed_out;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN: return ChannelFault::reset;
    default: return ChannelFault::local;
  }
}

ChannelError socket_failure(int error, const std::string& doing) {
  const ChannelFault fault = fault_of(error);
  const std::string why =
      fault == ChannelFault::local ? std::generic_category().message(error) : std::string(text(fault));
  return {fault, doing + ": " + why};
}

}  // namespace domsec::net
