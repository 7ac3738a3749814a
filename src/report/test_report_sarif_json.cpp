// SARIF 2.1.0 (OASIS Standard): a result for each expectation that did not hold, at its line. What a session
// showed is the rule, so that a service counts the same fault in several cases as one.
#include <boost/json.hpp>
#include <map>

#include "domsec/finding/catalogue.h"
#include "domsec/transcript/protocol_log.h"
#include "test_case_text.h"

namespace domsec::report {

namespace json = boost::json;

namespace {

const char* const schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

json::string text_of(std::string_view octets) {
  const std::string line = transcript::one_line(octets);
  return json::string(line.data(), line.size());
}

/// 3.11.5: braces are placeholders unless doubled. 3.11.6: `[text](target)` would be a link, and texts of
/// peers make none.
json::object message(std::string_view text) {
  std::string out;
  for (const char octet : transcript::one_line(text)) {
    if (octet == '(' && out.ends_with(']')) out += ' ';
    out += octet;
    if (octet == '{' || octet == '}') out += octet;
  }
  return {{"text", out}};
}

/// RFC 3986 2.3 and the slash. A path from the root becomes a file URI, any other is relative to where the
/// run began.
std::string uri_of(const std::string& file) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  static constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri = file.starts_with('/') ? "file://" : "";
  for (const char octet : file) {
    if (unreserved.find(octet) != std::string_view::npos) {
      uri += octet;
    } else {
      const auto value = static_cast<unsigned char>(octet);
      uri += {'%', digits[value >> 4], digits[value & 0xF]};
    }
  }
  return uri;
}

json::array locations(const SourceLine& at) {
  if (at.file.empty()) return {};
  json::object artifact{{"uri", uri_of(at.file)}};
  if (!at.file.starts_with('/')) artifact["uriBaseId"] = "SRCROOT";
  json::object physical{{"artifactLocation", std::move(artifact)}};
  if (at.line > 0) physical["region"] = json::object{{"startLine", at.line}};
  return {json::object{{"physicalLocation", std::move(physical)}}};
}

/// The headline of the last judgement that refused, in the first session that has one.
const finding::Row* refusal_in(const TestCase& test) {
  const finding::Row* found = nullptr;
  const auto look = [&found](const std::vector<transcript::Transcript>& transcripts) {
    for (const transcript::Transcript& transcript : transcripts) {
      for (const transcript::Event& event : transcript.events()) {
        const auto* decided = event.body.as<transcript::PolicyDecided>();
        if (decided != nullptr && decided->verdict.result == policy::Result::fail)
          found = &finding::row(decided->verdict.headline.code);
      }
    }
  };
  for (const TestedSession& session : test.sessions) {
    if (found == nullptr) look(session.sender);
    if (found == nullptr) look(session.receiver);
  }
  return found;
}

class Rules {
 public:
  /// `DS103`, or a rule of ours where no finding tells what was seen.
  std::size_t of(const TestCase& test, const Difference& difference) {
    const finding::Row* row = finding::find(difference.seen.substr(0, difference.seen.find(' ')));
    if (row == nullptr) row = refusal_in(test);
    if (row != nullptr) return index(std::string(row->name), row);
    return index("not-as-expected", nullptr);
  }
  std::size_t broken() { return index("not-tried", nullptr); }
  [[nodiscard]] const std::string& id(std::size_t index) const { return ids_[index]; }
  json::array take() { return std::move(rules_); }

 private:
  std::size_t index(const std::string& id, const finding::Row* row) {
    const auto [at, fresh] = known_.try_emplace(id, ids_.size());
    if (fresh) {
      ids_.push_back(id);
      rules_.push_back(rule(id, row));
    }
    return at->second;
  }
  static json::object rule(const std::string& id, const finding::Row* row) {
    if (row == nullptr) {
      const bool tried = id == "not-as-expected";
      return {
          {"id", id},
          {"shortDescription", message(tried ? "An expectation did not hold" : "A case could not be tried")},
          {"defaultConfiguration", json::object{{"level", "error"}}}};
    }
    json::object found{{"id", id}, {"name", text_of(row->slug)}, {"shortDescription", message(row->cause)}};
    if (!row->tell_apart.empty() && row->tell_apart != "–")
      found["fullDescription"] = message(row->tell_apart);
    const bool has_remedy = !row->remedy.empty() && row->remedy != "–";
    found["help"] = message((has_remedy ? std::string(row->remedy) + " " : std::string()) +
                            "(domsec explain " + id + ")");
    found["defaultConfiguration"] = json::object{{"level", "error"}};
    return found;
  }

  std::map<std::string, std::size_t> known_;
  std::vector<std::string> ids_;
  json::array rules_;
};

json::object result(const Rules& rules, std::size_t rule, const TestCase& test, const std::string& what,
                    const std::string& sentence, const SourceLine& at) {
  json::object found{{"ruleId", rules.id(rule)},
                     {"ruleIndex", rule},
                     {"level", "error"},
                     {"message", message(test.name + ": " + sentence)}};
  json::array places = locations(at);
  if (!places.empty()) found["locations"] = std::move(places);
  // 3.27.17: what stays the same when lines move.
  found["partialFingerprints"] = json::object{{"caseAndExpectation/v1", text_of(test.name + ": " + what)}};
  return found;
}

json::array results_of(const TestReport& report, Rules& rules) {
  json::array results;
  for (const TestCase& test : report.cases) {
    std::map<std::string, int> times;  // one expectation may stand at several steps
    for (const Difference& difference : test.differences) {
      const SourceLine& at = difference.at.file.empty() ? test.source : difference.at;
      const int time = ++times[difference.what];
      const std::string what = difference.what + (time > 1 ? " (" + std::to_string(time) + ")" : "");
      results.push_back(
          result(rules, rules.of(test, difference), test, what, difference_text(difference), at));
    }
    if (test.outcome == TestCase::Outcome::broken)
      results.push_back(result(rules, rules.broken(), test, "not-tried", why(test), test.source));
  }
  return results;
}

}  // namespace

std::string sarif_json(const TestReport& report) {
  Rules rules;
  json::array results = results_of(report, rules);
  json::object driver{{"name", "domsec"}, {"rules", rules.take()}};
  if (!report.version.empty()) driver["version"] = text_of(report.version);
  json::object run{{"tool", json::object{{"driver", std::move(driver)}}},
                   {"invocations", json::array{json::object{
                                       {"executionSuccessful", report.count(TestCase::Outcome::broken) == 0},
                                       {"startTimeUtc", transcript::log_time(report.begun)}}}},
                   {"results", std::move(results)}};
  return json::serialize(
      json::object{{"$schema", schema}, {"version", "2.1.0"}, {"runs", json::array{std::move(run)}}});
}

}  // namespace domsec::report
