// Printed X.500 names, as in `<I>…<S>…` of TlsCertificateName and in certificate listings (RFC 4514 and the
// Windows form). Both print orders occur: the DER order and its reverse (spec exchange 4.5). Not here: names
// in DER (pki/).
#pragma once

#include <string>
#include <string_view>

namespace domsec::exchange {

/// The same name? Blanks around and between the parts, the case of attribute types, quoting and the print
/// order do not count; values count as they are written. Text that is no name equals only itself.
[[nodiscard]] bool same_x500_name(std::string_view a, std::string_view b);
/// For an index of names: two are the same exactly when their keys are equal.
[[nodiscard]] std::string x500_key(std::string_view name);

}  // namespace domsec::exchange
