// Mail data. Where it ends is the one question on which two servers must agree: a sequence that one takes for
// the end and the other for text lets a sender smuggle a second message. So the end is CRLF "." CRLF and
// nothing else (RFC 5321 4.1.1.4: bare CR and LF must not be treated as a line end), and bare ones are
// remembered.
#include "domsec/smtp/data.h"

#include <algorithm>

namespace domsec::smtp {
namespace {

enum class Dots { as_they_are, doubled };

std::string in_lines(std::string_view message, Dots dots) {
  std::string text;
  text.reserve(message.size() + message.size() / 32 + 8);
  std::size_t at = 0;
  while (at < message.size()) {
    if (dots == Dots::doubled && message[at] == '.') text += '.';  // RFC 5321 4.5.2
    const std::size_t end = std::min(message.find_first_of("\r\n", at), message.size());
    text.append(message, at, end - at);
    at = end;
    if (at == message.size()) break;
    at += message.substr(at, 2) == "\r\n" ? 2 : 1;
    text += "\r\n";
  }
  return text;
}

}  // namespace

std::string with_crlf_line_ends(std::string_view message) {
  return in_lines(message, Dots::as_they_are);
}

std::string encode_data(std::string_view message) {
  std::string text = in_lines(message, Dots::doubled);
  if (!text.empty() && !text.ends_with("\r\n")) text += "\r\n";
  return text += ".\r\n";
}

void DataReader::keep(std::string_view octets) {
  if (message_.size() < limit_) message_.append(octets.substr(0, limit_ - message_.size()));
  octets_ += octets.size();
}

std::size_t DataReader::add(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::ended) {
    if (state_ == State::in_line) {  // the common case: everything up to the next CR or LF is text
      const std::size_t end = std::min(bytes.find_first_of("\r\n", at), bytes.size());
      keep(bytes.substr(at, end - at));
      at = end;
      if (at == bytes.size()) break;
    }
    state_ = after(bytes[at]);
    ++at;
  }
  return at;
}

/// The state after one more octet. A CR is held back until the next octet shows whether it is half of a line
/// end; a dot at the start of a line until it shows whether it is transparency (dropped) or the end of data.
DataReader::State DataReader::after(char octet) {
  switch (state_) {
    case State::line_start:
      return octet == '.' ? State::dot : in_text(octet);
    case State::in_line:
      return in_text(octet);
    case State::dot:
      return octet == '\r' ? State::dot_cr : in_text(octet);
    case State::cr:
      if (octet == '\n') {
        keep("\r\n");
        return State::line_start;
      }
      return after_bare_cr(octet);
    case State::dot_cr:
      return octet == '\n' ? State::ended : after_bare_cr(octet);
    case State::ended:
      return State::ended;
  }
  return state_;
}

DataReader::State DataReader::after_bare_cr(char octet) {
  bare_carriage_return_ = true;
  keep("\r");
  return in_text(octet);
}

DataReader::State DataReader::in_text(char octet) {
  if (octet == '\r') return State::cr;
  if (octet == '\n') bare_line_feed_ = true;
  keep(std::string_view(&octet, 1));
  return State::in_line;
}

}  // namespace domsec::smtp
