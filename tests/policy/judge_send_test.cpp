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
using pki::PathFault;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string reply_text(const Verdict& verdict) {
  return verdict.reply ? verdict.reply->text() : "";
}

bool holds(const Verdict& verdict, Code code) {
  return std::ranges::find(verdict.findings, code, &Finding::code) != verdict.findings.end();
}

void cut(Evidence& seen, Step step, BreakKind kind) {
  seen.reached = step;
  seen.broken = Break{step, kind, "as the system says it"};
}

/// STARTTLS was answered with 220 and the handshake did not end.
Evidence broken_handshake(BreakKind kind = BreakKind::closed) {
  Evidence seen = clear_session(Role::send);
  seen.tls.offered = seen.tls.started = true;
  cut(seen, Step::handshake, kind);
  return seen;
}

/// TLS is up for us, and no reply has come through it.
Evidence cut_after_handshake() {
  Evidence seen = good_session(Role::send);
  seen.tls.confirmed = false;
  cut(seen, Step::ehlo_inside_tls, BreakKind::reset);
  return seen;
}

TEST(JudgeSend, PassesAListedDomainWhosePeerProvesIt) {
  const Verdict verdict = judge_send(domain_secured(Role::send), good_session(Role::send), {}, now);
  EXPECT_EQ(verdict.result, Result::pass);
  EXPECT_EQ(verdict.treatment, Treatment::domain_secured);
  EXPECT_EQ(verdict.headline.code, Code::mutual_tls_ok);
  EXPECT_EQ(verdict.exchange_status, "Valid");
  EXPECT_FALSE(verdict.reply);
  EXPECT_EQ(exit_code(verdict), 0);
}

TEST(JudgeSend, TellsTheEnvironmentFromThePeer) {  // R68
  struct Case {
    const char* name;
    std::function<void(Evidence&)> break_it;
    Code code;
    std::string reply;
  };
  const Case table[] = {
      {"no such domain",
       [](Evidence& seen) {
         seen.dns = DnsOutcome::no_such_domain;
         seen.connected = false;
       },
       Code::dns_failure, ""},
      {"null MX",
       [](Evidence& seen) {
         seen.dns = DnsOutcome::null_mx;
         seen.connected = false;
       },
       Code::dns_failure, ""},
      {"no address",
       [](Evidence& seen) {
         seen.dns = DnsOutcome::no_address;
         seen.connected = false;
       },
       Code::dns_failure, ""},
      {"DNS failed",
       [](Evidence& seen) {
         seen.dns = DnsOutcome::failed;
         seen.connected = false;
       },
       Code::dns_failure, ""},
      {"refused",
       [](Evidence& seen) {
         seen.connected = false;
         cut(seen, Step::connect, BreakKind::refused);
       },
       Code::connect_failed, "421 4.2.1 Unable to connect"},
      {"timed out",
       [](Evidence& seen) {
         seen.connected = false;
         cut(seen, Step::connect, BreakKind::timed_out);
       },
       Code::connect_failed, "421 4.4.1 Connection timed out"},
      {"closed before the banner", [](Evidence& seen) { cut(seen, Step::greeting, BreakKind::closed); },
       Code::connect_failed, ""},
      {"closed before the EHLO reply", [](Evidence& seen) { cut(seen, Step::ehlo, BreakKind::reset); },
       Code::connect_failed, ""},
      {"busy at the greeting",
       [](Evidence& seen) {
         seen.refusal = smtp::Reply(421, "4.3.2 busy");
         seen.refused_at = Step::greeting;
       },
       Code::inconclusive_rate_limited, "421 4.3.2 busy"},
      {"greylisted at EHLO",
       [](Evidence& seen) {
         seen.refusal = smtp::Reply(450, "4.7.1 later");
         seen.refused_at = Step::ehlo;
       },
       Code::inconclusive_rate_limited, "450 4.7.1 later"},
      {"blocked at the greeting",
       [](Evidence& seen) {
         seen.refusal = smtp::Reply(554, "5.7.1 blocked");
         seen.refused_at = Step::greeting;
       },
       Code::not_a_tls_fault, "554 5.7.1 blocked"},
      {"limited at STARTTLS",
       [](Evidence& seen) {
         seen.tls.offered = true;
         seen.tls.refused = smtp::Reply(454, "4.7.0 too many connections");
       },
       Code::inconclusive_rate_limited, "454 4.7.0 too many connections"},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = clear_session(Role::send);
    row.break_it(seen);
    const Verdict verdict = judge_send(domain_secured(Role::send), seen, {}, now);
    EXPECT_EQ(verdict.result, Result::inconclusive);
    EXPECT_EQ(verdict.treatment, Treatment::refuse);
    EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
    EXPECT_EQ(reply_text(verdict), row.reply);
    EXPECT_EQ(exit_code(verdict), 3);
  }
}

TEST(JudgeSend, RefusesToSendWhereStarttlsIsNotToBeHad) {  // R7
  struct Case {
    const char* name;
    std::function<void(Evidence&)> break_it;
    Code code;
    std::string reply;
    const char* event;
    int exit;
  };
  const std::string t1 = "451 5.7.3 STARTTLS is required to send mail";
  const Case table[] = {
      {"not offered", [](Evidence&) {}, Code::starttls_not_supported, t1, "2015", 1},
      {"EHLO not known",
       [](Evidence& seen) {
         seen.refusal = smtp::Reply(502, "5.5.1 what");
         seen.refused_at = Step::ehlo;
       },
       Code::starttls_not_supported, t1, "2015", 1},
      {"masked", [](Evidence& seen) { seen.tls.masked = true; }, Code::starttls_intercepted, t1, "", 3},
      {"refused",
       [](Evidence& seen) {
         seen.tls.offered = true;
         seen.tls.refused = smtp::Reply(454, "4.7.0 TLS not available due to local problem");
       },
       Code::starttls_refused, "454 4.7.0 TLS not available due to local problem", "", 1},
      {"refused for good",
       [](Evidence& seen) {
         seen.tls.offered = true;
         seen.tls.refused = smtp::Reply(501, "5.5.4 no");
       },
       Code::starttls_refused, "501 5.5.4 no", "", 1},
  };
  for (const Case& row : table) {
    for (const Requirement demand :
         {Requirement::domain_secured, Requirement::encryption, Requirement::domain_validation}) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(text(demand)));
      Evidence seen = clear_session(Role::send);
      row.break_it(seen);
      const Verdict verdict =
          judge_send(demand == Requirement::domain_secured ? domain_secured(Role::send) : demanding(demand),
                     seen, {}, now);
      EXPECT_EQ(verdict.result, Result::fail);
      EXPECT_EQ(verdict.treatment, Treatment::refuse);
      EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
      EXPECT_EQ(reply_text(verdict), row.reply);
      EXPECT_EQ(verdict.exchange_event, row.event);
      EXPECT_EQ(exit_code(verdict), row.exit);
    }
  }
}

TEST(JudgeSend, BlamesItselfForItsOwnCertificate) {
  struct Case {
    OwnTrouble trouble;
    Code code;
    const char* reply;
    const char* event;
  };
  constexpr const char* t5 =
      "454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found.";
  const Case table[] = {
      {OwnTrouble::not_found, Code::own_cert_not_found, t5, "12014"},
      {OwnTrouble::name_not_found, Code::own_cert_not_found, t5, "12014"},
      {OwnTrouble::key_missing, Code::own_key_missing, "", ""},
      {OwnTrouble::key_mismatch, Code::own_key_mismatch, "", ""},
      {OwnTrouble::key_protected, Code::own_key_protected, "", ""},
      {OwnTrouble::not_for_smtp, Code::own_cert_no_smtp, "", ""},
      {OwnTrouble::expired, Code::own_cert_expired, "", "12016"},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(text(row.trouble));
    Evidence seen = clear_session(Role::send);
    seen.tls.offered = true;
    seen.own.trouble = row.trouble;
    const Verdict verdict = judge_send(domain_secured(Role::send), seen, {}, now);
    EXPECT_EQ(verdict.result, Result::fail);
    EXPECT_EQ(verdict.headline.code, row.code);
    EXPECT_EQ(verdict.headline.who, Who::own);
    EXPECT_EQ(reply_text(verdict), row.reply);
    EXPECT_EQ(verdict.exchange_event, row.event);
    EXPECT_EQ(exit_code(verdict), 2);
    // Who needs no certificate is not stopped by the lack of one.
    Evidence up = good_session(Role::send);
    up.own.trouble = row.trouble;
    EXPECT_EQ(judge_send(demanding(Requirement::opportunistic), up, {}, now).result, Result::pass);
  }
}

TEST(JudgeSend, HoldsTheMailForItsOwnConfigurationWhenFailClosed) {  // D-2
  TlsRequirement inert = domain_secured(Role::send);
  inert.broken_by = {"DNSRoutingEnabled $false (domsec.toml:12)"};
  const Verdict closed = judge_send(inert, good_session(Role::send), {}, now);
  EXPECT_EQ(closed.result, Result::fail);
  EXPECT_EQ(closed.headline.code, Code::send_inert);
  EXPECT_THAT(closed.headline.detail, HasSubstr("DNSRoutingEnabled $false (domsec.toml:12)"));
  EXPECT_EQ(exit_code(closed), 2);
  EXPECT_THAT(closed.rules, Contains("D-2"));
}

TEST(JudgeSend, SendsAnInertDomainAsOrdinaryMailAndStillSaysSo) {  // D-2
  TlsRequirement inert = demanding(Requirement::opportunistic);
  inert.listed = true;
  Finding lint;
  lint.code = Code::send_inert;
  lint.who = Who::own;
  lint.severity = Severity::fails;
  inert.findings = {lint};
  const Verdict verdict = judge_send(inert, clear_session(Role::send), {}, now);
  EXPECT_EQ(verdict.result, Result::pass);
  EXPECT_EQ(verdict.treatment, Treatment::clear);
  EXPECT_EQ(verdict.headline.code, Code::delivered_in_clear);
  EXPECT_TRUE(holds(verdict, Code::send_inert));
  EXPECT_EQ(exit_code(verdict), 2);
}

TEST(JudgeSend, ReadsAFailedHandshake) {
  struct Case {
    const char* name;
    std::function<void(Evidence&)> break_it;
    Code code;
    Who who;
    Level level;
    std::optional<Code> observed;
  };
  const auto alert = [](int number) {
    return [=](Evidence& seen) { seen.tls.alert_received = pki::Alert{number}; };
  };
  const Case table[] = {
      {"closed", [](Evidence&) {}, Code::handshake_closed, Who::they, Level::ambiguous, {}},
      {"clear text",
       [](Evidence& seen) { seen.tls.clear_text = true; },
       Code::tls_protocol_error,
       Who::they,
       Level::likely,
       {}},
      {"clear text behind a masked banner",
       [](Evidence& seen) { seen.tls.clear_text = seen.tls.masked = true; },
       Code::starttls_intercepted,
       Who::env,
       Level::exact,
       {}},
      {"unsupported protocol",
       [](Evidence& seen) { seen.tls.failure = "unsupported protocol"; },
       Code::tls_version_mismatch,
       Who::we,
       Level::exact,
       {}},
      {"no shared cipher",
       [](Evidence& seen) { seen.tls.failure = "No Shared Cipher"; },
       Code::tls_no_shared_cipher,
       Who::we,
       Level::exact,
       {}},
      {"wrong version number",
       [](Evidence& seen) { seen.tls.failure = "wrong version number"; },
       Code::tls_protocol_error,
       Who::we,
       Level::exact,
       {}},
      {"we sent 70",
       [](Evidence& seen) { seen.tls.alert_sent = pki::Alert{70}; },
       Code::tls_version_mismatch,
       Who::we,
       Level::exact,
       {}},
      {"we sent 40",
       [](Evidence& seen) { seen.tls.alert_sent = pki::Alert{40}; },
       Code::tls_no_shared_cipher,
       Who::we,
       Level::exact,
       {}},
      {"we sent 50",
       [](Evidence& seen) { seen.tls.alert_sent = pki::Alert{50}; },
       Code::tls_protocol_error,
       Who::we,
       Level::exact,
       {}},
      {"40 without a request", alert(40), Code::tls_no_shared_cipher, Who::they, Level::ambiguous, {}},
      {"40 after a request under TLS 1.2",
       [](Evidence& seen) {
         seen.tls.alert_received = pki::Alert{40};
         seen.tls.version = "TLSv1.2";
         seen.tls.client_certificate_requested = true;
       },
       Code::client_cert_required,
       Who::they,
       Level::likely,
       {}},
      {"42", alert(42), Code::refused_unspecified, Who::they, Level::likely, {}},
      {"43", alert(43), Code::refused_purpose, Who::they, Level::exact, {}},
      {"43 and our certificate has no clientAuth",
       [](Evidence& seen) {
         seen.tls.alert_received = pki::Alert{43};
         seen.own.certificate = leaf({.usages = {"serverAuth"}});
       },
       Code::client_cert_eku, Who::they, Level::likely, Code::refused_purpose},
      {"44", alert(44), Code::refused_revoked, Who::they, Level::exact, {}},
      {"45 and ours is valid", alert(45), Code::refused_expired, Who::they, Level::likely, {}},
      {"45 and ours is expired",
       [](Evidence& seen) {
         seen.tls.alert_received = pki::Alert{45};
         seen.own.certificate = leaf({.not_after = now - 2 * day});
       },
       Code::refused_expired,
       Who::they,
       Level::exact,
       {}},
      {"46", alert(46), Code::refused_unspecified, Who::they, Level::exact, {}},
      {"48", alert(48), Code::refused_unknown_ca, Who::they, Level::likely, {}},
      {"51", alert(51), Code::own_key_mismatch, Who::they, Level::likely, {}},
      {"70", alert(70), Code::tls_version_mismatch, Who::they, Level::exact, {}},
      {"71", alert(71), Code::tls_no_shared_cipher, Who::they, Level::exact, {}},
      {"80", alert(80), Code::tls_protocol_error, Who::they, Level::exact, {}},
      {"112", alert(112), Code::tls_protocol_error, Who::they, Level::exact, {}},
      {"116", alert(116), Code::client_cert_required, Who::they, Level::exact, {}},
      {"an alert nobody knows", alert(222), Code::refused_unspecified, Who::they, Level::exact, {}},
  };
  for (const Case& row : table) {
    for (const Requirement demand : {Requirement::domain_secured, Requirement::opportunistic}) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(text(demand)));
      Evidence seen = broken_handshake();
      row.break_it(seen);
      const Verdict verdict =
          judge_send(demand == Requirement::domain_secured ? domain_secured(Role::send) : demanding(demand),
                     seen, {}, now);
      EXPECT_EQ(verdict.result, Result::fail);
      EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
      EXPECT_EQ(verdict.headline.who, row.who);
      EXPECT_EQ(verdict.headline.level, row.level);
      EXPECT_EQ(verdict.headline.observed, row.observed);
      EXPECT_EQ(verdict.headline.severity, Severity::fails);
    }
  }
}

TEST(JudgeSend, CallsACutHandshakeByTheWayItWasCut) {
  EXPECT_EQ(reply_text(judge_send(domain_secured(Role::send), broken_handshake(BreakKind::reset), {}, now)),
            "421 4.4.2 Connection dropped due to SocketError");
  EXPECT_EQ(
      reply_text(judge_send(domain_secured(Role::send), broken_handshake(BreakKind::timed_out), {}, now)),
      "421 4.4.2 Connection dropped due to TimedOut");
  Evidence at_starttls = clear_session(Role::send);
  at_starttls.tls.offered = true;
  cut(at_starttls, Step::starttls, BreakKind::closed);
  EXPECT_EQ(judge_send(demanding(Requirement::opportunistic), at_starttls, {}, now).headline.code,
            Code::handshake_closed);
}

TEST(JudgeSend, RefusesAPeerWithItsStatusAndLastError) {  // R7
  struct Case {
    const char* name;
    std::function<void(Evidence&)> break_it;
    Code code;
    const char* status;
    int exit;
  };
  const Case table[] = {
      {"name",
       [](Evidence& seen) {
         seen.peer = good_peer({.common_name = "a.example", .dns_names = {"a.example"}});
       },
       Code::certificate_host_mismatch, "SubjectMismatch", 1},
      {"root", [](Evidence& seen) { seen.peer.path->problems = {problem(PathFault::untrusted_root, 19, 2)}; },
       Code::certificate_not_trusted, "UntrustedRoot", 1},
      {"expired", [](Evidence& seen) { seen.peer.path->problems = {problem(PathFault::expired, 10)}; },
       Code::certificate_expired, "CertificateExpired", 1},
      {"client-only", [](Evidence& seen) { seen.peer.usage = pki::UsageFit::only_client_auth; },
       Code::server_cert_eku, "WrongUsage", 1},
      {"revoked", [](Evidence& seen) { seen.peer.revocations[0] = revoked(); }, Code::certificate_revoked,
       "Revoked", 1},
      {"no list",
       [](Evidence& seen) { seen.peer.revocations[0] = unknown_revocation(pki::CrlProblem::unreachable); },
       Code::crl_unreachable, "RevocationOffline", 3},
      {"no certificate", [](Evidence& seen) { seen.peer = {}; }, Code::validation_failure, "EmptyCertificate",
       1},
  };
  for (const Case& row : table) {
    for (const Requirement demand : {Requirement::domain_secured, Requirement::domain_validation}) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(text(demand)));
      Evidence seen = good_session(Role::send);
      row.break_it(seen);
      const Verdict verdict =
          judge_send(demand == Requirement::domain_secured ? domain_secured(Role::send) : demanding(demand),
                     seen, {}, now);
      EXPECT_EQ(verdict.result, Result::fail);
      EXPECT_EQ(verdict.headline.code, row.code);
      EXPECT_EQ(reply_text(verdict),
                "454 4.7.5 Certificate validation failure, Reason:" + std::string(row.status));
      EXPECT_EQ(exit_code(verdict), row.exit);
      EXPECT_THAT(verdict.rules, Not(Contains("R8")));
    }
  }
}

TEST(JudgeSend, LooksOnlyAtWhatTheLevelDemands) {
  Evidence misnamed = good_session(Role::send);
  misnamed.peer = good_peer({.common_name = "a.example", .dns_names = {"a.example"}});
  Evidence untrusted = good_session(Role::send);
  untrusted.peer.path->problems = {problem(PathFault::self_signed, 18)};
  struct Case {
    Requirement demand;
    Result misnamed, untrusted;
    Treatment treatment;
  };
  const Case table[] = {
      {Requirement::opportunistic, Result::pass, Result::pass, Treatment::opportunistic},
      {Requirement::encryption, Result::pass, Result::pass, Treatment::tls_required},
      {Requirement::certificate_validation, Result::pass, Result::fail, Treatment::tls_required},
      {Requirement::domain_validation, Result::fail, Result::fail, Treatment::tls_required},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(text(row.demand));
    EXPECT_EQ(judge_send(demanding(row.demand), misnamed, {}, now).result, row.misnamed);
    EXPECT_EQ(judge_send(demanding(row.demand), untrusted, {}, now).result, row.untrusted);
    EXPECT_EQ(judge_send(demanding(row.demand), good_session(Role::send), {}, now).treatment, row.treatment);
  }
}

TEST(JudgeSend, HonoursTlsDomainWithSubdomains) {
  TlsRequirement requirement = demanding(Requirement::domain_validation);
  requirement.reference = pki::ReferenceId{"contoso.com", true};
  Rules exact;
  exact.name.mode = pki::NameMatchMode::exact;
  EXPECT_EQ(judge_send(requirement, good_session(Role::send), exact, now).result, Result::pass);
  EXPECT_EQ(judge_send(domain_secured(Role::send), good_session(Role::send), exact, now).headline.code,
            Code::certificate_host_mismatch);
}

TEST(JudgeSend, NeverPassesOnAHandshakeAlone) {  // D-16
  Evidence seen = good_session(Role::send);
  seen.tls.confirmed = false;
  for (const Requirement demand :
       {Requirement::opportunistic, Requirement::encryption, Requirement::domain_secured}) {
    const Verdict verdict =
        judge_send(demand == Requirement::domain_secured ? domain_secured(Role::send) : demanding(demand),
                   seen, {}, now);
    EXPECT_EQ(verdict.result, Result::inconclusive);
    EXPECT_EQ(verdict.treatment, Treatment::refuse);
    EXPECT_FALSE(holds(verdict, Code::mutual_tls_ok));
  }
}

TEST(JudgeSend, ReadsARefusalThatComesAfterTheHandshake) {  // D-16
  struct Case {
    const char* name;
    std::function<void(Evidence&)> refuse;
    Code code;
    Level level;
  };
  const auto alert = [](int number) {
    return [=](Evidence& seen) {
      seen.tls.alert_received = pki::Alert{number};
      seen.tls.alert_after_handshake = true;
    };
  };
  const auto reply = [](int code, const char* line) {
    return [=](Evidence& seen) {
      seen.broken.reset();
      seen.tls.confirmed = true;  // a reply has come, but it is the refusal
      seen.refusal = smtp::Reply(code, line);
      seen.refused_at = Step::ehlo_inside_tls;
    };
  };
  const Case table[] = {
      {"alert 116",
       [](Evidence& seen) {
         seen.tls.alert_received = pki::Alert{116};
         seen.tls.own_certificate_sent = false;
       },
       Code::client_cert_required, Level::exact},
      {"alert 48", alert(48), Code::refused_unknown_ca, Level::likely},
      {"alert 44", alert(44), Code::refused_revoked, Level::exact},
      {"alert 42", alert(42), Code::refused_unspecified, Level::likely},
      {"alert 40: version and cipher were agreed on", alert(40), Code::refused_after_handshake, Level::ambiguous},
      {"reset", [](Evidence&) {}, Code::refused_after_handshake, Level::ambiguous},
      {"closed", [](Evidence& seen) { seen.broken->kind = BreakKind::closed; }, Code::refused_after_handshake,
       Level::ambiguous},
      {"Postfix without certificate",
       reply(421, "4.7.1 mx.contoso.com Error: No client certificate presented"), Code::client_cert_required,
       Level::exact},
      {"Postfix with a bad one", reply(421, "4.7.1 mx.contoso.com Error: Client certificate not trusted"),
       Code::refused_unspecified, Level::exact},
      {"another 421", reply(421, "4.3.2 closing"), Code::refused_after_handshake, Level::ambiguous},
      {"T2 SubjectMismatch",
       reply(454, "4.7.0 Failed to establish appropriate TLS channel: SubjectMismatch: Access Denied"),
       Code::refused_host_mismatch, Level::exact},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = cut_after_handshake();
    row.refuse(seen);
    const Verdict verdict = judge_send(domain_secured(Role::send), seen, {}, now);
    EXPECT_EQ(verdict.result, Result::fail);
    EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
    EXPECT_EQ(verdict.headline.level, row.level);
    EXPECT_EQ(verdict.headline.who, Who::they);
    EXPECT_EQ(exit_code(verdict), 1);
    EXPECT_FALSE(holds(verdict, Code::mutual_tls_ok));
  }
}

TEST(JudgeSend, PutsItsOwnRefusalOfThePeerBeforeALateOne) {  // D-20
  Evidence seen = cut_after_handshake();
  seen.peer.path->problems = {problem(PathFault::expired, 10)};
  EXPECT_EQ(judge_send(domain_secured(Role::send), seen, {}, now).headline.code, Code::certificate_expired);
}

TEST(JudgeSend, ReadsTheReplyToMail) {
  struct Case {
    const char* name;
    Evidence seen;
    smtp::Reply reply;
    Code code;
    Result result;
  };
  const auto t2 = [](std::string_view status) {
    return smtp::Reply(
        454, "4.7.0 Failed to establish appropriate TLS channel: " + std::string(status) + ": Access Denied");
  };
  const Evidence tls = good_session(Role::send);
  const Evidence clear = clear_session(Role::send);
  Evidence server_only = tls;
  server_only.own.certificate = leaf({.usages = {"serverAuth"}});
  const Case table[] = {
      {"T2 UntrustedRoot", tls, t2("UntrustedRoot"), Code::refused_unknown_ca, Result::fail},
      {"T2 CertificateExpired", tls, t2("CertificateExpired"), Code::refused_expired, Result::fail},
      {"T2 Revoked", tls, t2("Revoked"), Code::refused_revoked, Result::fail},
      {"T2 WrongUsage", tls, t2("WrongUsage"), Code::refused_purpose, Result::fail},
      {"T2 WrongUsage and no clientAuth", server_only, t2("WrongUsage"), Code::client_cert_eku, Result::fail},
      {"T2 EmptyCertificate", tls, t2("EmptyCertificate"), Code::client_cert_required, Result::fail},
      {"T2 SubjectMismatch", tls, t2("SubjectMismatch"), Code::refused_host_mismatch, Result::fail},
      {"T2 RevocationOffline", tls, t2("RevocationOffline"), Code::refused_unspecified, Result::fail},
      {"sendmail", tls, smtp::Reply(454, "4.7.0 not authenticated"), Code::client_cert_required,
       Result::fail},
      {"sendmail, name", tls, smtp::Reply(454, "4.7.0 CN x does not match y"), Code::refused_host_mismatch,
       Result::fail},
      {"Exchange Online", tls, smtp::Reply(550, "5.7.51 TenantInboundAttribution"),
       Code::client_cert_required, Result::fail},
      {"T1 in clear", clear,
       smtp::Reply(451, "5.7.3 STARTTLS is required to send mail [MX.EXAMPLE 2026-11-22T09:00:00Z 08D]"),
       Code::policy_no_tls, Result::fail},
      {"RFC 3207 in clear", clear, smtp::Reply(530, "5.7.0 Must issue a STARTTLS command first"),
       Code::policy_no_tls, Result::fail},
      {"no relay", tls, smtp::Reply(550, "5.7.1 Unable to relay"), Code::not_a_tls_fault, Result::pass},
      {"no relay in clear", clear, smtp::Reply(550, "5.7.1 Unable to relay"), Code::not_a_tls_fault,
       Result::pass},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = row.seen;
    seen.refusal = row.reply;
    seen.refused_at = Step::mail;
    const TlsRequirement requirement =
        seen.tls.established ? domain_secured(Role::send) : demanding(Requirement::opportunistic);
    const Verdict verdict = judge_send(requirement, seen, {}, now);
    EXPECT_EQ(verdict.result, row.result);
    EXPECT_TRUE(holds(verdict, row.code)) << finding::name(verdict.headline.code);
    if (row.result == Result::fail) {
      EXPECT_EQ(verdict.headline.code, row.code);
      EXPECT_EQ(verdict.headline.who, Who::they);
      EXPECT_EQ(verdict.treatment, Treatment::refuse);
      EXPECT_EQ(reply_text(verdict), row.reply.text());
    }
  }
}

TEST(JudgeSend, LeavesAConnectionThatIsLostLaterOpen) {
  Evidence seen = good_session(Role::send);
  cut(seen, Step::data, BreakKind::reset);
  const Verdict verdict = judge_send(domain_secured(Role::send), seen, {}, now);
  EXPECT_EQ(verdict.result, Result::inconclusive);
  EXPECT_EQ(verdict.headline.code, Code::queue_error_generic);
  EXPECT_TRUE(holds(verdict, Code::mutual_tls_ok));
  EXPECT_EQ(exit_code(verdict), 3);
}

TEST(JudgeSend, PassesInClearOnlyWhereNothingIsDemanded) {
  for (const Requirement demand : {Requirement::none, Requirement::opportunistic}) {
    const Verdict verdict = judge_send(demanding(demand), clear_session(Role::send), {}, now);
    EXPECT_EQ(verdict.result, Result::pass);
    EXPECT_EQ(verdict.treatment, Treatment::clear);
    EXPECT_EQ(verdict.headline.code, Code::delivered_in_clear);
  }
  for (const Requirement demand :
       {Requirement::encryption, Requirement::certificate_validation, Requirement::domain_validation}) {
    EXPECT_EQ(judge_send(demanding(demand), clear_session(Role::send), {}, now).result, Result::fail);
  }
}

TEST(JudgeSend, ClaimsMutualTlsOnlyWhenBothEndsShowedACertificate) {  // R10, DS131
  struct Case {
    const char* name;
    bool requested, sent;
    Code headline;
    Treatment treatment;  // of a domain-secured delivery
  };
  const Case table[] = {
      {"both", true, true, Code::mutual_tls_ok, Treatment::domain_secured},
      {"not asked for", false, false, Code::client_cert_not_requested, Treatment::tls_required},
      {"asked for, not sent", true, false, Code::client_cert_missing, Treatment::tls_required},
  };
  for (const Case& row : table) {
    for (const Requirement demand :
         {Requirement::domain_secured, Requirement::domain_validation, Requirement::certificate_validation}) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(text(demand)));
      Evidence seen = good_session(Role::send);
      seen.tls.client_certificate_requested = row.requested;
      seen.tls.own_certificate_sent = row.sent;
      const bool secured = demand == Requirement::domain_secured;
      const Verdict verdict =
          judge_send(secured ? domain_secured(Role::send) : demanding(demand), seen, {}, now);
      EXPECT_EQ(verdict.result, Result::pass);
      EXPECT_EQ(verdict.treatment, secured ? row.treatment : Treatment::tls_required);
      EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.headline));
      EXPECT_EQ(holds(verdict, Code::mutual_tls_ok), row.requested && row.sent);
      EXPECT_EQ(std::ranges::count(verdict.findings, row.headline, &Finding::code), 1);
      EXPECT_EQ(verdict.exchange_status, "Valid");  // the server's certificate is what it is
      EXPECT_THAT(verdict.headline.detail, HasSubstr("CN=mail1.contoso.com"));
      EXPECT_EQ(exit_code(verdict), 0);
      if (row.headline == Code::mutual_tls_ok) continue;
      EXPECT_EQ(verdict.headline.severity, secured ? Severity::warning : Severity::information);
      EXPECT_EQ(verdict.headline.who, Who::note);
    }
  }
}

TEST(JudgeSend, RefusesAServerThatDoesNotAskWhoWeAreInTheStrictProfile) {
  Evidence seen = good_session(Role::send);
  seen.tls.client_certificate_requested = seen.tls.own_certificate_sent = false;
  Rules strict;
  strict.profile = finding::Profile::strict;
  strict.name.mode = pki::NameMatchMode::exact;
  seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {"contoso.com"}});
  const Verdict refused = judge_send(domain_secured(Role::send), seen, strict, now);
  EXPECT_EQ(refused.headline.code, Code::client_cert_not_requested);
  EXPECT_EQ(exit_code(refused), 1);
  seen.peer.path->problems = {problem(PathFault::expired, 10)};  // D-20: the peer's own faults come first
  EXPECT_EQ(judge_send(domain_secured(Role::send), seen, strict, now).headline.code,
            Code::certificate_expired);
}

TEST(JudgeSend, ShowsAPeersReplyWithoutItsControlOctets) {
  Evidence seen = clear_session(Role::send);
  seen.refusal = smtp::Reply(421, std::string("4.7.0 \x1b[31m") + std::string(5000, '\xff'));
  seen.refused_at = Step::greeting;
  const std::string detail = judge_send(domain_secured(Role::send), seen, {}, now).headline.detail;
  EXPECT_LT(detail.size(), 300U);
  EXPECT_EQ(detail.find('\x1b'), std::string::npos);
}

}  // namespace
