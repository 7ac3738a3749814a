// Private to pki/: a certificate revocation list in memory. RFC 5280 5.
//
// libcrypto would make four objects of every entry, sort them at the first look under a lock and hash and
// re-encode the whole list at each verification: 240 bytes an entry and 40 ms a handshake for a million
// entries. Here the DER stays as it came, the entries are walked once and indexed by eight bytes each, and
// libcrypto gets the list without its entries to parse.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domsec/pki/revocation.h"
#include "openssl_ptr.h"

namespace domsec::pki {

using IssuingDistPointOwner = Owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;

/// All bits of ReasonFlags (RFC 5280 4.2.1.13) as libcrypto packs them.
inline constexpr unsigned all_reasons = CRLDP_ALL_REASONS;

/// What one entry says.
struct CrlEntry {
  std::optional<Instant> at;
  std::string reason;
};

struct Crl::Body {
  std::string der;
  std::string_view tbs;  // the signed part of `der`
  X509CrlOwner head;     // the list without its entries
  std::string issuer;
  Instant this_update;
  std::optional<Instant> next_update;
  std::vector<std::uint64_t> index;  // hash of the serial (high half), offset of the entry (low half), sorted
  /// Of an indirect list: from the entry at the first offset on, entries are of the issuer whose Name stands at the
  /// second (RFC 5280 5.3.3). Before the first of them they are of the list's issuer.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> entry_issuers;
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

  /// The first entry of the certificate (issuer and serial) that says more than removeFromCRL; `removed` tells of one that says just
  /// that.
  struct Lookup {
    std::optional<CrlEntry> entry;
    bool removed = false;
  };
  [[nodiscard]] Lookup find(const X509* certificate) const;

  /// Verified at most once per issuer certificate.
  [[nodiscard]] bool signed_by(const Certificate& issuer) const;

 private:
  /// Is the entry at this offset of a certificate that `name` issued?
  [[nodiscard]] bool is_of(std::size_t entry_offset, const X509_NAME* name) const;

  mutable std::mutex mutex_;
  mutable std::vector<std::pair<std::string, bool>> verdicts_;  // by SHA-256 thumbprint of the issuer
};

/// The instant of a whole UTCTime or GeneralizedTime value; nothing when it is none.
[[nodiscard]] std::optional<Instant> instant_of_der(std::string_view time);

/// Walks the entries into `body.index`. False when they are no DER; faults of their content go to
/// `body.fault`.
[[nodiscard]] bool index_entries(std::string_view entries, Crl::Body& body);

/// RFC 5280 6.3.3 (b): does the list speak about this certificate? `reasons` are those it covers when it does.
struct CrlScope {
  CrlProblem problem = CrlProblem::none;  // wrong_issuer or out_of_scope when it does not
  std::string outside;                    // why not
  unsigned reasons = all_reasons;
};
[[nodiscard]] CrlScope scope_of(const Crl::Body& body, const Certificate& certificate);

}  // namespace domsec::pki
