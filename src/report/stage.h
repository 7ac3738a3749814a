// The stages of a session as the checklist shows them: status, name, text, further lines.
#pragma once

#include <string>
#include <vector>

#include "domsec/report/text.h"

namespace domsec::report {

enum class Status { ok, fails, warns, skipped };

struct Stage {
  Status status = Status::ok;
  std::string name;
  std::string text;
  std::vector<std::string> further;
};

/// In the order of the session; a stage that was never due is left out.
[[nodiscard]] std::vector<Stage> stages_of(const Report& report, const Session& session);

}  // namespace domsec::report
