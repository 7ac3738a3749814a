// The judgement of domain security (seed 002; spec exchange 1.4, 5, 6): requirement + evidence + rules ->
// verdict. Pure: no clock, file, socket or log. Name, then chain, then revocation decides the headline;
// everything else is reported too (D-20).
#pragma once

#include "domsec/exchange/send_connector.h"
#include "domsec/finding/profile.h"
#include "domsec/pki/instant.h"
#include "domsec/policy/evidence.h"
#include "domsec/policy/tls_requirement.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

enum class CrlFail { hard, soft };              // D-9
enum class StrictEku { no, yes };               // D-10
enum class RefusalStyle { temporary, permanent };  // D-6, --permanent

struct Rules {
  finding::Profile profile = finding::Profile::exchange;
  pki::NameRule name;
  CrlFail crl_fail = CrlFail::hard;
  StrictEku strict_eku = StrictEku::no;
  RefusalStyle refusal_style = RefusalStyle::temporary;
};

/// One delivery to one host. Without a confirmed first reply inside TLS it is never a pass (DS206): before
/// that a faultless peer is inconclusive, a bad one fails. Whatever is no pass has Treatment::refuse.
[[nodiscard]] Verdict judge_send(const TlsRequirement& requirement, const Evidence& evidence,
                                 const Rules& rules, pki::Instant at);

/// One MAIL FROM. `verdict.reply` is the refusal to give, or nothing to accept.
[[nodiscard]] Verdict judge_receive(const TlsRequirement& requirement, const Evidence& evidence,
                                    const Rules& rules, pki::Instant at);

/// A receiving session that ended before any MAIL FROM was judged; the requirement is what its handshake
/// demanded. A client that left without a word of refusal is inconclusive: never a pass, and no failure.
[[nodiscard]] Verdict judge_without_mail(const TlsRequirement& requirement, const Evidence& evidence,
                                         const Rules& rules, pki::Instant at);

/// judge_send or judge_receive, by the evidence's role. The same evidence through several profiles: same session, five
/// outcomes.
[[nodiscard]] Verdict judge(const TlsRequirement& requirement, const Evidence& evidence, const Rules& rules,
                            pki::Instant at);

/// CertificateValidationStatus of a client's certificate as Exchange would name it (spec exchange 5.4): empty
/// when it is `Valid`, `ValidSelfSigned` when it is itself trusted, `†` marks a tester name. The name counts
/// when the evidence has one.
[[nodiscard]] std::string certificate_validation_status(const PeerEvidence& peer, const Rules& rules);

}  // namespace domsec::policy
