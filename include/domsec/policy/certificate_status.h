// What Get-ExchangeCertificate says of a certificate: Status and RootCAType (spec exchange 8.4; R31, R33,
// R34). Pure: path, revocation and where the root was found come from the caller.
#pragma once

#include <span>
#include <string_view>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"

namespace domsec::policy {

enum class CertificateStatus {
  valid,
  date_invalid,
  invalid,
  pending_request,  // no certificate yet, but the request for it
  revocation_check_failure,
  revoked,
  unknown,  // nobody looked
  untrusted,
};

/// Where the root of a path is trusted from.
enum class RootPlace { nowhere, configured, system };

enum class RootCaType { none, third_party, enterprise, registry, group_policy, unknown };

/// `revocations` of each certificate below the anchor, empty where nobody was asked. The order of R33: what
/// the certificate itself says (dates), then the path, then revocation. A self-signed certificate is its own
/// root: it is shown valid while it is in force (R34, R40), although no partner has to trust it.
[[nodiscard]] CertificateStatus certificate_status(const pki::Certificate& certificate,
                                                   const pki::PathExamination& path,
                                                   std::span<const pki::Revocation> revocations,
                                                   pki::Instant at);

/// None: self-signed, in no list of roots. Registry: its root was put into the configuration by hand
/// (TrustedRoots). ThirdParty: its root comes with the system. Unknown: no root was found. Nothing here is
/// Enterprise or GroupPolicy, which a directory would give.
[[nodiscard]] RootCaType root_ca_type(const pki::Certificate& certificate, RootPlace root);

[[nodiscard]] std::string_view text(CertificateStatus status);  // `DateInvalid`
[[nodiscard]] std::string_view text(RootCaType type);           // `ThirdParty`

}  // namespace domsec::policy
