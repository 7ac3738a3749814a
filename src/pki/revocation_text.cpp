// The words of revocation.h.
#include "domsec/pki/revocation.h"

namespace domsec::pki {

std::string_view text(RevocationState state) {
  switch (state) {
    case RevocationState::good:
      return "good";
    case RevocationState::revoked:
      return "revoked";
    case RevocationState::unknown:
      return "unknown";
  }
  return "";
}

std::string_view text(CrlProblem problem) {
  switch (problem) {
    case CrlProblem::none:
      return "none";
    case CrlProblem::no_cdp:
      return "no-cdp";
    case CrlProblem::unreachable:
      return "unreachable";
    case CrlProblem::too_large:
      return "too-large";
    case CrlProblem::stale:
      return "stale";
    case CrlProblem::delta_stale:
      return "delta-stale";
    case CrlProblem::not_yet_valid:
      return "not-yet-valid";
    case CrlProblem::wrong_issuer:
      return "wrong-issuer";
    case CrlProblem::bad_signature:
      return "bad-signature";
    case CrlProblem::untrusted_signer:
      return "untrusted-signer";
    case CrlProblem::out_of_scope:
      return "out-of-scope";
    case CrlProblem::invalid:
      return "invalid";
    case CrlProblem::unavailable:
      return "unavailable";
  }
  return "";
}

std::string_view text(CrlOrigin origin) {
  switch (origin) {
    case CrlOrigin::none:
      return "none";
    case CrlOrigin::file:
      return "file";
    case CrlOrigin::cache:
      return "cache";
    case CrlOrigin::fetched:
      return "fetched";
  }
  return "";
}

}  // namespace domsec::pki
