// Both engines against each other over real sockets, many sessions at once on one loop: what each end saw and
// judged.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/session_plans.h"

namespace domsec::testing {

struct Pair {
  std::string name;
  session::SendPlan send;
  std::shared_ptr<session::ReceivePlan> receive;
  // Filled by run_all():
  session::SendResult sent{};
  transcript::Transcript sender = new_transcript(policy::Role::send);
  std::optional<transcript::Transcript> receiver{};
};

/// Every session to its end.
void run_all(std::vector<Pair>& pairs);

/// `DS012 exact fail: 454 4.7.0 …`: code, level, result, then the reply of the verdict where it has one.
[[nodiscard]] std::string summary(const policy::Verdict& verdict);
/// The last judgement in a transcript; `no verdict` when nothing was judged.
[[nodiscard]] std::string last_verdict(const transcript::Transcript& transcript);
/// `ehlo: reset`, empty when nothing broke.
[[nodiscard]] std::string how_broken(const transcript::Transcript& transcript);
/// Codes of the replies that were given or read, in their order: `220 250 220 …`.
[[nodiscard]] std::string reply_codes(const transcript::Transcript& transcript);
/// Texts of its irregularities.
[[nodiscard]] std::vector<std::string> irregularities(const transcript::Transcript& transcript);

}  // namespace domsec::testing
