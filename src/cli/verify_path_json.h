// `op` verify of the batch interface: a certificate, what comes with it and what is asked of it, to an answer.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace domsec::cli {

/// RFC 4648 4, padded and without line ends.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// `skip` for a request with a field that is not known here: it would change the answer.
[[nodiscard]] boost::json::object answer_verify(const boost::json::object& request);

}  // namespace domsec::cli
