#include "domsec/report/test_report.h"

#include <algorithm>

#include "session_events.h"
#include "test_case_text.h"

namespace domsec::report {

namespace {

Timeline of_one_end(const transcript::Transcript& transcript, End end) {
  Timeline timeline;
  const std::vector<transcript::Event>& events = transcript.events();
  for (const transcript::Event& event : events) {
    std::string words = event_text(event, transcript.role());
    if (!words.empty()) timeline.entries.push_back({event.at - events.front().at, end, std::move(words)});
  }
  return timeline;
}

}  // namespace

std::size_t TestReport::count(TestCase::Outcome outcome) const {
  return static_cast<std::size_t>(std::count_if(
      cases.begin(), cases.end(), [outcome](const TestCase& test) { return test.outcome == outcome; }));
}

std::string_view text(TestCase::Outcome outcome) {
  switch (outcome) {
    case TestCase::Outcome::passed:
      return "passed";
    case TestCase::Outcome::failed:
      return "failed";
    case TestCase::Outcome::broken:
      return "broken";
  }
  return "broken";
}

std::string place_text(const SourceLine& at) {
  return at.line > 0 ? at.file + ":" + std::to_string(at.line) : at.file;
}

std::string difference_text(const Difference& difference) {
  return difference.what + ": expected " + difference.expected + ", seen " +
         (difference.seen.empty() ? "nothing" : difference.seen);
}

std::string why(const TestCase& test) {
  if (test.outcome == TestCase::Outcome::broken && !test.trouble.empty()) return test.trouble;
  if (!test.differences.empty()) return difference_text(test.differences.front());
  return std::string(text(test.outcome));
}

std::string folder_of(const TestCase& test) {
  const std::size_t slash = test.name.rfind('/');
  return slash == std::string::npos ? std::string() : test.name.substr(0, slash);
}

bool has_both_ends(const TestedSession& session) {
  return !session.sender.empty() && !session.receiver.empty();
}

Timeline timeline_of(const TestedSession& session) {
  if (has_both_ends(session)) return timeline(session.sender.front(), session.receiver.front());
  if (!session.sender.empty()) return of_one_end(session.sender.front(), End::sender);
  if (!session.receiver.empty()) return of_one_end(session.receiver.front(), End::receiver);
  return {};
}

}  // namespace domsec::report
