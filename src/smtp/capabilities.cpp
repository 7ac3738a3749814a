// The EHLO reply, both ways: RFC 5321 4.1.1.1 (grammar), RFC 1870 (SIZE), spec exchange 3.3 (order of the
// lines). Not here: which extensions a session uses.
#include "domsec/smtp/capabilities.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace domsec::smtp {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

struct Keyword {
  std::string_view name;
  bool Capabilities::*offered;
};

/// Exchange's order; X-ANONYMOUSTLS, AUTH and X-EXPS, which stand after STARTTLS there, are not ours.
constexpr std::array<Keyword, 9> known = {{
    {"SIZE", &Capabilities::size},
    {"PIPELINING", &Capabilities::pipelining},
    {"DSN", &Capabilities::dsn},
    {"ENHANCEDSTATUSCODES", &Capabilities::enhanced_status_codes},
    {"STARTTLS", &Capabilities::starttls},
    {"8BITMIME", &Capabilities::eight_bit_mime},
    {"BINARYMIME", &Capabilities::binary_mime},
    {"CHUNKING", &Capabilities::chunking},
    {"SMTPUTF8", &Capabilities::smtputf8},
}};

const Keyword* find_known(std::string_view name) {
  const auto* found =
      std::find_if(known.begin(), known.end(), [&](const Keyword& k) { return k.name == name; });
  return found == known.end() ? nullptr : found;
}

std::string_view keyword_of(std::string_view line) {
  return line.substr(0, line.find(' '));
}

/// Cisco's ESMTP inspection overwrites a keyword that it does not like with X and leaves the last letter or
/// none.
bool is_masked(std::string_view keyword) {
  const std::size_t letters = std::min(keyword.find_first_not_of('X'), keyword.size());
  if (letters < 3) return false;
  const bool one_more = letters + 1 == keyword.size() && keyword.back() >= 'A' && keyword.back() <= 'Z';
  return letters == keyword.size() || one_more;
}

/// RFC 1870 4: `SIZE` alone, or 0, states no limit. What is no number states none either.
std::optional<std::uint64_t> size_limit(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view value = line.substr(blank + 1);
  std::uint64_t octets = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), octets);
  if (fault != std::errc() || end != value.data() + value.size() || octets == 0) return std::nullopt;
  return octets;
}

}  // namespace

// Cisco's inspection leaves digits and blanks of the banner in their places: a run of asterisks tells it, not the whole line.
bool is_masked_greeting(const Reply& greeting) {
  return !greeting.lines().empty() && greeting.lines().front().find("*****") != std::string::npos;
}

Capabilities read_capabilities(const Reply& ehlo_reply) {
  Capabilities found;
  if (ehlo_reply.lines().empty()) return found;
  found.server = ehlo_reply.lines().front().substr(0, ehlo_reply.lines().front().find(' '));
  for (std::size_t i = 1; i < ehlo_reply.lines().size(); ++i) {
    std::string line = ehlo_reply.lines()[i];
    line.erase(line.find_last_not_of(" \t") + 1);
    const std::string_view keyword = keyword_of(line);
    if (keyword.empty()) continue;
    std::transform(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(keyword.size()), line.begin(),
                   upper);
    if (const Keyword* ours = find_known(keyword_of(line))) found.*(ours->offered) = true;
    if (keyword_of(line) == "SIZE") found.size_limit = size_limit(line);
    if (is_masked(keyword_of(line))) found.masked = true;
    found.keywords.push_back(std::move(line));
  }
  return found;
}

Reply ehlo_reply(const Capabilities& offered, std::string_view client_address) {
  std::vector<std::string> lines = {offered.server + " Hello [" + std::string(client_address) + ']'};
  for (const Keyword& keyword : known) {
    if (!(offered.*(keyword.offered))) continue;
    std::string line(keyword.name);
    if (keyword.offered == &Capabilities::size && offered.size_limit)
      line += ' ' + std::to_string(*offered.size_limit);
    lines.push_back(std::move(line));
  }
  for (const std::string& line : offered.keywords) {
    if (find_known(keyword_of(line)) == nullptr) lines.push_back(line);
  }
  return Reply(250, std::move(lines));
}

}  // namespace domsec::smtp
