// What a fault changes in a certificate: for the lab's own (authorities.h) and for those that a kept
// authority signs (kept_authority.h).
#pragma once

#include <string>

#include "domsec/lab/fault.h"
#include "domsec/pki/authority.h"

namespace domsec::lab {

/// Which part of a certificate, of its signing or of its lists a fault is in. Two faults of one part exclude
/// each other.
enum class FaultPart {
  session,  // nothing that an authority could do
  names,
  dates,
  usage,
  distribution,  // where its lists are
  signer,
  chain,  // what is sent behind it
  key,
  revocation,
};
[[nodiscard]] FaultPart part_of(Breakage breakage);

struct NamesOfFault {
  std::string title;     // the organisation
  std::string host;      // cn-only: the name in the CN
  std::string wildcard;  // the name behind `*.`
};

/// The difference that a fault of names, dates, usage or distribution makes to a sound leaf; the others
/// change nothing.
void break_certificate(pki::CertificateRecipe& recipe, Breakage breakage, const NamesOfFault& names,
                       pki::Instant now);

}  // namespace domsec::lab
