// What would each stack make of a certificate that it is shown? A prediction before any session: the same
// examination and the same judgement as a session has (domain_security.h), on evidence that is made up of
// files. Pure. A cell is certificate × role × stack.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/finding/profile.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/revocation.h"
#include "domsec/policy/stack.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

/// As what the certificate is shown: a server's to a stack that sends, a client's to a stack that receives.
enum class ShownAs { server, client };

/// refuses: the mail is not sent, or not taken. not_known: nothing is attested of what decides.
enum class CellOutcome { accepts, warns, refuses, not_known };

/// proved: the interop run holds the same decision against the real program. proved_with_key: the same, but
/// the program was handed its own private key, because its build cannot use it (OpenSMTPD 6.8 with OpenSSL
/// 3).
enum class Standing { predicted, proved, proved_with_key };

struct MatchQuestion {
  pki::Chain presented;  // leaf first, as its owner sends it; never empty
  pki::Chain anchors;
  pki::Chain system_anchors;  // of the machine, for stacks that add them to those that they are given
  /// What the stacks that look at revocation lists are given; nothing = revocation is not asked about.
  std::optional<std::vector<pki::CrlCandidate>> lists;
  /// Whom it must prove to be: the host, or for Exchange's rules the domain. Nothing = no name is compared.
  std::optional<pki::ReferenceId> reference;
  pki::NameRule name;  // of Exchange's rules; the mail programs want the name itself
  pki::Instant at;
};

struct Cell {
  finding::Profile profile = finding::Profile::exchange;
  ShownAs shown_as = ShownAs::server;
  CellOutcome outcome = CellOutcome::not_known;
  std::optional<Finding> decided_by;  // nothing: accepted, and nothing is to be said
  std::vector<Finding> findings;      // everything seen, also what this stack does not look at
  Standing standing = Standing::predicted;
  std::string note;  // one sentence about this stack that no finding tells; mostly empty
};

[[nodiscard]] Cell predict(const MatchQuestion& question, ShownAs shown_as, finding::Profile profile);

/// What is to be said of the certificate whoever looks at it: its end is near (DS123), clientAuth will not be
/// issued again (DS124, `after renewal` in the detail).
[[nodiscard]] std::vector<Finding> remarks_on(const MatchQuestion& question);

/// As a client, once its CA has stopped clientAuth: the same certificate with serverAuth alone. Nothing when
/// DS124 does not concern it.
[[nodiscard]] std::optional<Cell> predict_after_sunset(const MatchQuestion& question,
                                                       finding::Profile profile);

/// What a program did about a certificate with a finding and no worse one; mutual_tls_ok: with none.
enum class Decision { accepts, refuses };
/// The findings whose decision the interop run holds against the program.
[[nodiscard]] std::vector<finding::Code> proved_codes(finding::Profile profile, ShownAs shown_as,
                                                      Decision decision);
/// The program that the interop run has, with its version; empty for a set of rules.
[[nodiscard]] std::string_view proved_with(finding::Profile profile);

[[nodiscard]] std::string_view text(ShownAs shown_as);     // `server`, `client`
[[nodiscard]] std::string_view text(CellOutcome outcome);  // `accepts`, `not known` …
[[nodiscard]] std::string_view text(Standing standing);    // `proved`, `proved with its key` …

}  // namespace domsec::policy
