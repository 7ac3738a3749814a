// The documents of `domsec crl --json`, one line each without its line end: domsec.crl/1 and
// domsec.revocation/1.
#pragma once

#include <string>
#include <vector>

#include "domsec/pki/path.h"
#include "domsec/report/crl.h"

namespace domsec::cli {

struct CheckedCertificate {
  std::string source;
  pki::PathExamination path;
  std::vector<pki::Revocation> revocations;  // of each certificate below the anchor
};

/// `exit_code` is what the program ends with.
[[nodiscard]] std::string lists_json(const std::vector<report::RevocationList>& lists, pki::Instant at,
                                     int exit_code);
[[nodiscard]] std::string check_json(const CheckedCertificate& checked, pki::Instant at, int exit_code);

}  // namespace domsec::cli
