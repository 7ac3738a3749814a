// The rules by which two ends of a session disagree, one function each: pure, from what both ends hold. Each
// names what it says about the path between the two, or who is to act.
#pragma once

#include <optional>
#include <vector>

#include "both_ends.h"
#include "domsec/report/timeline.h"

namespace domsec::report {

using MaybeDisagreement = std::optional<Disagreement>;

// disagreement_tls.cpp
[[nodiscard]] MaybeDisagreement tls_stands_at_one_end(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement tls_is_not_the_same(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement certificate_was_asked_for(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement senders_certificate(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement receivers_certificate(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement senders_alert(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement receivers_alert(const BothEnds& ends);

// disagreement_dialogue.cpp
[[nodiscard]] MaybeDisagreement addresses(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement starttls_offer(const BothEnds& ends);
/// One for each utterance that arrived in other words; those that never arrived, one after the other, are
/// one.
[[nodiscard]] std::vector<Disagreement> commands_that_changed(const BothEnds& ends);
[[nodiscard]] std::vector<Disagreement> replies_that_changed(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement end_of_connection(const BothEnds& ends);

// disagreement_verdict.cpp
[[nodiscard]] MaybeDisagreement verdicts(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement delivery(const BothEnds& ends);
[[nodiscard]] MaybeDisagreement treatment(const BothEnds& ends);

/// All of them, by time.
[[nodiscard]] std::vector<Disagreement> disagreements(const BothEnds& ends);

}  // namespace domsec::report
