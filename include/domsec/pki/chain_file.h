// One file with private keys and their chains, as Postfix reads smtpd_tls_chain_files: each key stands
// directly before its certificate, the intermediates follow it, and the next key begins the next chain. The
// order says what belongs together, so a file in another order is refused and not guessed at. One exception:
// a file with a single chain may end with its key, as HAProxy's do. bundle.h reads one identity and takes its
// key in any place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/bundle.h"

namespace domsec::pki {

/// At least one chain. Throws BundleError, one sentence with the number of the PEM block.
[[nodiscard]] std::vector<Credentials> read_chain_file(
    std::string_view bytes, const std::string& name,
    const std::optional<std::string>& pass_phrase = std::nullopt);

}  // namespace domsec::pki
