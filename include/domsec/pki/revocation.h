// Revocation by CRL: RFC 5280 5 and 6.3, one answer per certificate below the anchor, three states, every
// cause kept. A CRL's signature is checked once per (list, issuer key), not once per handshake. Not here:
// fetching (net/crl_source.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/certificate.h"

namespace domsec::pki {

/// A parsed CRL with its signature verdicts remembered. Immutable to callers, safe to share between threads.
class Crl {
 public:
  /// DER or PEM (first block). Nothing when it is none.
  [[nodiscard]] static std::shared_ptr<const Crl> read(std::string_view bytes);
  /// Every CRL of a PEM file; a DER file gives one.
  [[nodiscard]] static std::vector<std::shared_ptr<const Crl>> read_all(std::string_view bytes);

  [[nodiscard]] const std::string& issuer() const;
  [[nodiscard]] Instant this_update() const;
  [[nodiscard]] std::optional<Instant> next_update() const;
  [[nodiscard]] std::size_t entries() const;
  [[nodiscard]] std::optional<std::string> number() const;   // cRLNumber, hex
  [[nodiscard]] bool delta() const;
  /// Speaks about certificates of other issuers, too (RFC 5280 5.2.5 indirectCRL).
  [[nodiscard]] bool indirect() const;
  /// Where its delta lists are (freshestCRL, RFC 5280 5.2.6): URIs of fullName, in order.
  [[nodiscard]] const std::vector<std::string>& freshest() const;
  /// What breaks RFC 5280's profile without making the list unusable (no cRLNumber, no nextUpdate …): one
  /// clause each.
  [[nodiscard]] const std::vector<std::string>& profile_faults() const;

  struct Body;
  [[nodiscard]] const Body& body() const { return *body_; }

 private:
  std::shared_ptr<Body> body_;
};

enum class RevocationState { good, revoked, unknown };

/// Why the state is unknown. Each has its finding (DS106, DS150-DS157).
enum class CrlProblem {
  none,
  no_cdp,
  unreachable,
  too_large,
  stale,         // nextUpdate has passed, or the list is older than the relying party allows
  delta_stale,   // the newest delta list is out of its period, or does not fit its base
  not_yet_valid,
  wrong_issuer,  // of another issuer, or of the same name with another key
  bad_signature,
  untrusted_signer,  // the signature is right, and who made it may not sign lists, or is nobody trusted
  out_of_scope,      // the list does not speak about such certificates
  invalid,           // malformed, contradicting itself, or with a critical extension that is not known
  unavailable
};

/// Where a list came from.
enum class CrlOrigin { none, file, cache, fetched };

/// A list offered for one certificate, with its provenance.
struct CrlCandidate {
  std::shared_ptr<const Crl> crl;     // null: `problem` says why there is none
  CrlOrigin origin = CrlOrigin::none;
  std::string uri;                    // CDP URI or file name
  CrlProblem problem = CrlProblem::none;
  std::string detail;                 // one clause: `connection refused after 3 tries`
};

struct Revocation {
  int depth = 0;
  std::string subject;
  std::string serial;
  RevocationState state = RevocationState::unknown;
  CrlProblem problem = CrlProblem::none;
  CrlOrigin origin = CrlOrigin::none;
  std::string uri;
  std::string detail;
  std::optional<Instant> this_update;
  std::optional<Instant> next_update;
  std::optional<Instant> revoked_at;
  std::string reason;                 // `keyCompromise`, empty when not given
};

/// The relying party's side of the question, RFC 5280 6.3.1.
struct RevocationRules {
  Instant at;
  bool expiry_counts = true;                     // false: a list counts beyond its nextUpdate
  std::optional<std::chrono::seconds> max_age{};   // since thisUpdate; older counts as stale
  bool profile_counts = false;                   // what breaks RFC 5280's profile makes a list invalid
  /// A signer that is not in the path of the certificate must itself be shown unrevoked, not only not revoked.
  bool signer_state_counts = true;
  int security_level = 1;                        // for the path of such a signer
};

/// Whose state is asked for.
struct RevocationQuestion {
  Chain path;         // the certification path, leaf to anchor (RFC 5280 6.3.3 (f): its anchor is the signer's)
  std::size_t depth = 0;  // of the certificate in question; its issuer is one above
  Chain others{};     // certificates at hand that may have signed a list, trusted by nobody yet
};

/// The verdict on one certificate from the best of the candidates: a revoked answer of a valid list wins,
/// then good, then the most telling problem. A stale list that shows the certificate revoked still says
/// revoked. Without a certificate above `depth` the state is unknown.
[[nodiscard]] Revocation examine_revocation(const RevocationQuestion& question,
                                            std::span<const CrlCandidate> candidates,
                                            const RevocationRules& rules);

[[nodiscard]] std::string_view text(RevocationState state);  // `good`, `revoked`, `unknown`
[[nodiscard]] std::string_view text(CrlProblem problem);     // slug without the `crl-` prefix
[[nodiscard]] std::string_view text(CrlOrigin origin);       // `file`, `cache`, `fetched`

}  // namespace domsec::pki
