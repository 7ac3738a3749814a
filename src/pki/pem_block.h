// RFC 7468 textual encodings, split into blocks. Text outside the blocks is comment, as every tool that
// writes bundles assumes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace domsec::pki {

struct PemBlock {
  std::string label;   // `CERTIFICATE`, `RSA PRIVATE KEY`
  std::string header;  // RFC 1421 `Proc-Type: 4,ENCRYPTED` of old private keys, else empty
  std::string octets;  // decoded
};

/// Does the text hold a `-----BEGIN ` at all?
[[nodiscard]] bool looks_like_pem(std::string_view text);
/// At most `most` blocks are read. Throws BundleError of kind garbage for a damaged block, too_large for one
/// block too many.
[[nodiscard]] std::vector<PemBlock> pem_blocks(std::string_view text, const std::string& name,
                                               std::size_t most);

/// Bytes that a reader of certificates and keys cannot start with: nothing, too much, UTF-16, neither PEM nor
/// DER. Throws.
void require_pem_or_der(std::string_view bytes, const std::string& name);

}  // namespace domsec::pki
