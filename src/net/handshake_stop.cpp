#include "handshake_stop.h"

#include <algorithm>
#include <array>

#include "domsec/pki/tls_text.h"

namespace domsec::net {

namespace {

constexpr std::size_t header_octets = 5;  // RFC 8446 5.1: type, version, length

constexpr std::array<std::pair<HandshakeMessage, std::string_view>, 11> names{{
    {HandshakeMessage::none, "none"},
    {HandshakeMessage::client_hello, "ClientHello"},
    {HandshakeMessage::server_hello, "ServerHello"},
    {HandshakeMessage::encrypted_extensions, "EncryptedExtensions"},
    {HandshakeMessage::certificate, "Certificate"},
    {HandshakeMessage::server_key_exchange, "ServerKeyExchange"},
    {HandshakeMessage::certificate_request, "CertificateRequest"},
    {HandshakeMessage::server_hello_done, "ServerHelloDone"},
    {HandshakeMessage::certificate_verify, "CertificateVerify"},
    {HandshakeMessage::client_key_exchange, "ClientKeyExchange"},
    {HandshakeMessage::finished, "Finished"},
}};

char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string done(const HandshakeFault& fault) {
  using Act = HandshakeFault::Act;
  switch (fault.act) {
    case Act::close:
      return "connection closed";
    case Act::reset:
      return "connection reset";
    case Act::silence:
      return "silence";
    case Act::alert: {
      const std::string name = pki::alert_name(fault.alert);
      const std::string number = "alert " + std::to_string(fault.alert);
      return name == number ? number : number + " " + name;
    }
    case Act::octets:
      return std::to_string(fault.octets.size()) + " octets that are no TLS";
  }
  return {};
}

}  // namespace

std::optional<HandshakeMessage> read_handshake_message(std::string_view name) {
  for (const auto& [message, word] : names) {
    if (std::equal(word.begin(), word.end(), name.begin(), name.end(),
                   [](char a, char b) { return small(a) == small(b); })) {
      return message;
    }
  }
  return std::nullopt;
}

std::string_view text(HandshakeMessage message) {
  for (const auto& [known, word] : names) {
    if (known == message) return word;
  }
  return "";
}

void HandshakeStop::note_record(std::string_view header) {
  if (marked_ || header.size() < header_octets) return;
  const auto high = static_cast<unsigned char>(header[3]);
  const auto low = static_cast<unsigned char>(header[4]);
  written_ += header_octets + (static_cast<std::size_t>(high) << 8U) + low;
}

void HandshakeStop::note_message(HandshakeFault::Sender sender, int type) {
  if (marked_ || asks_again() || type != static_cast<int>(fault_.behind)) return;
  if (fault_.sender != HandshakeFault::Sender::either && fault_.sender != sender) return;
  marked_ = true;
  passed_ = sender;
}

std::size_t HandshakeStop::may_leave(std::size_t octets) const {
  return marked_ ? std::min(octets, written_ - std::min(written_, left_)) : octets;
}

std::string HandshakeStop::told() const {
  if (asks_again()) return "on purpose: renegotiation asked for";
  const std::string what = "on purpose: " + done(fault_);
  if (fault_.behind == HandshakeMessage::none) return what + " before the handshake";
  const bool own = passed_ == HandshakeFault::Sender::own;
  return what + " behind " + (own ? "our " : "the peer's ") + std::string(text(fault_.behind));
}

}  // namespace domsec::net
