#include "staple.h"

namespace domsec::report {

std::string staple_text(const pki::StapledStatus& status) {
  const pki::OcspAnswer& answer = status.answer;
  const std::string demand = status.lacking() ? "; the certificate demands one (RFC 7633)" : "";
  if (!status.stapled) return "none" + demand;
  if (!status.verified()) return "does not count: " + answer.detail + demand;
  std::string text(pki::text(answer.state));
  if (!answer.detail.empty()) text = answer.detail;
  // A response that was verified has both dates.
  return text + ", in force " + pki::rfc3339(*answer.this_update) + " to " +
         pki::rfc3339(*answer.next_update) + ", signed by " + answer.responder;
}

}  // namespace domsec::report
