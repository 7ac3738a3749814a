// Private to pki/: one problem of a path, as libcrypto numbers it or in words of our own.
#pragma once

#include <string_view>

#include "domsec/pki/path.h"
#include "openssl_ptr.h"

namespace domsec::pki {

struct ChainProblem {
  int error = X509_V_OK;
  int depth = 0;
  // Of a problem that libcrypto has no number for:
  PathFault fault = PathFault::other;
  std::string_view words{};  // of static duration
  auto operator<=>(const ChainProblem&) const = default;
};

}  // namespace domsec::pki
