// What must hold for every verdict, over the product of what a session can show, sensible or not.
#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/policy/domain_security.h"
#include "policy/evidence_samples.h"

namespace {

using namespace domsec::policy;
using namespace domsec::policy::samples;
using domsec::finding::Code;
using domsec::finding::Profile;
using domsec::finding::Severity;

constexpr Requirement requirements[] = {Requirement::none,
                                        Requirement::opportunistic,
                                        Requirement::encryption,
                                        Requirement::certificate_validation,
                                        Requirement::domain_validation,
                                        Requirement::domain_secured};
constexpr Profile profiles[] = {Profile::exchange, Profile::postfix, Profile::strict};

enum class Peer { none, good, misnamed, untrusted, unexamined, revocation_unknown };
constexpr Peer peers[] = {Peer::none,      Peer::good,       Peer::misnamed,
                          Peer::untrusted, Peer::unexamined, Peer::revocation_unknown};

PeerEvidence make_peer(Peer which) {
  PeerEvidence peer = good_peer();
  switch (which) {
    case Peer::none:
      return {};
    case Peer::good:
      break;
    case Peer::misnamed:
      return good_peer({.common_name = "a.example", .dns_names = {"a.example"}});
    case Peer::untrusted:
      peer.path->problems = {problem(domsec::pki::PathFault::untrusted_root, 19)};
      break;
    case Peer::unexamined:
      peer.path.reset();
      break;
    case Peer::revocation_unknown:
      peer.revocations[0] = unknown_revocation(domsec::pki::CrlProblem::stale);
      break;
  }
  return peer;
}

/// Eleven switches of a session as bits.
Evidence make_session(Role role, unsigned bits, Peer peer) {
  const auto bit = [bits](unsigned index) { return (bits >> index & 1U) != 0; };
  Evidence seen;
  seen.role = role;
  seen.reached = bit(0) ? Step::mail : Step::ehlo;
  seen.connected = bit(1);
  seen.tls.offered = bit(2);
  seen.tls.masked = bit(3);
  seen.tls.started = bit(4);
  seen.tls.established = bit(4) && bit(5);
  seen.tls.confirmed = bit(6);
  seen.tls.client_certificate_requested = bit(6);
  seen.tls.own_certificate_sent = bit(10);
  if (bit(7)) seen.tls.alert_received = domsec::pki::Alert{48};
  if (bit(8)) seen.broken = Break{bit(0) ? Step::ehlo_inside_tls : Step::greeting, BreakKind::reset, ""};
  if (bit(9)) {
    seen.refusal = domsec::smtp::Reply(451, "4.3.0 no");
    seen.refused_at = bit(0) ? Step::mail : Step::greeting;
  }
  if (seen.tls.established) seen.peer = make_peer(peer);
  return seen;
}

void check(const TlsRequirement& requirement, const Evidence& seen, const Rules& rules) {
  const Verdict verdict = judge(requirement, seen, rules, now);
  ASSERT_FALSE(verdict.findings.empty());
  EXPECT_EQ(verdict.findings.front().code, verdict.headline.code);
  for (const Finding& finding : verdict.findings) {
    EXPECT_FALSE(finding.detail.empty()) << domsec::finding::name(finding.code);
  }
  const bool failing = std::ranges::count(verdict.findings, Severity::fails, &Finding::severity) > 0;
  const bool passed_over = std::ranges::count(verdict.findings, Code::mutual_tls_ok, &Finding::code) > 0;
  EXPECT_EQ(verdict.result == Result::fail, failing);
  EXPECT_EQ(verdict.treatment != Treatment::refuse, verdict.result == Result::pass);
  EXPECT_EQ(exit_code(verdict) == 0, verdict.result == Result::pass);
  if (passed_over && seen.role == Role::send) {
    EXPECT_TRUE(seen.tls.client_certificate_requested && seen.tls.own_certificate_sent);
  }
  if (passed_over) {
    EXPECT_TRUE(seen.tls.established && seen.tls.confirmed && !seen.peer.presented.empty());
  }
  if (verdict.result != Result::pass) return;

  EXPECT_FALSE(verdict.reply);
  if (requirement.requirement >= Requirement::encryption) {
    EXPECT_TRUE(seen.tls.established && seen.tls.confirmed);
  }
  if (requirement.requirement >= Requirement::certificate_validation) {
    ASSERT_TRUE(seen.peer.path && seen.peer.path->good());
  }
  if (requirement.requirement >= Requirement::domain_validation) {
    EXPECT_TRUE(seen.peer.name && seen.peer.name->matches);
  }
  const bool mutual =
      seen.role == Role::receive || (seen.tls.client_certificate_requested && seen.tls.own_certificate_sent);
  EXPECT_EQ(verdict.treatment == Treatment::domain_secured,
            mutual && requirement.requirement == Requirement::domain_secured);
}

TEST(Judge, KeepsItsPromisesOverEveryCombination) {
  for (const Role role : {Role::send, Role::receive}) {
    for (unsigned bits = 0; bits < 1U << 11; ++bits) {
      SCOPED_TRACE(std::string(text(role)) + " " + std::to_string(bits));
      for (const Peer peer : peers) {
        const Evidence seen = make_session(role, bits, peer);
        if (!seen.tls.established && peer != Peer::none) continue;  // the same session again
        for (const Requirement demand : requirements) {
          const TlsRequirement requirement =
              demand == Requirement::domain_secured ? domain_secured(role) : demanding(demand);
          for (const Profile profile : profiles) {
            Rules rules;
            rules.profile = profile;
            check(requirement, seen, rules);
            if (HasFailure()) {
              FAIL() << "peer " << static_cast<int>(peer) << ", " << text(demand) << ", "
                     << domsec::finding::text(profile);
            }
          }
        }
      }
    }
  }
}

TEST(Judge, AnswersEveryRefusedMail) {  // a receiver that refuses says so in SMTP
  for (const Peer peer : peers) {
    for (const Profile profile : profiles) {
      for (const Requirement demand : requirements) {
        Evidence seen = good_session(Role::receive);
        seen.peer = make_peer(peer);
        Rules rules;
        rules.profile = profile;
        const Verdict verdict =
            judge(demand == Requirement::domain_secured ? domain_secured(Role::receive) : demanding(demand),
                  seen, rules, now);
        EXPECT_EQ(verdict.reply.has_value(), verdict.result == Result::fail);
        if (verdict.reply) {
          EXPECT_TRUE(verdict.reply->enhanced_status_code());
        }
      }
    }
  }
}

}  // namespace
