// Stapled OCSP responses over real sockets: our server hands one out, our sender keeps it, examines it, and
// the verdict weighs it (D-22).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "domsec/net/crl_source.h"
#include "domsec/report/session_json.h"
#include "domsec/report/text.h"
#include "domsec/session/reception.h"
#include "domsec/transcript/ndjson.h"
#include "support/loopback.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Partners;
using testing::test_instant;

enum class Lists { off, good };

struct Sent {
  Partners partners;
  net::TlsVersion version = net::TlsVersion::tls1_3;
  Lists lists = Lists::good;
  std::string response;
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  SendResult result;

  explicit Sent(bool must_staple = false) {
    if (!must_staple) return;
    pki::CertificateRecipe recipe = testing::leaf_recipe({"mail.woodgrovebank.com"});
    recipe.must_staple = true;
    partners.woodgrove = partners.pki.second.issue(recipe);
  }

  [[nodiscard]] pki::OcspRecipe recipe() const {
    pki::OcspRecipe made;
    made.certificate = partners.woodgrove.chain.front();
    made.this_update = test_instant - days(1);
    made.next_update = test_instant + days(1);
    return made;
  }
  void staple(const pki::OcspRecipe& made) { response = partners.pki.second.ocsp_response(made); }

  void send() {
    net::Loop loop;
    net::TlsSettings tls;
    tls.identity = partners.woodgrove;
    tls.minimum = tls.maximum = version;
    tls.ocsp_response = response;
    auto receiving = partners.receive_plan();
    receiving->tls = net::TlsContext::server(tls);
    SendPlan plan = partners.send_plan();
    plan.timeouts = Timeouts::capped(net::Milliseconds(3000));
    if (lists == Lists::good) plan.examination.crls = empty_lists(loop);
    net::Endpoint any;
    any.address = "127.0.0.1";
    Reception reception(loop, any, [] { return testing::new_transcript(policy::Role::receive); }, {});
    reception.use(receiving);
    reception.start();
    result = testing::send(loop, plan, reception.endpoint(), transcript);
  }

  /// Each authority's list, with nobody on it.
  [[nodiscard]] std::shared_ptr<net::CrlSource> empty_lists(net::Loop& loop) const {
    net::CrlSettings settings;
    settings.mode = net::CrlMode::cached;
    for (const pki::Authority* authority :
         {&partners.pki.root, &partners.pki.issuing, &partners.pki.second}) {
      settings.files.push_back(pki::Crl::read(authority->crl(testing::crl_recipe())));
      settings.file_names.push_back("list.crl");
    }
    auto resolver = std::make_shared<net::Resolver>(loop, net::ResolverSettings{});
    return std::make_shared<net::CrlSource>(std::move(resolver), std::move(settings));
  }

  [[nodiscard]] std::string report(report::Detail detail) const {
    report::Report made;
    made.target = "woodgrovebank.com";
    made.at = test_instant;
    made.sessions.push_back({transcript, result.verdict, "mail.woodgrovebank.com", 10});
    return report::text(made, detail);
  }
  [[nodiscard]] boost::json::value document() const {
    return boost::json::parse(transcript::session_json(transcript));
  }
};

bool warns(const policy::Verdict& verdict, finding::Code code) {
  for (const policy::Finding& finding : verdict.findings) {
    if (finding.code == code) return finding.severity == finding::Severity::warning;
  }
  return false;
}

TEST(Staple, AGoodAnswerIsToldAndChangesNothing) {
  for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
    Sent run;
    run.version = version;
    run.staple(run.recipe());
    run.send();
    EXPECT_TRUE(run.result.delivered);
    EXPECT_EQ(run.result.verdict.treatment, policy::Treatment::domain_secured);
    const auto stapled = transcript::evidence_of(run.transcript).peer.stapled;
    ASSERT_TRUE(stapled);
    EXPECT_TRUE(stapled->verified());
    EXPECT_EQ(stapled->answer.state, pki::RevocationState::good);
    EXPECT_THAT(run.report(report::Detail::checklist), Not(HasSubstr("staple")));
    EXPECT_THAT(run.report(report::Detail::certificates),
                HasSubstr("stapled OCSP response good, in force 2026-11-21"));
    std::string events;
    for (const transcript::Event& event : run.transcript.events()) {
      if (event.body.is<transcript::StapledStatusExamined>()) events += event_json(run.transcript, event);
    }
    EXPECT_THAT(events, HasSubstr("\"event\":\"stapled-status-examined\",\"stapled\":true,\"demanded\":false"));
    const boost::json::value document = run.document();
    EXPECT_EQ(document.at("stapled_status").at("state").as_string(), "good");
    EXPECT_EQ(document.at("stapled_status").at("this_update").as_string(), "2026-11-21T00:00:00Z");
    EXPECT_TRUE(document.at("stapled_status").at("problem").is_null());
  }
}

TEST(Staple, ARevokedAnswerRefusesThePartnerWhateverTheListsSay) {
  Sent run;
  pki::OcspRecipe revoked = run.recipe();
  revoked.state = pki::RevocationState::revoked;
  revoked.reason = "keyCompromise";
  run.staple(revoked);
  run.send();
  EXPECT_FALSE(run.result.delivered);
  EXPECT_EQ(run.result.verdict.result, policy::Result::fail);
  EXPECT_EQ(finding::name(run.result.verdict.headline.code), "DS105");
  EXPECT_THAT(run.result.verdict.headline.detail,
              HasSubstr("revoked since 2026-11-21T00:00:00Z (keyCompromise), says the OCSP response that the "
                        "server stapled"));
  EXPECT_EQ(run.result.verdict.exchange_status, "Revoked†");
  EXPECT_EQ(run.result.verdict.revocation->off, policy::Result::pass);
  EXPECT_THAT(run.report(report::Detail::checklist), HasSubstr("FAIL  ocsp-staple"));
  const boost::json::value document = run.document();
  for (const boost::json::value& check : document.at("checks").as_array()) {
    const boost::json::value* const source = check.as_object().if_contains("source");
    if (source == nullptr || source->as_string() != "ocsp-staple") continue;
    EXPECT_EQ(check.at("result").as_string(), "revoked");
    EXPECT_EQ(check.at("code").as_string(), "DS105");
    return;
  }
  ADD_FAILURE() << "no check of the stapled response";
}

TEST(Staple, WithRevocationOffARevokedAnswerIsShownAndNotJudged) {
  Sent run;
  run.lists = Lists::off;
  pki::OcspRecipe revoked = run.recipe();
  revoked.state = pki::RevocationState::revoked;
  run.staple(revoked);
  run.send();
  EXPECT_TRUE(run.result.delivered);
  EXPECT_THAT(run.report(report::Detail::checklist), HasSubstr("warn  ocsp-staple"));
}

TEST(Staple, WhatDoesNotCountIsToldToWhoAsksForDetails) {
  const testing::ThreeLevels stranger("Stranger");
  Sent run;
  pki::OcspRecipe forged = run.recipe();
  forged.state = pki::RevocationState::revoked;
  forged.responder = stranger.second.own();
  run.staple(forged);
  run.send();
  EXPECT_TRUE(run.result.delivered);
  EXPECT_EQ(run.result.verdict.treatment, policy::Treatment::domain_secured);
  EXPECT_THAT(run.report(report::Detail::checklist), Not(HasSubstr("staple")));
  EXPECT_THAT(run.report(report::Detail::certificates),
              HasSubstr("stapled OCSP response does not count: its signer"));
  EXPECT_EQ(run.document().at("stapled_status").at("problem").as_string(), "untrusted-signer");
  EXPECT_EQ(run.document().at("stapled_status").at("state").as_string(), "unknown");
}

TEST(Staple, OctetsThatAreNoResponseEndNoHandshake) {
  for (const std::string& octets : {std::string("no DER"), std::string(60000, 'x')}) {
    Sent run;
    run.response = octets;
    run.send();
    EXPECT_TRUE(run.result.delivered);
    const auto stapled = transcript::evidence_of(run.transcript).peer.stapled;
    ASSERT_TRUE(stapled);
    EXPECT_EQ(pki::text(stapled->answer.problem), "malformed");
  }
}

TEST(Staple, NothingStapledIsNothingToTell) {
  Sent run;
  run.send();
  EXPECT_TRUE(run.result.delivered);
  EXPECT_FALSE(transcript::evidence_of(run.transcript).peer.stapled);
  EXPECT_TRUE(run.document().at("stapled_status").is_null());
  EXPECT_THAT(run.report(report::Detail::checklist), Not(HasSubstr("staple")));
  EXPECT_THAT(run.report(report::Detail::certificates), HasSubstr("stapled OCSP response none"));
}

TEST(Staple, ACertificateThatDemandsOneWarnsWithoutIt) {  // RFC 7633
  Sent none(true);
  none.send();
  EXPECT_TRUE(none.result.delivered);
  EXPECT_TRUE(warns(none.result.verdict, finding::Code::revocation_unavailable));
  EXPECT_THAT(none.report(report::Detail::checklist),
              HasSubstr("warn  ocsp-staple  none; the certificate demands one (RFC 7633)"));
  EXPECT_THAT(none.report(report::Detail::checklist), HasSubstr("DS106 revocation-unavailable: "));

  Sent stale(true);
  pki::OcspRecipe old = stale.recipe();
  old.next_update = test_instant - std::chrono::seconds(1);
  stale.staple(old);
  stale.send();
  EXPECT_TRUE(stale.result.delivered);
  EXPECT_TRUE(warns(stale.result.verdict, finding::Code::revocation_unavailable));

  Sent good(true);
  good.staple(good.recipe());
  good.send();
  EXPECT_TRUE(good.result.delivered);
  EXPECT_FALSE(warns(good.result.verdict, finding::Code::revocation_unavailable));
}

TEST(Staple, AGoodAnswerStandsInForNoList) {  // D-22
  policy::Evidence evidence;
  Sent run;
  run.staple(run.recipe());
  run.send();
  evidence = transcript::evidence_of(run.transcript);
  ASSERT_TRUE(evidence.peer.stapled && evidence.peer.stapled->verified());
  ASSERT_FALSE(evidence.peer.revocations.empty());
  evidence.peer.revocations.front().state = pki::RevocationState::unknown;
  evidence.peer.revocations.front().problem = pki::CrlProblem::unreachable;
  const SendPlan plan = run.partners.send_plan();
  const policy::Verdict verdict = policy::judge_send(plan.requirement, evidence, plan.rules, test_instant);
  EXPECT_EQ(finding::name(verdict.headline.code), "DS150");
  EXPECT_EQ(verdict.treatment, policy::Treatment::refuse);
}

}  // namespace
}  // namespace domsec::session
