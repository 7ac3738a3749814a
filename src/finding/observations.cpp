// The catalogue read backwards: which finding an Exchange status, a received alert or an OpenSSL verify
// number stands for. One observation often has several causes: the likeliest comes first, who judges a
// session with more knowledge may choose another (spec findings 3.1 to 3.3). Not here: replies and log
// sentences of other MTAs.
#include "domsec/finding/catalogue.h"
#include "letter_case.h"

namespace domsec::finding {
namespace {

struct FromStatus {
  std::string_view status;
  Code code;
};

constexpr FromStatus statuses[] = {
    {"Valid", Code::mutual_tls_ok},
    {"ValidSelfSigned", Code::valid_self_signed},
    {"EmptyCertificate", Code::client_cert_missing},
    {"NoRemoteCertificate", Code::client_cert_missing},
    {"SubjectMismatch", Code::certificate_host_mismatch},
    {"SignatureFailure", Code::certificate_signature_invalid},
    {"UntrustedRoot", Code::certificate_not_trusted},
    {"UntrustedTestRoot", Code::certificate_not_trusted},
    {"InternalChainFailure", Code::chain_incomplete},
    {"WrongUsage", Code::server_cert_eku},
    {"CertificateExpired", Code::certificate_expired},
    {"ValidityPeriodNesting", Code::chain_constraint_violated},
    {"PurposeError", Code::chain_constraint_violated},
    {"BasicConstraintsError", Code::chain_constraint_violated},
    {"RevocationOffline", Code::revocation_unavailable},
    {"NoRevocationCheck", Code::crl_no_cdp},
    {"Revoked", Code::certificate_revoked},
    {"ExplicitDistrust", Code::validation_failure},
};

// Alternatives of an alert: see the table of spec findings 3.2.
constexpr Code after_40[] = {Code::tls_version_mismatch, Code::client_cert_required};
constexpr Code after_42[] = {Code::refused_revoked};
constexpr Code after_43[] = {Code::client_cert_eku, Code::server_cert_eku};
constexpr Code after_45[] = {Code::crl_stale};
constexpr Code after_48[] = {Code::own_chain_incomplete, Code::crl_unreachable,
                             Code::chain_constraint_violated};
constexpr Code after_51[] = {Code::certificate_signature_invalid, Code::crl_invalid};

}  // namespace

std::optional<Code> from_exchange_status(std::string_view status) {
  constexpr std::string_view dagger = "†";
  if (status.ends_with(dagger)) status.remove_suffix(dagger.size());
  for (const FromStatus& known : statuses) {
    if (equals_ignoring_case(known.status, status)) return known.code;
  }
  return std::nullopt;
}

FromAlert from_alert_received(int number) {
  switch (number) {  // AlertDescription, RFC 8446 6; the older ones RFC 5246 7.2
    case 40:
      return {Code::tls_no_shared_cipher, after_40};
    case 42:
      return {Code::refused_unspecified, after_42};
    case 43:
      return {Code::refused_purpose, after_43};
    case 44:
      return {Code::refused_revoked, {}};
    case 45:
      return {Code::refused_expired, after_45};
    case 48:
      return {Code::refused_unknown_ca, after_48};
    case 51:
      return {Code::own_key_mismatch, after_51};
    case 70:
      return {Code::tls_version_mismatch, {}};
    case 71:
      return {Code::tls_no_shared_cipher, {}};
    case 116:
      return {Code::client_cert_required, {}};
    case 10:
    case 47:
    case 50:
    case 80:
    case 86:
    case 109:
    case 110:
    case 112:
    case 113:
    case 120:
      return {Code::tls_protocol_error, {}};
    default:
      return {Code::refused_unspecified, {}};  // 46, 49 and whatever a peer may invent
  }
}

Code from_x509_error(int number, PeerRole peer) {
  switch (number) {  // openssl/x509_vfy.h
    case 0:
      return Code::mutual_tls_ok;
    case 2:
    case 19:
    case 20:
    case 27:
      return Code::certificate_not_trusted;
    case 3:
      return Code::revocation_unavailable;
    case 4:
    case 6:
    case 7:
      return Code::certificate_signature_invalid;
    case 5:
    case 8:
    case 15:
    case 16:
    case 33:
    case 35:
    case 36:
    case 44:
    case 54:
      return Code::crl_invalid;
    case 9:
      return Code::certificate_not_yet_valid;
    case 10:
      return Code::certificate_expired;
    case 11:
      return Code::crl_not_yet_valid;
    case 12:
      return Code::crl_stale;
    case 18:
      return Code::certificate_self_signed;
    case 21:
      return Code::chain_incomplete;
    case 22:
    case 24:
    case 25:
    case 32:
    case 37:
    case 47:
    case 48:
    case 79:
      return Code::chain_constraint_violated;
    case 23:
      return Code::certificate_revoked;
    case 26:
      return peer == PeerRole::client ? Code::client_cert_eku : Code::server_cert_eku;
    case 62:
      return Code::certificate_host_mismatch;
    case 65:
      return Code::tlsa_invalid;
    case 66:
    case 67:
    case 68:
      return Code::certificate_weak;
    default:
      return Code::validation_failure;
  }
}

}  // namespace domsec::finding
