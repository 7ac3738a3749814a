// `op` verify of the batch interface: a certificate, what comes with it and what is asked of it, to an answer.
#pragma once

#include <boost/json/fwd.hpp>

namespace domsec::cli {

/// `skip` for a request with a field that is not known here: it would change the answer.
[[nodiscard]] boost::json::object answer_verify(const boost::json::object& request);

}  // namespace domsec::cli
