// What `domsec cert rotate --rehearse` found, and its two forms. domsec.rotation/1 in JSON.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/lab/rehearsal.h"

namespace domsec::cli {

struct RehearsedEdge {
  std::string file;  // its configuration
  pki::CertificatePtr today;
  pki::CertificatePtr tomorrow;
  lab::RehearsedRotation rehearsed;
  std::vector<std::string> clear_name;  // what to type for the steps that need more than a thumbprint
  std::vector<std::string> set_name;
  std::string tomorrow_file;  // as it was given
};

/// What to type for a step; for the partner's, what he has to do.
[[nodiscard]] std::vector<std::string> commands(const RehearsedEdge& edge, policy::RotationStep step);
/// `no issue`, or why mail stops: `DS214 own-cert-no-smtp: …`.
[[nodiscard]] std::string cause_text(const lab::RehearsedSession& session);
/// The order that interrupts nothing, and the end flows, now and when today's certificate has expired.
[[nodiscard]] bool is_safe(const RehearsedEdge& edge);

void write_text(const std::vector<RehearsedEdge>& edges, std::ostream& out);
[[nodiscard]] std::string json_of(const std::vector<RehearsedEdge>& edges, int exit_code);
/// One file for each end of each session, named after edge, order, number of the step and role:
/// `edge1-usual-2-send-ours.txt`, and `.json`. Throws pki::BundleError.
void write_transcripts(const std::vector<RehearsedEdge>& edges, const std::string& directory);

}  // namespace domsec::cli
