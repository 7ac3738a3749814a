// A fault tried out: the broken end meets its sound partner over real sockets, and what the partner found
// stands beside what the catalogue expects.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

/// What the receiver found in a session with somebody else's client.
[[nodiscard]] Seen seen_in(const transcript::Transcript& received);

/// A delivery, and the session at the other end that it came to (the last that was tried).
struct Meeting {
  session::DeliveryResult sent;
  std::optional<transcript::Transcript> received;
  [[nodiscard]] const transcript::Transcript& sending() const { return sent.attempts.back().transcript; }
  /// What one end found: its verdict and the reply that counted.
  [[nodiscard]] Seen seen_by(policy::Role role) const;
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
  /// The mail that `from` would send to `to` as both are now.
  [[nodiscard]] session::Message mail(const std::string& from, const std::string& to) const;
  /// `from` sends it to the domain of its first recipient.
  net::task<Meeting> deliver(std::string from, session::Message mail);

  /// Forgets the sessions that were received so far.
  void forget() { received_.clear(); }
  /// The session that ended last at a server of `organisation`; null when there was none.
  [[nodiscard]] const transcript::Transcript* last_received(const std::string& organisation) const;

  [[nodiscard]] Lab& lab() { return lab_; }

 private:
  struct Received {
    std::string organisation;
    transcript::Transcript transcript;
  };
  [[nodiscard]] const transcript::Transcript* received_from(const std::string& remote) const;
  net::task<void> await_ended(std::string local);

  std::vector<Received> received_;  // since forget()
  Lab lab_;
};

}  // namespace domsec::lab
