// Private to pki/: a certificate revocation list in memory. RFC 5280 5.
//
// libcrypto would make four objects of every entry, sort them at the first look under a lock and hash and
// re-encode the whole list at each verification: 240 bytes an entry and 40 ms a handshake for a million
// entries. Here libcrypto gets the list without its entries to parse, these go to an index of their own
// (crl_index.h), and of the octets that are signed their digest stays.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crl_index.h"
#include "domsec/pki/revocation.h"
#include "openssl_ptr.h"

namespace domsec::pki {

using IssuingDistPointOwner = Owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;

/// All bits of ReasonFlags (RFC 5280 4.2.1.13) as libcrypto packs them.
inline constexpr unsigned all_reasons = CRLDP_ALL_REASONS;

struct Crl::Body {
  X509CrlOwner head;  // the list without its entries
  CrlIndex index;
  std::size_t octets = 0;  // of the whole list
  /// Of the signed octets, with the digest of the signature algorithm; the octets themselves where the algorithm
  /// wants those (EdDSA, RSASSA-PSS).
  const EVP_MD* digest = nullptr;
  std::string signed_part;
  std::string issuer;
  Instant this_update;
  std::optional<Instant> next_update;
  Asn1IntegerOwner number;
  Asn1IntegerOwner base_number;  // deltaCRLIndicator
  IssuingDistPointOwner distribution_point;
  /// Why the list may not be used at all (RFC 5280 5.2, 5.3), empty when it may.
  std::string fault;
  std::vector<std::string> profile_faults;
  std::vector<std::string> freshest;

  [[nodiscard]] bool indirect() const {
    return distribution_point != nullptr && distribution_point->indirectCRL > 0;
  }
  [[nodiscard]] const X509_NAME* issuer_name() const { return X509_CRL_get_issuer(head.get()); }

  /// Verified at most once per issuer certificate.
  [[nodiscard]] bool signed_by(const Certificate& issuer) const;

 private:
  mutable std::mutex mutex_;
  mutable std::vector<std::pair<std::string, bool>> verdicts_;  // by SHA-256 thumbprint of the issuer
};

/// The instant of a whole UTCTime or GeneralizedTime value; nothing when it is none.
[[nodiscard]] std::optional<Instant> instant_of_der(std::string_view time);

/// Keeps of the signed octets what a verification needs.
void keep_signed_part(std::string_view tbs, Crl::Body& body);

/// RFC 5280 6.3.3 (b): does the list speak about this certificate? `reasons` are those it covers when it does.
struct CrlScope {
  CrlProblem problem = CrlProblem::none;  // wrong_issuer or out_of_scope when it does not
  std::string outside;                    // why not
  unsigned reasons = all_reasons;
};
[[nodiscard]] CrlScope scope_of(const Crl::Body& body, const Certificate& certificate);

}  // namespace domsec::pki
