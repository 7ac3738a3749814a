#include "domsec/smtp/header_from.h"

#include <algorithm>
#include <optional>
#include <string>

#include "domsec/smtp/header_section.h"

namespace domsec::smtp {
namespace {

constexpr std::size_t most_domains = 20;
constexpr std::size_t longest_field = 64U << 10;

bool is_blank(char octet) { return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n'; }

/// The address list of one field, read from left to right. What a comment or a quoted string holds is no address.
class AddressList {
 public:
  explicit AddressList(HeaderFrom& into) : into_(into) {}

  void read(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char octet = text[i];
      const bool opaque = comments_ > 0 || quoted_;
      if (opaque && octet == '\\') {
        ++i;
      } else if (quoted_) {
        quoted_ = octet != '"';
      } else if (octet == '(') {
        ++comments_;
      } else if (comments_ > 0) {
        comments_ -= octet == ')' ? 1 : 0;
      } else {
        take(octet);
      }
    }
    if (comments_ > 0 || quoted_ || in_brackets_) into_.unreadable = true;
    finish();
  }

 private:
  void take(char octet) {
    if (is_blank(octet)) {
      gap_ = true;
      return;
    }
    if (octet == '"') {
      quoted_ = any_ = true;
    } else if (octet == '<') {
      in_brackets_ = bracketed_ = any_ = true;
      domain_.reset();
    } else if (octet == '>') {
      in_brackets_ = false;
    } else if (octet == ':') {  // the end of a group's name, or of an obsolete route
      domain_.reset();
      any_ = in_brackets_;
    } else if ((octet == ',' || octet == ';') && !in_brackets_) {
      finish();
    } else if (bracketed_ && !in_brackets_) {
      broken_ = true;  // text behind an address in brackets
    } else if (octet == '@') {
      domain_ = std::string();
      any_ = true;
    } else {
      any_ = true;
      // Blanks stand round dots only (RFC 5322 4.4): `a@b c` names nobody.
      if (domain_ && gap_ && !domain_->empty() && domain_->back() != '.' && octet != '.') broken_ = true;
      if (domain_) *domain_ += octet;
    }
    gap_ = false;
  }

  void finish() {
    if (any_) {
      const std::optional<Domain> domain = domain_ && !broken_ ? Domain::parse(*domain_) : std::nullopt;
      const bool known =
          domain && std::find(into_.domains.begin(), into_.domains.end(), *domain) != into_.domains.end();
      if (!domain || (!known && into_.domains.size() == most_domains)) {
        into_.unreadable = true;
      } else if (!known) {
        into_.domains.push_back(*domain);
      }
    }
    any_ = bracketed_ = broken_ = gap_ = false;
    domain_.reset();
  }

  HeaderFrom& into_;
  int comments_ = 0;
  bool quoted_ = false;
  bool in_brackets_ = false;
  bool bracketed_ = false;
  bool any_ = false;
  bool broken_ = false;
  bool gap_ = false;
  std::optional<std::string> domain_;  // since the last @
};

}  // namespace

HeaderFrom read_header_from(std::string_view message) {
  HeaderFrom from;
  for (std::size_t at = 0; at < message.size();) {
    std::string_view line = first_line(message.substr(at));
    if (line == "\r\n" || line == "\n") break;
    const std::size_t begin = at;
    at += line.size();
    const std::optional<std::size_t> body = field_body(line, "from");
    if (!body) continue;
    while (at < message.size() && (message[at] == ' ' || message[at] == '\t')) at += first_line(message.substr(at)).size();
    ++from.fields;
    const std::string_view field = message.substr(begin + *body, at - begin - *body);
    if (field.size() > longest_field) {
      from.unreadable = true;
    } else {
      AddressList(from).read(field);
    }
  }
  return from;
}

}  // namespace domsec::smtp
