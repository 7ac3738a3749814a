// The subject of a recipe, `CN=mail1.contoso.com, O="Contoso, Inc.", C=US`, as an X.501 name.
#pragma once

#include <string_view>

#include "openssl_ptr.h"

namespace domsec::pki {

/// RDNs are encoded in the order written; `+` joins two into one set. Values are taken octet for octet,
/// however odd: a lab needs wrong names as well. Throws RecipeError for an unknown attribute or a missing
/// `=`.
[[nodiscard]] X509NameOwner recipe_subject(std::string_view text);

}  // namespace domsec::pki
