// The document of `--json`: schema domsec.report/1, always complete, one line without its line end.
#pragma once

#include <string>

#include "domsec/report/text.h"

namespace domsec::report {

[[nodiscard]] std::string report_json(const Report& report);

}  // namespace domsec::report
