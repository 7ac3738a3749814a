// The server of the shell's certificate cmdlets: the store of the configuration, its trusted roots and
// revocation lists, and this moment.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "domsec/net/loop.h"
#include "domsec/session/edge.h"
#include "domsec/shell/certificate_cmdlets.h"

namespace domsec::cli {

class ShellCertificates : public shell::CertificateServer {
 public:
  /// `organisation` is asked each time, for cmdlets change it; null = there is no configuration. `store_file`
  /// counts before its Store.
  ShellCertificates(std::function<const exchange::Organisation*()> organisation, std::string store_file,
                    std::function<pki::Instant()> now);

  store::Certificates& certificates() override;
  [[nodiscard]] const exchange::Organisation* organisation() const override { return organisation_(); }
  [[nodiscard]] std::string fqdn() const override;
  /// Each certificate is examined once in a run.
  shell::CertificateVerdict judge(const pki::CertificatePtr& certificate, const pki::Chain& issuers) override;

 private:
  /// Roots and lists as a session has them.
  const session::Edge& edge();
  [[nodiscard]] policy::RootPlace place_of(const pki::Certificate& root);

  std::function<const exchange::Organisation*()> organisation_;
  std::string store_file_;
  std::function<pki::Instant()> now_;
  std::optional<store::Database> database_;
  std::optional<store::Certificates> certificates_;
  net::Loop loop_;
  std::optional<session::Edge> edge_;
  std::shared_ptr<const pki::TrustStore> configured_roots_;
  std::map<std::string, shell::CertificateVerdict> judged_;  // by thumbprint
};

}  // namespace domsec::cli
