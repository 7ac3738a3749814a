// What was examined in one session, as words: step, result, code, facts. The protocol log writes each check
// as a `domsec: step=…` record, the session document as one object of `checks` (spec
// protocol-log 9.1-8, 9.2). Not a judgement: the only verdict here is the one that a PolicyDecided event
// carries.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domsec/finding/codes.h"
#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

struct Fact {
  std::string key;                                            // kebab-case
  std::variant<std::string, std::vector<std::string>> value;
  bool operator==(const Fact&) const = default;
};

struct Check {
  std::string step;  // chain, revocation, name, eku, mutual, policy, alert, starttls, own-certificate, …
  std::string result;                 // pass, fail, warn, match, mismatch, good, revoked, unknown, none …
  std::optional<finding::Code> code;
  std::vector<Fact> facts;
};

/// The checks of one session, in the order of the log: the usage of a certificate follows its revocation.
class Checks {
 public:
  explicit Checks(policy::Role role) : role_(role) {}
  /// What `event` makes known, to be shown before the event itself.
  [[nodiscard]] std::vector<Check> add(const Event& event);

 private:
  void observe(const Body& body);
  [[nodiscard]] std::optional<Check> overdue(const Body& body);

  policy::Role role_;
  std::optional<TlsEstablished> tls_;
  std::optional<Check> usage_;              // held back until the revocation is told
  std::optional<Check> empty_certificate_;  // held back until the reply to the second EHLO (receive)
};

/// Exchange's CertificateValidationStatus of the path alone (spec exchange 5.4), without the † of a tester
/// name.
[[nodiscard]] std::string chain_status(const ChainExamined& examined);

/// Exchange's word for a failed negotiation, `TLS negotiation failed with error <Name>` (spec
/// protocol-log 6.3), from what the session saw before it failed.
[[nodiscard]] std::string negotiation_error(const Transcript& transcript, const TlsFailed& failed);

}  // namespace domsec::transcript
