// The two worked sessions of the protocol log, built by hand: a send that ends well under TLS 1.3, a receive
// that refuses a partner whose certificate has another name. Dates, ids and octets are fixed.
#pragma once

#include "domsec/transcript/transcript.h"

namespace domsec::tests {

[[nodiscard]] transcript::Transcript sent_well();
[[nodiscard]] transcript::Transcript received_with_wrong_name();
/// The text of a file below the source directory.
[[nodiscard]] std::string fixture(const std::string& path);

}  // namespace domsec::tests
