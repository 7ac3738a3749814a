// What a session over TLS proved when nothing failed, and whether both ends proved it. Part of
// domain_security.h.
#pragma once

#include "outcome.h"

namespace domsec::policy {

/// DS131, before anything is decided: the strict profile refuses a server that does not ask for our
/// certificate.
void add_not_requested(const Case& c, Outcome& outcome);

/// The treatment, the status and the finding that leads: DS000 for both ends, DS001 where nobody asked, else
/// what was missing.
void add_success(const Case& c, Outcome& outcome);

}  // namespace domsec::policy
