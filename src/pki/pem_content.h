// What a PEM block of a certificate or key file holds. Private to pki/.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "domsec/pki/bundle.h"
#include "pem_block.h"

namespace domsec::pki {

/// The certificates of a block: one, those of a PKCS#7, none of a key or of parameters. `number` counts from
/// 1 and is for the message. Throws BundleError of kind garbage.
[[nodiscard]] Chain certificates_of(const PemBlock& block, std::size_t number, const std::string& name);
/// The key of a `… PRIVATE KEY` block. Throws BundleError as read_private_key does.
[[nodiscard]] PrivateKey private_key_of(PemBlock block, const std::string& name,
                                        const std::optional<std::string>& pass_phrase);

}  // namespace domsec::pki
