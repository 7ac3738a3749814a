#include "domsec/session/send_session.h"

#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Ending;
using testing::Hear;
using testing::HearData;
using testing::Pace;
using testing::Partners;
using testing::Say;
using testing::Script;
using testing::ScriptedServer;
using testing::StartTls;

/// A good server's half of a whole session, one action a step.
Script good_server(const Partners& partners) {
  Script script;
  script.actions = {Say{"220 mail.woodgrovebank.com ready\r\n"},
                    Hear{},
                    Say{"250-mail.woodgrovebank.com hello\r\n250-SIZE 1000000\r\n250 STARTTLS\r\n"},
                    Hear{},
                    Say{"220 2.0.0 go\r\n"},
                    StartTls{partners.server(partners.woodgrove)},
                    Hear{},
                    Say{"250-mail.woodgrovebank.com hello\r\n250 SIZE 1000000\r\n"},
                    Hear{},
                    Say{"250 2.1.0 ok\r\n"},
                    Hear{},
                    Say{"250 2.1.5 ok\r\n"},
                    Hear{},
                    Say{"354 go\r\n"},
                    HearData{},
                    Say{"250 2.0.0 queued\r\n"},
                    Hear{},
                    Say{"221 2.0.0 bye\r\n"}};
  return script;
}

struct Ran {
  SendResult result;
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  testing::Heard heard;
  [[nodiscard]] policy::Evidence evidence() const { return transcript::evidence_of(transcript); }
  /// What the last judgement in the transcript says.
  [[nodiscard]] std::optional<finding::Code> recorded() const {
    std::optional<finding::Code> code;
    for (const transcript::Event& event : transcript.events()) {
      if (const auto* decided = event.body.as<transcript::PolicyDecided>()) code = decided->verdict.headline.code;
    }
    return code;
  }
};

Ran run_against(Script script, const SendPlan& plan) {
  net::Loop loop;
  ScriptedServer server(loop, std::move(script));
  Ran ran;
  ran.result = testing::send(loop, plan, server.endpoint(), ran.transcript);
  ran.heard = server.heard();
  return ran;
}

TEST(SendSession, DeliversDomainSecuredMailToAScriptedServer) {
  const Partners partners;
  const Ran ran = run_against(good_server(partners), partners.send_plan());
  EXPECT_TRUE(ran.result.delivered);
  EXPECT_EQ(ran.result.verdict.result, policy::Result::pass);
  EXPECT_EQ(ran.result.verdict.treatment, policy::Treatment::domain_secured);
  EXPECT_EQ(ran.result.verdict.headline.code, finding::Code::mutual_tls_ok);
  EXPECT_EQ(ran.heard.data, "Subject: test\r\n\r\nHello.\r\n..\r\nlast line\r\n");
}

TEST(SendSession, DeliversWhenTheServerTricklesOctetByOctet) {
  const Partners partners;
  Script script = good_server(partners);
  script.pace = Pace::trickle;
  SendPlan plan = partners.send_plan();
  plan.timeouts = Timeouts::capped(net::Milliseconds(3000));
  const Ran ran = run_against(script, plan);
  EXPECT_TRUE(ran.result.delivered);
}

/// The step that the outcome must name when the server's script ends after `played` actions.
struct StepRow {
  std::size_t played;
  policy::Step step;
};
constexpr StepRow step_rows[] = {{0, policy::Step::greeting},         {1, policy::Step::ehlo},
                                 {2, policy::Step::ehlo},             {3, policy::Step::starttls},
                                 {4, policy::Step::starttls},         {5, policy::Step::handshake},
                                 {6, policy::Step::ehlo_inside_tls},  {7, policy::Step::ehlo_inside_tls},
                                 {8, policy::Step::mail},             {9, policy::Step::mail},
                                 {10, policy::Step::rcpt},            {11, policy::Step::rcpt},
                                 {12, policy::Step::data},            {13, policy::Step::data},
                                 {14, policy::Step::end_of_data},     {15, policy::Step::end_of_data}};

void expect_step_named(Ending ending) {
  const Partners partners;
  for (const StepRow& row : step_rows) {
    SCOPED_TRACE("after " + std::to_string(row.played) + " actions");
    Script script = good_server(partners);
    script.actions.resize(row.played);
    script.ending = ending;
    const Ran ran = run_against(script, partners.send_plan());
    EXPECT_FALSE(ran.result.delivered);
    ASSERT_TRUE(ran.recorded());
    EXPECT_EQ(finding::name(*ran.recorded()), finding::name(ran.result.verdict.headline.code));
    const policy::Evidence evidence = ran.evidence();
    ASSERT_TRUE(evidence.broken);
    EXPECT_EQ(policy::text(evidence.broken->step), policy::text(row.step));
    if (ending == Ending::silence) {
      EXPECT_EQ(policy::text(evidence.broken->kind), policy::text(policy::BreakKind::timed_out));
    }
    if (row.step <= policy::Step::ehlo_inside_tls) {
      EXPECT_NE(ran.result.verdict.result, policy::Result::pass);
      EXPECT_FALSE(ran.heard.any_line_begins("MAIL"));
    }
  }
}

TEST(SendSession, NamesTheStepWhenTheServerCloses) { expect_step_named(Ending::close); }
TEST(SendSession, NamesTheStepWhenTheServerResets) { expect_step_named(Ending::reset); }
TEST(SendSession, NamesTheStepWhenTheServerFallsSilent) { expect_step_named(Ending::silence); }

TEST(SendSession, AFullSessionIsDeliveredThoughTheServerIsGoneAtQuit) {
  const Partners partners;
  Script script = good_server(partners);
  script.actions.resize(16);
  const Ran ran = run_against(script, partners.send_plan());
  EXPECT_TRUE(ran.result.delivered);
  EXPECT_EQ(ran.result.verdict.result, policy::Result::pass);
}

/// R7: what makes mutual TLS impossible, and what is found; no octet of MAIL FROM leaves.
struct RefusedRow {
  const char* name;
  std::vector<testing::Action> actions;
  finding::Code code;
};

std::vector<RefusedRow> refused_rows(const Partners& partners) {
  const Say greeting{"220 mail.woodgrovebank.com ready\r\n"};
  const Say offer{"250-mail.woodgrovebank.com\r\n250 STARTTLS\r\n"};
  const Say go{"220 go\r\n"};
  const Say again{"250 mail.woodgrovebank.com\r\n"};
  const Say ok{"250 ok\r\n"};
  const auto with = [&](const pki::CertificateRecipe& recipe) { return partners.server(partners.pki.second.issue(recipe)); };
  pki::CertificateRecipe expired = testing::leaf_recipe({"mail.woodgrovebank.com"});
  expired.not_after = testing::test_instant - std::chrono::days(1);
  const pki::Credentials stranger = testing::ThreeLevels("Stranger").leaf("mail.woodgrovebank.com");
  const auto tls = [&](std::shared_ptr<const net::TlsContext> context) {
    return std::vector<testing::Action>{greeting, Hear{}, offer, Hear{}, go, StartTls{std::move(context)},
                                        Hear{},   again,  Hear{}, ok,    Hear{}, ok};
  };
  return {
      {"no STARTTLS", {greeting, Hear{}, Say{"250 mail.woodgrovebank.com\r\n"}, Hear{}, ok}, finding::Code::starttls_not_supported},
      {"STARTTLS refused", {greeting, Hear{}, offer, Hear{}, Say{"454 4.7.0 TLS not available\r\n"}, Hear{}, ok},
       finding::Code::starttls_refused},
      {"wrong name", tls(partners.server(partners.pki.leaf("smtp-out.hosting.example"))),
       finding::Code::certificate_host_mismatch},
      {"expired", tls(with(expired)), finding::Code::certificate_expired},
      {"unknown root", tls(partners.server(stranger)), finding::Code::certificate_not_trusted},
  };
}

TEST(SendSession, NoMailFromLeavesWithoutMutualTls) {
  const Partners partners;
  for (const RefusedRow& row : refused_rows(partners)) {
    SCOPED_TRACE(row.name);
    Script script;
    script.actions = row.actions;
    const Ran ran = run_against(script, partners.send_plan());
    EXPECT_EQ(ran.result.verdict.result, policy::Result::fail);
    EXPECT_EQ(finding::name(ran.result.verdict.headline.code), finding::name(row.code));
    EXPECT_FALSE(ran.heard.any_line_begins("MAIL"));
    EXPECT_FALSE(ran.heard.any_line_begins("RCPT"));
  }
}

/// A sub-CA that is held to another domain put our partner's name into the CN, where the constraint does not bind: the record
/// of the comparison says the same as the verdict.
TEST(SendSession, TheNameRecordKnowsOfACommonNameOutsideANameConstraint) {
  const Partners partners;
  pki::CertificateRecipe ca = testing::ca_recipe("CN=Constrained CA, O=Fabrikam");
  ca.permitted_dns = {"fabrikam.com"};
  pki::CertificateRecipe leaf = testing::leaf_recipe({"mail.fabrikam.com"});
  leaf.subject = "CN=mail.woodgrovebank.com";
  const pki::Credentials server = partners.pki.root.subordinate(ca).issue(leaf);
  Script script = good_server(partners);
  for (testing::Action& action : script.actions) {
    if (auto* tls = std::get_if<StartTls>(&action)) tls->context = partners.server(server);
  }
  const Ran ran = run_against(script, partners.send_plan());
  EXPECT_EQ(finding::name(ran.result.verdict.headline.code), finding::name(finding::Code::certificate_host_mismatch));
  std::vector<std::string> order;
  for (const transcript::Event& event : ran.transcript.events()) {
    if (const auto* compared = event.body.as<transcript::NameCompared>()) {
      order.emplace_back("name");
      EXPECT_FALSE(compared->match.matches);
      ASSERT_FALSE(compared->match.attempts.empty());
      EXPECT_EQ(compared->match.attempts.back().why, "the CN lies outside a name constraint of its CA");
    }
    if (event.body.is<transcript::ChainExamined>()) order.emplace_back("chain");
  }
  EXPECT_EQ(order, (std::vector<std::string>{"name", "chain"}));
}

TEST(SendSession, AMissingOwnCertificateEndsTheSessionBeforeStarttls) {
  const Partners partners;
  SendPlan plan = partners.send_plan();
  plan.own = transcript::OwnCertificateChosen{nullptr, policy::OwnTrouble::not_found, "no certificate holds mail.contoso.com"};
  const Ran ran = run_against(good_server(partners), plan);
  EXPECT_EQ(finding::name(ran.result.verdict.headline.code), finding::name(finding::Code::own_cert_not_found));
  EXPECT_FALSE(ran.heard.any_line_begins("STARTTLS"));
  EXPECT_FALSE(ran.heard.any_line_begins("MAIL"));
  EXPECT_EQ(policy::exit_code(ran.result.verdict), 2);
}

TEST(SendSession, ComparesTheNameThatThePlanAsksFor) {
  const Partners partners;
  const struct {
    const char* name;
    ReferenceName reference;
    const char* greeting;
    bool delivered;
    const char* compared;
  } rows[] = {
      {"domain", ReferenceName::domain, "220 other.example hi", true, "woodgrovebank.com"},
      {"MX host", ReferenceName::mx_host, "220 other.example hi", true, "mail.woodgrovebank.com"},
      {"greeting", ReferenceName::greeting, "220 MAIL.woodgrovebank.com", true, "mail.woodgrovebank.com"},
      {"greeting of another", ReferenceName::greeting, "220 other.example hi", false, "other.example"},
      {"greeting without a name", ReferenceName::greeting, "220", false, "a host that has no name"},
      {"greeting with an address", ReferenceName::greeting, "220 [192.0.2.1] hi", false, "a host that has no name"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    SendPlan plan = partners.send_plan();
    plan.reference_name = row.reference;
    Script script = good_server(partners);
    script.actions.front() = Say{std::string(row.greeting) + "\r\n"};
    const Ran ran = run_against(std::move(script), plan);
    EXPECT_EQ(ran.result.delivered, row.delivered);
    EXPECT_EQ(ran.evidence().peer.name->reference.text, row.compared);
    if (!row.delivered) {
      EXPECT_EQ(ran.result.verdict.headline.code, finding::Code::certificate_host_mismatch);
    }
    for (const transcript::Event& event : ran.transcript.events()) {
      const auto* decided = event.body.as<transcript::PolicyDecided>();
      if (!decided) continue;
      EXPECT_EQ(decided->domain, "woodgrovebank.com") << "the partner stays who he is";
    }
  }
}

TEST(SendSession, TextBehindThe220OfStarttlsIsAnInjection) {
  const Partners partners;
  Script script;
  script.actions = {Say{"220 mail.woodgrovebank.com\r\n"}, Hear{}, Say{"250-mail.woodgrovebank.com\r\n250 STARTTLS\r\n"}, Hear{},
                    Say{"220 go\r\n250 injected\r\n"}};
  script.ending = Ending::silence;
  const Ran ran = run_against(script, partners.send_plan());
  EXPECT_NE(ran.result.verdict.result, policy::Result::pass);
  ASSERT_TRUE(ran.evidence().broken);
  EXPECT_EQ(ran.evidence().broken->kind, policy::BreakKind::protocol_error);
  EXPECT_FALSE(ran.heard.any_line_begins("MAIL"));
  EXPECT_EQ(ran.result.verdict.headline.code, finding::Code::tls_protocol_error);
  EXPECT_EQ(ran.result.verdict.headline.alternatives, std::vector{finding::Code::starttls_intercepted});
}

TEST(SendSession, EndsAGarbageReplyAndAnEndlessLineWithASentence) {
  const Partners partners;
  for (const std::string& octets : {std::string("hello there\r\n"), std::string(1U << 20, 'x'), std::string("220\0 x\r\n", 8)}) {
    Script script;
    script.actions = {Say{octets}};
    script.ending = Ending::silence;
    const Ran ran = run_against(script, partners.send_plan());
    EXPECT_NE(ran.result.verdict.result, policy::Result::pass);
    EXPECT_FALSE(ran.result.delivered);
  }
}

TEST(SendSession, OpportunisticMailGoesInClearWhereNoStarttlsIsOffered) {
  const Partners partners;
  SendPlan plan = partners.send_plan();
  plan.requirement = policy::TlsRequirement{};
  Script script;
  const Say ok{"250 ok\r\n"};
  script.actions = {Say{"220 mail.woodgrovebank.com\r\n"}, Hear{}, ok, Hear{}, ok, Hear{}, ok, Hear{}, Say{"354 go\r\n"}, HearData{}, ok};
  const Ran ran = run_against(script, plan);
  EXPECT_TRUE(ran.result.delivered);
  EXPECT_EQ(ran.result.verdict.treatment, policy::Treatment::clear);
}

}  // namespace
}  // namespace domsec::session
