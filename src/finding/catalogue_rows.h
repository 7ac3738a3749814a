// The table behind finding/catalogue.h, in the order of the codes.
#pragma once

#include <span>

#include "domsec/finding/catalogue.h"

namespace domsec::finding {

[[nodiscard]] std::span<const Row> catalogue_rows();

}  // namespace domsec::finding
