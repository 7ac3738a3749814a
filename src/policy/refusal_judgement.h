// What an alert, a reply or a broken connection of the peer says about us, with what is known of our own side
// taken into account (spec findings 3.2, 3.5; protocol-log 6.1). Part of domain_security.h.
#pragma once

#include <optional>

#include "domsec/pki/instant.h"
#include "domsec/policy/domain_security.h"

namespace domsec::policy {

/// A handshake that did not end: by the alert, by OpenSSL's reason, else by the way the connection ended.
[[nodiscard]] Finding handshake_failure(const Evidence& evidence, pki::Instant at);

/// The handshake ended for us, then an alert, a refusal or a close came before the first good reply inside
/// TLS (D-16). Nothing when the session was not cut there.
[[nodiscard]] std::optional<Finding> late_refusal(const Evidence& evidence, pki::Instant at);

/// A reply that speaks of TLS or of certificates; nothing for any other.
[[nodiscard]] std::optional<Finding> from_reply(const Evidence& evidence, const smtp::Reply& reply);

/// Does the text of a reply speak of load, rate or greylisting (DS016)?
[[nodiscard]] bool speaks_of_load(const smtp::Reply& reply);

/// A reply or a name of the peer as part of our sentences: printable, at most 200 octets.
[[nodiscard]] std::string quoted_reply(const smtp::Reply& reply);

}  // namespace domsec::policy
