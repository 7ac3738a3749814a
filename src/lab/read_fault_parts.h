// The parts of a [[fault]] that have tables of their own.
#pragma once

#include "domsec/lab/fault.h"
#include "toml_table.h"

namespace domsec::lab {

[[nodiscard]] CertificateFault read_certificate_fault(const Table& fault);
[[nodiscard]] session::Deviations read_deviations(const Table& fault);

}  // namespace domsec::lab
