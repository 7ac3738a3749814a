#include "domsec/policy/certificate_status.h"

#include <algorithm>

namespace domsec::policy {
namespace {

bool is_of_time(const pki::PathProblem& problem) {
  return problem.fault == pki::PathFault::expired || problem.fault == pki::PathFault::not_yet_valid;
}

/// No path to a trusted root, however that shows.
bool is_of_trust(const pki::PathProblem& problem) {
  switch (problem.fault) {
    case pki::PathFault::untrusted_root:
    case pki::PathFault::self_signed:
    case pki::PathFault::issuer_not_found:
    case pki::PathFault::rejected:
      return true;
    case pki::PathFault::expired:
    case pki::PathFault::not_yet_valid:
    case pki::PathFault::bad_signature:
    case pki::PathFault::not_a_ca:
    case pki::PathFault::path_too_long:
    case pki::PathFault::name_constraint:
    case pki::PathFault::wrong_purpose:
    case pki::PathFault::weak:
    case pki::PathFault::other:
      return false;
  }
  return false;
}

bool has_state(std::span<const pki::Revocation> revocations, pki::RevocationState state) {
  return std::ranges::any_of(revocations, [&](const pki::Revocation& one) { return one.state == state; });
}

}  // namespace

CertificateStatus certificate_status(const pki::Certificate& certificate, const pki::PathExamination& path,
                                     std::span<const pki::Revocation> revocations, pki::Instant at) {
  if (at < certificate.not_before || at > certificate.not_after) return CertificateStatus::date_invalid;
  if (certificate.self_signed) return CertificateStatus::valid;
  if (std::ranges::any_of(path.problems, is_of_time)) return CertificateStatus::date_invalid;
  if (std::ranges::any_of(path.problems, is_of_trust)) return CertificateStatus::untrusted;
  if (!path.good()) return CertificateStatus::invalid;
  if (has_state(revocations, pki::RevocationState::revoked)) return CertificateStatus::revoked;
  if (has_state(revocations, pki::RevocationState::unknown))
    return CertificateStatus::revocation_check_failure;
  return CertificateStatus::valid;
}

RootCaType root_ca_type(const pki::Certificate& certificate, RootPlace root) {
  switch (root) {
    case RootPlace::configured:
      return RootCaType::registry;
    case RootPlace::system:
      return RootCaType::third_party;
    case RootPlace::nowhere:
      break;
  }
  return certificate.self_signed ? RootCaType::none : RootCaType::unknown;
}

std::string_view text(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::valid:
      return "Valid";
    case CertificateStatus::date_invalid:
      return "DateInvalid";
    case CertificateStatus::invalid:
      return "Invalid";
    case CertificateStatus::pending_request:
      return "PendingRequest";
    case CertificateStatus::revocation_check_failure:
      return "RevocationCheckFailure";
    case CertificateStatus::revoked:
      return "Revoked";
    case CertificateStatus::unknown:
      return "Unknown";
    case CertificateStatus::untrusted:
      return "Untrusted";
  }
  return "Unknown";
}

std::string_view text(RootCaType type) {
  switch (type) {
    case RootCaType::none:
      return "None";
    case RootCaType::third_party:
      return "ThirdParty";
    case RootCaType::enterprise:
      return "Enterprise";
    case RootCaType::registry:
      return "Registry";
    case RootCaType::group_policy:
      return "GroupPolicy";
    case RootCaType::unknown:
      return "Unknown";
  }
  return "Unknown";
}

}  // namespace domsec::policy
