// The checklist word by word: one pass, failures of three kinds, and the form under hostile text.
#include "domsec/report/text.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "domsec/report/session_json.h"
#include "support/sample_transcripts.h"

namespace domsec::report {
namespace {

using namespace transcript;
using policy::Role;
using policy::Step;

Report report_of(Transcript transcript, policy::Verdict verdict, std::string host, int preference) {
  Report report;
  report.target = "woodgrovebank.com";
  report.requirement.requirement = policy::Requirement::domain_secured;
  report.requirement.listed = true;
  report.requirement.list =
      transcript.role() == Role::send ? "TLSSendDomainSecureList" : "TLSReceiveDomainSecureList";
  report.requirement.list_origin = {"domsec.toml", 4};
  report.connections = 1;
  report.at = *pki::read_rfc3339("2026-11-22T09:15:02Z");
  report.sessions.push_back({std::move(transcript), std::move(verdict), std::move(host), preference});
  return report;
}

policy::Verdict verdict_in(const Transcript& transcript) {
  for (const Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<PolicyDecided>()) return decided->verdict;
  }
  return {};
}

policy::Verdict failed(finding::Code code, std::string detail) {
  policy::Verdict verdict;
  verdict.result = policy::Result::fail;
  verdict.headline.code = code;
  verdict.headline.severity = finding::Severity::fails;
  verdict.headline.detail = std::move(detail);
  verdict.findings = {verdict.headline};
  return verdict;
}

/// The same session until `before`, then what `goes_on` adds.
template <typename Before, typename GoesOn>
Transcript until(const Transcript& whole, Before before, GoesOn goes_on) {
  auto now = std::make_shared<Time>();
  Transcript cut(whole.role(), whole.connector(), whole.session_id(), [now] { return *now; });
  for (const Event& event : whole.events()) {
    *now = event.at;
    if (before(event)) break;
    event.body.visit([&](const auto& body) { cut.append(body); });
  }
  goes_on(cut);
  return cut;
}

Report passed() {
  Transcript transcript = tests::sent_well();
  const policy::Verdict verdict = verdict_in(transcript);
  return report_of(std::move(transcript), verdict, "mail.woodgrovebank.com", 10);
}

Report refused_late() {
  const auto second_ehlo = [](const Event& event) {
    const auto* begun = event.body.as<StepBegun>();
    return begun != nullptr && begun->step == Step::ehlo_inside_tls;
  };
  Transcript transcript = until(tests::sent_well(), second_ehlo, [](Transcript& t) {
    t.append(StepBegun{Step::ehlo_inside_tls});
    t.append(CommandLine{Direction::sent, "EHLO mail.contoso.com"});
    t.append(AlertSeen{Direction::received, {43, true}, true});
    t.append(Broken{Step::ehlo_inside_tls, policy::BreakKind::protocol_error, "the peer sent alert 43"});
    t.append(Disconnected{DisconnectReason::remote});
  });
  policy::Verdict verdict = failed(finding::Code::client_cert_eku,
                                   "the partner's stack wants clientAuth; ours is for serverAuth only");
  verdict.headline.level = policy::Level::likely;
  verdict.headline.observed = finding::Code::refused_purpose;
  return report_of(std::move(transcript), verdict, "mail.woodgrovebank.com", 10);
}

Report no_starttls() {
  const auto offer = [](const Event& event) { return event.body.is<StarttlsOffer>(); };
  Transcript transcript = until(tests::sent_well(), offer, [](Transcript& t) {
    t.append(StepBegun{Step::starttls});
    t.append(StarttlsOffer{false, false});
    t.append(Disconnected{DisconnectReason::local});
  });
  return report_of(std::move(transcript), failed(finding::Code::starttls_not_supported, ""),
                   "mail.woodgrovebank.com", 10);
}

Report wrong_name() {
  Transcript transcript = tests::received_with_wrong_name();
  const policy::Verdict verdict = verdict_in(transcript);
  return report_of(std::move(transcript), verdict, "", -1);
}

/// Compares with the kept text; DOMSEC_ACCEPT=1 keeps the new one for review.
void expect_kept(const std::string& found, const std::string& name) {
  const std::string path = "fixtures/report/" + name;
  if (std::getenv("DOMSEC_ACCEPT") != nullptr)
    std::ofstream(std::string(DOMSEC_SOURCE_DIR) + "/" + path, std::ios::binary) << found;
  EXPECT_EQ(found, tests::fixture(path));
}

void expect_within_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto characters =
        std::count_if(line.begin(), line.end(), [](char octet) { return (octet & 0xC0) != 0x80; });
    EXPECT_LE(characters, 80) << line;
    EXPECT_FALSE(line.ends_with(' ')) << "'" << line << "'";
    for (const char octet : line)
      EXPECT_TRUE(static_cast<unsigned char>(octet) >= 0x20 && octet != '\x7F') << line;
  }
}

TEST(TextReport, ShowsAPass) { expect_kept(text(passed()), "pass.txt"); }
TEST(TextReport, ShowsARefusalAfterTheHandshake) {
  expect_kept(text(refused_late()), "refused-after-handshake.txt");
}
TEST(TextReport, ShowsThatStarttlsWasNotOffered) { expect_kept(text(no_starttls()), "no-starttls.txt"); }
TEST(TextReport, ShowsAWrongNameOnReceive) { expect_kept(text(wrong_name()), "receive-wrong-name.txt"); }
TEST(TextReport, ShowsCertificatesAndNamesWithV) {
  expect_kept(text(wrong_name(), Detail::certificates), "receive-wrong-name-v.txt");
}
TEST(TextReport, ShowsTheTranscriptInSwaksMarksWithVV) {
  expect_kept(text(refused_late(), Detail::transcript), "refused-after-handshake-vv.txt");
}

TEST(TextReport, TellsWhatTheOtherRevocationModesWouldHaveComeTo) {  // D-9
  const auto examined = [](const Event& event) { return event.body.is<RevocationExamined>(); };
  Transcript transcript = until(tests::sent_well(), examined, [](Transcript& t) {
    pki::Revocation stale;
    stale.problem = pki::CrlProblem::stale;
    stale.detail = "nextUpdate was 2026-11-21T00:00:00Z";
    t.append(RevocationExamined{{stale}});
  });
  policy::Verdict verdict = failed(finding::Code::crl_stale, "whether it is revoked cannot be told");
  using policy::Result;
  verdict.revocation = {policy::RevocationMode::hard, Result::fail, Result::pass, Result::pass};
  const std::string told = text(report_of(transcript, verdict, "mail.woodgrovebank.com", 10));
  EXPECT_NE(told.find("FAIL  revocation   CRL stale: nextUpdate was 2026-11-21T00:00:00Z (hard)\n"), std::string::npos)
      << told;
  EXPECT_NE(told.find("                     with soft: pass; with off: pass\n"), std::string::npos) << told;
  verdict.revocation = {policy::RevocationMode::soft, Result::fail, Result::pass, Result::pass};
  const std::string soft = text(report_of(transcript, verdict, "mail.woodgrovebank.com", 10));
  EXPECT_NE(soft.find("(soft)\n"), std::string::npos) << soft;
  EXPECT_NE(soft.find("with hard: fail; with off: pass\n"), std::string::npos) << soft;
}

TEST(TextReport, StaysWithinEightyColumns) {
  for (const Report& report : {passed(), refused_late(), no_starttls(), wrong_name()})
    expect_within_columns(text(report, Detail::certificates));
}

TEST(TextReport, OnlyRepeatsTheWordsInColour) {
  std::string painted = text(refused_late(), Detail::checklist, Colour::ansi);
  EXPECT_NE(painted.find("\x1B["), std::string::npos);
  for (std::size_t at = painted.find('\x1B'); at != std::string::npos; at = painted.find('\x1B')) {
    painted.erase(at, painted.find('m', at) - at + 1);
  }
  EXPECT_EQ(painted, text(refused_late()));
}

TEST(TextReport, LetsNoPeerMoveTheCursorOrBreakTheColumns) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> octet(0, 255);
  const auto octets = [&](int length) {
    std::string made_up;
    for (int i = 0; i < length; ++i) made_up += static_cast<char>(octet(random));
    return made_up;
  };
  for (int round = 0; round < 100; ++round) {
    Transcript transcript(Role::send, "Internet", 1, [] { return Time{}; });
    transcript.append(Connecting{"h", "192.0.2.1:25"});
    transcript.append(Connected{"192.0.2.9:1", "192.0.2.1:25"});
    transcript.append(StepBegun{Step::ehlo});
    transcript.append(ReplyGiven{Direction::received, smtp::Reply(550, octets(200))});
    auto peer = std::make_shared<pki::Certificate>();
    peer->subject = octets(300);
    peer->dns_names = {octets(100)};
    transcript.append(TlsEstablished{"TLSv1.3", "c", "", "", true, true, {octets(100)}, {}});
    transcript.append(PeerCertificatesSeen{{peer}});
    pki::NameMatch name;
    name.reference.text = "a.test";
    name.attempts = {{{pki::PresentedId::Source::san, octets(90)}, false, "another domain"}};
    transcript.append(NameCompared{name});
    const Report report = report_of(
        std::move(transcript), failed(finding::Code::certificate_host_mismatch, octets(150)), octets(40), 10);
    for (const char control : text(report, Detail::transcript)) {
      ASSERT_TRUE(control == '\n' || (static_cast<unsigned char>(control) >= 0x20 && control != '\x7F'));
    }
    std::istringstream lines(text(report, Detail::certificates));
    for (std::string line; std::getline(lines, line);) ASSERT_LE(line.size(), 320U);
  }
}

TEST(ReportJson, HoldsEverySessionWholeAndTheExitCode) {
  Report report = wrong_name();
  report.exit_code = 2;  // the caller's, not made up again from the sessions
  const boost::json::value found = boost::json::parse(report_json(report));
  EXPECT_EQ(found.at("schema"), "domsec.report/1");
  EXPECT_EQ(found.at("exit_code").to_number<int>(), 2);
  EXPECT_EQ(found.at("requirement").at("list_origin"), "domsec.toml:4");
  const boost::json::value& session = found.at("sessions").as_array().at(0);
  EXPECT_EQ(session.at("code"), "DS110");
  EXPECT_EQ(session.at("session").at("schema"), "domsec.session/1");
  EXPECT_EQ(session.at("session").at("events").as_array().size(), 22U);
}

TEST(ReportJson, OfNoSessionIsInconclusive) {
  const boost::json::value found = boost::json::parse(report_json(Report{}));
  EXPECT_EQ(found.at("exit_code").to_number<int>(), 3);
  EXPECT_TRUE(found.at("sessions").as_array().empty());
}

}  // namespace
}  // namespace domsec::report
