// One certificate for people: who, whom by, how long, what for, where its issuer publishes, and the hashes
// that it is known by. Whatever the certificate says is shown escaped.
#pragma once

#include <string>

#include "domsec/pki/certificate.h"
#include "domsec/pki/path.h"

namespace domsec::report {

/// `number` is its place in the chain as presented, 0 the leaf; `at` is what the days are counted from.
[[nodiscard]] std::string certificate_text(const pki::Certificate& certificate, std::size_t number,
                                           pki::Instant at);

/// What a chain is worth to these anchors: the path that was built, and every problem.
[[nodiscard]] std::string trust_text(const pki::PathExamination& path);

/// `334 days left`, `expired 2 days ago`, `not before 2026-12-01T00:00:00Z`.
[[nodiscard]] std::string validity_text(const pki::Certificate& certificate, pki::Instant at);

}  // namespace domsec::report
