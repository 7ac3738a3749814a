// A PKCS#12 file that was named where certificates or keys are read: the message says where to.
#pragma once

#include <string_view>

namespace domsec::pki {

/// Completes "NAME is ".
inline constexpr std::string_view pkcs12_remedy =
    "a PKCS#12 file: give it with --pfx, or as PfxFile in the configuration";

}  // namespace domsec::pki
