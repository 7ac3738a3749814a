// How closely an address space names a domain (spec exchange 2.5).
#pragma once

#include <optional>

#include "domsec/exchange/send_connector.h"

namespace domsec::policy {

/// Nothing when the space does not take the domain; the greatest is the most specific: `contoso.com` beats `*.contoso.com`,
/// which beats `*.com`, which beats `*`.
[[nodiscard]] std::optional<std::size_t> specificity(const exchange::AddressSpace& space, const smtp::Domain& domain);

}  // namespace domsec::policy
