// The extensions of a recipe, RFC 5280 4.2.1: what a public CA would put in, unless the recipe says
// otherwise.
#pragma once

#include "domsec/pki/authority.h"
#include "openssl_ptr.h"

namespace domsec::pki {

/// Adds them all to `certificate`, whose public key is set. `issuer` is the certificate itself for a
/// self-signed one.
void add_recipe_extensions(X509* certificate, const X509* issuer, const CertificateRecipe& recipe);

/// The subjectAltName of a certificate as it stands there; null when it has none. It stays the certificate's.
[[nodiscard]] X509_EXTENSION* alternative_names_of(const Certificate& certificate);

}  // namespace domsec::pki
