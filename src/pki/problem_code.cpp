#include "domsec/pki/problem_code.h"

#include <openssl/x509_vfy.h>

namespace domsec::pki {

std::string_view problem_code(const PathProblem& problem) {
  switch (problem.x509_error) {
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL: return "weak_key";
    case X509_V_ERR_CA_MD_TOO_WEAK: return "weak_signature";
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return "key_usage";
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: return "unknown_critical_extension";
    case X509_V_ERR_CERT_CHAIN_TOO_LONG: return "max_depth";
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_NO_EXPLICIT_POLICY: return "policy";
    default: break;
  }
  switch (problem.fault) {
    case PathFault::untrusted_root:
    case PathFault::self_signed:
    case PathFault::issuer_not_found:
    case PathFault::rejected: return "untrusted";
    case PathFault::expired: return "expired";
    case PathFault::not_yet_valid: return "not_yet_valid";
    case PathFault::bad_signature: return "bad_signature";
    case PathFault::not_a_ca: return "not_a_ca";
    case PathFault::path_too_long: return "path_length";
    case PathFault::name_constraint: return "name_constraint";
    case PathFault::wrong_purpose: return "purpose";
    case PathFault::weak: return "weak_key";
    case PathFault::other: break;
  }
  return "other";
}

std::string_view problem_class(const PathProblem& problem) {
  const bool nobody_vouches =
      problem.fault == PathFault::bad_signature || (problem.fault == PathFault::not_a_ca && problem.depth > 0);
  return nobody_vouches ? "untrusted" : problem_code(problem);
}

std::string_view problem_code(CrlProblem problem) {
  switch (problem) {
    case CrlProblem::stale:
    case CrlProblem::delta_stale: return "crl_expired";
    case CrlProblem::not_yet_valid: return "crl_not_yet_valid";
    case CrlProblem::wrong_issuer: return "crl_issuer";
    case CrlProblem::bad_signature:
    case CrlProblem::untrusted_signer: return "crl_untrusted";
    case CrlProblem::out_of_scope: return "crl_scope";
    case CrlProblem::invalid: return "crl_unsupported";
    case CrlProblem::none:
    case CrlProblem::no_cdp:
    case CrlProblem::unreachable:
    case CrlProblem::too_large:
    case CrlProblem::unavailable: break;
  }
  return "crl_missing";
}

}  // namespace domsec::pki
