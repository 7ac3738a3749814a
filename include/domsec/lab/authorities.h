// The lab's certificates and revocation lists in its state directory: made relative to an instant, kept with
// 0600 keys, made again with one fault when something is broken on purpose.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domsec/lab/crl_server.h"
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

enum class Roots { made_anew, kept };

class Authorities {
 public:
  /// Makes the authorities in `directory`. `crl_base` is the URI that distribution points begin with,
  /// `http://crl.example-trust.com:10080`. Roots that are kept are those of the last time, where they are
  /// still good.
  Authorities(std::string directory, const Recipe& recipe, std::string crl_base, pki::Instant now,
              Roots roots = Roots::made_anew);

  /// Lists and certificates that are made from now on are made for this instant.
  void time_passed(pki::Instant now) { now_ = now; }

  /// Writes certificate and key of one host, right or broken, and says where. `fault` may be null.
  HostFiles issue(const OrganisationRecipe& organisation, const HostRecipe& host, const Fault* fault);
  /// What the distribution points serve for the certificates that were issued last: lists, and the
  /// certificates of issuers for those of whom a partner sends too little.
  [[nodiscard]] std::map<std::string, CrlPage> pages() const;
  /// Path of the root that both organisations trust.
  [[nodiscard]] std::string trusted_root_file() const;

 private:
  struct Certified {
    pki::Authority authority;
    AuthorityRecipe recipe;
  };
  /// An authority that one host's fault has for itself, and whose list revokes it.
  struct Branch {
    std::string name;
    pki::Authority authority;
    std::string issuer;
    bool revoked = false;
  };
  /// What one host presents.
  struct Issued {
    CertificateFault fault;
    std::string issuer;  // of the leaf
    std::string serial;
    std::vector<Branch> branches;  // the topmost first
  };
  [[nodiscard]] const Certified& certified(const std::string& name) const;
  [[nodiscard]] pki::Authority authority_of(const Issued& issued) const;
  void add_branches(Issued& issued, const OrganisationRecipe& organisation, const HostRecipe& host) const;
  [[nodiscard]] pki::Chain sent_chain(const Issued& issued, pki::Chain chain) const;
  [[nodiscard]] pki::CrlRecipe list_of(const std::string& issuer) const;
  void make(const AuthorityRecipe& recipe);
  /// The root of that name as it was left; nothing when it is not there, or not good for a year more.
  [[nodiscard]] std::optional<pki::Authority> kept_root(const std::string& name) const;
  [[nodiscard]] std::string crl_uri(const std::string& authority) const;

  std::string directory_;
  std::string crl_base_;
  pki::Instant now_;
  Roots roots_;
  std::string root_;
  std::map<std::string, Certified> authorities_;
  std::map<std::string, Issued> issued_;  // by host name
};

}  // namespace domsec::lab
