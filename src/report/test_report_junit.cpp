// JUnit XML in what all readers of it have in common: the elements and their order hold both for the schema
// of Ant's report task (one failure a case, no output of a case) and for the one of Jenkins.
#include <algorithm>
#include <array>
#include <cstdio>

#include "domsec/transcript/protocol_log.h"
#include "markup.h"
#include "test_case_text.h"

namespace domsec::report {

namespace {

struct Suite {
  std::string name;
  std::vector<const TestCase*> cases;
};

/// One a folder, in the order in which the folders come.
std::vector<Suite> suites_of(const TestReport& report) {
  std::vector<Suite> suites;
  for (const TestCase& test : report.cases) {
    std::string folder = folder_of(test);
    if (folder.empty()) folder = "domsec";
    auto at =
        std::find_if(suites.begin(), suites.end(), [&](const Suite& suite) { return suite.name == folder; });
    if (at == suites.end()) at = suites.insert(suites.end(), Suite{folder, {}});
    at->cases.push_back(&test);
  }
  return suites;
}

std::string seconds(std::chrono::milliseconds took) {
  const long long whole = std::max<long long>(took.count(), 0);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%03lld", whole / 1000, whole % 1000);
  return text.data();
}

std::string attribute(const char* name, std::string_view value) {
  return std::string(" ") + name + "=\"" + markup(value) + "\"";
}

/// Dots, as of packages: readers group by them.
std::string classname(std::string folder) {
  std::replace(folder.begin(), folder.end(), '/', '.');
  return folder;
}

/// What a reader is shown: each difference at its line, then where the ends of the sessions disagree.
std::string account(const TestCase& test) {
  std::string out;
  const auto add = [&out](const std::string& line) { out += markup(line) + "\n"; };
  if (!test.title.empty()) add(test.title);
  if (!test.trouble.empty()) add(place_text(test.source) + ": " + test.trouble);
  for (const Difference& difference : test.differences)
    add(place_text(difference.at) + ": " + difference_text(difference));
  for (const TestedSession& session : test.sessions) {
    for (const Disagreement& one : timeline_of(session).disagreements)
      add(session.title + ": the ends disagree: " + one.subject + ": sender: " + one.sender +
          "; receiver: " + one.receiver + ". " + one.meaning);
  }
  return out;
}

std::string element(const TestCase& test, const std::string& folder) {
  const std::size_t slash = test.name.rfind('/');
  const std::string name = slash == std::string::npos ? test.name : test.name.substr(slash + 1);
  std::string out = "    <testcase" + attribute("name", name) + attribute("classname", classname(folder)) +
                    attribute("time", seconds(test.took));
  if (test.outcome == TestCase::Outcome::passed) return out + "/>\n";
  const bool failed = test.outcome == TestCase::Outcome::failed;
  const std::string tag = failed ? "failure" : "error";
  out += ">\n      <" + tag + attribute("message", why(test)) +
         attribute("type", failed ? "not-as-expected" : "not-tried") + ">" + account(test);
  return out + "</" + tag + ">\n    </testcase>\n";
}

/// Both ends of the sessions of what failed.
std::string output(const Suite& suite) {
  std::string out;
  for (const TestCase* test : suite.cases) {
    if (test->outcome == TestCase::Outcome::passed) continue;
    for (const TestedSession& session : test->sessions) {
      if (!has_both_ends(session)) continue;
      out += markup(test->name + ": " + session.title) + "\n" +
             markup_lines(timeline_text(timeline_of(session)));
    }
  }
  return out;
}

std::string count(const Suite& suite, TestCase::Outcome outcome) {
  return std::to_string(std::count_if(suite.cases.begin(), suite.cases.end(),
                                      [outcome](const TestCase* test) { return test->outcome == outcome; }));
}

std::string element(const Suite& suite, std::size_t id, const TestReport& report) {
  std::chrono::milliseconds took{0};
  for (const TestCase* test : suite.cases) took += test->took;
  std::string out = "  <testsuite" + attribute("id", std::to_string(id)) + attribute("package", "domsec") +
                    attribute("name", suite.name) +
                    attribute("timestamp", transcript::log_time(report.begun).substr(0, 19)) +
                    attribute("hostname", "localhost") +
                    attribute("tests", std::to_string(suite.cases.size())) +
                    attribute("failures", count(suite, TestCase::Outcome::failed)) +
                    attribute("errors", count(suite, TestCase::Outcome::broken)) +
                    attribute("time", seconds(took)) + ">\n    <properties>\n";
  out += "      <property" + attribute("name", "run") + attribute("value", report.name) + "/>\n";
  if (!report.version.empty())
    out += "      <property" + attribute("name", "domsec") + attribute("value", report.version) + "/>\n";
  out += "    </properties>\n";
  for (const TestCase* test : suite.cases) out += element(*test, suite.name);
  return out + "    <system-out>" + output(suite) + "</system-out>\n    <system-err/>\n  </testsuite>\n";
}

}  // namespace

std::string junit(const TestReport& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  std::size_t id = 0;
  for (const Suite& suite : suites_of(report)) out += element(suite, id++, report);
  return out + "</testsuites>\n";
}

}  // namespace domsec::report
