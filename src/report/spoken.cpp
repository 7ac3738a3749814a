#include "spoken.h"

#include <algorithm>
#include <deque>
#include <string_view>

namespace domsec::report {

namespace {

using Kind = Utterance::Kind;

/// RFC 5321 2.4: verbs are case-insensitive. What is no verb is told as what it is.
std::string verb_of(std::string_view line) {
  std::string verb;
  for (const char octet : line.substr(0, line.find(' '))) {
    const bool small = octet >= 'a' && octet <= 'z';
    verb += small ? static_cast<char>(octet - 'a' + 'A') : octet;
  }
  const bool letters =
      std::all_of(verb.begin(), verb.end(), [](char octet) { return octet >= 'A' && octet <= 'Z'; });
  return letters && !verb.empty() && verb.size() <= 12 ? verb : "line";
}

/// Both directions of one transcript: a reply is named after the command that it answers, and pipelined
/// replies come in the order of their commands (RFC 2920 3.1).
class Listening {
 public:
  void operator()(const transcript::Connecting&) { *this = Listening{}; }
  void operator()(const transcript::CommandLine& event) {
    const std::string verb = verb_of(event.line);
    chunk_ = verb == "BDAT";
    unanswered_.push_back(verb);
    commands.push_back({Kind::command, at, event.line, "command " + verb, inside_tls_});
  }
  void operator()(const transcript::DataPassed&) {
    if (!chunk_) unanswered_.push_back("the content");
    commands.push_back({Kind::content, at, "", "content", inside_tls_});
  }
  void operator()(const transcript::ReplyGiven& event) {
    std::string subject = replies.empty() ? "greeting" : "unasked reply";
    if (!unanswered_.empty()) {
      subject = "reply to " + unanswered_.front();
      unanswered_.pop_front();
    }
    replies.push_back({Kind::reply, at, event.reply.text(), subject, inside_tls_});
  }
  void operator()(const transcript::TlsEstablished&) {
    inside_tls_ = true;
    unanswered_.clear();
  }
  template <typename Other>
  void operator()(const Other&) {}

  std::size_t at = 0;
  std::vector<Utterance> commands;
  std::vector<Utterance> replies;

 private:
  bool inside_tls_ = false;
  bool chunk_ = false;
  std::deque<std::string> unanswered_;
};

Listening listened(const transcript::Transcript& transcript) {
  Listening listening;
  const std::vector<transcript::Event>& events = transcript.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    listening.at = i;
    events[i].body.visit(listening);
  }
  return listening;
}

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

bool same(const Utterance& one, const Utterance& other) {
  return one.kind == other.kind && one.text == other.text;
}

void pair_up(std::vector<Arrival>& found, const std::vector<Utterance>& said, Range ours,
             const std::vector<Utterance>& heard, Range theirs) {
  for (; ours.size() > 0 && theirs.size() > 0 && same(said[ours.begin], heard[theirs.begin]);
       ++ours.begin, ++theirs.begin)
    found.push_back({ours.begin, theirs.begin});
  std::size_t alike = 0;
  while (alike < std::min(ours.size(), theirs.size()) &&
         same(said[ours.end - 1 - alike], heard[theirs.end - 1 - alike]))
    ++alike;
  ours.end -= alike;
  theirs.end -= alike;
  for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    Arrival arrival;
    if (i < ours.size()) arrival.said = ours.begin + i;
    if (i < theirs.size()) arrival.heard = theirs.begin + i;
    found.push_back(arrival);
  }
  for (std::size_t i = 0; i < alike; ++i) found.push_back({ours.end + i, theirs.end + i});
}

/// Where the part inside TLS begins.
std::size_t clear_end(const std::vector<Utterance>& all) {
  const auto inside =
      std::find_if(all.begin(), all.end(), [](const Utterance& one) { return one.inside_tls; });
  return static_cast<std::size_t>(inside - all.begin());
}

}  // namespace

std::vector<Utterance> commands_of(const transcript::Transcript& transcript) {
  return listened(transcript).commands;
}

std::vector<Utterance> replies_of(const transcript::Transcript& transcript) {
  return listened(transcript).replies;
}

std::vector<Arrival> arrivals(const std::vector<Utterance>& said, const std::vector<Utterance>& heard) {
  std::vector<Arrival> found;
  const std::size_t ours = clear_end(said);
  const std::size_t theirs = clear_end(heard);
  pair_up(found, said, {0, ours}, heard, {0, theirs});
  pair_up(found, said, {ours, said.size()}, heard, {theirs, heard.size()});
  return found;
}

}  // namespace domsec::report
