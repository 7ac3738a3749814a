#include "domsec/smtp/received.h"

#include <optional>

#include "domsec/smtp/header_section.h"

namespace domsec::smtp {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The words of a field body; comments (RFC 5322 3.2.2) and what stands behind the date's semicolon left away.
std::vector<std::string> words_of(std::string_view body) {
  std::vector<std::string> words{std::string()};
  std::size_t depth = 0;
  for (std::size_t at = 0; at < body.size(); ++at) {
    const char c = body[at];
    if (c == '\\' && depth > 0) {
      ++at;  // a quoted-pair in a comment
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth > 0) {
      continue;
    } else if (c == ';') {
      break;
    } else if (is_blank(c)) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += lower(c);
    }
  }
  return words;
}

std::string by_domain(std::string_view body) {
  const std::vector<std::string> words = words_of(body);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "by") continue;
    std::string domain = words[i + 1];
    if (domain.ends_with('.')) domain.pop_back();
    return domain;
  }
  return {};
}

}  // namespace

std::vector<std::string> received_by(std::string_view message) {
  std::vector<std::string> hosts;
  std::optional<std::string> field;  // the body of a Received field, its folded lines so far
  while (!message.empty()) {
    const std::string_view line = first_line(message);
    message.remove_prefix(line.size());
    if (line == "\r\n" || line == "\n") break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (field) *field += line;
      continue;
    }
    if (field) hosts.push_back(by_domain(*field));
    field.reset();
    if (const auto body = field_body(line, "received")) field = std::string(line.substr(*body));
  }
  if (field) hosts.push_back(by_domain(*field));
  return hosts;
}

}  // namespace domsec::smtp
