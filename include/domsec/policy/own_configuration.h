// A finding about our own configuration: what lint and certificate selection say before any session.
#pragma once

#include <string>

#include "domsec/policy/verdict.h"

namespace domsec::policy {

/// Exact, who = own; severity as Exchange would have it.
[[nodiscard]] inline Finding own_configuration(finding::Code code, std::string detail) {
  Finding fault;
  fault.code = code;
  fault.who = Who::own;
  fault.severity = finding::severity(code, finding::Profile::exchange);
  fault.detail = std::move(detail);
  return fault;
}

}  // namespace domsec::policy
