// The test report as one page: what failed first and open, the rest folded. Nothing is fetched and nothing
// runs: the page forbids itself both, beside the escaping of every text.
#include <algorithm>
#include <array>
#include <cstdio>

#include "domsec/transcript/protocol_log.h"
#include "markup.h"
#include "page_style.h"
#include "test_case_text.h"

namespace domsec::report {

namespace {

using Outcome = TestCase::Outcome;

constexpr std::array<Outcome, 3> worst_first{Outcome::failed, Outcome::broken, Outcome::passed};

const char* mark(Outcome outcome) {
  switch (outcome) {
    case Outcome::failed:
      return "✗ failed";
    case Outcome::broken:
      return "! not tried";
    case Outcome::passed:
      return "✓ passed";
  }
  return "";
}

const char* heading(Outcome outcome) {
  switch (outcome) {
    case Outcome::failed:
      return "Failed";
    case Outcome::broken:
      return "Could not be tried";
    case Outcome::passed:
      return "Passed";
  }
  return "";
}

/// A reader skips over them by their names: `case-3` in the order in which they were tried.
std::string anchor(const TestReport& report, const TestCase& test) {
  return "case-" + std::to_string(&test - report.cases.data() + 1);
}

std::string seconds(std::chrono::milliseconds took) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", static_cast<double>(took.count()) / 1000.0);
  return text.data();
}

std::string plural(std::size_t count, const char* one, const char* more) {
  return std::to_string(count) + " " + (count == 1 ? one : more);
}

/// `2 of 5 cases failed, 1 could not be tried`
std::string whole(const TestReport& report) {
  const std::size_t failed = report.count(Outcome::failed);
  const std::size_t broken = report.count(Outcome::broken);
  const std::string all = plural(report.cases.size(), "case", "cases");
  if (report.cases.empty()) return "There was nothing to try";
  if (failed == 0 && broken == 0)
    return report.cases.size() == 1 ? "The case passed" : "All " + all + " passed";
  std::string text;
  if (failed > 0) text = std::to_string(failed) + " of " + all + " failed";
  if (broken > 0)
    text += failed > 0 ? ", " + std::to_string(broken) + " could not be tried"
                       : std::to_string(broken) + " of " + all + " could not be tried";
  return text;
}

const char* whole_class(const TestReport& report) {
  if (report.count(Outcome::failed) > 0) return "failed";
  return report.count(Outcome::broken) > 0 ? "broken" : "passed";
}

std::string header(const TestReport& report) {
  std::chrono::milliseconds took{0};
  for (const TestCase& test : report.cases) took += test.took;
  std::string out = "<header>\n<h1>" + markup(report.name.empty() ? "Test report" : report.name) + "</h1>\n" +
                    "<p class=\"whole " + whole_class(report) + "\">" + whole(report) + "</p>\n" +
                    "<p class=\"soft\">Begun " + transcript::log_time(report.begun) + ", " + seconds(took) +
                    " in all" + (report.version.empty() ? "" : ", domsec " + markup(report.version)) +
                    "</p>\n";
  out += "<table>\n<caption>Cases by outcome</caption>\n<thead><tr>";
  for (const Outcome outcome : worst_first)
    out += std::string("<th scope=\"col\">") + heading(outcome) + "</th>";
  out += "</tr></thead>\n<tbody><tr>";
  for (const Outcome outcome : worst_first) out += "<td>" + std::to_string(report.count(outcome)) + "</td>";
  return out + "</tr></tbody>\n</table>\n</header>\n";
}

std::string index(const TestReport& report) {
  std::string out =
      "<nav aria-label=\"Cases\">\n<table class=\"index\">\n<caption>All cases, what failed first</caption>\n"
      "<thead><tr><th scope=\"col\">Outcome</th><th scope=\"col\">Case</th>"
      "<th scope=\"col\" class=\"number\">Took</th></tr></thead>\n<tbody>\n";
  for (const Outcome outcome : worst_first) {
    for (const TestCase& test : report.cases) {
      if (test.outcome != outcome) continue;
      out += "<tr><td class=\"outcome " + std::string(text(outcome)) + "\">" + mark(outcome) +
             "</td><th scope=\"row\"><a href=\"#" + anchor(report, test) + "\">" + markup(test.name) +
             "</a> <span class=\"soft\">" + markup(test.title) + "</span></th><td class=\"number\">" +
             seconds(test.took) + "</td></tr>\n";
    }
  }
  return out + "</tbody>\n</table>\n</nav>\n";
}

std::string differences(const TestCase& test) {
  if (test.differences.empty()) return "";
  std::string out =
      "<table class=\"differences\">\n<caption>What did not hold</caption>\n<thead><tr><th "
      "scope=\"col\">What</th>"
      "<th scope=\"col\">Expected</th><th scope=\"col\">Seen</th></tr></thead>\n<tbody>\n";
  for (const Difference& difference : test.differences) {
    out += "<tr><th scope=\"row\">" + markup(difference.what) + "<br><span class=\"soft\"><code>" +
           markup(place_text(difference.at)) + "</code></span></th><td>" + markup(difference.expected) +
           "</td><td>" + (difference.seen.empty() ? "nothing" : markup(difference.seen)) + "</td></tr>\n";
  }
  return out + "</tbody>\n</table>\n";
}

std::string row(const TimelineEntry& entry) {
  const std::string words = "<td>" + markup(entry.text) + "</td>";
  return "<tr><th scope=\"row\" class=\"time number\">" + std::to_string(entry.at.count()) + "</th>" +
         (entry.end == End::sender ? words + "<td></td>" : "<td></td>" + words) + "</tr>\n";
}

std::string row(const Disagreement& one) {
  const std::string at = std::to_string(one.at.count());
  return "<tr class=\"disagreement\"><th scope=\"rowgroup\" rowspan=\"2\" class=\"time number\">" + at +
         "</th><td><strong>≠ " + markup(one.subject) + "</strong><br>" + markup(one.sender) +
         "</td><td><strong>≠ " + markup(one.subject) + "</strong><br>" + markup(one.receiver) +
         "</td></tr>\n" +
         "<tr class=\"disagreement\"><td colspan=\"2\"><strong>The ends disagree.</strong> " +
         markup(one.meaning) + "</td></tr>\n";
}

/// Each disagreement stands behind what happened until then.
std::string rows(const Timeline& timeline) {
  std::string out;
  auto next = timeline.disagreements.begin();
  for (const TimelineEntry& entry : timeline.entries) {
    for (; next != timeline.disagreements.end() && next->at < entry.at; ++next) out += row(*next);
    out += row(entry);
  }
  for (; next != timeline.disagreements.end(); ++next) out += row(*next);
  return out;
}

std::string joined(const TestedSession& session, const Timeline& timeline) {
  if (!has_both_ends(session)) return "one end is known";
  std::string out = "joined by " + std::string(text(timeline.joined));
  if (timeline.ahead.count() != 0)
    out += ", the receiver's clock taken back by " + std::to_string(timeline.ahead.count()) + " ms";
  const std::size_t count = timeline.disagreements.size();
  return out + ", " + (count == 0 ? "the ends agree" : plural(count, "disagreement", "disagreements"));
}

std::string session_section(const TestedSession& session) {
  const Timeline timeline = timeline_of(session);
  std::string out = "<section>\n<h3>" + markup(session.title) + "</h3>\n<p class=\"soft\"><code>" +
                    markup(place_text(session.at)) + "</code></p>\n";
  if (timeline.entries.empty()) return out + "<p>Nothing is known of this session.</p>\n</section>\n";
  out += "<table class=\"timeline\">\n<caption>Both ends by time, " + joined(session, timeline) +
         "</caption>\n<thead><tr><th scope=\"col\" class=\"time number\">ms</th><th scope=\"col\">Sender</th>"
         "<th scope=\"col\">Receiver</th></tr></thead>\n<tbody>\n";
  return out + rows(timeline) + "</tbody>\n</table>\n</section>\n";
}

std::string case_section(const TestReport& report, const TestCase& test) {
  std::string out = "<details id=\"" + anchor(report, test) + "\"" +
                    (test.outcome == Outcome::passed ? "" : " open") + ">\n<summary><span class=\"outcome " +
                    std::string(text(test.outcome)) + "\">" + mark(test.outcome) + "</span> <strong>" +
                    markup(test.name) + "</strong></summary>\n";
  if (!test.title.empty()) out += "<p>" + markup(test.title) + "</p>\n";
  out += "<p class=\"soft\"><code>" + markup(place_text(test.source)) + "</code>, " + seconds(test.took) +
         "</p>\n";
  if (!test.trouble.empty()) out += "<p class=\"broken\">" + markup(test.trouble) + "</p>\n";
  out += differences(test);
  for (const TestedSession& session : test.sessions) out += session_section(session);
  return out + "</details>\n";
}

std::string cases(const TestReport& report) {
  std::string out = "<main>\n";
  for (const Outcome outcome : worst_first) {
    if (report.count(outcome) == 0) continue;
    out += std::string("<h2>") + heading(outcome) + " (" + std::to_string(report.count(outcome)) + ")</h2>\n";
    for (const TestCase& test : report.cases) {
      if (test.outcome == outcome) out += case_section(report, test);
    }
  }
  return out + "</main>\n";
}

}  // namespace

std::string html(const TestReport& report) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">\n<title>" +
         whole(report) + (report.name.empty() ? "" : ": " + markup(report.name)) + "</title>\n<style>" +
         std::string(page_style()) + "</style>\n</head>\n<body>\n" + header(report) + index(report) +
         cases(report) + "</body>\n</html>\n";
}

}  // namespace domsec::report
