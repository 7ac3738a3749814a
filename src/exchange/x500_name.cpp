// Reads a printed X.500 name into its parts: RFC 4514 section 3 (comma, plus, backslash) and what Windows
// prints beside it (quotation marks with the mark doubled, semicolon, blanks, `S=` for `ST=`).
#include "domsec/exchange/x500_name.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shown_text.h"

namespace domsec::exchange {

namespace {

using Attribute = std::pair<std::string, std::string>;  // type in lower case, value
using Rdn = std::vector<Attribute>;  // sorted: the parts of a multi-valued RDN have no order

/// One printed form of each attribute type: Windows, OpenSSL and RFC 4514 spell some differently.
std::string attribute_type(std::string_view printed) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> other_spellings{
      {{"s", "st"},
       {"e", "emailaddress"},
       {"email", "emailaddress"},
       {"1.2.840.113549.1.9.1", "emailaddress"},
       {"g", "gn"},
       {"givenname", "gn"},
       {"t", "title"},
       {"userid", "uid"},
       {"surname", "sn"}}};
  std::string type = lower_case(without_outer_blanks(printed));
  if (type.starts_with("oid.")) type.erase(0, 4);
  for (const auto& [spelling, name] : other_spellings) {
    if (type == spelling) return std::string(name);
  }
  return type;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Walks over the text once; every read is checked against its end.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<std::vector<Rdn>> name() {
    std::vector<Rdn> rdns(1);
    for (;;) {
      std::optional<Attribute> attribute = this->attribute();
      if (!attribute) return std::nullopt;
      rdns.back().push_back(*std::move(attribute));
      if (at_ == text_.size()) break;
      if (text_[at_++] != '+') rdns.emplace_back();
    }
    for (Rdn& rdn : rdns) std::sort(rdn.begin(), rdn.end());
    return rdns;
  }

 private:
  std::optional<Attribute> attribute() {
    const auto equals = text_.find('=', at_);
    if (equals == std::string_view::npos) return std::nullopt;
    std::string type = attribute_type(text_.substr(at_, equals - at_));
    if (type.empty() || type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") != std::string::npos)
      return std::nullopt;
    at_ = equals + 1;
    std::optional<std::string> value = this->value();
    if (!value) return std::nullopt;
    return Attribute{std::move(type), *std::move(value)};
  }

  /// Up to an unquoted `,`, `;` or `+`. Blanks at the ends fall away and inner ones count as one.
  std::optional<std::string> value() {
    std::string out;
    bool within_marks = false;
    bool blank_is_due = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        const bool doubled = within_marks && at_ + 1 < text_.size() && text_[at_ + 1] == '"';
        if (!doubled) {
          within_marks = !within_marks;
          continue;
        }
        ++at_;
      } else if (!within_marks && (c == ',' || c == ';' || c == '+')) {
        break;
      } else if (c == ' ' || c == '\t') {
        blank_is_due = !out.empty();
        continue;
      }
      if (std::exchange(blank_is_due, false)) out += ' ';
      out += c == '\\' ? escaped() : c;
    }
    if (within_marks) return std::nullopt;
    return out;
  }

  /// RFC 4514 2.4: a backslash before a special character or before two hexadecimal digits.
  char escaped() {
    if (at_ + 2 < text_.size() && hex_digit(text_[at_ + 1]) >= 0 && hex_digit(text_[at_ + 2]) >= 0) {
      const int octet = hex_digit(text_[at_ + 1]) * 16 + hex_digit(text_[at_ + 2]);
      at_ += 2;
      return static_cast<char>(octet);
    }
    if (at_ + 1 < text_.size()) ++at_;
    return text_[at_];
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool same_x500_name(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::optional<std::vector<Rdn>> left = Reader(a).name();
  const std::optional<std::vector<Rdn>> right = Reader(b).name();
  if (!left || !right || left->size() != right->size()) return false;
  return *left == *right || std::equal(left->begin(), left->end(), right->rbegin());
}

std::string x500_key(std::string_view name) {
  std::optional<std::vector<Rdn>> rdns = Reader(name).name();
  if (!rdns) return "text:" + std::string(name);
  std::vector<Rdn> backwards(rdns->rbegin(), rdns->rend());
  if (backwards < *rdns) std::swap(*rdns, backwards);
  std::string key = "name:";
  for (const Rdn& rdn : *rdns) {
    for (const auto& [type, value] : rdn)  // lengths, for a value may hold anything
      key += type + '=' + std::to_string(value.size()) + ':' + value;
    key += '/';
  }
  return key;
}

}  // namespace domsec::exchange
