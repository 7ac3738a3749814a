// A fault tried out: the broken end meets its sound partner over real sockets, and what the partner found
// stands beside what the catalogue expects.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "domsec/lab/lab.h"

namespace domsec::lab {

/// What one end found in one session with the other.
struct Seen {
  policy::Verdict verdict;
  bool delivered = false;
  std::string reply;                               // the last that counted; empty = none
  std::optional<transcript::Transcript> partners;  // of the sound end
  std::optional<transcript::Transcript> brokens;   // of the other
};

struct Trial {
  const Fault* fault = nullptr;
  policy::Role role = policy::Role::receive;  // the broken end's
  Seen seen;
  /// What differs from the expectation, a sentence; empty: nothing.
  std::string difference;
  [[nodiscard]] std::string name() const;  // `server/expired`
};

/// What differs from `expected` in what the partner found; empty: nothing.
[[nodiscard]] std::string difference(const Expectation& expected, const Seen& seen);

class Trials {
 public:
  /// `settings.ended` is used here.
  Trials(net::Loop& loop, LabSettings settings);

  /// `broken` has the fault in that role and meets `partner`; then it is mended. Throws LabError.
  net::task<Trial> meet(const Fault& fault, policy::Role role, std::string broken, std::string partner);
  /// `from` sends to `to` as both are now. The verdict is that of `judge`: the sender's, or the receiver's.
  net::task<Seen> send(std::string from, std::string to, policy::Role judge);

  [[nodiscard]] Lab& lab() { return lab_; }

 private:
  net::task<void> await_ended(std::string local);

  std::map<std::string, transcript::Transcript> received_;  // by remote endpoint
  Lab lab_;
};

}  // namespace domsec::lab
