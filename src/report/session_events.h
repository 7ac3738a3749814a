// One event of one end in plain words, with that end as the one who acts: `says "EHLO …"`, `sees no
// certificate`.
#pragma once

#include <string>

#include "domsec/transcript/transcript.h"

namespace domsec::report {

/// One line of valid UTF-8; empty for what only structures a transcript (a step begins, rights are set).
[[nodiscard]] std::string event_text(const transcript::Event& event, policy::Role role);

/// `fail, DS103 certificate-expired, refuse`, and what was demanded by which list.
[[nodiscard]] std::string verdict_text(const transcript::PolicyDecided& decided);

/// `alert 48 (unknown_ca)`
[[nodiscard]] std::string alert_text(const pki::Alert& alert);

/// `DS103 certificate-expired`
[[nodiscard]] std::string code_text(finding::Code code);

}  // namespace domsec::report
