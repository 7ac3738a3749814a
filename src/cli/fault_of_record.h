// `domsec repro --from`: the fault that fails as a recorded session did.
#pragma once

#include <iosfwd>
#include <string>

namespace domsec::cli {

/// `server/expired`, and on `err` which session it was and what else looks like it. Candidates are played on
/// loopback and compared with the record. `session` empty = the last that failed. Throws UsageError,
/// LabError.
[[nodiscard]] std::string fault_of_record(const std::string& file, const std::string& session,
                                          std::ostream& err);

}  // namespace domsec::cli
