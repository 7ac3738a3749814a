#include "domsec/lab/recorded_session.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <sstream>

#include "domsec/finding/catalogue.h"
#include "read_recorded.h"

namespace domsec::lab {
namespace {

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Reply codes, statuses and versions say something; other numbers, hosts and paths are of one session only.
bool says_something(std::string_view word) {
  if (word.empty()) return false;
  if (word.find('@') != std::string_view::npos || word.find('/') != std::string_view::npos) return false;
  const bool is_status = word.size() <= 6 && word.find(':') == std::string_view::npos;
  return is_status || !has_digit(word);
}

bool is_host(std::string_view word) {
  const std::size_t dot = word.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < word.size() &&
         std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

std::string plain(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string result;
  for (std::string word; words >> word;) {
    if (is_host(word) || !says_something(word)) continue;
    result += (result.empty() ? "" : " ") + word;
  }
  return result;
}

/// `domsec: step=chain result=fail depth=0 uri=…`: its pairs but for those that name somebody.
std::string check(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string result;
  for (std::string word; words >> word;) {
    for (const std::string_view key :
         {"step=", "result=", "code=", "status=", "depth=", "by=", "other-mode=", "client-cert-requested=",
          "client-cert-sent=", "confirmed-by=", "source=", "alert=", "kind=", "list="}) {
      if (word.starts_with(key)) result += (result.empty() ? "" : " ") + word;
    }
    if (word.starts_with("detail=")) break;
  }
  const std::size_t detail = text.find("detail=");
  return detail == std::string_view::npos ? result : result + " " + plain(text.substr(detail + 7));
}

std::size_t count(std::string_view text, char letter) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), letter));
}

/// `2026-11-22T…Z` in a record of a certificate, the days between the two.
std::string lifetime(std::string_view data) {
  std::vector<std::chrono::sys_days> dates;
  for (std::size_t at = data.find("T"); at != std::string_view::npos && dates.size() < 2;
       at = data.find("T", at + 1)) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (at < 10 ||
        std::sscanf(std::string(data.substr(at - 10, 10)).c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3)
      continue;
    dates.emplace_back(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
  }
  return dates.size() < 2 ? std::string() : std::to_string((dates[1] - dates[0]).count());
}

/// What a record of a certificate says of it whatever its names: subject, issuer, serial number, thumbprint,
/// the two dates, the names.
std::string certificate_shape(const transcript::Record& record) {
  const std::string& data = record.data;
  const std::string names = data.substr(data.find_last_of(' ') + 1);
  std::string shape =
      "certificate days=" + lifetime(data) + " names=" + std::to_string(count(names, ';') + 1);
  for (const std::string_view mark : {"*.", "_", "xn--", "*"})
    if (names.find(mark) != std::string::npos) shape += " " + std::string(mark);
  if (names.ends_with('.')) shape += " dot";
  if (data.find("CN=") == std::string::npos) shape += " no-cn";
  return shape;
}

}  // namespace

std::set<std::string> features(const RecordedSession& session) {
  std::set<std::string> found;
  std::string before;
  for (const transcript::Record& record : session.records) {
    std::string feature = record.mark;
    if (record.mark == "*") {
      if (record.context.starts_with("domsec:")) {
        feature += check(record.context);
      } else if (record.context.find("ertificate Subject Issuer") != std::string::npos) {
        feature += record.context.substr(0, record.context.find(' ')) + " " + certificate_shape(record);
      } else {
        feature += plain(record.data) + "|" + plain(record.context);
      }
    } else {
      feature += plain(record.data);
      if (!record.context.empty()) feature += "|" + plain(record.context);
    }
    found.insert(feature);
    // The order tells where a session broke.
    const std::string word = record.mark + record.data.substr(0, record.data.find_first_of(" :"));
    if (record.mark != "*") {
      found.insert(before + " then " + word);
      before = word;
    }
  }
  return found;
}

double likeness(const RecordedSession& a, const RecordedSession& b) {
  const std::set<std::string> of_a = features(a);
  const std::set<std::string> of_b = features(b);
  std::vector<std::string> both;
  std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), std::back_inserter(both));
  const std::size_t either = of_a.size() + of_b.size() - both.size();
  return either == 0 ? 1 : static_cast<double>(both.size()) / static_cast<double>(either);
}

std::vector<Candidate> candidates(const RecordedSession& session) {
  std::vector<Candidate> found;
  if (!session.code) return found;
  const bool server = session.role == policy::Role::send;  // the other end is the broken one
  for (const Fault& fault : faults()) {
    const std::optional<Expectation>& expected = server ? fault.as_server : fault.as_client;
    if (!expected || expected->refused == session.passed) continue;
    // Both ends proved who they are, and the mail was refused for another reason: the dialogue tells which.
    const bool proved = *session.code == finding::Code::mutual_tls_ok && !session.passed;
    if (expected->code == *session.code || (proved && fault.family == FaultFamily::smtp))
      found.push_back({&fault, server ? policy::Role::receive : policy::Role::send});
  }
  return found;
}

RecordedSession recorded(const transcript::Transcript& transcript) {
  RecordedSession session;
  session.session_id = transcript::session_id_text(transcript.session_id());
  session.role = transcript.role();
  transcript::ProtocolLog log(transcript.role());
  for (const transcript::Event& event : transcript.events()) {
    for (transcript::Record& record : log.records(transcript, event)) add_record(session, std::move(record));
  }
  return session;
}

void add_record(RecordedSession& session, transcript::Record record) {
  constexpr std::string_view policy = "domsec: step=policy ";
  if (record.mark == "*" && record.context.starts_with(policy)) {
    const std::size_t code = record.context.find(" code=");
    if (code != std::string::npos) {
      const std::string written =
          record.context.substr(code + 6, record.context.find(' ', code + 6) - code - 6);
      if (const finding::Row* row = finding::find(written)) session.code = row->code;
    }
  }
  if (record.mark == "*" && record.context.starts_with("domsec: step=message result=accepted"))
    session.passed = true;
  session.records.push_back(std::move(record));
}

}  // namespace domsec::lab
