// A certification authority of one's own in a directory, for rehearsals with a partner: a root, perhaps an
// issuing authority below it, revocation lists, and certificates for requests, sound or with the lab's
// faults. Not a CA for real use: its keys are files of mode 0600.
//
//   DIR/authority.json       what was issued and revoked
//   DIR/root.pem, root.key   and NAME.pem, NAME.key of every other authority
//   DIR/public/              lists and certificates of authorities, to be put where the distribution points
//   lead
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "domsec/lab/authority_index.h"
#include "domsec/lab/fault.h"
#include "domsec/pki/request.h"

namespace domsec::lab {

/// What an authority refuses: one sentence with the remedy.
class AuthorityError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct AuthorityTerms {
  std::string subject = "CN=domsec Test Root CA";
  std::string intermediate;     // its subject; empty = the root issues
  std::string key = "rsa2048";  // pki::read_key_kind()
  std::string crl_base;         // `http://crl.example/pki`; empty = none
  int days = 3650;
  pki::Instant at;
};

struct SigningTerms {
  std::vector<const Fault*> faults;
  int days = 365;
  pki::Instant at;
  /// self-signed alone: the key of the request, which nobody else has.
  std::optional<pki::PrivateKey> requesters_key;
};

struct SignedCertificate {
  pki::Chain chain;  // as it is to be sent: leaf first, then what is sent behind it
  IssuedCertificate record;
  std::vector<std::string> notes;  // one sentence each: what is to be done that the fault shows
};

struct IssuedList {
  std::string authority;  // `issuing`
  std::string file;       // below DIR/public; `issuing-stale.crl` is out of date on purpose
  std::string der;
  std::size_t revoked = 0;
  pki::Instant next_update;
};

class KeptAuthority {
 public:
  /// Makes the directory with everything in it, or nothing. Throws AuthorityError when there is something
  /// already, pki::RecipeError, pki::BundleError.
  static void make(const std::string& directory, const AuthorityTerms& terms);

  /// Others that use the directory wait meanwhile. Throws AuthorityError when it is none.
  explicit KeptAuthority(std::string directory);
  ~KeptAuthority();
  KeptAuthority(const KeptAuthority&) = delete;
  KeptAuthority& operator=(const KeptAuthority&) = delete;

  /// Throws AuthorityError for a request that no authority should sign, and for faults that exclude each
  /// other.
  SignedCertificate sign(const pki::Request& request, const SigningTerms& terms);
  /// By serial number or thumbprint, upper-case hex; kept with the next lists. Throws AuthorityError for one
  /// of somebody else, pki::RecipeError for a reason that does not exist. One that is revoked already stays
  /// so since then: false.
  bool revoke(const std::string& serial_or_thumbprint, const std::string& reason, pki::Instant at);
  /// The lists of every authority, written to DIR/public. `next_update` of the current ones.
  std::vector<IssuedList> issue_lists(pki::Instant at, pki::Instant next_update);

  [[nodiscard]] const AuthorityIndex& index() const { return index_; }
  /// `issuing` where there is one, else `root`: it signs what has no fault.
  [[nodiscard]] std::string issuer() const { return index_.has("issuing") ? "issuing" : "root"; }

 private:
  [[nodiscard]] pki::Authority authority(const std::string& name) const;
  /// Made when it is first needed.
  pki::Authority subordinate(const std::string& name, const std::string& subject, pki::Instant at);
  pki::Authority stranger(pki::Instant at);
  [[nodiscard]] std::string crl_uri(const std::string& list) const;
  void keep(const std::string& name, const pki::Authority& authority);
  void write() const;
  std::string signer_of(const SigningTerms& terms);

  std::string directory_;
  int lock_ = -1;
  AuthorityIndex index_;
};

/// Can `cert sign` make it? A fault of a certificate, or of the list that it leads to, without authorities of its own and
/// for whatever key the request has.
[[nodiscard]] bool is_certificate_fault(const Fault& fault);

}  // namespace domsec::lab
