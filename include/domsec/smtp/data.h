// Mail data: dot transparency (RFC 5321 4.5.2), and an end of data that cannot be smuggled: only CRLF "."
// CRLF ends it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace domsec::smtp {

/// The message as it goes after DATA: line ends made CRLF, dots doubled, the closing CRLF "." CRLF added.
[[nodiscard]] std::string encode_data(std::string_view message);
/// The message as it goes in BDAT chunks: line ends made CRLF, nothing else.
[[nodiscard]] std::string with_crlf_line_ends(std::string_view message);

/// Takes the bytes after a 354 as they come and undoes dot transparency. Bare CR and bare LF are kept in the
/// text and remembered; they never end a line. At most `limit` octets are kept; what is beyond is counted and
/// dropped.
class DataReader {
 public:
  explicit DataReader(std::size_t limit) : limit_(limit) {}

  /// Consumes up to the end of data; returns how many octets of `bytes` were used (all of them while it goes
  /// on).
  std::size_t add(std::string_view bytes);

  [[nodiscard]] bool ended() const { return state_ == State::ended; }
  [[nodiscard]] bool too_large() const { return octets_ > limit_; }
  [[nodiscard]] bool bare_line_end() const { return bare_carriage_return_ || bare_line_feed_; }
  [[nodiscard]] bool bare_carriage_return() const { return bare_carriage_return_; }
  [[nodiscard]] bool bare_line_feed() const { return bare_line_feed_; }
  [[nodiscard]] std::size_t octets() const { return octets_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] std::string take() { return std::move(message_); }

 private:
  enum class State { line_start, in_line, cr, dot, dot_cr, ended };
  void keep(std::string_view octets);
  State after(char octet);
  State after_bare_cr(char octet);
  State in_text(char octet);

  std::size_t limit_;
  std::size_t octets_ = 0;
  State state_ = State::line_start;
  bool bare_carriage_return_ = false;
  bool bare_line_feed_ = false;
  std::string message_;
};

}  // namespace domsec::smtp
