// What a session shows about our own certificate while nobody refuses it: its end, its purpose, the CA names
// that the server asked for. Remarks only, never the result. Part of domain_security.h.
#pragma once

#include "outcome.h"

namespace domsec::policy {

/// DS123 in both roles; DS121, DS124 and DS207 as sender, where it was or could have been presented.
void add_own_remarks(const Case& c, Outcome& outcome);

/// DS124: serverAuth and clientAuth of a public CA. Baseline Requirements 7.1.6.1: a TLS certificate of one
/// asserts one of their policies.
[[nodiscard]] bool client_auth_ends(const pki::Certificate& certificate);

/// DS207: CAs were named, and none of them issued anything in our chain. False where the list or the chain is
/// not whole.
[[nodiscard]] bool names_none_of_our_issuers(const Evidence& evidence);

/// DS217: our leaf goes out alone, and it was not issued by a root.
[[nodiscard]] bool lacks_intermediates(const OwnEvidence& own);

}  // namespace domsec::policy
