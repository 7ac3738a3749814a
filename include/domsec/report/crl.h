// Revocation lists and what they say of a path, for people. A stranger's text is shown escaped.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"

namespace domsec::report {

/// One list, or why there is none, and how it was come by.
struct RevocationList {
  std::string source;  // URI or file
  pki::CrlOrigin origin = pki::CrlOrigin::none;
  std::shared_ptr<const pki::Crl> crl;  // null: `trouble` says why
  std::string trouble;
  std::optional<pki::Instant> kept;               // when a cached one was fetched
  std::optional<std::chrono::milliseconds> took;  // the fetch
};

[[nodiscard]] std::string list_text(const RevocationList& list, pki::Instant at);
/// `kept 2 h ago, 412 octets, next update …` and the source: one row of a directory.
[[nodiscard]] std::string list_line(const RevocationList& list, pki::Instant at);

/// What becomes of a peer whose certificate has this state: the same words wherever it is told.
struct Consequence {
  std::string_view hard;
  std::string_view soft;
};
[[nodiscard]] Consequence consequence(const pki::Revocation& revocation);

/// The state of each certificate below the anchor with its evidence, and what hard, soft and off make of it.
[[nodiscard]] std::string revocations_text(const std::vector<pki::Revocation>& revocations);

/// `3 days`, `5 h`, `2 min`, `1 s`.
[[nodiscard]] std::string span_text(std::chrono::seconds span);

}  // namespace domsec::report
