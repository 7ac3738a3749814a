// The timeline for a terminal: the sender on the left, the receiver on the right, milliseconds between them.
#include "domsec/report/timeline.h"
#include "domsec/transcript/protocol_log.h"
#include "layout.h"

namespace domsec::report {

namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t time_width = 9;  // up to 27 hours
constexpr std::size_t end_width = 44;
constexpr std::size_t gap = 2;  // behind the time
constexpr std::size_t fact_indent = 12;

/// `text` with blanks up to `to` columns.
std::string filled(const std::string& text, std::size_t to) {
  const std::size_t has = width(text);
  return has < to ? text + std::string(to - has, ' ') : text;
}

std::string time_text(std::chrono::milliseconds at) {
  const std::string digits = std::to_string(at.count());
  return digits.size() < time_width ? std::string(time_width - digits.size(), ' ') + digits : digits;
}

std::string row(const TimelineEntry& entry) {
  std::string lines;
  std::string time = time_text(entry.at);
  for (const std::string& line : broken_at_blanks(entry.text, end_width)) {
    lines += entry.end == End::sender ? filled(line, end_width) + time
                                      : std::string(end_width, ' ') + time + std::string(gap, ' ') + line;
    while (lines.ends_with(' ')) lines.pop_back();
    lines += "\n";
    time = std::string(time_width, ' ');
  }
  return lines;
}

std::string fact(const std::string& label, const std::string& text) {
  std::string lines;
  std::string head = filled("  " + label, fact_indent);
  for (const std::string& line : broken_at_blanks(text, line_width - fact_indent)) {
    lines += head + line + "\n";
    head = std::string(fact_indent, ' ');
  }
  return lines;
}

std::string clock_line(std::chrono::milliseconds ahead) {
  const bool behind = ahead < std::chrono::milliseconds(0);
  return "the receiver's clock is about " + std::to_string(behind ? -ahead.count() : ahead.count()) + " ms " +
         (behind ? "behind" : "ahead") + "; that is taken out\n";
}

}  // namespace

std::string timeline_text(const Timeline& timeline) {
  std::string out = "joined by " + std::string(text(timeline.joined)) + "\n";
  if (timeline.ahead.count() != 0) out += clock_line(timeline.ahead);
  out += filled("sender", end_width) + filled("       ms", time_width) + std::string(gap, ' ') + "receiver\n";
  for (const TimelineEntry& entry : timeline.entries) out += row(entry);
  if (timeline.disagreements.empty()) return out + "the ends agree\n";
  for (const Disagreement& one : timeline.disagreements) {
    out += "the ends disagree: " + transcript::one_line(one.subject) + ", at " +
           std::to_string(one.at.count()) + " ms\n";
    out += fact("sender", one.sender) + fact("receiver", one.receiver) + fact("meaning", one.meaning);
  }
  return out;
}

}  // namespace domsec::report
