// Chains as they are presented: by a file, or by the mail servers of a target. Private to cli/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/cli/cert.h"
#include "domsec/pki/path.h"

namespace domsec::cli {

struct PresentedChain {
  std::string host;     // empty for a file
  int preference = -1;  // of its MX record; -1 = none was asked for
  std::string remote;   // address:port
  pki::Chain chain;     // as presented, leaf first; empty = `trouble` says why
  std::string trouble;
};

struct Presentation {
  std::vector<PresentedChain> chains;
  std::shared_ptr<const pki::TrustStore> anchors;
  pki::Purpose purpose = pki::Purpose::any;  // unless one was asked for
  exchange::Organisation organisation;       // how the network is asked
  std::string from_lab;                      // the organisation whose configuration a running lab lent
};

/// Every certificate of a PEM, DER, PKCS#7 or PKCS#12 file. Throws pki::BundleError.
[[nodiscard]] pki::Chain read_certificate_file(const std::string& file, const std::string& key_pass_file);

/// A word that names no file: smtp://, smtps://, a host with a port, or a domain, unless there is a file of
/// that name.
[[nodiscard]] bool names_a_host(const std::string& target);

[[nodiscard]] Presentation present_file(const CertShowOptions& options, const std::string& file);
/// One connection to each address, which ends when the handshake has shown the chain; nothing is demanded.
[[nodiscard]] Presentation present_hosts(const CertShowOptions& options, const std::string& target);

}  // namespace domsec::cli
