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
  stale,
  not_yet_valid,
  wrong_issuer,
  invalid,
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

/// The verdict on one certificate from the best of the candidates: a revoked answer of a valid list wins,
/// then good, then the most telling problem. A stale list that shows the certificate revoked still says
/// revoked.
[[nodiscard]] Revocation examine_revocation(const Certificate& certificate, const Certificate& issuer,
                                            int depth, std::span<const CrlCandidate> candidates, Instant at);

[[nodiscard]] std::string_view text(RevocationState state);  // `good`, `revoked`, `unknown`
[[nodiscard]] std::string_view text(CrlProblem problem);     // slug without the `crl-` prefix
[[nodiscard]] std::string_view text(CrlOrigin origin);       // `file`, `cache`, `fetched`

}  // namespace domsec::pki
