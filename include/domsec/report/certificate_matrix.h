// The matrix certificate × role × stack of `domsec cert match`, for people and as a document (schema
// domsec.certificate-match/1). Rendered from predictions; nothing is judged here.
#pragma once

#include <string>
#include <vector>

#include "domsec/policy/certificate_match.h"

namespace domsec::report {

/// One certificate and what the stacks make of it.
struct MatchedCertificate {
  std::string file;  // as given
  policy::MatchQuestion question;
  std::vector<policy::Cell> cells;  // row by row: all stacks of one role, then of the other
  std::vector<policy::Finding> remarks;
  std::vector<policy::Cell> after_sunset;  // as a client, once clientAuth is gone (DS124); mostly empty
};

struct CertificateMatrix {
  std::vector<finding::Profile> profiles;  // the columns
  std::vector<MatchedCertificate> certificates;
  pki::Instant at;
  int exit_code = 0;
};

/// settings: also what each stack is taken to be configured as.
enum class MatrixDetail { cells, settings };

[[nodiscard]] std::string text(const CertificateMatrix& matrix, MatrixDetail detail = MatrixDetail::cells);
[[nodiscard]] std::string matrix_json(const CertificateMatrix& matrix);

}  // namespace domsec::report
