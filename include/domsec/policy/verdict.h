// The result of judgement: values that reports, logs and exit codes render (spec findings 1.3, 1.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/finding/catalogue.h"
#include "domsec/smtp/reply.h"

namespace domsec::policy {

enum class Level { exact, likely, ambiguous };
enum class Who { we, they, own, env, note };

struct Finding {
  finding::Code code = finding::Code::mutual_tls_ok;
  Level level = Level::exact;
  Who who = Who::note;
  finding::Severity severity = finding::Severity::information;
  std::string detail;                            // one sentence about this session
  std::optional<finding::Code> observed;         // the bare observation, where `code` is its probable cause
  std::vector<finding::Code> alternatives;
};

enum class Result { pass, fail, inconclusive };

/// What happens to the mail.
enum class Treatment {
  domain_secured,    // both ends proved who they are, and the list demanded it
  tls_required,      // RequireTLS or TlsAuthLevel was met
  opportunistic,     // TLS, nothing demanded
  clear,             // no TLS, nothing demanded
  refuse,            // receive: a refusal at MAIL FROM; send: the session fails, the mail stays queued
};

/// What a revocation state that cannot be told costs (D-9): the mail, a warning, or nothing since nobody asks.
enum class RevocationMode { hard, soft, off };

/// The mode in force, and what the session comes to under each. Nothing where the state was not asked for and the
/// mode would have asked.
struct RevocationOutlook {
  RevocationMode in_force = RevocationMode::off;
  std::optional<Result> hard{};
  std::optional<Result> soft{};
  std::optional<Result> off{};
};

struct Verdict {
  Result result = Result::inconclusive;
  Treatment treatment = Treatment::refuse;
  Finding headline;
  std::vector<Finding> findings;                 // all, the headline first, then by rank (D-20)
  std::string exchange_status;  // CertificateValidationStatus; `†` marks a tester name; empty = none attested
  std::string exchange_event;                    // attested event ID or empty (D-11)
  std::optional<smtp::Reply> reply;  // receive: what MAIL FROM is answered with; send: the LastError
  std::optional<RevocationOutlook> revocation{};  // when the peer showed a certificate inside TLS
  std::vector<std::string> rules;                // `R8`, `D-6`: which rules decided
};

/// spec findings 1.4: 0 pass · 1 we or they · 2 own · 3 env or inconclusive. Revocation trouble counts as
/// env.
[[nodiscard]] int exit_code(const Verdict& verdict);
/// Worst of 1 > 2 > 3 > 0.
[[nodiscard]] int worse_exit_code(int a, int b);

[[nodiscard]] std::string_view text(Level level);
[[nodiscard]] std::string_view text(Who who);
[[nodiscard]] std::string_view text(Result result);       // `pass`, `fail`, `inconclusive`
[[nodiscard]] std::string_view text(RevocationMode mode);  // `hard`, `soft`, `off`
[[nodiscard]] std::string_view text(Treatment treatment); // `domain-secured` …

}  // namespace domsec::policy
