// Which OpenSSL this is.
#pragma once

#include <string>

namespace domsec::pki {

/// The library that runs and the one that the program was built with, in its own words: `OpenSSL 3.0.17 1 Jul 2025`.
struct TlsLibrary {
  std::string running;
  std::string built;
  bool older_than_built = false;
};
[[nodiscard]] TlsLibrary tls_library();

}  // namespace domsec::pki
