// A checked SMTP domain: the only way a domain name enters the program.
// RFC 5321 2.3.5 and 4.1.2 (syntax), RFC 5891 (A-labels), spec exchange D-1 (exact, case-insensitive,
// A-label). Not here: address literals (path.h), wildcards of connectors and certificates (exchange/, pki/).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace domsec::smtp {

class Domain {
 public:
  /// Takes A-labels or U-labels, any case, one trailing dot allowed. Refuses: empty text or label, label over
  /// 63 or name over 253 octets, `*`, underscore, blanks, control bytes, leading or trailing hyphen, an
  /// all-numeric last label.
  [[nodiscard]] static std::optional<Domain> parse(std::string_view text);

  /// Lower-case A-labels without the trailing dot.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// U-labels for people; the A-label form where a label does not convert back.
  [[nodiscard]] std::string unicode() const;
  /// True for a strict sub-domain, label-aligned: `mail.contoso.com` is below `contoso.com`;
  /// `evilcontoso.com` is not.
  [[nodiscard]] bool is_below(const Domain& parent) const;

  auto operator<=>(const Domain&) const = default;

 private:
  explicit Domain(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// May `text` be a host name (a reference host name of a certificate check, an MX target)? RFC 1123 2.1
/// letters, digits, hyphens, single-label names allowed; never an address, a wildcard, a leading dot or a
/// NUL.
[[nodiscard]] bool is_host_name(std::string_view text);

}  // namespace domsec::smtp
