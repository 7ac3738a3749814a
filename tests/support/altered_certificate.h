// Certificates that no recipe makes: a sound one, changed, and signed again.
#pragma once

#include <openssl/x509.h>

#include <functional>
#include <string>
#include <string_view>

#include "domsec/pki/authority.h"

namespace domsec::testing {

/// `certificate` with `change` applied, signed by `issuer`.
[[nodiscard]] pki::CertificatePtr altered_certificate(const pki::Authority& issuer,
                                                      const pki::CertificatePtr& certificate,
                                                      const std::function<void(X509*)>& change);
/// What `issuer` would certify after `recipe`, with `change` applied before it is signed.
[[nodiscard]] pki::CertificatePtr altered_certificate(const pki::Authority& issuer,
                                                      const pki::CertificateRecipe& recipe,
                                                      const pki::PrivateKey& key,
                                                      const std::function<void(X509*)>& change);

enum class Criticality { critical, not_critical };

void drop_extension(X509* x509, int nid);
/// In place of one that is there. `value` as in OpenSSL's configuration files, `permitted;DNS:example.com`;
/// `sections` what it refers to.
void set_extension(X509* x509, int nid, Criticality criticality, const std::string& value,
                   const std::string& sections = "");
/// Beside what is there. `oid` dotted or by name, `der` the value.
void append_raw_extension(X509* x509, const char* oid, Criticality criticality, std::string_view der);

}  // namespace domsec::testing
