// Trusted roots from files and directories, or the system's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/pki/path.h"

namespace domsec::session {

/// without_others: the system's store counts where no file is named.
enum class SystemRoots { without_others, added };

/// `sources`: files, or directories with .pem, .crt and .cer files. Throws pki::BundleError, one sentence.
[[nodiscard]] std::shared_ptr<const pki::TrustStore> read_trust_roots(std::vector<std::string> sources,
                                                                      SystemRoots system);

}  // namespace domsec::session
