// The rows of a checklist as JSON, for `doctor` and `preflight`.
#pragma once

#include <boost/json.hpp>

#include "doctor_checks.h"

namespace domsec::cli {

[[nodiscard]] boost::json::array rows_of(const std::vector<DoctorCheck>& checks);

}  // namespace domsec::cli
