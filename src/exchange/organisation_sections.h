// The sections of a configuration file as objects, through the parameter tables.
#pragma once

#include <string>

#include "domsec/exchange/organisation.h"
#include "domsec/exchange/value.h"

namespace domsec::exchange {

/// Adds the sections of one file to what other files have brought. A parameter that stands in two files is refused. Throws
/// ConfigError.
void read_sections(const ValueTable& root, const std::string& file, Organisation& into);

/// What only the whole can tell: connectors with equal names. Throws ConfigError.
void check_organisation(const Organisation& organisation);

}  // namespace domsec::exchange
