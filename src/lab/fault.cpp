#include "domsec/lab/fault.h"

#include <array>

namespace domsec::lab {
namespace {

using finding::Code;

constexpr std::string_view t1 = "451 5.7.3 STARTTLS is required to send mail";

constexpr Expectation refused(Code code, std::string_view reply = {}) {
  return Expectation{code, true, reply};
}
constexpr Expectation passes(Code code) {
  return Expectation{code, false, {}};
}

constexpr std::string_view t2_empty =
    "454 4.7.0 Failed to establish appropriate TLS channel: EmptyCertificate: Access Denied";
constexpr std::string_view t2_name =
    "454 4.7.0 Failed to establish appropriate TLS channel: SubjectMismatch: Access Denied";
constexpr std::string_view t2_root =
    "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied";
constexpr std::string_view t2_chain =
    "454 4.7.0 Failed to establish appropriate TLS channel: InternalChainFailure: Access Denied";
constexpr std::string_view t2_dates =
    "454 4.7.0 Failed to establish appropriate TLS channel: CertificateExpired: Access Denied";
constexpr std::string_view t2_revoked =
    "454 4.7.0 Failed to establish appropriate TLS channel: Revoked: Access Denied";
constexpr std::string_view t2_offline =
    "454 4.7.0 Failed to establish appropriate TLS channel: RevocationOffline: Access Denied";
constexpr std::string_view t2_no_cdp =
    "454 4.7.0 Failed to establish appropriate TLS channel: NoRevocationCheck: Access Denied";

constexpr std::array<Fault, 24> table{{
    {Breakage::no_starttls,
     "no-starttls",
     "the server does not offer STARTTLS",
     refused(Code::starttls_not_supported),
     {}},
    {Breakage::starttls_454,
     "starttls-454",
     "the server answers STARTTLS with 454",
     refused(Code::starttls_refused),
     {}},
    {Breakage::no_tls, "no-tls", "a listed sender stays in clear", {}, refused(Code::policy_no_tls, t1)},
    {Breakage::no_client_certificate,
     "no-client-cert",
     "the client presents no certificate",
     {},
     refused(Code::client_cert_missing, t2_empty)},
    {Breakage::wrong_name, "wrong-name", "the certificate has a hosting provider's name only",
     refused(Code::certificate_host_mismatch), refused(Code::certificate_host_mismatch, t2_name)},
    {Breakage::partner_certificate, "partner-certificate", "the good certificate of another partner",
     refused(Code::certificate_host_mismatch), refused(Code::certificate_host_mismatch, t2_name)},
    {Breakage::cn_only, "cn-only", "the name is in the subject CN only, there is no SAN",
     passes(Code::name_cn_only), passes(Code::name_cn_only)},
    {Breakage::wildcard, "wildcard", "a wildcard certificate that covers the domain's hosts",
     passes(Code::mutual_tls_ok), passes(Code::mutual_tls_ok)},
    {Breakage::wildcard_two_labels, "wildcard-two-labels",
     "a wildcard certificate, the domain is two labels below it", refused(Code::certificate_host_mismatch),
     refused(Code::certificate_host_mismatch, t2_name)},
    {Breakage::wildcard_apex, "wildcard-apex",
     "a wildcard certificate for the domain itself, names compared exactly",
     refused(Code::certificate_host_mismatch), refused(Code::certificate_host_mismatch, t2_name)},
    {Breakage::untrusted_root, "untrusted-root", "the path ends in a root that the partner does not trust",
     refused(Code::certificate_not_trusted), refused(Code::certificate_not_trusted, t2_root)},
    {Breakage::self_signed, "self-signed", "the certificate is its own issuer",
     refused(Code::certificate_self_signed), refused(Code::certificate_self_signed, t2_root)},
    {Breakage::missing_intermediate, "missing-intermediate", "the intermediate certificate is not sent",
     refused(Code::chain_incomplete), refused(Code::chain_incomplete, t2_chain)},
    {Breakage::expired, "expired", "the certificate expired yesterday", refused(Code::certificate_expired),
     refused(Code::certificate_expired, t2_dates)},
    {Breakage::not_yet_valid, "not-yet-valid", "the certificate is valid from next week on",
     refused(Code::certificate_not_yet_valid), refused(Code::certificate_not_yet_valid, t2_dates)},
    {Breakage::server_auth_only,
     "server-auth-only",
     "the certificate has no clientAuth usage",
     {},
     passes(Code::client_cert_eku)},
    {Breakage::client_auth_only,
     "client-auth-only",
     "the certificate has no serverAuth usage",
     refused(Code::server_cert_eku),
     {}},
    {Breakage::revoked, "revoked", "the certificate is on its issuer's revocation list",
     refused(Code::certificate_revoked), refused(Code::certificate_revoked, t2_revoked)},
    {Breakage::revoked_intermediate, "revoked-intermediate", "the issuing authority's certificate is revoked",
     refused(Code::certificate_revoked), refused(Code::certificate_revoked, t2_revoked)},
    {Breakage::crl_stale, "crl-stale", "the revocation list's next update has passed",
     refused(Code::crl_stale), refused(Code::crl_stale, t2_offline)},
    {Breakage::crl_unreachable, "crl-unreachable", "nothing answers at the distribution point",
     refused(Code::crl_unreachable), refused(Code::crl_unreachable, t2_offline)},
    {Breakage::no_cdp, "no-cdp", "the certificate names no distribution point", refused(Code::crl_no_cdp),
     refused(Code::crl_no_cdp, t2_no_cdp)},
    {Breakage::tls1_1_only, "tls1.1-only", "the peer speaks TLS 1.1 at most",
     refused(Code::tls_version_mismatch), refused(Code::tls_version_mismatch)},
    {Breakage::key_mismatch, "key-mismatch", "the private key is not the certificate's",
     refused(Code::tls_protocol_error), refused(Code::tls_protocol_error)},
}};

}  // namespace

bool breaks_every_host(Breakage breakage) {
  return breakage == Breakage::crl_stale || breakage == Breakage::revoked_intermediate ||
         breakage == Breakage::wildcard_apex;
}

std::span<const Fault> faults() {
  return table;
}

const Fault* find_fault(std::string_view name) {
  if (name.starts_with("server/") || name.starts_with("client/")) name.remove_prefix(7);
  for (const Fault& fault : table) {
    if (fault.name == name) return &fault;
  }
  return nullptr;
}

}  // namespace domsec::lab
