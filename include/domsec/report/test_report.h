// What was tried and what came of it, for those who read test results: people (TAP-like lines, a page), CI
// servers (JUnit XML) and code-scanning services (SARIF 2.1.0). Plain values; `domsec run` fills them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "domsec/policy/verdict.h"
#include "domsec/transcript/transcript.h"

namespace domsec::report {

/// Where something is written; line 0 = the file as a whole.
struct SourceLine {
  std::string file;
  int line = 0;
};

/// An expectation that did not hold.
struct Difference {
  SourceLine at;
  std::string what;      // `receiver: finding`
  std::string expected;  // `DS103 certificate-expired`
  std::string seen;
};

/// A session between two ends; what is not known of an end is empty.
struct TestedSession {
  SourceLine at;                                 // of the step
  std::string title;                             // `woodgrove -> contoso`
  std::vector<transcript::Transcript> sender;    // none or one
  std::vector<transcript::Transcript> receiver;  // none or one
};

struct TestCase {
  enum class Outcome {
    passed,
    failed,  // an expectation did not hold
    broken,  // it could not be tried: the description or the surroundings are wrong
  };
  std::string name;   // `faults/certificate/expired`: of its file, without what all have in common
  std::string title;  // a sentence
  SourceLine source;
  Outcome outcome = Outcome::passed;
  std::vector<Difference> differences;
  std::string trouble;  // why it is broken: a sentence
  std::vector<TestedSession> sessions;
  std::chrono::milliseconds took{0};
};

struct TestReport {
  std::string name;     // of the whole: what was asked for
  std::string version;  // of domsec; empty = not told
  transcript::Time begun;
  std::vector<TestCase> cases;
  [[nodiscard]] std::size_t count(TestCase::Outcome outcome) const;
};

// Whatever a peer said stays text in each of them: no octet of it can end a string, an element or a line.

/// TAP 13, as cases end: the head, a line for each case, the plan. `ok 1 - name`, or `not ok 2 - name` with
/// what did not hold below it as a YAML block. `number` counts from 1.
[[nodiscard]] std::string tap_head();
[[nodiscard]] std::string tap_line(const TestCase& test, std::size_t number);
[[nodiscard]] std::string tap_plan(std::size_t cases);
/// One `testsuite` a folder; `failure` for what did not hold, `error` for what could not be tried. Valid
/// under the schema of Ant's report task and under the one of Jenkins.
[[nodiscard]] std::string junit(const TestReport& report);
/// SARIF 2.1.0: one result for each difference, at the line that expects it, and one for a case that could
/// not be tried. Its rule is the finding that was seen, else the one that the case's session came to, else
/// `not-as-expected` or `not-tried`.
[[nodiscard]] std::string sarif_json(const TestReport& report);
/// Schema domsec.run/1: each session with both transcripts (domsec.session/1) and where they disagree.
[[nodiscard]] std::string run_json(const TestReport& report);
/// One file without anything from elsewhere, script included: what failed first and open, each case with its
/// differences and the timeline of both ends of its sessions.
[[nodiscard]] std::string html(const TestReport& report);

}  // namespace domsec::report
