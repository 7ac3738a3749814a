// What every way of starting a lab shares: recipe, clocks, where mail is kept.
#pragma once

#include <string>

#include "domsec/lab/lab.h"

namespace domsec::cli {

/// `recipe_file` empty = the built-in recipe.
[[nodiscard]] lab::LabSettings lab_settings(const std::string& directory, const std::string& recipe_file);

/// Of a lab where faults are tried, on free ports; its time limits are short: silence is among the faults.
[[nodiscard]] lab::LabSettings trial_settings(const std::string& directory);

}  // namespace domsec::cli
