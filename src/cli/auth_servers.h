// The servers whose Auth certificates are looked at: this one with the configuration's store, and those of
// --server.
#pragma once

#include <deque>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/cli/auth.h"
#include "domsec/exchange/organisation.h"
#include "domsec/store/certificates.h"

namespace domsec::cli {

class AuthServers {
 public:
  /// Stores are opened, none is made: this server's may be absent, and `err` is told. Throws UsageError,
  /// StoreError.
  AuthServers(const AuthOptions& options, const exchange::Organisation& organisation, std::ostream& err);

  [[nodiscard]] policy::AuthState state(const exchange::AuthConfig& config, pki::Instant at) const;
  /// A certificate of this server.
  [[nodiscard]] std::optional<policy::AuthCertificate> find(const std::string& thumbprint) const;
  [[nodiscard]] const std::string& name() const { return servers_.front().name; }
  /// What the certificate servicelet does inside sites; what it did. Throws UsageError.
  std::vector<policy::Replication> replicate(const exchange::AuthConfig& config, pki::Instant at);

 private:
  struct Server {
    std::string name;
    std::string site;
    std::unique_ptr<store::Database> database;  // null: not there yet
  };
  void add(const std::string& text, const std::string& own_site);
  void copy(const policy::Replication& what, pki::Instant at);
  [[nodiscard]] Server& named(const std::string& name);

  std::deque<Server> servers_;  // this one first
};

}  // namespace domsec::cli
