// `op` verify of the batch interface: a certificate, what comes with it and what is asked of it, to an
// answer.
#pragma once

#include <boost/json/fwd.hpp>

#include "domsec/policy/verification.h"

namespace domsec::cli {

/// `skip` for a request with a field that is not known here: it would change the answer.
[[nodiscard]] boost::json::object answer_verify(const boost::json::object& request);

/// The answer without its id: result, reason, problems, revocation, chain by SHA-1 thumbprints.
[[nodiscard]] boost::json::object verification_json(const policy::Verification& verification);

}  // namespace domsec::cli
