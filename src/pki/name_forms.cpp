// What is decided here where RFC 5280 leaves room, or is read differently:
// * An empty dNSName, rfc822Name or URI constraint is every name of its form. RFC 5280 says so of no form but
//   directoryName, by its prefix rule; the reading is that of all who wrote it down, and an excluded "" that
//   excludes nothing would be a permission.
// * A dNSName constraint that begins with a period (the URI form in the wrong place) is read as "the names
//   below", as those who issue it mean it. The profile strict refuses it (name_constraints.cpp).
// * A host is made of labels of letters, digits, hyphens and underscores (the underscore is no host-name
//   letter, but occurs). No trailing period, no wildcard in a constraint: neither has a meaning there.
// * A URI without a host, or with an address in its place, cannot be compared and is malformed (4.2.1.10
// "MUST
//   be rejected"). So is a mailbox at an address literal.
// * The local part of a mailbox is compared octet for octet, without its quotes; a domain without case.
// * An IPv4 address is no IPv6 address, mapped or not: 4 and 16 octets are told apart by their length only.
// * Directory strings are compared as libcrypto compares issuer and subject: in UTF-8, ASCII without case,
//   blanks trimmed and folded (RFC 5280 7.1 as everybody has it).
#include "name_forms.h"

#include <algorithm>
#include <array>

#include "distinguished_name.h"

namespace domsec::pki {
namespace {

constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_label = 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > longest_label) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

bool is_host(std::string_view text) {
  if (text.size() > longest_host) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// The last label is a number: an IPv4 address, or what some resolver takes for one.
bool is_numeric_host(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
}

/// RFC 5321 4.1.2 Quoted-string without its quotes and backslashes; nothing when it is none.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] == '\\' && ++i == text.size()) return std::nullopt;
    if (text[i] < 0x20 || text[i] == 0x7F) return std::nullopt;  // RFC 5321 quoted-pairSMTP: %d32-126
    out += text[i];
  }
  return out;
}

/// Dot-string; RFC 6531 allows characters beyond ASCII, which come in a SmtpUTF8Mailbox only.
bool is_dot_string(std::string_view text) {
  static constexpr std::string_view specials = "!#$%&'*+-/=?^_`{|}~.";
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || specials.find(c) != std::string_view::npos ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
  });
}

struct Mailbox {
  std::string local_part;
  std::string domain;
};

std::optional<Mailbox> read_mailbox(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || !is_host(text.substr(at + 1))) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  Mailbox mailbox{{}, lower(text.substr(at + 1))};
  if (is_dot_string(local)) {
    mailbox.local_part = std::string(local);
  } else if (auto plain = unquoted(local)) {
    mailbox.local_part = std::move(*plain);
  } else {
    return std::nullopt;
  }
  return mailbox;
}

/// RFC 3986 3.2.2, of a URI with an authority; nothing when there is no host that is a name.
std::optional<std::string> host_of_uri(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || !uri.substr(colon + 1).starts_with("//"))
    return std::nullopt;
  std::string_view host = uri.substr(colon + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (const std::size_t port = host.rfind(':'); port != std::string_view::npos) {
    const std::string_view digits = host.substr(port + 1);
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
    host = host.substr(0, port);
  }
  if (!is_host(host) || is_numeric_host(host)) return std::nullopt;
  return lower(host);
}

FormedName formed_uri(std::string_view text) {
  const auto host = host_of_uri(text);
  return {NameForm::uri, !host, false, host.value_or(""), {}};
}

FormedName formed_address(std::string octets) {
  const bool malformed = octets.size() != 4 && octets.size() != 16;
  return {NameForm::address, malformed, false, std::move(octets), {}};
}

bool is_directory_string(int type) {
  switch (type) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_BMPSTRING:
    case V_ASN1_UNIVERSALSTRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_VISIBLESTRING:
      return true;
    default:
      return false;  // libcrypto's numbers are plain ints
  }
}

/// A value as RFC 5280 7.1 compares it. What is no string is its octets, under its type.
std::string comparable_value(const ASN1_STRING* value) {
  const ErrorQueueMark mark;
  unsigned char* utf8 = nullptr;
  const int type = ASN1_STRING_type(value);
  const int length = is_directory_string(type) ? ASN1_STRING_to_UTF8(&utf8, value) : -1;
  if (length < 0) return std::to_string(type) + ':' + bytes_of(value);
  const OpensslBuffer<unsigned char> owner(utf8);
  std::string out = ":";
  bool blank = false;
  for (const char c : lower({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)})) {
    const bool is_blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!is_blank && blank && out.size() > 1) out += ' ';
    if (!is_blank) out += c;
    blank = is_blank;
  }
  return out;
}

std::string framed(std::string_view text) {
  return std::to_string(text.size()) + ',' + std::string(text);
}

/// Each RDN as one text that is the same for the same set of attributes.
std::vector<std::string> comparable_rdns(const X509_NAME* name) {
  std::vector<std::vector<std::string>> sets;
  int set = -1;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    if (sets.empty() || X509_NAME_ENTRY_set(entry) != set) sets.emplace_back();
    set = X509_NAME_ENTRY_set(entry);
    sets.back().push_back(framed(dotted(X509_NAME_ENTRY_get_object(entry))) +
                          framed(comparable_value(X509_NAME_ENTRY_get_data(entry))));
  }
  std::vector<std::string> rdns;
  for (auto& attributes : sets) {
    std::sort(attributes.begin(), attributes.end());
    std::string& rdn = rdns.emplace_back();
    for (const std::string& attribute : attributes) rdn += framed(attribute);
  }
  return rdns;
}

/// The text of dNSName, rfc822Name and URI constraints: `host`, `.domain`, or nothing.
void read_domain(std::string_view text, Subtree& into) {
  if (text.empty()) return;
  into.leading_period = text.front() == '.';
  if (into.leading_period) text.remove_prefix(1);
  if (!is_host(text)) into.fault = SubtreeFault::syntax;
  into.text = lower(text);
}

void read_mailbox_subtree(std::string_view text, Subtree& into) {
  if (text.find('@') == std::string_view::npos) return read_domain(text, into);
  const auto mailbox = read_mailbox(text);
  if (!mailbox) {
    into.fault = SubtreeFault::syntax;
    return;
  }
  into.local_part = mailbox->local_part;
  into.text = mailbox->domain;
}

/// RFC 4632: ones, then zeros.
bool is_prefix_mask(std::string_view mask) {
  bool ended = false;
  for (const char c : mask) {
    for (unsigned bit = 0x80; bit != 0; bit >>= 1U) {
      const bool one = (static_cast<unsigned char>(c) & bit) != 0;
      if (one && ended) return false;
      ended = !one;
    }
  }
  return true;
}

void read_address_subtree(std::string_view octets, Subtree& into) {
  const std::size_t half = octets.size() / 2;
  if (octets.size() != 8 && octets.size() != 32) {
    into.fault = SubtreeFault::syntax;
    return;
  }
  into.mask = octets.substr(half);
  if (!is_prefix_mask(into.mask)) into.fault = SubtreeFault::syntax;
  for (std::size_t i = 0; i < half; ++i) into.text += static_cast<char>(octets[i] & into.mask[i]);
}

std::string type_of_other(const GENERAL_NAME* name) {
  if (name->type == GEN_OTHERNAME) return dotted(name->d.otherName->type_id);
  return "form " + std::to_string(name->type);
}

bool is_below(std::string_view host, std::string_view base) {
  return host.size() > base.size() && host.ends_with(base) && host[host.size() - base.size() - 1] == '.';
}

bool is_in_domain(std::string_view host, const Subtree& subtree) {
  return is_below(host, subtree.text) || (!subtree.leading_period && host == subtree.text);
}

/// 4.2.1.10 of URI and rfc822Name: a host is this host only, `.domain` what is below it.
bool is_at_host(std::string_view host, const Subtree& subtree) {
  if (subtree.text.empty()) return true;
  return subtree.leading_period ? is_below(host, subtree.text) : host == subtree.text;
}

bool is_in_network(std::string_view address, const Subtree& subtree) {
  if (address.size() != subtree.text.size()) return false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (static_cast<char>(address[i] & subtree.mask[i]) != subtree.text[i]) return false;
  }
  return true;
}

}  // namespace

FormedName formed_dns_name(std::string_view text) {
  FormedName name{NameForm::dns, false, text.starts_with("*."), {}, {}};
  if (name.wildcard) text.remove_prefix(2);
  name.malformed = !is_host(text);
  name.text = lower(text);
  return name;
}

FormedName formed_mailbox(std::string_view text) {
  auto mailbox = read_mailbox(text);
  if (!mailbox) return {NameForm::mailbox, true, false, {}, {}};
  return {NameForm::mailbox, false, false, std::move(mailbox->domain), std::move(mailbox->local_part)};
}

FormedName formed_directory_name(const X509_NAME* name) {
  return {NameForm::directory, false, false, {}, {}, comparable_rdns(name)};
}

FormedName formed_name(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_DNS:
      return formed_dns_name(bytes_of(name->d.dNSName));
    case GEN_EMAIL:
      return formed_mailbox(bytes_of(name->d.rfc822Name));
    case GEN_URI:
      return formed_uri(bytes_of(name->d.uniformResourceIdentifier));
    case GEN_IPADD:
      return formed_address(bytes_of(name->d.iPAddress));
    case GEN_DIRNAME:
      return formed_directory_name(name->d.directoryName);
    default:
      return {NameForm::other, false, false, type_of_other(name), {}};  // a form nobody can compare
  }
}

std::optional<FormedName> utf8_mailbox(const GENERAL_NAME* name) {
  if (name->type != GEN_OTHERNAME || OBJ_obj2nid(name->d.otherName->type_id) != NID_id_on_SmtpUTF8Mailbox)
    return std::nullopt;
  const ASN1_TYPE* value = name->d.otherName->value;
  if (value == nullptr || value->type != V_ASN1_UTF8STRING)
    return FormedName{NameForm::mailbox, true, false, {}, {}};
  return formed_mailbox(bytes_of(value->value.utf8string));
}

Subtree formed_subtree(const GENERAL_SUBTREE* subtree) {
  Subtree formed;
  const GENERAL_NAME* base = subtree->base;
  switch (base->type) {
    case GEN_DNS:
      formed.form = NameForm::dns;
      read_domain(bytes_of(base->d.dNSName), formed);
      break;
    case GEN_EMAIL:
      formed.form = NameForm::mailbox;
      read_mailbox_subtree(bytes_of(base->d.rfc822Name), formed);
      break;
    case GEN_URI:
      formed.form = NameForm::uri;
      read_domain(bytes_of(base->d.uniformResourceIdentifier), formed);
      if (is_numeric_host(formed.text)) formed.fault = SubtreeFault::syntax;
      break;
    case GEN_IPADD:
      formed.form = NameForm::address;
      read_address_subtree(bytes_of(base->d.iPAddress), formed);
      break;
    case GEN_DIRNAME:
      formed.form = NameForm::directory;
      formed.rdns = comparable_rdns(base->d.directoryName);
      break;
    default:
      formed.text = type_of_other(base);
      break;  // a form nobody can compare
  }
  const bool from_zero = subtree->minimum == nullptr || ASN1_INTEGER_get(subtree->minimum) == 0;
  if (!from_zero || subtree->maximum != nullptr) formed.fault = SubtreeFault::minimum_or_maximum;
  return formed;
}

bool all_within(const FormedName& name, const Subtree& subtree) {
  switch (name.form) {
    case NameForm::dns:
      // What a wildcard stands for lies below its base, so the base need not lie in the subtree itself.
      if (subtree.text.empty()) return true;
      return is_in_domain(name.text, subtree) || (name.wildcard && name.text == subtree.text);
    case NameForm::mailbox:
      if (subtree.local_part) return name.local_part == *subtree.local_part && name.text == subtree.text;
      return is_at_host(name.text, subtree);
    case NameForm::uri:
      return is_at_host(name.text, subtree);
    case NameForm::address:
      return is_in_network(name.text, subtree);
    case NameForm::directory:
      return name.rdns.size() >= subtree.rdns.size() &&
             std::equal(subtree.rdns.begin(), subtree.rdns.end(), name.rdns.begin());
    case NameForm::other:
      return false;
  }
  return false;
}

bool some_within(const FormedName& name, const Subtree& subtree) {
  if (all_within(name, subtree)) return true;
  if (!name.wildcard || subtree.leading_period || !is_below(subtree.text, name.text)) return false;
  // One label stands for the star: `*.example.com` is also the host `mail.example.com`, never
  // `a.mail.example.com`.
  const std::size_t star = subtree.text.size() - name.text.size() - 1;
  return subtree.text.find('.') == star;
}

}  // namespace domsec::pki
