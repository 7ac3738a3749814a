#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "domsec/policy/domain_security.h"
#include "policy/evidence_samples.h"

namespace {

using namespace domsec;
using namespace domsec::policy;
using namespace domsec::policy::samples;
using finding::Code;
using finding::Severity;
using pki::CrlProblem;
using pki::PathFault;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string reply_text(const Verdict& verdict) {
  return verdict.reply ? verdict.reply->text() : "";
}

std::vector<Code> failing(const Verdict& verdict) {
  std::vector<Code> codes;
  for (const Finding& finding : verdict.findings) {
    if (finding.severity == Severity::fails) codes.push_back(finding.code);
  }
  return codes;
}

bool holds(const Verdict& verdict, Code code) {
  return std::ranges::find(verdict.findings, code, &Finding::code) != verdict.findings.end();
}

std::string refused(std::string_view status) {
  return "454 4.7.0 Failed to establish appropriate TLS channel: " + std::string(status) + ": Access Denied";
}

TEST(JudgeReceive, PassesAListedSenderWhoProvesItsDomain) {
  const Verdict verdict = judge_receive(domain_secured(Role::receive), good_session(Role::receive), {}, now);
  EXPECT_EQ(verdict.result, Result::pass);
  EXPECT_EQ(verdict.treatment, Treatment::domain_secured);
  EXPECT_EQ(verdict.headline.code, Code::mutual_tls_ok);
  EXPECT_EQ(verdict.exchange_status, "Valid");
  EXPECT_FALSE(verdict.reply);
  EXPECT_EQ(exit_code(verdict), 0);
  // R69: which name, by which rule, and what the other rule would say.
  EXPECT_THAT(
      verdict.headline.detail,
      HasSubstr("contoso.com by san mail1.contoso.com (mode subdomains; the other mode would refuse it)"));
}

TEST(JudgeReceive, LeavesAClientOpenThatLeftBeforeMail) {  // D-16
  Evidence seen = good_session(Role::receive);
  seen.reached = Step::quit;
  seen.peer.path->problems = {problem(PathFault::expired, 10)};
  const Verdict quit = judge_without_mail({}, seen, {}, now);
  EXPECT_EQ(quit.result, Result::inconclusive);
  EXPECT_EQ(quit.headline.code, Code::not_a_tls_fault);
  EXPECT_TRUE(holds(quit, Code::certificate_expired));  // a remark: nobody demanded anything yet
  EXPECT_THAT(failing(quit), ::testing::IsEmpty());

  seen.reached = Step::handshake;
  seen.tls.confirmed = false;
  seen.broken = Break{Step::handshake, BreakKind::closed, "the peer closed the connection"};
  EXPECT_EQ(judge_without_mail({}, seen, {}, now).headline.code, Code::refused_after_handshake);
  EXPECT_EQ(judge_without_mail({}, seen, {}, now).result, Result::inconclusive);

  seen.tls.alert_received = pki::Alert{48};
  const Verdict refused_us = judge_without_mail({}, seen, {}, now);
  EXPECT_EQ(refused_us.result, Result::fail);
  EXPECT_EQ(refused_us.headline.code, Code::refused_unknown_ca);
}

TEST(JudgeReceive, RefusesAListedSenderForEachFaultWithItsStatusEventAndReply) {  // R8
  struct Case {
    const char* name;
    std::function<void(Evidence&)> break_it;
    Code code;
    const char* status;
    const char* event;
    std::string reply;
    int exit;
  };
  const auto path = [](PathFault fault, int number, int depth = 0) {
    return [=](Evidence& seen) { seen.peer.path->problems = {problem(fault, number, depth)}; };
  };
  const auto crl = [](CrlProblem why) {
    return [=](Evidence& seen) { seen.peer.revocations[0] = unknown_revocation(why); };
  };
  const Case table[] = {
      {"no TLS", [](Evidence& seen) { seen = clear_session(Role::receive); }, Code::policy_no_tls, "",
       "11012", "451 5.7.3 STARTTLS is required to send mail", 1},
      {"no certificate", [](Evidence& seen) { seen.peer = {}; }, Code::client_cert_missing,
       "EmptyCertificate", "", refused("EmptyCertificate"), 1},
      {"wrong name",
       [](Evidence& seen) {
         seen.peer = good_peer({.common_name = "mail.fabrikam.com", .dns_names = {"mail.fabrikam.com"}});
       },
       Code::certificate_host_mismatch, "SubjectMismatch", "11015", refused("SubjectMismatch"), 1},
      {"untrusted root", path(PathFault::untrusted_root, 19, 2), Code::certificate_not_trusted,
       "UntrustedRoot", "", refused("UntrustedRoot"), 1},
      {"self-signed", path(PathFault::self_signed, 18), Code::certificate_self_signed, "UntrustedRoot", "",
       refused("UntrustedRoot"), 1},
      {"leaf only", path(PathFault::issuer_not_found, 20), Code::chain_incomplete, "InternalChainFailure", "",
       refused("InternalChainFailure"), 1},
      {"expired", path(PathFault::expired, 10), Code::certificate_expired, "CertificateExpired", "",
       refused("CertificateExpired"), 1},
      {"not yet valid", path(PathFault::not_yet_valid, 9), Code::certificate_not_yet_valid,
       "CertificateExpired", "", refused("CertificateExpired"), 1},
      {"bad signature", path(PathFault::bad_signature, 7), Code::certificate_signature_invalid,
       "SignatureFailure", "", refused("SignatureFailure"), 1},
      {"no CA above it", path(PathFault::not_a_ca, 79, 1), Code::chain_constraint_violated,
       "BasicConstraintsError†", "", refused("BasicConstraintsError"), 1},
      {"CA may not sign", path(PathFault::not_a_ca, 32, 1), Code::chain_constraint_violated, "PurposeError",
       "", refused("PurposeError"), 1},
      {"path too long", path(PathFault::path_too_long, 25, 1), Code::chain_constraint_violated,
       "BasicConstraintsError†", "", refused("BasicConstraintsError"), 1},
      {"name constraint", path(PathFault::name_constraint, 47, 0), Code::chain_constraint_violated,
       "InternalChainFailure", "", refused("InternalChainFailure"), 1},
      {"distrusted", path(PathFault::rejected, 28), Code::validation_failure, "ExplicitDistrust†", "",
       refused("ExplicitDistrust"), 1},
      {"anything else", path(PathFault::other, 34), Code::validation_failure, "InternalChainFailure", "",
       refused("InternalChainFailure"), 1},
      {"never examined", [](Evidence& seen) { seen.peer.path.reset(); }, Code::validation_failure,
       "InternalChainFailure", "", refused("InternalChainFailure"), 1},
      {"revoked", [](Evidence& seen) { seen.peer.revocations[0] = revoked(); }, Code::certificate_revoked,
       "Revoked†", "", refused("Revoked"), 1},
      {"revoked intermediate", [](Evidence& seen) { seen.peer.revocations[1] = revoked(); },
       Code::certificate_revoked, "Revoked†", "", refused("Revoked"), 1},
      {"CRL unreachable", crl(CrlProblem::unreachable), Code::crl_unreachable, "RevocationOffline", "",
       refused("RevocationOffline"), 3},
      {"CRL stale", crl(CrlProblem::stale), Code::crl_stale, "RevocationOffline", "",
       refused("RevocationOffline"), 3},
      {"CRL of another issuer", crl(CrlProblem::wrong_issuer), Code::crl_wrong_issuer, "RevocationOffline",
       "", refused("RevocationOffline"), 3},
      {"CRL too large", crl(CrlProblem::too_large), Code::crl_too_large, "RevocationOffline", "",
       refused("RevocationOffline"), 3},
      {"CRL of the future", crl(CrlProblem::not_yet_valid), Code::crl_not_yet_valid, "RevocationOffline", "",
       refused("RevocationOffline"), 3},
      {"CRL malformed", crl(CrlProblem::invalid), Code::crl_invalid, "RevocationOffline", "",
       refused("RevocationOffline"), 3},
      {"CRL missing", crl(CrlProblem::unavailable), Code::revocation_unavailable, "RevocationOffline", "",
       refused("RevocationOffline"), 3},
      {"no CDP", crl(CrlProblem::no_cdp), Code::crl_no_cdp, "NoRevocationCheck†", "",
       refused("NoRevocationCheck"), 3},
      {"checked, but no answer", [](Evidence& seen) { seen.peer.revocations.clear(); },
       Code::revocation_unavailable, "RevocationOffline", "", refused("RevocationOffline"), 3},
      {"for e-mail only", [](Evidence& seen) { seen.peer.usage = pki::UsageFit::neither; },
       Code::client_cert_eku, "WrongUsage", "", refused("WrongUsage"), 1},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = good_session(Role::receive);
    row.break_it(seen);
    const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, {}, now);
    EXPECT_EQ(verdict.result, Result::fail);
    EXPECT_EQ(verdict.treatment, Treatment::refuse);
    EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
    EXPECT_EQ(verdict.findings.front().code, verdict.headline.code);
    EXPECT_EQ(verdict.exchange_status, row.status);
    EXPECT_EQ(verdict.exchange_event, row.event);
    EXPECT_EQ(reply_text(verdict), row.reply);
    EXPECT_EQ(exit_code(verdict), row.exit);
    EXPECT_FALSE(verdict.headline.detail.empty());
    EXPECT_THAT(verdict.rules, Contains("R8"));
    EXPECT_THAT(verdict.rules, Contains("D-6"));
    EXPECT_THAT(verdict.rules, Not(Contains("R7")));
  }
}

TEST(JudgeReceive, RefusesForGoodWhenAskedTo) {  // D-6
  Rules permanent;
  permanent.refusal_style = RefusalStyle::permanent;
  Evidence seen = good_session(Role::receive);
  seen.peer = {};
  EXPECT_EQ(reply_text(judge_receive(domain_secured(Role::receive), seen, permanent, now)),
            "550 5.7.1 Failed to establish appropriate TLS channel: EmptyCertificate: Access Denied");
  EXPECT_EQ(
      reply_text(judge_receive(domain_secured(Role::receive), clear_session(Role::receive), permanent, now)),
      "530 5.7.0 Must issue a STARTTLS command first");
}

TEST(JudgeReceive, LetsNameThenChainThenRevocationDecide) {  // D-20, R33
  using Break = std::function<void(PeerEvidence&)>;
  const Break name = [](PeerEvidence& peer) {
    peer.presented[0] = leaf({.common_name = "mail.fabrikam.com", .dns_names = {"mail.fabrikam.com"}});
    peer.name.reset();
  };
  const Break chain = [](PeerEvidence& peer) { peer.path->problems = {problem(PathFault::expired, 10)}; };
  const Break revocation = [](PeerEvidence& peer) {
    peer.revocations[0] = unknown_revocation(CrlProblem::stale);
  };
  struct Case {
    const char* name;
    std::vector<Break> faults;
    std::vector<Code> expected;
    const char* status;
  };
  const Case table[] = {
      {"name and chain",
       {name, chain},
       {Code::certificate_host_mismatch, Code::certificate_expired},
       "SubjectMismatch"},
      {"chain and revocation",
       {chain, revocation},
       {Code::certificate_expired, Code::crl_stale},
       "CertificateExpired"},
      {"name and revocation",
       {name, revocation},
       {Code::certificate_host_mismatch, Code::crl_stale},
       "SubjectMismatch"},
      {"all three",
       {revocation, chain, name},
       {Code::certificate_host_mismatch, Code::certificate_expired, Code::crl_stale},
       "SubjectMismatch"},
      {"within a chain trust comes before dates",
       {[](PeerEvidence& peer) {
         peer.path->problems = {problem(PathFault::expired, 10), problem(PathFault::self_signed, 18)};
       }},
       {Code::certificate_self_signed, Code::certificate_expired},
       "UntrustedRoot"},
      {"what is revoked comes before what is not known",
       {[](PeerEvidence& peer) {
         peer.revocations = {unknown_revocation(CrlProblem::unreachable), revoked()};
       }},
       {Code::certificate_revoked, Code::crl_unreachable},
       "Revoked†"},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = good_session(Role::receive);
    for (const Break& fault : row.faults) fault(seen.peer);
    const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, {}, now);
    EXPECT_EQ(failing(verdict), row.expected);
    EXPECT_EQ(verdict.headline.code, row.expected.front());
    EXPECT_EQ(verdict.exchange_status, row.status);
    EXPECT_THAT(verdict.rules, Contains("D-20"));
  }
}

TEST(JudgeReceive, AcceptsUnlistedSendersInEveryState) {  // R9
  struct Case {
    const char* name;
    Evidence seen;
    Treatment treatment;
    Code headline;
    const char* status;
  };
  Evidence bare = good_session(Role::receive);
  bare.peer = {};
  Evidence untrusted = good_session(Role::receive);
  untrusted.peer.path->problems = {problem(PathFault::self_signed, 18)};
  untrusted.peer.revocations[0] = revoked();
  const Case table[] = {
      {"plain", clear_session(Role::receive), Treatment::clear, Code::delivered_in_clear, ""},
      {"TLS without certificate", bare, Treatment::opportunistic, Code::tls_not_authenticated,
       "EmptyCertificate"},
      {"TLS with a bad certificate", untrusted, Treatment::opportunistic, Code::tls_not_authenticated,
       "UntrustedRoot"},
      {"TLS with a good certificate", good_session(Role::receive), Treatment::opportunistic,
       Code::tls_not_authenticated, ""},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    const Verdict verdict = judge_receive(demanding(Requirement::opportunistic), row.seen, {}, now);
    EXPECT_EQ(verdict.result, Result::pass);
    EXPECT_EQ(verdict.treatment, row.treatment);
    EXPECT_EQ(verdict.headline.code, row.headline);
    EXPECT_EQ(verdict.exchange_status, row.status);
    EXPECT_FALSE(verdict.reply);
    EXPECT_TRUE(failing(verdict).empty());
    EXPECT_EQ(exit_code(verdict), 0);
    EXPECT_THAT(verdict.rules, Contains("R9"));
  }
}

TEST(JudgeReceive, AsksForTlsOfEverybodyWithRequireTls) {
  const Verdict clear =
      judge_receive(demanding(Requirement::encryption), clear_session(Role::receive), {}, now);
  EXPECT_EQ(clear.headline.code, Code::policy_no_tls);
  EXPECT_EQ(reply_text(clear), "451 5.7.3 STARTTLS is required to send mail");
  EXPECT_EQ(clear.exchange_event, "");  // 11012 speaks of domain-secured domains only
  Evidence bare = good_session(Role::receive);
  bare.peer = {};
  const Verdict tls = judge_receive(demanding(Requirement::encryption), bare, {}, now);
  EXPECT_EQ(tls.result, Result::pass);
  EXPECT_EQ(tls.treatment, Treatment::tls_required);
}

TEST(JudgeReceive, ToleratesAServerOnlyClientCertificateUnlessStrict) {  // D-10
  Evidence seen = good_session(Role::receive);
  seen.peer.usage = pki::UsageFit::only_server_auth;
  seen.peer.path->problems = {problem(PathFault::wrong_purpose, 26)};
  const Verdict lenient = judge_receive(domain_secured(Role::receive), seen, {}, now);
  EXPECT_EQ(lenient.result, Result::pass);
  EXPECT_TRUE(holds(lenient, Code::client_cert_eku));
  Rules strict;
  strict.strict_eku = StrictEku::yes;
  const Verdict refused_eku = judge_receive(domain_secured(Role::receive), seen, strict, now);
  EXPECT_EQ(refused_eku.headline.code, Code::client_cert_eku);
  EXPECT_EQ(reply_text(refused_eku), refused("WrongUsage"));
}

TEST(JudgeReceive, TakesMissingRevocationAsAWarningWhenSoft) {  // D-9
  Rules soft;
  soft.crl_fail = CrlFail::soft;
  Evidence seen = good_session(Role::receive);
  seen.peer.revocations[0] = unknown_revocation(CrlProblem::unreachable);
  const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, soft, now);
  EXPECT_EQ(verdict.result, Result::pass);
  EXPECT_TRUE(holds(verdict, Code::crl_unreachable));
  seen.peer.revocations[0] = revoked();
  EXPECT_EQ(judge_receive(domain_secured(Role::receive), seen, soft, now).headline.code,
            Code::certificate_revoked);
  seen.peer.revocations.clear();
  seen.peer.revocation_checked = false;  // --crl off
  EXPECT_EQ(judge_receive(domain_secured(Role::receive), seen, {}, now).result, Result::pass);
}

TEST(JudgeReceive, AcceptsASelfSignedCertificateThatIsItselfTrusted) {  // R34
  Evidence seen = good_session(Role::receive);
  const auto own = leaf({.self_signed = true});
  seen.peer.presented = {own};
  seen.peer.path->path = {own};
  seen.peer.revocations.clear();
  const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, {}, now);
  EXPECT_EQ(verdict.result, Result::pass);
  EXPECT_EQ(verdict.exchange_status, "ValidSelfSigned");
  EXPECT_TRUE(holds(verdict, Code::valid_self_signed));
}

TEST(JudgeReceive, MatchesTheNameOfEachSenderAnew) {  // spec exchange 1.4-4
  Evidence seen = good_session(Role::receive);        // the recorded comparison is with contoso.com
  TlsRequirement other = domain_secured(Role::receive);
  other.reference = pki::ReferenceId{"fabrikam.com", false};
  EXPECT_EQ(judge_receive(other, seen, {}, now).headline.code, Code::certificate_host_mismatch);
}

TEST(JudgeReceive, NeverPassesBeforeACommandHasArrivedInsideTls) {
  Evidence seen = good_session(Role::receive);
  seen.tls.confirmed = false;
  const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, {}, now);
  EXPECT_EQ(verdict.result, Result::inconclusive);
  EXPECT_EQ(verdict.headline.code, Code::refused_after_handshake);
  EXPECT_EQ(verdict.treatment, Treatment::refuse);
}

TEST(JudgeReceive, SaysWhatIsMissingBeforeTheEndOfACertificate) {
  Evidence seen = good_session(Role::receive);
  seen.peer = good_peer({.not_after = now + 10 * day});
  const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, {}, now);
  EXPECT_EQ(verdict.result, Result::pass);
  ASSERT_TRUE(holds(verdict, Code::certificate_expiring));
  EXPECT_THAT(std::ranges::find(verdict.findings, Code::certificate_expiring, &Finding::code)->detail,
              HasSubstr("in 10 days, on 2026-12-02"));
}

TEST(JudgeReceive, SpeaksOfThisSession) {
  struct Case {
    const char* name;
    std::function<void(Evidence&)> break_it;
    const char* said;
  };
  const Case table[] = {
      {"names",
       [](Evidence& seen) {
         seen.peer = good_peer({.common_name = "a.example", .dns_names = {"b.example"}});
       },
       "no name of CN=a.example covers contoso.com (mode subdomains): san b.example: another domain"},
      {"dates",
       [](Evidence& seen) {
         seen.peer = good_peer({.not_after = now - 5 * day});
         seen.peer.path->problems = {problem(PathFault::expired, 10)};
       },
       "CN=mail1.contoso.com (leaf) expired on 2026-11-17"},
      {"depth", [](Evidence& seen) { seen.peer.path->problems = {problem(PathFault::expired, 10, 1)}; },
       "CN=Issuing CA (depth 1) expired"},
      {"revocation", [](Evidence& seen) { seen.peer.revocations[0] = revoked(); },
       "CN=mail1.contoso.com (serial 0A) is revoked since 2026-11-19 (keyCompromise) by "
       "http://crl.example/ca.crl"},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = good_session(Role::receive);
    row.break_it(seen);
    EXPECT_THAT(judge_receive(domain_secured(Role::receive), seen, {}, now).headline.detail,
                HasSubstr(row.said));
  }
}

TEST(JudgeReceive, ShowsHostileNamesWithoutControlOctetsAndWithAnEnd) {
  Evidence seen = good_session(Role::receive);
  seen.peer = good_peer(
      {.common_name = std::string("a\0b\x1b[2J", 7), .dns_names = {std::string(60000, 'a'), "\r\n250 OK"}});
  const std::string detail = judge_receive(domain_secured(Role::receive), seen, {}, now).headline.detail;
  EXPECT_LT(detail.size(), 2100U);
  EXPECT_TRUE(
      std::ranges::none_of(detail, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
}

TEST(JudgeReceive, TellsAMissingIntermediateFromAnUnknownRoot) {  // D-18
  struct Case {
    const char* name;
    PathFault fault;
    int number;
    bool completes;
    Code code;
    Level level;
    std::vector<Code> alternatives;
  };
  const Case table[] = {
      {"leaf only",
       PathFault::issuer_not_found,
       20,
       false,
       Code::chain_incomplete,
       Level::likely,
       {Code::certificate_not_trusted}},
      {"leaf only, the intermediate is known",
       PathFault::issuer_not_found,
       20,
       true,
       Code::chain_incomplete,
       Level::exact,
       {}},
      {"a CA was sent",
       PathFault::untrusted_root,
       20,
       false,
       Code::certificate_not_trusted,
       Level::likely,
       {Code::chain_incomplete}},
      {"a self-signed top was sent",
       PathFault::untrusted_root,
       19,
       false,
       Code::certificate_not_trusted,
       Level::exact,
       {}},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = good_session(Role::receive);
    seen.peer.path->problems = {problem(row.fault, row.number)};
    seen.peer.path->completes_with_known_intermediate = row.completes;
    const Verdict verdict = judge_receive(domain_secured(Role::receive), seen, {}, now);
    EXPECT_EQ(verdict.headline.code, row.code);
    EXPECT_EQ(verdict.headline.level, row.level);
    EXPECT_EQ(verdict.headline.alternatives, row.alternatives);
  }
}

TEST(CertificateValidationStatus, NamesTheFirstFaultOfTheChainBeforeAnySenderIsKnown) {
  PeerEvidence peer = good_peer();
  peer.name.reset();
  EXPECT_EQ(certificate_validation_status(peer, {}), "");
  peer.revocations[0] = unknown_revocation(CrlProblem::unreachable);
  EXPECT_EQ(certificate_validation_status(peer, {}), "RevocationOffline");
  peer.path->problems = {problem(PathFault::self_signed, 18)};
  EXPECT_EQ(certificate_validation_status(peer, {}), "UntrustedRoot");
  EXPECT_EQ(certificate_validation_status({}, {}), "EmptyCertificate");
}

}  // namespace
