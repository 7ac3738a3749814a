// The test report in each of its forms, word by word, and under text that wants to be more than text.
#include "domsec/report/test_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <pugixml.hpp>

#include "support/sample_transcripts.h"
#include "support/two_ends.h"

namespace domsec::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace json = boost::json;
using Outcome = TestCase::Outcome;

TestedSession session_of(const tests::TwoEnds& ends, int line) {
  return {{"faults/certificate/expired.toml", line}, "contoso -> woodgrove", {ends.sender}, {ends.receiver}};
}

TestCase passed_case() {
  TestCase test;
  test.name = "faults/certificate/good";
  test.title = "Both ends prove themselves";
  test.source = {"faults/certificate/good.toml", 1};
  test.sessions = {session_of(tests::sound_session(), 3)};
  test.took = std::chrono::milliseconds(42);
  return test;
}

TestCase failed_case() {
  TestCase test;
  test.name = "faults/certificate/expired";
  test.title = "The sender's certificate expired yesterday";
  test.source = {"faults/certificate/expired.toml", 1};
  test.outcome = Outcome::failed;
  test.differences = {{{"faults/certificate/expired.toml", 9},
                       "receiver: finding",
                       "DS102 chain-incomplete",
                       "DS103 certificate-expired"},
                      {{"faults/certificate/expired.toml", 10}, "sender: mail", "passes", "was refused"}};
  test.sessions = {session_of(tests::refused_session(), 7)};
  test.took = std::chrono::milliseconds(1250);
  return test;
}

TestCase broken_case() {
  TestCase test;
  test.name = "names/unknown-lab";
  test.title = "A lab that is not described";
  test.source = {"names/unknown lab.toml", 4};
  test.outcome = Outcome::broken;
  test.trouble = "there is no organisation 'fabrikam'; write one of contoso, woodgrove";
  return test;
}

TestReport sample() {
  TestReport report;
  report.name = "tests/partners";
  report.version = "0.1.0";
  report.begun = *pki::read_rfc3339("2026-11-22T09:15:02Z");
  report.cases = {passed_case(), failed_case(), broken_case()};
  return report;
}

/// What a peer, or the writer of a case, could try.
const std::string hostile =
    std::string(
        "<script>alert(1)</script> ]]> & \"q\" 'a' {0} [x](http://a.example) # skip\n...\nok 9 - no\r") +
    '\0' + "\xFF\xC3 \xEF\xBF\xBE \x1B[31m";

TestReport hostile_report() {
  tests::TwoEnds ends;
  ends.open();
  ends.command(hostile);
  ends.reply({250, std::vector<std::string>{hostile, hostile}});
  ends.quit();
  TestReport report = sample();
  report.name = report.version = hostile;
  TestCase test;
  test.name = hostile + "/" + hostile;
  test.title = test.trouble = hostile;
  test.source = {hostile, 2};
  test.outcome = Outcome::failed;
  test.differences = {{{hostile, 3}, hostile, hostile, hostile}};
  test.sessions = {{{hostile, 4}, hostile, {ends.sender}, {ends.receiver}}};
  report.cases = {test};
  test.outcome = Outcome::broken;
  report.cases.push_back(test);
  return report;
}

void expect_kept(const std::string& found, const std::string& name) {
  const std::string path = "fixtures/report/" + name;
  if (std::getenv("DOMSEC_ACCEPT") != nullptr)
    std::ofstream(std::string(DOMSEC_SOURCE_DIR) + "/" + path, std::ios::binary) << found;
  EXPECT_EQ(found, tests::fixture(path));
}

std::string tap(const TestReport& report) {
  std::string out = tap_head();
  std::size_t number = 0;
  for (const TestCase& test : report.cases) out += tap_line(test, ++number);
  return out + tap_plan(number);
}

void expect_printable(const std::string& text) {
  for (const char octet : text) {
    const auto value = static_cast<unsigned char>(octet);
    ASSERT_TRUE(value >= 0x20 || octet == '\n') << "octet " << static_cast<int>(value);
    ASSERT_NE(value, 0x7F);
    ASSERT_NE(value, 0xFF);
  }
}

TEST(TestReportForms, TapIsKept) {
  expect_kept(tap(sample()), "run.tap");
}
TEST(TestReportForms, JunitIsKept) {
  expect_kept(junit(sample()), "run.xml");
}
TEST(TestReportForms, SarifIsKept) {
  expect_kept(sarif_json(sample()) + "\n", "run.sarif");
}
TEST(TestReportForms, JsonIsKept) {
  expect_kept(run_json(sample()) + "\n", "run.json");
}
TEST(TestReportForms, HtmlIsKept) {
  expect_kept(html(sample()), "run.html");
}

/// For the schemas: valid whatever the texts are.
TEST(TestReportForms, HostileFormsAreKept) {
  expect_kept(tap(hostile_report()), "run-hostile.tap");
  expect_kept(junit(hostile_report()), "run-hostile.xml");
  expect_kept(sarif_json(hostile_report()) + "\n", "run-hostile.sarif");
}

TEST(TestReportForms, HoldWithoutAnyCase) {
  const TestReport none;
  EXPECT_EQ(tap(none), "TAP version 13\n1..0\n");
  EXPECT_EQ(junit(none), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n</testsuites>\n");
  EXPECT_THAT(html(none), HasSubstr("There was nothing to try"));
  EXPECT_TRUE(json::parse(sarif_json(none)).at_pointer("/runs/0/results").as_array().empty());
}

TEST(TestReportForms, CountByOutcome) {
  EXPECT_EQ(sample().count(Outcome::passed), 1U);
  EXPECT_EQ(sample().count(Outcome::failed), 1U);
  EXPECT_EQ(sample().count(Outcome::broken), 1U);
}

TEST(HostileText, EndsNoLineOfTap) {
  const std::string text = tap(hostile_report());
  expect_printable(text);
  std::istringstream lines(text);
  int results = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("ok ")) ADD_FAILURE() << line;
    if (line.starts_with("not ok ")) {
      ++results;
      EXPECT_THAT(line, HasSubstr("\\# skip")) << "a name must not give a directive";
    }
  }
  EXPECT_THAT(text, Not(HasSubstr("\xEF\xBF\xBE")));
  EXPECT_EQ(results, 2);
}

TEST(HostileText, StaysTextInJunit) {
  const std::string text = junit(hostile_report());
  expect_printable(text);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("]]>")));
  EXPECT_THAT(text, Not(HasSubstr("\xEF\xBF\xBE")));
  pugi::xml_document document;
  ASSERT_TRUE(document.load_buffer(text.data(), text.size()));
  EXPECT_EQ(std::distance(document.child("testsuites").begin(), document.child("testsuites").end()), 1);
  const pugi::xml_node failure = document.select_node("//failure").node();
  EXPECT_THAT(std::string(failure.attribute("message").value()),
              HasSubstr("<script>alert(1)</script> ]]> & \"q\" 'a'"));
  EXPECT_THAT(std::string(failure.attribute("message").value()), HasSubstr("\\x00\\xFF\\xC3 \xEF\xBF\xBD"));
}

TEST(HostileText, StaysTextInHtml) {
  const std::string text = html(hostile_report());
  expect_printable(text);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(text, Not(HasSubstr("\"q\"")));
  EXPECT_THAT(text, Not(HasSubstr("href=\"http")));
}

TEST(HostileText, StaysTextInSarif) {
  const std::string text = sarif_json(hostile_report());
  expect_printable(text);
  const json::value document = json::parse(text);
  const std::string message(document.at_pointer("/runs/0/results/0/message/text").as_string());
  EXPECT_THAT(message, Not(HasSubstr("](")));
  EXPECT_THAT(message, HasSubstr("{{0}}"));
  const json::value& place =
      document.at_pointer("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri");
  EXPECT_THAT(std::string(place.as_string()), HasSubstr("%3Cscript%3E"));
  EXPECT_THAT(std::string(place.as_string()), HasSubstr("%0A...%0Aok%209"));
}

TEST(HostileText, StaysTextInJson) {
  const std::string text = run_json(hostile_report());
  expect_printable(text);
  EXPECT_EQ(json::parse(text).at("cases").as_array().size(), 2U);
}

TEST(Sarif, NamesTheFindingThatWasSeenAsItsRule) {
  const json::value document = json::parse(sarif_json(sample()));
  const json::array& results = document.at_pointer("/runs/0/results").as_array();
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0].at("ruleId"), "DS103");
  EXPECT_EQ(results[0].at_pointer("/locations/0/physicalLocation/region/startLine"), 9);
  EXPECT_EQ(results[1].at("ruleId"), "DS201") << "of the first session that was refused";
  EXPECT_EQ(results[2].at("ruleId"), "not-tried");
  EXPECT_EQ(results[2].at_pointer("/locations/0/physicalLocation/artifactLocation/uri"),
            "names/unknown%20lab.toml");
  for (const json::value& result : results) {
    const auto index = result.at("ruleIndex").to_number<std::size_t>();
    EXPECT_EQ(document.at_pointer("/runs/0/tool/driver/rules").as_array()[index].at("id"),
              result.at("ruleId"));
  }
}

TEST(Sarif, TellsTheStepsOfACaseApart) {
  TestReport report = sample();
  report.cases = {failed_case()};
  report.cases[0].differences[1].what = "receiver: finding";
  const json::value document = json::parse(sarif_json(report));
  const json::array& results = document.at_pointer("/runs/0/results").as_array();
  EXPECT_NE(results[0].at("partialFingerprints"), results[1].at("partialFingerprints"));
}

TEST(Sarif, HasARuleOfItsOwnWhereNothingWasFound) {
  TestReport report = sample();
  report.cases = {failed_case()};
  report.cases[0].sessions.clear();
  report.cases[0].differences.erase(report.cases[0].differences.begin());
  const json::value document = json::parse(sarif_json(report));
  EXPECT_EQ(document.at_pointer("/runs/0/results/0/ruleId"), "not-as-expected");
  report.cases[0].differences[0].at = {"/srv/cases/a.toml", 0};
  const json::value absolute = json::parse(sarif_json(report));
  const json::value& place = absolute.at_pointer("/runs/0/results/0/locations/0/physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri"), "file:///srv/cases/a.toml");
  EXPECT_FALSE(place.as_object().contains("region")) << "line 0 is the file as a whole";
}

TEST(Junit, HasASuiteForEachFolderAndOneForCasesWithoutAny) {
  TestReport report = sample();
  report.cases[0].name = "alone";
  pugi::xml_document document;
  const std::string text = junit(report);
  ASSERT_TRUE(document.load_buffer(text.data(), text.size()));
  std::string found;
  for (const pugi::xml_node suite : document.child("testsuites").children())
    found += std::string(suite.attribute("name").value()) + " " + suite.attribute("tests").value() + " " +
             suite.attribute("failures").value() + " " + suite.attribute("errors").value() + "; ";
  EXPECT_EQ(found, "domsec 1 0 0; faults/certificate 1 1 0; names 1 0 1; ");
}

TEST(HtmlReport, ShowsWhatFailedFirstAndOpen) {
  const std::string text = html(sample());
  EXPECT_THAT(text, HasSubstr("1 of 3 cases failed, 1 could not be tried"));
  const std::size_t failed = text.find("<details id=\"case-2\" open>");
  const std::size_t broken = text.find("<details id=\"case-3\" open>");
  const std::size_t passed = text.find("<details id=\"case-1\">");
  ASSERT_NE(failed, std::string::npos);
  ASSERT_NE(passed, std::string::npos);
  EXPECT_LT(failed, broken);
  EXPECT_LT(broken, passed);
  EXPECT_THAT(text, HasSubstr("1 disagreement"));
  EXPECT_THAT(text, HasSubstr("The ends disagree."));
}

TEST(HtmlReport, ShowsTheEndThatIsKnown) {
  TestReport report = sample();
  report.cases = {failed_case()};
  report.cases[0].sessions[0].sender.clear();
  EXPECT_THAT(html(report), HasSubstr("one end is known"));
  EXPECT_THAT(html(report), HasSubstr("<td></td><td>hears &quot;EHLO mail.contoso.com&quot;</td>"));
}

}  // namespace
}  // namespace domsec::report
