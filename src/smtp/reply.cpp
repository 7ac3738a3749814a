// Replies: RFC 5321 4.2 (grammar and several lines), RFC 2034 4 and RFC 3463 2 (enhanced status codes).
// Not here: what a reply means to a session.
#include "domsec/smtp/reply.h"

#include <algorithm>

namespace domsec::smtp {
namespace {

constexpr std::size_t max_lines = 512;
constexpr std::size_t max_octets = 64 * 1024;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// subject and detail = 1*3DIGIT without leading zeros (RFC 3463 2). Moves `text` behind the number.
std::optional<int> take_number(std::string_view& text) {
  std::size_t length = 0;
  int value = 0;
  while (length < text.size() && is_digit(text[length])) {
    if (length == 3) return std::nullopt;
    value = 10 * value + (text[length] - '0');
    ++length;
  }
  if (length == 0 || (length > 1 && text.front() == '0')) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

/// A line that we send ends where we end it: whatever a peer's text brought along becomes a question mark.
std::string one_line(std::string_view line) {
  std::string text(line);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, '?');
  return text;
}

/// The three digits of RFC 5321 4.2. The first one is 2 to 5; the second is not held to 0 to 5, since 57x and
/// 59x are in use and a client acts on the first digit anyway (4.2.1).
std::optional<int> reply_code(std::string_view line) {
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return std::nullopt;
  if (line[0] < '2' || line[0] > '5') return std::nullopt;
  return 100 * (line[0] - '0') + 10 * (line[1] - '0') + (line[2] - '0');
}

/// Why `line` can't belong to a reply with `code` (0 at its first line); empty when it can.
std::string fault_of(std::string_view line, int code) {
  const std::optional<int> own = reply_code(line);
  if (!own) return "a reply line does not begin with three digits, the first one 2 to 5 (RFC 5321 4.2)";
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') {
    return "neither a blank nor a hyphen follows the reply code (RFC 5321 4.2)";
  }
  if (code != 0 && *own != code) return "the lines of one reply have different codes (RFC 5321 4.2.1)";
  if (line.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
    return "a reply line holds a NUL or a bare line end";
  }
  return "";
}

}  // namespace

std::string EnhancedStatusCode::text() const {
  return std::to_string(class_) + '.' + std::to_string(subject) + '.' + std::to_string(detail);
}

std::optional<EnhancedStatusCode> read_enhanced_status_code(std::string_view line) {
  const std::optional<int> class_ = take_number(line);
  if (!class_ || (*class_ != 2 && *class_ != 4 && *class_ != 5) || !take(line, '.')) return std::nullopt;
  const std::optional<int> subject = take_number(line);
  if (!subject || !take(line, '.')) return std::nullopt;
  const std::optional<int> detail = take_number(line);
  if (!detail || !(line.empty() || line.front() == ' ')) return std::nullopt;
  return EnhancedStatusCode{*class_, *subject, *detail};
}

std::optional<EnhancedStatusCode> Reply::enhanced_status_code() const {
  if (lines_.empty()) return std::nullopt;
  const std::optional<EnhancedStatusCode> found = read_enhanced_status_code(lines_.front());
  if (!found || found->class_ != code_ / 100) return std::nullopt;  // RFC 2034 4
  return found;
}

std::string Reply::text() const {
  std::string text = std::to_string(code_);
  for (const std::string& line : lines_) text += ' ' + line;
  return text;
}

std::string Reply::wire() const {
  const std::string code = std::to_string(code_);
  if (lines_.empty()) return code + " \r\n";
  std::string wire;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    wire += code + (i + 1 < lines_.size() ? '-' : ' ') + one_line(lines_[i]) + "\r\n";
  }
  return wire;
}

std::optional<std::variant<Reply, ReplyError>> ReplyParser::add_line(std::string_view line) {
  const auto refuse = [this](std::string what) {
    *this = ReplyParser();
    return ReplyError{std::move(what)};
  };
  if (std::string fault = fault_of(line, code_); !fault.empty()) return refuse(std::move(fault));
  octets_ += line.size();
  if (octets_ > max_octets) return refuse("a reply is larger than 64 KiB");
  if (lines_.size() == max_lines) return refuse("a reply has more than 512 lines");

  code_ = *reply_code(line);
  lines_.emplace_back(line.size() > 3 ? line.substr(4) : std::string_view());
  if (line.size() > 3 && line[3] == '-') return std::nullopt;
  Reply reply(code_, std::move(lines_));
  *this = ReplyParser();
  return reply;
}

}  // namespace domsec::smtp
