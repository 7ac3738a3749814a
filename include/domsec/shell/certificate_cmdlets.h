// New-, Import-, Enable-, Get-, Export- and Remove-ExchangeCertificate over the store (spec exchange 8.1-8.5; seeds
// 002 to 004). What a certificate may be used for is policy/certificate_services.h; its own words where
// Exchange's are not known.
#pragma once

#include <string>

#include "domsec/exchange/organisation.h"
#include "domsec/policy/certificate_status.h"
#include "domsec/shell/cmdlets.h"
#include "domsec/store/certificate_life.h"

namespace domsec::shell {

struct CertificateVerdict {
  policy::CertificateStatus status = policy::CertificateStatus::unknown;
  policy::RootCaType root_ca_type = policy::RootCaType::unknown;
};

/// The server whose certificates the cmdlets act on.
class CertificateServer {
 public:
  virtual ~CertificateServer() = default;
  /// Opened when it is first asked for. Throws HostError when there is none, store::StoreError when it cannot
  /// be used.
  virtual store::Certificates& certificates() = 0;
  /// The connectors that may name a certificate; nothing where there is no configuration.
  [[nodiscard]] virtual const exchange::Organisation* organisation() const = 0;
  [[nodiscard]] virtual std::string fqdn() const = 0;
  /// Path and revocation at this moment, as far as the configuration lets them be looked at.
  virtual CertificateVerdict judge(const pki::CertificatePtr& certificate, const pki::Chain& issuers) = 0;
};

/// Every property of spec exchange 8.4, as Get-ExchangeCertificate returns it.
[[nodiscard]] Value certificate_object(const store::CertificateEntry& entry, CertificateServer& server);
/// Status PendingRequest; what no certificate says yet is not there.
[[nodiscard]] Value request_object(const store::PendingRequest& request, const CertificateServer& server);

/// The certificates with this name; the first is the one that is used at `at` (spec exchange 4.1 step 8).
[[nodiscard]] std::vector<store::CertificateEntry> in_selection_order(CertificateServer& server,
                                                                      const smtp::Domain& name, pki::Instant at);

/// In Exchange's words (spec exchange 8.3), without the choices.
[[nodiscard]] std::string overwrite_question(const pki::Certificate& current, const pki::Certificate& replacement);

/// `server` outlives the table.
void add_certificate_cmdlets(CmdletTable& table, CertificateServer& server);

}  // namespace domsec::shell
