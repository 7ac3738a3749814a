// What other people's mail programs did when they met the faults of the catalogue (faults/peers/*.toml):
// seen by tests/oracle/run, which holds it to what they do now; nothing of it is derived.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/policy/evidence.h"

namespace domsec::lab {

enum class PeerOutcome {
  delivered,           // mail, or a session where the program sends none, passed inside TLS
  delivered_in_clear,  // mail passed without TLS
  deferred,            // a temporary failure: it stays in the sender's queue
  bounced,             // a permanent one
  refused,             // the program ended it, or said that it failed; nothing is in a queue
  left,                // the broken client went away; nobody had refused it
  hangs,               // it had not ended when the bound of the run was over
  crashes,             // the program ended with it
  varies,              // not the same each time; the log has the outcomes
};

[[nodiscard]] std::string_view text(PeerOutcome outcome);

/// One fault that the program met.
struct PeerMet {
  std::string fault;                            // name in the catalogue, `expired`
  policy::Role broken = policy::Role::receive;  // of the broken end: receive = the program sent to it
  PeerOutcome outcome = PeerOutcome::delivered;
  std::string log;  // what it wrote, without what differs from run to run; may be empty
};

struct PeerRecord {
  std::string name;   // `postfix`
  std::string title;  // `Postfix`
  std::string version;
  std::string as_client;  // its configuration as the sender, one line; empty: not tried
  std::string as_server;  // the same as the receiver
  std::vector<PeerMet> met;

  /// Null when it did not meet it.
  [[nodiscard]] const PeerMet* find(std::string_view fault, policy::Role broken) const;
};

/// As they stand in faults/peers/*.toml when domsec was built, by name.
[[nodiscard]] std::span<const PeerRecord> peer_records();
[[nodiscard]] const PeerRecord* find_peer_record(std::string_view name);

/// Every `met` names a fault of the catalogue in a role that it shows in. Throws LabError,
/// `file:line: sentence`.
[[nodiscard]] PeerRecord read_peer_record(std::string_view toml, const std::string& file, std::string name);

}  // namespace domsec::lab
