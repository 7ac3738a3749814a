// Private to pki/: names and subtrees of RFC 5280 4.2.1.10 made comparable, each by its form. What breaks the
// syntax of its form is kept and marked, because only who compares knows whether it matters. Not here: which
// name is held to which subtree (name_constraints.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "openssl_ptr.h"

namespace domsec::pki {

/// The forms that can be compared, and `other`, which can only be seen to occur.
enum class NameForm { dns, mailbox, uri, address, directory, other };
constexpr std::size_t name_forms = 6;

/// A name of a certificate.
struct FormedName {
  NameForm form = NameForm::other;
  bool malformed = false;
  bool wildcard = false;            // dns: `*.` stood before `text`
  std::string text;                 // dns, uri: host; mailbox: domain; address: octets; other: its type
  std::string local_part;           // mailbox: without quotes
  std::vector<std::string> rdns{};  // directory
};

enum class SubtreeFault { none, syntax, minimum_or_maximum };

/// A subtree of a name constraints extension.
struct Subtree {
  NameForm form = NameForm::other;
  SubtreeFault fault = SubtreeFault::none;
  bool leading_period = false;  // names below `text`, not `text` itself
  std::string text;             // as in FormedName; empty = every name of a dns, mailbox or uri
  std::string mask{};           // address
  std::optional<std::string> local_part{};
  std::vector<std::string> rdns{};
};

[[nodiscard]] FormedName formed_name(const GENERAL_NAME* name);
[[nodiscard]] FormedName formed_directory_name(const X509_NAME* name);
[[nodiscard]] FormedName formed_mailbox(std::string_view text);
[[nodiscard]] FormedName formed_dns_name(std::string_view text);
/// RFC 9598 6: an otherName that is a mailbox of RFC 6531 is held to the rfc822Name constraints too. Its
/// domain is made of A-labels; an older one of U-labels (RFC 8398) is malformed. Nothing when the name is
/// none.
[[nodiscard]] std::optional<FormedName> utf8_mailbox(const GENERAL_NAME* name);
[[nodiscard]] Subtree formed_subtree(const GENERAL_SUBTREE* subtree);

/// Every name that `name` stands for lies in the subtree. Both of one form and well formed; not for `other`.
[[nodiscard]] bool all_within(const FormedName& name, const Subtree& subtree);
/// Some name that `name` stands for lies in it: a wildcard stands for many.
[[nodiscard]] bool some_within(const FormedName& name, const Subtree& subtree);

}  // namespace domsec::pki
