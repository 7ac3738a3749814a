#include "domsec/cli/outcome.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string_view>

#include "domsec/transcript/protocol_log.h"

namespace domsec::cli {
namespace {

constexpr const char* state_words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/// Of the codes of spec findings 1.4; an own fault keeps the mail from being secured as much as the partner's.
int state_of(int code, bool warned) {
  switch (code) {
    case 0: return warned ? 1 : 0;
    case 1:
    case 2: return 2;
    default: return 3;
  }
}

int worse_state(int a, int b) {
  constexpr int rank[] = {0, 1, 3, 2};  // a warning is a pass, as in the codes of domsec
  return rank[a] >= rank[b] ? a : b;
}

/// What stands behind a bar is performance data, on every line of a plugin.
std::string without_bars(std::string text) {
  std::replace(text.begin(), text.end(), '|', '/');
  return text;
}

/// The session that decided: the first of the worst, or in a pass the last, which a fail-over ended with.
const report::Session* deciding(const report::Report& report) {
  if (report.sessions.empty()) return nullptr;
  if (report.exit_code == 0) return &report.sessions.back();
  const report::Session* worst = &report.sessions.front();
  for (const report::Session& session : report.sessions) {
    const int code = policy::exit_code(session.verdict);
    const int so_far = policy::exit_code(worst->verdict);
    if (code != so_far && policy::worse_exit_code(code, so_far) == code) worst = &session;
  }
  return worst;
}

std::string result_of(const report::Report& report) {
  const report::Session* session = deciding(report);
  if (session == nullptr) return report.target + ": no session";
  const finding::Code code = session->verdict.headline.code;
  std::string result = report.target + ": " + std::string(finding::name(code)) + " " + std::string(finding::slug(code)) +
                       ", " + std::string(policy::text(session->verdict.treatment));
  const policy::Evidence evidence = transcript::evidence_of(session->transcript);
  if (evidence.refusal) result += ", " + evidence.refusal->text();
  return result;
}

/// Days until the first of the shown certificates expires; nothing when none was shown.
std::optional<long> days_left(const report::Report& report) {
  std::optional<long> least;
  for (const report::Session& session : report.sessions) {
    const policy::Evidence evidence = transcript::evidence_of(session.transcript);
    if (evidence.peer.presented.empty()) continue;
    const auto left = evidence.peer.presented.front()->not_after - report.at;
    const long days = std::chrono::floor<std::chrono::days>(left).count();
    least = least ? std::min(*least, days) : days;
  }
  return least;
}

}  // namespace

policy::FailOn read_fail_on(const std::vector<std::string>& words) {
  policy::FailOn fail_on;
  for (const std::string& word : words) {
    if (word == "warn") {
      fail_on.warnings = true;
    } else if (word == "inconclusive") {
      fail_on.inconclusive = true;
    } else if (word != "fail") {
      throw UsageError("--fail-on: '" + word + "' is none of fail, warn, inconclusive");
    }
  }
  return fail_on;
}

void check_output(const OutputOptions& options) {
  if (options.json && options.ndjson) throw UsageError("--json and --ndjson exclude each other");
  if (read_exit_style(options.exit_style) == ExitStyle::nagios && (options.json || options.ndjson)) {
    throw UsageError("--exit-style nagios prints a status line: write JSON to a file with --json-file or --log-json");
  }
}

ExitStyle read_exit_style(const std::string& word) {
  check_word(word, {"domsec", "nagios"}, "--exit-style");
  return word == "nagios" ? ExitStyle::nagios : ExitStyle::domsec;
}

ExitStyle exit_style_of(int count, const char* const* arguments) {
  constexpr std::string_view flag = "--exit-style";
  const std::string_view command = count > 1 ? arguments[1] : "";
  if (command != "check" && command != "send") return ExitStyle::domsec;
  const char* variable = std::getenv("DOMSEC_EXIT_STYLE");
  std::string_view word = variable ? variable : "";
  for (int at = 1; at < count; ++at) {
    const std::string_view argument = arguments[at];
    if (argument == flag && at + 1 < count) word = arguments[at + 1];
    if (argument.starts_with("--exit-style=")) word = argument.substr(flag.size() + 1);
  }
  return word == "nagios" ? ExitStyle::nagios : ExitStyle::domsec;
}

int say_unknown(const std::string& sentence, std::ostream& out) {
  out << "DOMSEC UNKNOWN - " << without_bars(transcript::one_line(sentence)) << '\n';
  return 3;
}

Conclusion::Conclusion(const OutputOptions& options, std::ostream& out)
    : style_(read_exit_style(options.exit_style)), out_(out) {}

std::ostream& Conclusion::reports() { return style_ == ExitStyle::nagios ? held_ : out_; }

void Conclusion::add(const report::Report& report, std::chrono::milliseconds took) {
  code_ = policy::worse_exit_code(code_, report.exit_code);
  bool warned = std::any_of(report.sessions.begin(), report.sessions.end(),
                            [](const report::Session& session) { return policy::warns(session.verdict); });
  if (report.plaintext) warned = warned || report.plaintext->judgement.finding.severity == finding::Severity::warning;
  state_ = worse_state(state_, state_of(report.exit_code, warned));
  results_.push_back(result_of(report));
  const auto measure = [&](const std::string& name, const std::string& value) {
    measures_.push_back("'" + report.target + " " + name + "'=" + value);
  };
  std::ostringstream seconds;
  seconds << static_cast<double>(took.count()) / 1000 << 's';
  measure("time", seconds.str());
  measure("connections", std::to_string(report.connections));
  if (const auto days = days_left(report)) measure("certificate days", std::to_string(*days));
}

void Conclusion::add_code(int code) {
  code_ = policy::worse_exit_code(code_, code);
  state_ = worse_state(state_, state_of(code, false));
}

int Conclusion::exit_code() {
  if (style_ == ExitStyle::domsec) return code_;
  std::string line;
  for (const std::string& result : results_) line += (line.empty() ? "" : "; ") + result;
  std::string data;
  for (const std::string& measure : measures_) data += " " + without_bars(measure);
  out_ << "DOMSEC " << state_words[state_] << " - " << without_bars(transcript::one_line(line)) << " |"
       << transcript::one_line(data) << '\n'
       << without_bars(held_.str());
  return state_;
}

}  // namespace domsec::cli
