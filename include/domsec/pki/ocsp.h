// One OCSP response about one certificate: RFC 6960. Pure: the octets, the certificate, its issuer, an instant.
// A stapled response (RFC 6066 8) answers no request of ours, so that no nonce is looked for. Not here: asking a
// responder, which domsec does not do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/pki/certificate.h"
#include "domsec/pki/revocation.h"

namespace domsec::pki {

/// A response has a few hundred octets, with the responder's certificates a few thousand.
inline constexpr std::size_t most_ocsp_octets = 64U << 10;

/// Why a response proves nothing. Each has its clause in `OcspAnswer::detail`.
enum class OcspProblem {
  none,
  too_large,
  malformed,          // no DER, no basic response, a critical extension that is not known
  unsuccessful,       // the responder says `tryLater`, `unauthorized` …
  no_issuer,          // the issuer's certificate is not at hand: nothing can be told
  other_certificate,  // it speaks about other certificates only, or more than once about this one
  untrusted_signer,   // signed by nobody whom the issuer lets answer
  bad_signature,
  not_yet_valid,      // thisUpdate is still to come
  stale,              // nextUpdate has passed, or there is none
};

struct OcspAnswer {
  /// `unknown`: the responder does not know the certificate, or `problem` says why the response does not count.
  RevocationState state = RevocationState::unknown;
  OcspProblem problem = OcspProblem::malformed;
  std::string detail;     // one clause; empty when the certificate is good
  std::string responder;  // the signer's subject; as the response names him while no signer is found
  std::optional<Instant> produced_at;
  std::optional<Instant> this_update;
  std::optional<Instant> next_update;
  std::optional<Instant> revoked_at;
  std::string reason;     // `keyCompromise`, empty when not given
};

/// `issuer` is the one in the certificate's path; null when there is none. The response counts when it is signed
/// by the issuer itself, or by a responder whom the issuer certified for it (RFC 6960 4.2.2.2); nobody else is
/// trusted. Both ends of its period belong to it.
[[nodiscard]] OcspAnswer examine_ocsp(std::string_view der, const Certificate& certificate,
                                      const Certificate* issuer, Instant at);

/// The certificate says that its server staples (RFC 7633, TLS feature 5: "must-staple").
[[nodiscard]] bool demands_staple(const Certificate& certificate);
/// The octets are an OCSP response in DER and nothing else, whatever it says.
[[nodiscard]] bool is_ocsp_response(std::string_view der);

/// What a server stapled about its own certificate.
struct StapledStatus {
  std::string subject;
  std::string serial;
  bool stapled = false;   // false: nothing came, `answer` is empty
  bool demanded = false;  // the certificate says that something must come
  OcspAnswer answer;
  [[nodiscard]] bool verified() const { return stapled && answer.problem == OcspProblem::none; }
  [[nodiscard]] bool revoked() const { return verified() && answer.state == RevocationState::revoked; }
  /// RFC 7633 4.2.3.1: the certificate demands an answer, and none that counts has come.
  [[nodiscard]] bool lacking() const { return demanded && !verified(); }
};

/// Of the leaf of a path; `der` is empty when nothing was stapled.
[[nodiscard]] StapledStatus examine_staple(std::string_view der, const Chain& path, Instant at);

[[nodiscard]] std::string_view text(OcspProblem problem);  // `bad-signature`, kebab-case

}  // namespace domsec::pki
