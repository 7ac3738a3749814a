// What a session shows about our own certificate: remarks while nobody refuses it, a cause when somebody
// does.
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
using finding::Profile;
using finding::Severity;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<Code> codes(const Verdict& verdict) {
  std::vector<Code> out;
  for (const Finding& finding : verdict.findings) out.push_back(finding.code);
  return out;
}

const Finding* found(const Verdict& verdict, Code code) {
  const auto at = std::ranges::find(verdict.findings, code, &Finding::code);
  return at == verdict.findings.end() ? nullptr : &*at;
}

TlsRequirement requirement_of(Requirement demand, Role role) {
  return demand == Requirement::domain_secured ? domain_secured(role) : demanding(demand);
}

void present(Evidence& seen, const std::shared_ptr<pki::Certificate>& certificate) {
  seen.own.certificate = certificate;
  seen.own.chain = {certificate, authority("Issuing CA")};
}

TEST(OwnCertificate, ComparesTheCaNamesWithTheWholeChain) {  // DS207
  struct Case {
    const char* name;
    std::function<void(Evidence&)> change;
    bool mismatch;
  };
  const auto names = [](std::vector<std::string> list) {
    return [list](Evidence& seen) { seen.tls.requested_ca_names = list; };
  };
  const Case table[] = {
      {"no list is any CA", names({}), false},
      {"our issuer", names({"CN=Other", "CN=Issuing CA"}), false},
      {"the root above our issuer", names({"CN=Root CA"}), false},
      {"strangers", names({"CN=Other", "CN=Third"}), true},
      {"our own name is no issuer", names({"CN=mail.woodgrove.com"}), true},
      {"strangers, not sent",
       [](Evidence& seen) {
         seen.tls.requested_ca_names = {"CN=Other"};
         seen.tls.own_certificate_sent = false;
       },
       true},
      {"a list that may have been cut", names(std::vector<std::string>(200, "CN=Other")), false},
      {"the root, and we send the leaf only",
       [](Evidence& seen) {
         seen.tls.requested_ca_names = {"CN=Root CA"};
         seen.own.chain.resize(1);
       },
       true},
      {"a chain that is not known",
       [](Evidence& seen) {
         seen.tls.requested_ca_names = {"CN=Other"};
         seen.own.chain.clear();
       },
       false},
      {"no certificate to compare",
       [](Evidence& seen) {
         seen.tls.requested_ca_names = {"CN=Other"};
         seen.own = {};
       },
       false},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = good_session(Role::send);
    present(seen, leaf({.common_name = "mail.woodgrove.com"}));
    row.change(seen);
    const Verdict verdict = judge(domain_secured(Role::send), seen, {}, now);
    EXPECT_EQ(verdict.result, Result::pass);
    EXPECT_EQ(exit_code(verdict), 0);
    const Finding* mismatch = found(verdict, Code::ca_hint_mismatch);
    ASSERT_EQ(mismatch != nullptr, row.mismatch);
    if (mismatch == nullptr) continue;
    EXPECT_EQ(mismatch->severity, Severity::warning);
    EXPECT_EQ(mismatch->who, Who::they);
    EXPECT_THAT(mismatch->detail,
                HasSubstr(seen.tls.own_certificate_sent ? "it was sent all the same" : "it was not sent"));
  }
}

TEST(OwnCertificate, GivesTheCaNamesAsACauseOnlyWhereTheyDoNotFit) {  // DS205
  Evidence seen = good_session(Role::send);
  present(seen, leaf());
  seen.tls.own_certificate_sent = seen.tls.confirmed = false;
  seen.tls.alert_received = pki::Alert{116};
  seen.tls.requested_ca_names = {"CN=Other"};
  EXPECT_EQ(judge(domain_secured(Role::send), seen, {}, now).headline.alternatives,
            std::vector{Code::ca_hint_mismatch});
  seen.tls.requested_ca_names = {"CN=Issuing CA"};
  EXPECT_THAT(judge(domain_secured(Role::send), seen, {}, now).headline.alternatives, IsEmpty());
}

TEST(OwnCertificate, RemarksItsPurpose) {  // DS121, DS124, D-10
  struct Case {
    const char* name;
    std::vector<std::string> usages, policies;
    std::optional<Code> code;
  };
  const Case table[] = {
      {"both, private CA", {"serverAuth", "clientAuth"}, {"1.3.6.1.4.1.311.21.8"}, {}},
      {"serverAuth only", {"serverAuth"}, {}, Code::client_cert_eku},
      {"clientAuth only", {"clientAuth"}, {"2.23.140.1.2.1"}, {}},
      {"both, public CA, domain validated",
       {"serverAuth", "clientAuth"},
       {"2.23.140.1.2.1"},
       Code::client_auth_sunset},
      {"both, public CA, extended validation",
       {"serverAuth", "clientAuth"},
       {"2.23.140.1.1"},
       Code::client_auth_sunset},
      {"code signing of the same forum", {"serverAuth", "clientAuth"}, {"2.23.140.1.4.1"}, {}},
  };
  for (const Case& row : table) {
    for (const Profile profile : {Profile::exchange, Profile::postfix, Profile::strict}) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(finding::text(profile)));
      Evidence seen = good_session(Role::send);
      seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {"contoso.com"}});
      const auto own = leaf({.usages = row.usages});
      own->policies = row.policies;
      present(seen, own);
      Rules rules;
      rules.profile = profile;
      const Verdict verdict = judge(domain_secured(Role::send), seen, rules, now);
      EXPECT_EQ(verdict.result, Result::pass);  // the server took it, whatever others would do
      EXPECT_EQ(exit_code(verdict), 0);
      for (const Code code : {Code::client_cert_eku, Code::client_auth_sunset}) {
        const Finding* remark = found(verdict, code);
        EXPECT_EQ(remark != nullptr, row.code == code);
        if (remark == nullptr) continue;
        EXPECT_EQ(remark->severity, Severity::warning);
        EXPECT_THAT(remark->detail, HasSubstr("our certificate CN=mail1.contoso.com"));
      }
      seen.tls.client_certificate_requested = seen.tls.own_certificate_sent = false;
      EXPECT_EQ(found(judge(demanding(Requirement::opportunistic), seen, rules, now), Code::client_cert_eku),
                nullptr);
    }
  }
}

TEST(OwnCertificate, IsToldWithThePeersWhenItsEndIsNear) {  // DS123, spec exchange 8.4
  struct Case {
    const char* name;
    std::chrono::seconds own_left, peer_left;
    std::vector<std::string> told;
  };
  using std::chrono::hours;
  const Case table[] = {
      {"neither", 60 * day, 60 * day, {}},
      {"own, yellow",
       60 * day - hours(1),
       90 * day,
       {"our certificate CN=mail1.contoso.com expires in 59 days, on 2027-01-21"}},
      {"own, last of yellow",
       30 * day,
       90 * day,
       {"our certificate CN=mail1.contoso.com expires in 30 days, on 2026-12-22"}},
      {"own, red",
       30 * day - hours(1),
       90 * day,
       {"our certificate CN=mail1.contoso.com expires in 29 days, on 2026-12-22 (less than 30 days)"}},
      {"own, today",
       hours(1),
       90 * day,
       {"our certificate CN=mail1.contoso.com expires in 0 days, on 2026-11-22 (less than 30 days)"}},
      {"peer, red",
       90 * day,
       10 * day,
       {"CN=mail1.contoso.com expires in 10 days, on 2026-12-02 (less than 30 days)"}},
      {"both",
       40 * day,
       45 * day,
       {"CN=mail1.contoso.com expires in 45 days, on 2027-01-06",
        "our certificate CN=mail1.contoso.com expires in 40 days, on 2027-01-01"}},
  };
  for (const Case& row : table) {
    for (const Role role : {Role::send, Role::receive}) {
      for (const Requirement demand : {Requirement::opportunistic, Requirement::domain_secured}) {
        SCOPED_TRACE(std::string(row.name) + ", " + std::string(text(role)) + ", " +
                     std::string(text(demand)));
        Evidence seen = good_session(role);
        seen.peer = good_peer({.not_after = now + row.peer_left});
        present(seen, leaf({.not_after = now + row.own_left}));
        const Verdict verdict = judge(requirement_of(demand, role), seen, {}, now);
        EXPECT_EQ(verdict.result, Result::pass);
        EXPECT_EQ(exit_code(verdict), 0);
        std::vector<std::string> told;
        for (const Finding& finding : verdict.findings) {
          if (finding.code != Code::certificate_expiring) continue;
          told.push_back(finding.detail);
          EXPECT_EQ(finding.severity,
                    demand == Requirement::domain_secured ? Severity::warning : Severity::information);
          EXPECT_EQ(finding.who, Who::note);
        }
        EXPECT_EQ(told, row.told);
      }
    }
  }
}

TEST(OwnCertificate, AloneIsTheLikelyCauseOfAnUnknownCa) {  // DS217, alert 48
  struct Case {
    const char* name;
    std::function<void(Evidence&)> change;
    bool alone;
  };
  const Case table[] = {
      {"with its intermediate", [](Evidence&) {}, false},
      {"leaf only", [](Evidence& seen) { seen.own.chain.resize(1); }, true},
      {"leaf only, issued by a root that we know",
       [](Evidence& seen) {
         seen.own.chain.resize(1);
         const auto root = authority("Issuing CA");
         root->self_issued = root->self_signed = true;
         seen.own.issuer = root;
       },
       false},
      {"leaf only, issued by an anchor that is no root",
       [](Evidence& seen) {
         seen.own.chain.resize(1);
         seen.own.issuer = authority("Issuing CA");
       },
       true},
      {"self-signed",
       [](Evidence& seen) { present(seen, leaf({.self_signed = true})), seen.own.chain.resize(1); }, false},
      {"a chain that is not known", [](Evidence& seen) { seen.own.chain.clear(); }, false},
  };
  for (const Case& row : table) {
    for (const bool after_handshake : {false, true}) {
      SCOPED_TRACE(std::string(row.name) + (after_handshake ? ", after the handshake" : ", inside it"));
      Evidence seen = good_session(Role::send);
      present(seen, leaf());
      row.change(seen);
      seen.tls.confirmed = false;
      seen.tls.established = after_handshake;
      seen.tls.alert_received = pki::Alert{48};
      const Verdict verdict = judge(domain_secured(Role::send), seen, {}, now);
      EXPECT_EQ(verdict.result, Result::fail);
      EXPECT_EQ(verdict.headline.code, row.alone ? Code::own_chain_incomplete : Code::refused_unknown_ca);
      EXPECT_EQ(verdict.headline.level, Level::likely);
      EXPECT_EQ(verdict.headline.who, row.alone ? Who::own : Who::they);
      EXPECT_EQ(exit_code(verdict), row.alone ? 2 : 1);
      EXPECT_THAT(verdict.headline.detail, HasSubstr("the peer sent alert 48 unknown_ca"));
      EXPECT_THAT(verdict.headline.alternatives,
                  row.alone ? std::vector({Code::crl_unreachable, Code::chain_constraint_violated})
                            : std::vector({Code::own_chain_incomplete, Code::crl_unreachable,
                                           Code::chain_constraint_violated}));
      if (row.alone) {
        EXPECT_EQ(verdict.headline.observed, Code::refused_unknown_ca);
        EXPECT_THAT(verdict.headline.detail,
                    HasSubstr("without the certificate of its issuer CN=Issuing CA"));
      }
    }
  }
}

TEST(OwnCertificate, AloneIsTheLikelyCauseOfAChainFailureToldInWords) {
  Evidence seen = good_session(Role::send);
  present(seen, leaf());
  seen.refusal = smtp::Reply(
      454, "4.7.0 Failed to establish appropriate TLS channel: InternalChainFailure: Access Denied");
  seen.refused_at = Step::mail;
  EXPECT_EQ(judge(domain_secured(Role::send), seen, {}, now).headline.code, Code::refused_unspecified);
  seen.own.chain.resize(1);
  const Verdict verdict = judge(domain_secured(Role::send), seen, {}, now);
  EXPECT_EQ(verdict.headline.code, Code::own_chain_incomplete);
  EXPECT_EQ(verdict.headline.observed, Code::refused_unspecified);
  EXPECT_THAT(codes(verdict),
              Not(::testing::Contains(Code::mutual_tls_ok)));  // DS000 says that both accepted
}

TEST(OwnCertificate,
     RefusedByAClientIsTheirRefusalOfOurs) {  // a TLS 1.3 client refuses the server inside the handshake
  struct Case {
    int alert;
    Code code;
    Who who;
    const char* said;
  };
  const Case table[] = {
      {42, Code::refused_unspecified, Who::they, "our certificate is CN=mail1.contoso.com"},
      {43, Code::refused_purpose, Who::they, "our certificate is CN=mail1.contoso.com"},
      {44, Code::refused_revoked, Who::they, "our certificate is CN=mail1.contoso.com"},
      {45, Code::refused_expired, Who::they, "our certificate is valid until"},
      {46, Code::refused_unspecified, Who::they, "our certificate is CN=mail1.contoso.com"},
      {48, Code::refused_unknown_ca, Who::they,
       "our certificate is CN=mail1.contoso.com, issued by CN=Issuing CA"},
      {49, Code::refused_unspecified, Who::they, "our certificate is CN=mail1.contoso.com"},
      {40, Code::tls_no_shared_cipher, Who::they, "handshake_failure"},
      {70, Code::tls_version_mismatch, Who::they, "protocol_version"},
      {71, Code::tls_no_shared_cipher, Who::they, "insufficient_security"},
      {80, Code::tls_protocol_error, Who::they, "internal_error"},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.alert);
    Evidence seen = good_session(Role::receive);
    present(seen, leaf());
    seen.peer = {};
    seen.reached = Step::handshake;
    seen.tls.established = seen.tls.confirmed = false;
    seen.tls.alert_received = pki::Alert{row.alert};
    seen.broken = Break{Step::handshake, BreakKind::protocol_error, "as OpenSSL says it"};
    const Verdict verdict = judge(demanding(Requirement::opportunistic), seen, {}, now);
    EXPECT_EQ(verdict.result, Result::fail);
    EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
    EXPECT_EQ(verdict.headline.who, row.who);
    EXPECT_THAT(verdict.headline.detail,
                AllOf(HasSubstr("the peer sent alert " + std::to_string(row.alert)), HasSubstr(row.said)));
    EXPECT_EQ(exit_code(verdict), 1);
  }
}

TEST(OwnCertificate, WithoutServerAuthIsTheLikelyCauseOfAClientsRefusal) {
  Evidence seen = good_session(Role::receive);
  present(seen, leaf({.usages = {"clientAuth"}}));
  seen.tls.established = seen.tls.confirmed = false;
  seen.tls.alert_received = pki::Alert{43};
  const Verdict verdict = judge(demanding(Requirement::opportunistic), seen, {}, now);
  EXPECT_EQ(verdict.headline.code, Code::server_cert_eku);
  EXPECT_EQ(verdict.headline.observed, Code::refused_purpose);
  EXPECT_THAT(verdict.headline.detail, HasSubstr("our certificate CN=mail1.contoso.com has no serverAuth"));
}

}  // namespace
