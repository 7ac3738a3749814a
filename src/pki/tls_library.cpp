#include "domsec/pki/tls_library.h"

#include <openssl/crypto.h>
#include <openssl/opensslv.h>

namespace domsec::pki {

TlsLibrary tls_library() {
  return {OpenSSL_version(OPENSSL_VERSION), OPENSSL_VERSION_TEXT, OpenSSL_version_num() < OPENSSL_VERSION_NUMBER};
}

}  // namespace domsec::pki
