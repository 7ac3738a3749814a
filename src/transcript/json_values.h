// Values of the session document that the live event stream shares. Text from a peer is made well-formed
// UTF-8 on one line first: JSON has no other octets (RFC 8259 8.1).
#pragma once

#include <boost/json.hpp>

#include "domsec/transcript/check.h"

namespace domsec::transcript {

[[nodiscard]] boost::json::string json_text(std::string_view text);
[[nodiscard]] boost::json::array json_texts(const std::vector<std::string>& texts);
/// null for an empty text: nothing was seen, or nothing is attested.
[[nodiscard]] boost::json::value text_or_null(std::string_view text);
[[nodiscard]] boost::json::value instant_or_null(const std::optional<pki::Instant>& instant);
/// What a server stapled; null facts where nothing came.
[[nodiscard]] boost::json::object stapled_json(const pki::StapledStatus& status);
[[nodiscard]] boost::json::object certificate_json(const pki::Certificate& certificate);
[[nodiscard]] boost::json::object check_json(const Check& check);
[[nodiscard]] boost::json::object verdict_json(const policy::Verdict& verdict);

}  // namespace domsec::transcript
