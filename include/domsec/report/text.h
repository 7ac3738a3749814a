// The report for people: a staged checklist and the verdict, 80 columns (spec peers 7.3). Rendered from
// transcripts and verdicts; nothing is judged here. A status is always a word, colour only repeats it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/policy/plaintext.h"
#include "domsec/policy/tls_requirement.h"
#include "domsec/policy/verdict.h"
#include "domsec/transcript/transcript.h"

namespace domsec::report {

/// checklist: the default. certificates (-v): certificates, names tried, CA names asked for. transcript
/// (-vv): the session, too.
enum class Detail { checklist, certificates, transcript };
enum class Colour { none, ansi };

/// One session of a report.
struct Session {
  transcript::Transcript transcript;
  policy::Verdict verdict;
  std::string host;               // the partner's host, empty on receive
  int preference = -1;            // of its MX record; -1 = none was asked for
};

/// --try-plaintext: the session in clear, and what it shows.
struct PlaintextTrial {
  policy::PlaintextJudgement judgement;
  transcript::Transcript transcript;
};

struct Report {
  std::string target;             // domain or host:port, as asked for
  policy::TlsRequirement requirement;
  std::vector<Session> sessions;
  std::size_t connections = 0;
  pki::Instant at;                // now: how fresh a CRL is
  int exit_code = 3;              // what the program ends with for this target
  std::optional<PlaintextTrial> plaintext{};
};

/// What became of the mail, in one word; a client that left before MAIL was neither taken nor refused.
[[nodiscard]] std::string_view fate(const policy::Verdict& verdict);

/// One session as it was spoken, a line for each record: `transcript`, `-> EHLO mail.contoso.com`, …
[[nodiscard]] std::string dialogue(const transcript::Transcript& session);

[[nodiscard]] std::string text(const Report& report, Detail detail = Detail::checklist,
                               Colour colour = Colour::none);

}  // namespace domsec::report
