// The register of a kept authority, DIR/authority.json: what it has issued and revoked. Replaced whole or not
// at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/authority.h"

namespace domsec::lab {

struct IssuedCertificate {
  std::string serial;      // upper-case hex
  std::string authority;   // `root`, `issuing`: whose list speaks of it
  std::string subject;     // for people
  std::string thumbprint;  // SHA-1, 40 hex digits
  pki::Instant at;
  pki::Instant not_after;
  std::vector<std::string> faults;  // names
  std::optional<pki::Instant> revoked_at;
  std::string reason;  // of the revocation, may be empty
};

struct AuthorityIndex {
  std::string crl_base;          // URI that distribution points begin with; empty = certificates name none
  std::string key = "rsa2048";   // of authorities that are still to be made
  std::uint64_t crl_number = 0;  // of the last lists
  std::vector<std::string> authorities;  // `root` first; DIR/NAME.pem and DIR/NAME.key
  std::vector<IssuedCertificate> issued;

  [[nodiscard]] bool has(const std::string& authority) const;
  [[nodiscard]] IssuedCertificate* find(const std::string& serial_or_thumbprint);
};

/// Both throw pki::BundleError; reading also when it is damaged.
[[nodiscard]] AuthorityIndex read_authority_index(const std::string& file);
void write_authority_index(const std::string& file, const AuthorityIndex& index);

}  // namespace domsec::lab
