// The parts of a scenario's file that have tables of their own.
#pragma once

#include "domsec/lab/scenario.h"
#include "toml_table.h"

namespace domsec::lab {

[[nodiscard]] Step read_step(const toml::table& source, const std::string& file, const Recipe& recipe);
/// `over` as it would stand in the configuration of `place`, an organisation or a host. Throws LabError when
/// the whole is no configuration.
[[nodiscard]] std::string read_configuration(const toml::table& over, const Recipe& recipe,
                                             const std::string& place, const std::string& where);
/// Throws LabError with the places that there are.
void check_place(const Recipe& recipe, const std::string& place, const std::string& where);

}  // namespace domsec::lab
