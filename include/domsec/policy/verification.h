// Path, names and revocation of one certificate in one answer, as conformance data asks for it: accept or reject,
// and every problem by its code. A session does not ask this: there each part is an observation of its own and
// domain_security.h judges.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/name_match.h"
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
  std::uint32_t key_usage = 0;    // bits of pki::Certificate::key_usage that the leaf must have, if it limits its use
  RevocationCheck revocation = RevocationCheck::none;
  std::vector<pki::CrlCandidate> lists;
  bool unknown_is_refused = true;
  bool expiry_is_refused = true;  // false: a list counts beyond its nextUpdate
  std::optional<std::chrono::seconds> max_crl_age{};  // since thisUpdate; an older list counts as stale
};

/// What became of one wanted name.
struct NameAsked {
  WantedName wanted;
  bool readable = false;  // false: the wanted text is no such name at all
  bool matches = false;
  std::vector<pki::NameAttempt> attempts{};  // names of the leaf that were compared with it
};

struct Verification {
  std::string reason;              // the most exact code of the problem that comes first; `ok` without one
  std::set<std::string> problems;  // codes: `untrusted`, `expired`, `name_mismatch`, `crl_expired` …; empty = accept
  std::optional<pki::RevocationState> revocation;  // the worst of all that were asked for; nothing = none was
  pki::Chain path;
  // What the codes stand for, for people.
  std::vector<pki::PathProblem> path_problems;
  std::vector<NameAsked> names;              // up to the first that matches
  std::vector<pki::Revocation> revocations;  // of each certificate that was asked about, the leaf first
  bool anchored = false;  // the path ends in an anchor
  /// Whoever looks for issuers puts it here; it decides nothing.
  std::shared_ptr<const pki::IssuersFetched> fetched{};
};

[[nodiscard]] std::string_view text(WantedName::Kind kind);  // `dns`, `ip`, `email`
[[nodiscard]] Verification verify(const VerificationInput& input);

}  // namespace domsec::policy
