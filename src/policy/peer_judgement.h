// What is wrong with a peer's certificate, through the eyes of one profile: name, then chain, then revocation
// (D-20), then remarks. Part of domain_security.h; does not know whether anything was demanded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/instant.h"
#include "domsec/policy/domain_security.h"

namespace domsec::policy {

/// A finding and the CertificateValidationStatus that Exchange has for it; empty when it has none.
struct PeerFinding {
  Finding finding;
  std::string status;
};

enum class NameDemand { none, must_match };

struct PeerQuestion {
  Role role = Role::send;  // ours: the peer of a sender is a server
  NameDemand name = NameDemand::must_match;
  std::optional<pki::ReferenceId> reference;  // used when the evidence holds no comparison
};

/// In D-20 order. Severities are those of the profile: who demands nothing lowers them with `as_remark`.
[[nodiscard]] std::vector<PeerFinding> judge_peer(const PeerQuestion& question, const PeerEvidence& peer,
                                                  const Rules& rules, pki::Instant at);

/// Its parts that stand in peer_chain.cpp and peer_revocation.cpp.
void judge_chain(Role role, const PeerEvidence& peer, const Rules& rules, std::vector<PeerFinding>& out);
void judge_revocation(const PeerEvidence& peer, const Rules& rules, std::vector<PeerFinding>& out);
void add_remarks(const PeerEvidence& peer, const Rules& rules, pki::Instant at,
                 std::vector<PeerFinding>& out);
/// One finding for each code: the same fault at two depths is said once, at the lowest. One that fails takes
/// the place of one that does not.
void add_once(std::vector<PeerFinding>& out, PeerFinding finding);
/// `CN=a (leaf)`, `CN=Issuing CA (depth 1)`
[[nodiscard]] std::string place(const pki::PathProblem& problem);
[[nodiscard]] std::string subject_of(const PeerEvidence& peer);
/// DS123: `CN=a expires in 10 days, on 2026-12-02 (less than 30 days)`; nothing when it has 60 days or more,
/// or is past its end.
[[nodiscard]] std::optional<std::string> near_end(const pki::Certificate& certificate, pki::Instant at);

/// The name comparison that `rules` wants: the recorded one, or the same names judged again under the
/// profile's rule. Without the CN where that lies outside a name constraint of the path.
[[nodiscard]] std::optional<pki::NameMatch> name_under(const Rules& rules, const PeerEvidence& peer,
                                                       const std::optional<pki::ReferenceId>& reference);

/// A finding of a session with the severity of the profile.
[[nodiscard]] Finding finding_of(finding::Code code, Who who, const Rules& rules, std::string detail);
/// The same finding where nothing was demanded: an observation, not a fault.
[[nodiscard]] Finding as_remark(Finding finding);

/// `2026-11-22`
[[nodiscard]] std::string date_text(pki::Instant instant);

}  // namespace domsec::policy
