// LastError of a queue: what the last failed session came to, in the words that Exchange is on record with
// (spec exchange 6.1), and in the two forms in which it wraps them (D-27).
#pragma once

#include <optional>
#include <string>

#include "domsec/pki/instant.h"
#include "domsec/policy/evidence.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

struct LastError {
  std::string text;     // `454 4.7.5 Certificate validation failure, Reason:UntrustedRoot`; empty = none
  std::string host;     // empty when no host was reached
  std::string address;  // `203.0.113.7:25`
  std::optional<pki::Instant> at;
};

/// The text of a session that could not give its mail: the peer's reply, or the attested word for what
/// happened; where there is none, `451 4.4.0` with domsec's own sentence.
[[nodiscard]] std::string session_error(const Verdict& verdict, const Evidence& evidence);

/// `421 4.4.2 Connection dropped` and its like: the attested words for a connection that ended too early.
[[nodiscard]] std::string connection_error(BreakKind kind);

/// The wrapper of older versions: `451 4.4.0 Primary target IP address responded with: "…" Attempted failover
/// …`.
[[nodiscard]] std::string classic_last_error(const LastError& error);
/// The wrapper of newer ones: `[{LED=…};{MSG=};{FQDN=…};{IP=…};{LRT=…}]`. MSG stays empty: what stands there
/// is not public. LRT is in UTC, in the form of Exchange's invariant culture, which the record shows in
/// several cultures.
[[nodiscard]] std::string last_error(const LastError& error);

/// Nobody was asked: the domain takes no mail, or is none (RFC 5321 5.1, RFC 7505 3). Nothing when it may be
/// asked again.
[[nodiscard]] std::optional<smtp::Reply> permanent_lookup_failure(const Evidence& evidence);

}  // namespace domsec::policy
