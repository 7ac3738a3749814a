// From the connector to the verdict: what a parameter of Exchange demands is what a session is held to, no
// more and no less.
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
using exchange::TlsAuthLevel;
using finding::Code;
using ::testing::Contains;
using ::testing::HasSubstr;

smtp::Domain domain(std::string_view text) {
  return smtp::Domain::parse(text).value();
}

exchange::TransportConfig listing(const std::vector<std::string>& domains) {
  exchange::TransportConfig config;
  EXPECT_FALSE(config.tls_send_domain_secure_list.assign(domains));
  return config;
}

exchange::SendConnector connector_with(TlsAuthLevel level, const char* tls_domain = nullptr) {
  exchange::SendConnector connector;
  connector.require_tls.value = true;
  connector.tls_auth_level = level;
  if (tls_domain == nullptr) return connector;
  std::string_view name = tls_domain;
  const bool with_subdomains = name.starts_with("*.");
  if (with_subdomains) name.remove_prefix(2);
  connector.tls_domain = exchange::SmtpDomainWithSubdomains{domain(name), with_subdomains};
  return connector;
}

Evidence session_with(const std::string& dns_name) {
  Evidence seen = good_session(Role::send);
  seen.peer = good_peer({.common_name = "a host", .dns_names = {dns_name}});
  return seen;
}

Rules exact() {
  Rules rules;
  rules.name.mode = pki::NameMatchMode::exact;
  return rules;
}

TEST(TlsDomain, DecidesWhichNamesDomainValidationTakes) {
  struct Case {
    const char* tls_domain;  // nothing: the recipient's domain
    const char* presented;
    Result in_exact, in_subdomains;
  };
  using enum Result;
  const Case table[] = {
      {"*.contoso.com", "contoso.com", pass, pass},
      {"*.contoso.com", "mail.contoso.com", pass, pass},
      {"*.contoso.com", "mail.eu.contoso.com", pass, pass},
      {"*.contoso.com", "*.contoso.com", pass, pass},
      {"*.contoso.com", "evilcontoso.com", fail, fail},
      {"*.contoso.com", "contoso.com.example", fail, fail},
      {"*.contoso.com", "com", fail, fail},
      {"*.contoso.com", "fabrikam.com", fail, fail},  // the recipient's own domain is not asked for
      {"contoso.com", "contoso.com", pass, pass},
      {"contoso.com", "mail.contoso.com", fail, pass},
      {"mail.contoso.com", "*.contoso.com", pass, pass},
      {nullptr, "fabrikam.com", pass, pass},
      {nullptr, "mx.fabrikam.com", fail, pass},
      {nullptr, "contoso.com", fail, fail},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(std::string(row.tls_domain == nullptr ? "no TlsDomain" : row.tls_domain) + " and " +
                 row.presented);
    const auto connector = connector_with(TlsAuthLevel::domain_validation, row.tls_domain);
    const TlsRequirement requirement = send_requirement(listing({}), connector, domain("fabrikam.com"));
    const Evidence seen = session_with(row.presented);
    for (const bool is_exact : {true, false}) {
      const Verdict verdict = judge_send(requirement, seen, is_exact ? exact() : Rules{}, now);
      EXPECT_EQ(verdict.result, is_exact ? row.in_exact : row.in_subdomains);
      if (verdict.result == fail) {
        EXPECT_EQ(verdict.headline.code, Code::certificate_host_mismatch);
        EXPECT_EQ(verdict.reply.value().text(),
                  "454 4.7.5 Certificate validation failure, Reason:SubjectMismatch");
      }
    }
  }
}

TEST(CertificateValidation, LooksAtChainAndRevocationAndAtNoName) {
  const auto connector = connector_with(TlsAuthLevel::certificate_validation, "*.contoso.com");
  const TlsRequirement requirement = send_requirement(listing({}), connector, domain("fabrikam.com"));
  EXPECT_FALSE(requirement.reference);
  for (const finding::Profile profile :
       {finding::Profile::exchange, finding::Profile::postfix, finding::Profile::strict}) {
    SCOPED_TRACE(finding::text(profile));
    Rules rules;
    rules.profile = profile;
    Evidence seen = session_with("a.example");
    const Verdict misnamed = judge_send(requirement, seen, rules, now);
    EXPECT_EQ(misnamed.result, Result::pass);
    EXPECT_EQ(std::ranges::count(misnamed.findings, Code::certificate_host_mismatch, &Finding::code), 0);
    seen.peer.path->problems = {problem(pki::PathFault::expired, 10)};
    EXPECT_EQ(judge_send(requirement, seen, rules, now).headline.code, Code::certificate_expired);
    seen = session_with("a.example");
    seen.peer.revocations[0] = revoked();
    EXPECT_EQ(judge_send(requirement, seen, rules, now).result,
              profile == finding::Profile::postfix ? Result::pass : Result::fail);
  }
}

TEST(FailClosed, HoldsAnInertDomainWhateverTheSessionShows) {  // R7, D-2
  struct Case {
    const char* name;
    std::function<void(exchange::SendConnector&)> change;
    const char* flag;
    Result open;  // what --fail-closed turns into a failure
  };
  const Case table[] = {
      {"not domain-secure", [](exchange::SendConnector& c) { c.domain_secure_enabled.value = false; },
       "DomainSecureEnabled $false", Result::pass},
      {"no DNS routing", [](exchange::SendConnector& c) { c.dns_routing_enabled.value = false; },
       "DNSRoutingEnabled $false", Result::pass},
      {"STARTTLS ignored", [](exchange::SendConnector& c) { c.ignore_starttls.value = true; },
       "IgnoreSTARTTLS $true", Result::pass},
      {"TLS demanded otherwise",
       [](exchange::SendConnector& c) {
         c.domain_secure_enabled.value = false;
         c.require_tls.value = true;
       },
       "DomainSecureEnabled $false", Result::pass},
      {"nothing broken", [](exchange::SendConnector&) {}, nullptr, Result::pass},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    exchange::SendConnector connector;
    connector.domain_secure_enabled.value = true;
    row.change(connector);
    const auto demanded = [&](FailClosed closed) {
      return send_requirement(listing({"contoso.com"}), connector, domain("contoso.com"), closed);
    };
    const Evidence seen = good_session(Role::send);
    EXPECT_EQ(judge_send(demanded(FailClosed::no), seen, {}, now).result, row.open);
    const Verdict closed = judge_send(demanded(FailClosed::yes), seen, {}, now);
    EXPECT_EQ(closed.result, row.flag == nullptr ? Result::pass : Result::fail);
    if (row.flag == nullptr) continue;
    EXPECT_EQ(closed.treatment, Treatment::refuse);
    EXPECT_EQ(closed.headline.code, Code::send_inert);
    EXPECT_EQ(closed.headline.who, Who::own);
    EXPECT_THAT(closed.headline.detail, HasSubstr(row.flag));
    EXPECT_FALSE(closed.reply);  // no peer said anything
    EXPECT_EQ(exit_code(closed), 2);
    // The same before anything was connected: the mail is held, the partner is not asked.
    Evidence nothing;
    EXPECT_EQ(judge_send(demanded(FailClosed::yes), nothing, {}, now).headline.code, Code::send_inert);
  }
}

TEST(ExitCode, FollowsTheFindingThatDecides) {  // spec findings 1.4
  struct Case {
    const char* name;
    Role role;
    std::function<void(Evidence&)> change;
    int exit;
  };
  const auto crl = [](pki::CrlProblem why) {
    return [why](Evidence& seen) { seen.peer.revocations[0] = unknown_revocation(why); };
  };
  const auto own = [](OwnTrouble trouble) {
    return [trouble](Evidence& seen) { seen.own.trouble = trouble; };
  };
  using enum pki::CrlProblem;
  const Case table[] = {
      {"faultless", Role::send, [](Evidence&) {}, 0},
      {"DS105", Role::receive, [](Evidence& seen) { seen.peer.revocations[0] = revoked(); }, 1},
      {"DS106", Role::receive, crl(unavailable), 3},
      {"DS150", Role::receive, crl(unreachable), 3},
      {"DS151", Role::send, crl(stale), 3},
      {"DS153", Role::receive, crl(wrong_issuer), 3},
      {"DS154", Role::send, crl(no_cdp), 3},
      {"DS155", Role::receive, crl(too_large), 3},
      {"DS156", Role::receive, crl(not_yet_valid), 3},
      {"DS157", Role::send, crl(invalid), 3},
      {"DS151 beside DS103: the peer is wrong too", Role::receive,
       [](Evidence& seen) {
         seen.peer.revocations[0] = unknown_revocation(stale);
         seen.peer.path->problems = {problem(pki::PathFault::expired, 10)};
       },
       1},
      {"DS211", Role::send, own(OwnTrouble::key_mismatch), 2},
      {"DS212", Role::send, own(OwnTrouble::not_found), 2},
      {"DS212 by name", Role::send, own(OwnTrouble::name_not_found), 2},
      {"DS213", Role::send, own(OwnTrouble::key_missing), 2},
      {"DS214", Role::send, own(OwnTrouble::not_for_smtp), 2},
      {"DS215", Role::send, own(OwnTrouble::key_protected), 2},
      {"DS216", Role::send, own(OwnTrouble::expired), 2},
      {"DS217", Role::send,
       [](Evidence& seen) {
         seen.own.chain.resize(1);
         seen.tls.confirmed = false;
         seen.tls.alert_received = pki::Alert{48};
       },
       2},
      {"DS200", Role::send,
       [](Evidence& seen) {
         seen.tls.confirmed = false;
         seen.tls.alert_received = pki::Alert{48};
       },
       1},
      {"DS015", Role::send,
       [](Evidence& seen) {
         seen = clear_session(Role::send);
         seen.dns = DnsOutcome::failed;
         seen.connected = false;
       },
       3},
      {"nothing has come inside TLS", Role::send, [](Evidence& seen) { seen.tls.confirmed = false; }, 3},
  };
  int batch = 0;
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Evidence seen = good_session(row.role);
    row.change(seen);
    const Verdict verdict = judge(domain_secured(row.role), seen, {}, now);
    EXPECT_EQ(exit_code(verdict), row.exit) << finding::name(verdict.headline.code);
    batch = worse_exit_code(batch, exit_code(verdict));
  }
  EXPECT_EQ(batch, 1);
}

TEST(ExitCode, OfABatchIsTheWorstInEveryOrder) {  // 1 > 2 > 3 > 0
  std::vector<int> codes = {0, 1, 2, 3};
  do {
    int worst = 0;
    std::vector<int> so_far;
    for (const int code : codes) {
      worst = worse_exit_code(worst, code);
      so_far.push_back(code);
      const auto has = [&](int wanted) { return std::ranges::count(so_far, wanted) > 0; };
      EXPECT_EQ(worst, has(1) ? 1 : has(2) ? 2 : has(3) ? 3 : 0);
    }
  } while (std::ranges::next_permutation(codes).found);
}

}  // namespace
