// A partner's hosts in MX order, one connection per address: the walk of RFC 5321 5.1 for `check` (every address is seen) and
// for `send` (fail over until one takes the mail). The connection budget is part of the result.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "domsec/net/resolver.h"
#include "domsec/policy/fail_on.h"
#include "domsec/session/send_session.h"

namespace domsec::session {

/// all: every address of every host (check). first_success: fail over (send).
enum class Walk { all, first_success };

/// Where to connect to instead of looking the domain up: smart host, --connect.
struct Target {
  std::string domain;                        // looked up by MX; empty when `host` is given
  std::string host;                          // looked up by address, or numeric
  std::uint16_t port = 25;
};

struct DeliveryPlan {
  SendPlan session;
  Walk walk = Walk::first_success;
  std::size_t most_connections = 32;         // --budget
  std::size_t most_hosts = 0;                // --mx N; 0 = all
};

/// One connection, or the one transcript of a failed lookup.
struct Attempt {
  std::string host;
  int preference = -1;                       // of its MX record; -1 = no MX was asked for
  transcript::Transcript transcript;
  SendResult result;
};

struct DeliveryResult {
  net::MxAnswer hosts;
  std::vector<Attempt> attempts;
  std::size_t connections = 0;
  bool budget_spent = false;
  bool delivered = false;
  /// The verdict that stands for the delivery: of the attempt that delivered; else the worst (check), or the first failure.
  [[nodiscard]] const policy::Verdict& verdict() const;
};

/// The one number of a delivery (spec findings 1.4): of the attempt that delivered, else the worst of all; a message that
/// was wanted to be delivered and was not taken is at least 1, though every host proved itself.
[[nodiscard]] int exit_code(const DeliveryPlan& plan, const DeliveryResult& result, const policy::FailOn& fail_on);

/// Makes the transcript of one attempt (session id, clock, sinks).
using NewTranscript = std::function<transcript::Transcript()>;

net::task<DeliveryResult> deliver(const DeliveryPlan& plan, Target target, net::Resolver& resolver, NewTranscript new_transcript);

}  // namespace domsec::session
