// Mailbox of RFC 5321 4.1.2, with RFC 6531 3.3 on request. A whole-text grammar: no comments, no folding, no
// blanks around the parts (those belong to RFC 5322 header fields), no obsolete forms.
#include "domsec/smtp/path.h"

#include <algorithm>
#include <charconv>

#include "utf8.h"

namespace domsec::smtp {
namespace {

constexpr std::size_t max_local_part = 64;  // RFC 5321 4.5.3.1.1
constexpr std::size_t max_mailbox = 254;    // RFC 5321 4.5.3.1.3: a path of 256 with its angle brackets

bool is_atext(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

unsigned octet_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

std::size_t allowed_utf8(std::string_view text, std::size_t at, AllowUtf8 utf8) {
  return utf8 == AllowUtf8::yes ? utf8_sequence(text, at) : 0;
}

/// Dot-string = Atom *("." Atom). Returns the octets that belong to it, 0 for none.
std::size_t dot_string(std::string_view text, AllowUtf8 utf8) {
  std::size_t at = 0;
  bool atom_open = false;
  while (at < text.size()) {
    if (text[at] == '.') {
      if (!atom_open) return 0;
      atom_open = false;
      ++at;
      continue;
    }
    const std::size_t step = is_atext(text[at]) ? 1 : allowed_utf8(text, at, utf8);
    if (step == 0) break;
    atom_open = true;
    at += step;
  }
  return atom_open ? at : 0;
}

/// Quoted-string = DQUOTE *QcontentSMTP DQUOTE. Returns the octets that belong to it, 0 for none.
std::size_t quoted_string(std::string_view text, AllowUtf8 utf8) {
  for (std::size_t at = 1; at < text.size();) {
    const char c = text[at];
    if (c == '"') return at + 1;
    if (c == '\\') {  // quoted-pairSMTP = %d92 %d32-126
      const unsigned next = octet_at(text, at + 1);
      if (next < 32 || next > 126) return 0;
      at += 2;
      continue;
    }
    const std::size_t step = c >= 32 && c <= 126 ? 1 : allowed_utf8(text, at, utf8);
    if (step == 0) return 0;
    at += step;
  }
  return 0;
}

/// Snum 3("." Snum), each 0 to 255 (RFC 5321 4.1.3).
bool is_ipv4(std::string_view text) {
  int numbers = 0;
  for (std::size_t at = 0; at <= text.size(); ++numbers) {
    const std::size_t dot = std::min(text.find('.', at), text.size());
    const std::string_view number = text.substr(at, dot - at);
    if (number.empty() || number.size() > 3 ||
        number.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    int value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    if (value > 255) return false;
    at = dot + 1;
  }
  return numbers == 4;
}

/// Groups of 16 bits in a run without `::`, an IPv4 tail counting for two; nothing when the run is malformed.
enum class Ipv4Tail { no, yes };
std::optional<int> count_groups(std::string_view run, Ipv4Tail tail) {
  int groups = 0;
  if (run.empty()) return groups;
  for (std::size_t at = 0; at <= run.size();) {
    const std::size_t colon = std::min(run.find(':', at), run.size());
    const std::string_view group = run.substr(at, colon - at);
    if (tail == Ipv4Tail::yes && colon == run.size() && group.find('.') != std::string_view::npos) {
      return is_ipv4(group) ? std::optional(groups + 2) : std::nullopt;
    }
    if (group.empty() || group.size() > 4) return std::nullopt;
    if (group.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return std::nullopt;
    ++groups;
    at = colon + 1;
  }
  return groups;
}

/// IPv6-addr of RFC 5321 4.1.3. Its grammar wants `::` to stand for two groups at least; one is taken too, as
/// RFC 4291 2.2 writes it so and RFC 5952 4.2.2 asks readers to accept it.
bool is_ipv6(std::string_view text) {
  if (text.size() > 45) return false;  // eight groups with an IPv4 tail
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, Ipv4Tail::yes) == 8;
  const std::string_view rest = text.substr(gap + 2);
  if (rest.find("::") != std::string_view::npos) return false;
  const std::optional<int> before = count_groups(text.substr(0, gap), Ipv4Tail::no);
  const std::optional<int> after = count_groups(rest, Ipv4Tail::yes);
  return before && after && *before + *after <= 7;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 5321 4.1.3. General-address-literal needs a tag that IANA registered; IPv6 is the only one.
bool is_address_literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  constexpr std::string_view tag = "ipv6:";
  bool tagged = text.size() > tag.size();
  for (std::size_t i = 0; tagged && i < tag.size(); ++i) tagged = lower(text[i]) == tag[i];
  return tagged ? is_ipv6(text.substr(tag.size())) : is_ipv4(text);
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace

std::optional<Domain> Mailbox::domain() const {
  if (const Domain* found = std::get_if<Domain>(&host)) return *found;
  return std::nullopt;
}

std::string Mailbox::text() const {
  const Domain* name = std::get_if<Domain>(&host);
  return local_part + '@' + (name != nullptr ? name->text() : std::get<AddressLiteral>(host).text);
}

std::string ForwardPath::text() const {
  return mailbox ? mailbox->text() : "Postmaster";
}

std::size_t most_octets(AddressLength length) {
  switch (length) {
    case AddressLength::rfc5321: return max_mailbox;
    case AddressLength::exchange: return 571;
    case AddressLength::long_x400: return 1860;
  }
  return max_mailbox;
}

std::optional<Mailbox> parse_mailbox(std::string_view text, AllowUtf8 utf8, AddressLength length) {
  const std::size_t most = most_octets(length);
  const std::size_t most_local = length == AddressLength::rfc5321 ? max_local_part : most;
  if (text.size() > most) return std::nullopt;
  const std::size_t local = text.starts_with('"') ? quoted_string(text, utf8) : dot_string(text, utf8);
  if (local == 0 || local > most_local || local >= text.size() || text[local] != '@') return std::nullopt;
  const std::string_view host = text.substr(local + 1);
  std::string local_part(text.substr(0, local));
  if (host.starts_with('[')) {
    if (!is_address_literal(host)) return std::nullopt;
    return Mailbox{std::move(local_part), AddressLiteral{std::string(host)}};
  }
  if (utf8 == AllowUtf8::no && !is_ascii(host)) return std::nullopt;
  if (host.ends_with('.')) return std::nullopt;  // RFC 5321 2.3.5: no trailing dot in a mailbox
  std::optional<Domain> domain = Domain::parse(host);
  if (!domain) return std::nullopt;
  Mailbox mailbox{std::move(local_part), *std::move(domain)};
  if (mailbox.text().size() > most) return std::nullopt;  // A-labels are longer than what was written
  return mailbox;
}

std::optional<Domain> domain_of(const ReversePath& path) {
  return path ? path->domain() : std::nullopt;
}

}  // namespace domsec::smtp
