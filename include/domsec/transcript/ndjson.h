// One session as one JSON object, schema domsec.session/1 (spec protocol-log 9.2), and the live event stream.
#pragma once

#include <string>

#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

/// One line without its line end.
[[nodiscard]] std::string session_json(const Transcript& transcript);
/// One event of the live stream, one line without its line end.
[[nodiscard]] std::string event_json(const Transcript& transcript, const Event& event);

}  // namespace domsec::transcript
