// The lab's certificates and revocation lists in its state directory: made relative to an instant, kept with
// 0600 keys, made again with one fault when something is broken on purpose.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"
#include "domsec/pki/authority.h"

namespace domsec::lab {

/// Files of one host's certificate.
struct HostFiles {
  std::string directory;
  std::string certificate;  // leaf and intermediates
  std::string key;
  std::string tls_certificate_name;  // `<I>issuer<S>subject`
};

struct BrokenHost {
  const OrganisationRecipe* organisation;
  const HostRecipe* host;
  Breakage breakage;
};

class Authorities {
 public:
  /// Makes the authorities in `directory`. `crl_base` is the URI that distribution points begin with,
  /// `http://crl.example-trust.com:10080`.
  Authorities(std::string directory, const Recipe& recipe, std::string crl_base, pki::Instant now);

  /// Writes certificate and key of one host, right or broken, and says where.
  HostFiles issue(const OrganisationRecipe& organisation, const HostRecipe& host, Breakage breakage);
  /// DER of the list that `authority` publishes while these hosts are broken.
  [[nodiscard]] std::string crl(const std::string& authority, const std::vector<BrokenHost>& broken) const;
  /// DER of the certificate of `authority`, for whom a partner sends too little.
  [[nodiscard]] std::string certificate(const std::string& authority) const;
  /// Path of the root that both organisations trust.
  [[nodiscard]] std::string trusted_root_file() const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Certified {
    pki::Authority authority;
    AuthorityRecipe recipe;
  };
  [[nodiscard]] const Certified& certified(const std::string& name) const;
  void make(const AuthorityRecipe& recipe);
  [[nodiscard]] std::string crl_uri(const std::string& authority) const;

  std::string directory_;
  std::string crl_base_;
  pki::Instant now_;
  std::string root_;
  std::map<std::string, Certified> authorities_;
  std::map<std::string, std::string> issued_;  // host name → serial of its current certificate
};

}  // namespace domsec::lab
