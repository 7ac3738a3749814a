// Would the partner take the same mail without TLS, too? The judgement of one more session that stays in clear on purpose and
// ends before any content (--try-plaintext). Pure.
#pragma once

#include "domsec/finding/profile.h"
#include "domsec/policy/evidence.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

/// taken: the sender, or the recipient, was accepted in clear. refused: he demands TLS. untold: anything else.
enum class PlaintextAnswer { taken, refused, untold };

struct PlaintextJudgement {
  PlaintextAnswer answer = PlaintextAnswer::untold;
  Finding finding;  // taken: DS002, its weight by profile; refused: DS014, an information here; untold: what was in the way
};

/// `verdict` is that of the session in clear, with nothing demanded.
[[nodiscard]] PlaintextJudgement judge_plaintext(const Evidence& evidence, const Verdict& verdict,
                                                 finding::Profile profile);

[[nodiscard]] std::string_view text(PlaintextAnswer answer);  // `taken`, `refused`, `untold`

}  // namespace domsec::policy
