// Reverse-path and forward-path of RFC 5321 4.1.2, with the UTF-8 extension of RFC 6531 on request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domsec/smtp/domain.h"

namespace domsec::smtp {

/// `[192.0.2.1]` or `[IPv6:2001:db8::1]`, brackets included, as it was written.
struct AddressLiteral {
  std::string text;
  bool operator==(const AddressLiteral&) const = default;
};

enum class AllowUtf8 { no, yes };

/// How long a mailbox may be. rfc5321: local-part 64, mailbox 254 octets (4.5.3.1). exchange: 571 octets in all, and
/// long_x400 1860, as its receive connectors take them (LongAddressesEnabled); a domain has at most 253 all the same.
enum class AddressLength { rfc5321, exchange, long_x400 };
[[nodiscard]] std::size_t most_octets(AddressLength length);

/// Local-part (as written, quotes kept) and domain of a Mailbox.
struct Mailbox {
  std::string local_part;
  std::variant<Domain, AddressLiteral> host;

  /// The domain, or nothing for an address literal.
  [[nodiscard]] std::optional<Domain> domain() const;
  /// `local-part@domain`, the domain in its checked form.
  [[nodiscard]] std::string text() const;
  bool operator==(const Mailbox&) const = default;
};

/// Nothing = the null reverse-path `<>`.
using ReversePath = std::optional<Mailbox>;

/// `<Postmaster>` without a domain is a valid forward-path (RFC 5321 4.1.1.3): nothing stands for it.
struct ForwardPath {
  std::optional<Mailbox> mailbox;
  [[nodiscard]] std::string text() const;
  bool operator==(const ForwardPath&) const = default;
};

/// RFC 5321 Mailbox, whole text. Nothing when it is none.
[[nodiscard]] std::optional<Mailbox> parse_mailbox(std::string_view text, AllowUtf8 utf8 = AllowUtf8::no,
                                                   AddressLength length = AddressLength::rfc5321);

/// Domain of the sender that domain security is judged against (D-4); nothing for a null path or a literal.
[[nodiscard]] std::optional<Domain> domain_of(const ReversePath& path);

}  // namespace domsec::smtp
