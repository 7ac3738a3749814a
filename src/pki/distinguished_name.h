// X.501 names as text, and peer text made harmless. RFC 4514 in spirit, CryptoAPI in form, because protocol
// logs are read by parsers of Exchange's logs (spec protocol-log 2.1, 9.1-6). Not here: comparison of names
// (libcrypto, RFC 5280 7.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/harmless.h"

struct X509_name_st;
struct asn1_string_st;
struct asn1_object_st;

namespace domsec::pki {

/// RDNs with the most specific first and a CN before all others, `, ` between them, `+` inside one. A value
/// is quoted when it holds `,+=<>;#"`, or begins or ends with a blank; a quote inside is doubled. Values are
/// harmless and bounded.
[[nodiscard]] std::string distinguished_name(const X509_name_st* name);
/// Every CN as UTF-8, least specific first. Raw: an embedded NUL stays, so that a matcher sees and refuses
/// it.
[[nodiscard]] std::vector<std::string> common_names_of(const X509_name_st* name);

/// `1.2.840.113549.1.9.1`
[[nodiscard]] std::string dotted(const asn1_object_st* oid);
/// The raw bytes of any ASN.1 string.
[[nodiscard]] std::string bytes_of(const asn1_string_st* text);

}  // namespace domsec::pki
