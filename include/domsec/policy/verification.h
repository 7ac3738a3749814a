// Path, names and revocation of one certificate in one answer, as conformance data asks for it: accept or reject,
// and every problem by its code. A session does not ask this: there each part is an observation of its own and
// domain_security.h judges.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"

namespace domsec::policy {

/// A name that the leaf must have, of any kind that a SAN can hold.
struct WantedName {
  enum class Kind { dns, ip, email };
  Kind kind = Kind::dns;
  std::string value;
};

/// Which certificates must be shown unrevoked; the anchor never.
enum class RevocationCheck { none, leaf, chain };

struct VerificationInput {
  pki::PathInput path;
  std::vector<WantedName> names;  // any may match; none = no name is asked for
  bool cn_fallback = false;       // the CN counts where there is no dNSName
  RevocationCheck revocation = RevocationCheck::none;
  std::vector<pki::CrlCandidate> lists;
  bool unknown_is_refused = true;
  bool expiry_is_refused = true;  // false: a list counts beyond its nextUpdate
};

struct Verification {
  std::set<std::string> problems;  // codes: `untrusted`, `expired`, `name_mismatch`, `crl_expired` …; empty = accept
  std::optional<pki::RevocationState> revocation;  // the worst of all that were asked for; nothing = none was
  pki::Chain path;
};

[[nodiscard]] Verification verify(const VerificationInput& input);

}  // namespace domsec::policy
