// How the readers of recorded sessions put one together.
#pragma once

#include "domsec/lab/recorded_session.h"

namespace domsec::lab {

/// Appends it, and reads the judgement that it may hold.
void add_record(RecordedSession& session, transcript::Record record);

[[nodiscard]] std::vector<RecordedSession> read_recorded_json(std::string_view text, const std::string& file);
[[nodiscard]] std::vector<RecordedSession> read_recorded_log(std::string_view text, const std::string& file);

}  // namespace domsec::lab
