// A session that somebody recorded, and which fault of the catalogue looks like it. What is compared is the
// record of the sound end: its protocol log, which the session document holds as well. Pure; what it is
// compared with comes from the caller, who played the candidates.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"
#include "domsec/transcript/protocol_log.h"

namespace domsec::lab {

/// One session as one end recorded it.
struct RecordedSession {
  std::string session_id;
  policy::Role role = policy::Role::send;  // of the end that recorded it
  std::vector<transcript::Record> records;
  std::optional<finding::Code> code;  // the last judgement's; nothing: nothing was judged
  bool passed = false;                // the message was accepted
};

/// A report, a session document, lines of them (`--log-json`), or a protocol log of ours. Throws LabError
/// with one sentence.
[[nodiscard]] std::vector<RecordedSession> read_recorded_sessions(std::string_view text,
                                                                  const std::string& file);
/// The same of a session that was just played.
[[nodiscard]] RecordedSession recorded(const transcript::Transcript& transcript);

/// What a record tells whatever the names, addresses, times and keys of its session: `<250`, `>MAIL`,
/// `step=chain result=fail status=CertificateExpired`.
[[nodiscard]] std::set<std::string> features(const RecordedSession& session);
/// 0 (nothing in common) to 1 (the same).
[[nodiscard]] double likeness(const RecordedSession& a, const RecordedSession& b);

struct Candidate {
  const Fault* fault = nullptr;
  policy::Role role = policy::Role::receive;  // the broken end's
};
/// Faults whose partner finds what the session says, in the role of the other end.
[[nodiscard]] std::vector<Candidate> candidates(const RecordedSession& session);

}  // namespace domsec::lab
