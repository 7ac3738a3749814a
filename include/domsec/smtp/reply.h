// One SMTP reply: RFC 5321 4.2, enhanced status codes RFC 2034 and 3463.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace domsec::smtp {

/// class.subject.detail of RFC 3463.
struct EnhancedStatusCode {
  int class_ = 0;
  int subject = 0;
  int detail = 0;
  [[nodiscard]] std::string text() const;
  bool operator==(const EnhancedStatusCode&) const = default;
};

/// The code that `line` (without its reply code) starts with, followed by a blank or the end; nothing when it
/// has none.
[[nodiscard]] std::optional<EnhancedStatusCode> read_enhanced_status_code(std::string_view line);

/// Lines hold what follows the code and its separator, the enhanced status code included, as on the wire.
/// A class with constructors on purpose: an aggregate in a co_await expression is destroyed twice by g++ 12.
class Reply {
 public:
  Reply() = default;
  Reply(int code, std::string line) : code_(code) { lines_.push_back(std::move(line)); }
  Reply(int code, std::vector<std::string> lines) : code_(code), lines_(std::move(lines)) {}

  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  /// From the first line; nothing when it starts with none, or its class differs from the code's first digit.
  [[nodiscard]] std::optional<EnhancedStatusCode> enhanced_status_code() const;

  [[nodiscard]] bool completed() const { return code_ / 100 == 2; }
  [[nodiscard]] bool intermediate() const { return code_ / 100 == 3; }
  [[nodiscard]] bool transient_failure() const { return code_ / 100 == 4; }
  [[nodiscard]] bool permanent_failure() const { return code_ / 100 == 5; }

  /// `454 4.7.0 text`; several lines joined by blanks (for messages and one-line logs).
  [[nodiscard]] std::string text() const;
  /// CRLF lines with `-` and blank separators.
  [[nodiscard]] std::string wire() const;
  bool operator==(const Reply&) const = default;

 private:
  int code_ = 0;
  std::vector<std::string> lines_;
};

/// What is wrong with bytes that should be a reply; one clear sentence.
struct ReplyError {
  std::string what;
};

/// Assembles a reply line by line. Bounds: 512 lines, 64 KiB in all (RFC 5321 allows 512 octets a line; peers
/// exceed it).
class ReplyParser {
 public:
  /// `line` without its CRLF. Returns nothing while more lines belong to the reply.
  [[nodiscard]] std::optional<std::variant<Reply, ReplyError>> add_line(std::string_view line);
  [[nodiscard]] bool started() const { return !lines_.empty(); }

 private:
  int code_ = 0;
  std::vector<std::string> lines_;
  std::size_t octets_ = 0;
};

}  // namespace domsec::smtp
