// Private to pki/: who signed a list, and may he? RFC 5280 6.3.3 (f), (g).
#pragma once

#include <functional>
#include <span>
#include <string>

#include "crl_body.h"

namespace domsec::pki {

/// Why the signature of a list does not count; `none` when it does.
struct SignerFault {
  CrlProblem problem = CrlProblem::none;
  std::string detail;
};

/// What a signer outside of the path needs: the state of his own certificates, asked of the same lists.
struct SignerInquiry {
  const RevocationQuestion& question;
  const RevocationRules& rules;
  /// SHA-256 thumbprints of the signers under examination. A list may cover the certificate of its own signer: then a
  /// revocation counts, and silence is as good as it gets.
  std::vector<std::string>& vouching;
  std::function<Revocation(const RevocationQuestion&)> state_of;
};

/// The certificates above the one in question go first; they were examined with the path. Then any other at hand of the
/// list's issuer name, with a path of its own to the same anchor.
[[nodiscard]] SignerFault check_signer(const Crl::Body& list, const SignerInquiry& inquiry);

}  // namespace domsec::pki
