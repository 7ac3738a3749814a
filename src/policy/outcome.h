// What a judgement gathers before it is a verdict, and the one place where a verdict is put together.
// Part of domain_security.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/policy/domain_security.h"

namespace domsec::policy {

/// The question: everything that a judgement may look at.
struct Case {
  const TlsRequirement& requirement;
  const Evidence& evidence;
  const Rules& rules;
  pki::Instant at;
};

struct Outcome {
  Treatment treatment = Treatment::refuse;  // of a pass; everything else refuses
  std::vector<Finding> findings;            // in the order of D-20
  std::string status;
  std::string event;
  std::optional<smtp::Reply> reply;
  std::vector<std::string> rules;

  void add(Finding finding) { findings.push_back(std::move(finding)); }
  void add_first(Finding finding) { findings.insert(findings.begin(), std::move(finding)); }
  [[nodiscard]] bool fails() const;
};

/// A finding whose weight the session decided, whatever a profile predicts.
[[nodiscard]] Finding decided(finding::Code code, Who who, finding::Severity severity, std::string detail);

/// A failing finding makes a failure, else an inconclusive one leaves it open, else it is a pass.
[[nodiscard]] Verdict conclude(const Case& c, Outcome outcome);
[[nodiscard]] Verdict inconclusive(const Case& c, finding::Code code, Who who, std::string detail);

/// `Revoked†` as it goes over the wire.
[[nodiscard]] std::string without_dagger(std::string_view status);

[[nodiscard]] std::string_view text_of(DnsOutcome outcome);
/// `timed out, no answer within 10 s`
[[nodiscard]] std::string text_of(const Break& broken);

}  // namespace domsec::policy
