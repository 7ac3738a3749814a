// Where a handshake with a fault on purpose stops: the octet behind which nothing of ours leaves, told from
// what OpenSSL says of its own messages and records. Rules alone, no socket; TlsStream asks, Channel plays
// the act.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "domsec/net/handshake_fault.h"

namespace domsec::net {

class HandshakeStop {
 public:
  explicit HandshakeStop(HandshakeFault fault)
      : fault_(std::move(fault)), marked_(fault_.behind == HandshakeMessage::none && !asks_again()) {}

  [[nodiscard]] const HandshakeFault& fault() const { return fault_; }

  /// The header of a record that we are about to write: its octets leave when the stop is not marked yet.
  void note_record(std::string_view header);
  [[nodiscard]] bool asks_again() const { return fault_.renegotiate; }
  /// A message whose records were all noted (ours), or that was read whole (the peer's).
  void note_message(HandshakeFault::Sender sender, int type);

  /// The message has passed: what OpenSSL writes from now on must not leave.
  [[nodiscard]] bool marked() const { return marked_; }
  /// The message has passed and all of ours up to it has left: the act is due.
  [[nodiscard]] bool stands() const { return marked_ && left_ >= written_; }
  /// So many of the next octets that OpenSSL writes.
  [[nodiscard]] std::size_t may_leave(std::size_t octets) const;
  void note_left(std::size_t octets) { left_ += octets; }
  /// Here and now, whatever has passed.
  void stand() {
    marked_ = true;
    written_ = left_;
  }

  /// `on purpose: connection reset behind our ServerHello`
  [[nodiscard]] std::string told() const;

 private:
  HandshakeFault fault_;
  bool marked_;
  HandshakeFault::Sender passed_ = HandshakeFault::Sender::either;  // whose message marked it
  std::size_t written_ = 0;                                         // octets of our records, up to the mark
  std::size_t left_ = 0;                                            // of these, the ones that were sent
};

}  // namespace domsec::net
