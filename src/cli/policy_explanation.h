// Why mail to and from one domain would or would not be domain secured, as values that text and JSON render.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/cli/policy.h"
#include "domsec/exchange/organisation.h"
#include "domsec/policy/certificate_selection.h"
#include "domsec/policy/connector_lint.h"
#include "domsec/policy/evidence.h"

namespace domsec::cli {

/// One part of the conjunction of spec exchange 1.2.
struct Conjunct {
  std::string name;       // `DNSRoutingEnabled`
  std::string value;      // `$true`, `Tls, ExchangeServer`, `holds contoso.com`
  bool holds = false;
  exchange::Origin origin;
  std::string rule;       // `R5`, `D-1`
};

/// One connector's part in it.
struct SideExplanation {
  policy::Role role = policy::Role::send;
  std::string connector;             // empty: none takes the mail
  exchange::Origin connector_origin;
  std::string connector_reason;
  std::vector<Conjunct> conjuncts;   // the list first
  std::optional<policy::TlsRequirement> requirement;
  std::optional<policy::Selection> certificate;   // nothing: none is looked for, `certificate_reason` says why
  std::string certificate_reason;
  std::string partner;               // whom the peer must prove to be and in which mode; empty: nobody
  std::optional<pki::NameMatch> presented;        // of --certificate, where somebody has to be proved
  std::string outcome;               // `domain secured`, `opportunistic`, …
  std::string other_outcome;         // what it would be after `changes`
  std::vector<std::string> changes;  // commands of the shell
};

struct Explanation {
  std::string address;
  std::optional<smtp::Domain> domain;   // nothing for `<>`
  std::vector<SideExplanation> sides;   // send, then every enabled receive connector
};

/// What is asked.
struct ExplanationQuestion {
  std::string address;                  // as it was written
  std::optional<smtp::Domain> domain;   // nothing for `<>`
  bool send = true;
  bool receive = true;
  pki::CertificatePtr certificate{};    // the partner's; may be null
  policy::FailClosed fail_closed = policy::FailClosed::no;
  pki::Instant at;
};

[[nodiscard]] Explanation explain(const exchange::Organisation& organisation, const std::vector<policy::StoredCertificate>& store,
                                  const ExplanationQuestion& question);
/// Every finding of the explanation.
[[nodiscard]] std::vector<policy::Finding> findings_of(const Explanation& explanation);

void write_text(const Explanation& explanation, std::ostream& out);

// policy_json.cpp
[[nodiscard]] std::string json_of(const exchange::Organisation& organisation);
[[nodiscard]] std::string json_of(const exchange::SendConnector& connector);
[[nodiscard]] std::string json_of(const std::vector<policy::LintFinding>& findings, int exit_code);
[[nodiscard]] std::string json_of(const Explanation& explanation, int exit_code);
[[nodiscard]] std::string_view severity_word(finding::Severity severity);   // `error`, `warning`, `note`

}  // namespace domsec::cli
