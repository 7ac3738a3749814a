// A thumbprint as people have it: copied from Windows' dialog with blanks and an invisible mark before it, from
// openssl with colons, from a mail in lower case. One reader for cmdlets, commands and configuration.
#pragma once

#include <string>
#include <string_view>

namespace domsec::pki {

/// The same in upper case, without blanks, colons, hyphens and marks that nobody sees (U+200E and its kind, U+FEFF).
/// Whether that is a thumbprint is_thumbprint() says.
[[nodiscard]] std::string plain_thumbprint(std::string_view spelled);

/// 40 upper-case hexadecimal digits: SHA-1 of the DER (D-13).
[[nodiscard]] bool is_thumbprint(std::string_view plain);

/// Why `spelled` is none, with what to write; empty when it is one.
[[nodiscard]] std::string thumbprint_fault(std::string_view spelled);

}  // namespace domsec::pki
