// Private to pki/: reasons of a revocation by name, RFC 5280 5.3.1, for the recipes of lists and responses.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "domsec/pki/authority.h"
#include "domsec/pki/harmless.h"

namespace domsec::pki {

/// 7 is not used.
inline constexpr std::array<std::string_view, 11> revocation_reasons{
    "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
    "superseded",    "cessationOfOperation", "certificateHold", "",
    "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};

[[nodiscard]] inline long revocation_reason(const std::string& name) {
  for (std::size_t code = 0; code < revocation_reasons.size(); ++code) {
    if (!name.empty() && revocation_reasons[code] == name) return static_cast<long>(code);
  }
  throw RecipeError("'" + harmless(name) +
                    "' is no revocation reason; write keyCompromise, superseded, cessationOfOperation ...");
}

}  // namespace domsec::pki
