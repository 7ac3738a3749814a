// The finding for a revocation list that tells nothing: the log, the report and the verdict name the same one.
#pragma once

#include "domsec/finding/catalogue.h"
#include "domsec/pki/revocation.h"

namespace domsec::policy {

[[nodiscard]] finding::Code revocation_code(pki::CrlProblem problem);

}  // namespace domsec::policy
