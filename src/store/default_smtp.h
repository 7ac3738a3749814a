// Whether a certificate becomes the default SMTP certificate: asked first, done later, and only if it is
// still the same question (another command may have come between). Private to store/.
#pragma once

#include "domsec/store/certificate_life.h"

namespace domsec::store {

struct DefaultSmtp {
  bool becomes = false;
  bool asked = false;
  std::string current;  // thumbprint of the one before; empty = none
};

/// Nobody is asked when SMTP is not among `services`, when there is none yet, or when it is this one already.
/// A subscribed Edge takes no EC certificate (SV-5).
[[nodiscard]] DefaultSmtp decide_default_smtp(const Certificates& certificates,
                                              const pki::Certificate& certificate,
                                              const policy::ServiceSet& services,
                                              const policy::ServiceTerms& terms, const AskOverwrite& ask);

/// Inside of the transaction. Throws CertificateError when another one has become the default since the
/// question.
void carry_out(const DefaultSmtp& decided, Certificates& certificates, const pki::Certificate& certificate);

}  // namespace domsec::store
