// Domain names: RFC 5321 2.3.5 and 4.1.2, RFC 1035 2.3.4 (lengths), RFC 1123 2.1 (host names), RFC 5891
// (A-labels). Not here: address literals (path.cpp), wildcards (exchange/, pki/).
#include "domsec/smtp/domain.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

namespace domsec::smtp {
namespace {

constexpr std::size_t max_label = 63;           // RFC 1035 2.3.4
constexpr std::size_t max_name = 253;           // 255 octets on the wire, less the first length and the root
constexpr std::size_t max_unicode_label = 252;  // 63 characters of four octets
constexpr std::size_t max_unicode_name = 4 * max_name;

struct FreeIdn2 {
  void operator()(char* text) const { idn2_free(text); }
};
using Idn2Text = std::unique_ptr<char, FreeIdn2>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 5321 4.1.2: sub-domain = Let-dig [Ldh-str]. RFC 1123 2.1 lets a label begin with a digit.
bool is_ldh_label(std::string_view label) {
  if (label.empty() || label.size() > max_label || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

/// RFC 1123 2.1: the last label of a name is never all digits, so that a name can't be read as an address.
bool ends_in_numeric_label(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return std::all_of(last.begin(), last.end(), is_digit);
}

/// RFC 5891 5: the A-label of a U-label, upper case and width folded (RFC 5895). Nothing when the outcome is
/// no A-label: a label that only looks foreign (full-width letters, a full stop of another script) would pass
/// for another name.
std::optional<std::string> a_label(std::string_view label) {
  if (label.size() > max_unicode_label) return std::nullopt;
  const std::string terminated(label);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  char* found = nullptr;
  const int rc = idn2_to_ascii_8z(terminated.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const Idn2Text owned(found);
  if (rc != IDN2_OK || !owned) return std::nullopt;
  std::string text(owned.get());
  if (!text.starts_with("xn--") || !is_ldh_label(text)) return std::nullopt;
  return text;
}

/// One label in the form that is kept: lower case, A-label.
std::optional<std::string> checked_label(std::string_view label) {
  if (!is_ascii(label)) return a_label(label);
  if (!is_ldh_label(label)) return std::nullopt;
  std::string text(label);
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

/// The U-label of an A-label; the A-label itself when it does not convert there and back (RFC 5891 5.4).
std::string u_label(const std::string& label) {
  if (!label.starts_with("xn--")) return label;
  char* found = nullptr;
  const int rc = idn2_to_unicode_8z8z(label.c_str(), &found, IDN2_NONTRANSITIONAL);
  const Idn2Text owned(found);
  if (rc != IDN2_OK || !owned) return label;
  std::string text(owned.get());
  return a_label(text) == label ? text : label;
}

}  // namespace

std::optional<Domain> Domain::parse(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > max_unicode_name) return std::nullopt;
  std::string name;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t dot = std::min(text.find('.', at), text.size());
    const std::optional<std::string> label = checked_label(text.substr(at, dot - at));
    if (!label) return std::nullopt;
    if (at != 0) name += '.';
    name += *label;
    if (name.size() > max_name) return std::nullopt;
    at = dot + 1;
  }
  if (ends_in_numeric_label(name)) return std::nullopt;
  return Domain(std::move(name));
}

std::string Domain::unicode() const {
  std::string name;
  for (std::size_t at = 0; at <= text_.size();) {
    const std::size_t dot = std::min(text_.find('.', at), text_.size());
    if (at != 0) name += '.';
    name += u_label(text_.substr(at, dot - at));
    at = dot + 1;
  }
  return name;
}

bool Domain::is_below(const Domain& parent) const {
  const std::size_t tail = parent.text_.size();
  return text_.size() > tail + 1 && text_.ends_with(parent.text_) && text_[text_.size() - tail - 1] == '.';
}

bool is_host_name(std::string_view text) {
  // A certificate carries A-labels (RFC 5280 7.2), so a reference that is not ASCII matches nothing.
  return is_ascii(text) && Domain::parse(text).has_value();
}

}  // namespace domsec::smtp
