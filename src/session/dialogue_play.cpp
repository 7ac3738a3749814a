#include "dialogue_play.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domsec/pki/tls_text.h"

namespace domsec::session {
namespace {

using policy::Step;
using Then = DialogueFault::Then;

constexpr std::array steps = {Step::greeting, Step::ehlo, Step::starttls, Step::ehlo_inside_tls,
                              Step::mail,     Step::rcpt, Step::data,     Step::end_of_data,
                              Step::quit};

std::string replaced(std::string text, std::string_view place, std::string_view name) {
  for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + name.size())) {
    text.replace(at, place.size(), name);
  }
  return text;
}

std::string filled(std::string text, const DialogueNames& names) {
  text = replaced(std::move(text), "{fqdn}", names.fqdn);
  text = replaced(std::move(text), "{client}", names.client);
  return replaced(std::move(text), "{server}", names.server);
}

struct ReadReply {
  std::optional<smtp::Reply> reply;
  std::size_t octets = 0;
};

ReadReply read_first(std::string_view octets) {
  smtp::ReplyParser parser;
  std::size_t begin = 0;
  for (std::size_t end = octets.find("\r\n"); end != std::string_view::npos;
       end = octets.find("\r\n", begin)) {
    auto done = parser.add_line(octets.substr(begin, end - begin));
    begin = end + 2;
    if (!done) continue;
    if (auto* reply = std::get_if<smtp::Reply>(&*done)) return {std::move(*reply), begin};
    return {};
  }
  return {};
}

std::string milliseconds(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

}  // namespace

std::string refusal(const DialogueFault& fault, policy::Role role) {
  if (std::find(steps.begin(), steps.end(), fault.at) == steps.end()) {
    return "nothing is said at the step '" + std::string(policy::text(fault.at)) +
           "': take one from greeting to quit that has a command or a reply";
  }
  if (role == policy::Role::send && fault.at == Step::greeting) {
    return "a client says nothing at the greeting: play this fault as server, or at ehlo";
  }
  if (fault.nth < 0)
    return "nth is " + std::to_string(fault.nth) + ": replies and commands count from 1, 0 is each of them";
  if (fault.delay.count() < 0 || fault.pause.count() < 0)
    return "a delay or a pause is negative: give milliseconds from 0 on";
  if (fault.pause.count() > 0 && fault.piece == 0)
    return "a pause stands between pieces: give the octets of a piece, too";
  if (fault.alert < 0 || fault.alert > 255) {
    return "there is no alert " + std::to_string(fault.alert) +
           ": its number is one octet (RFC 8446 6), 0 to 255";
  }
  return {};
}

DialoguePlay::DialoguePlay(std::vector<DialogueFault> faults, const DialogueNames& names)
    : faults_(std::move(faults)) {
  for (DialogueFault& fault : faults_) {
    if (fault.instead) fault.instead = filled(*std::move(fault.instead), names);
    fault.before = filled(std::move(fault.before), names);
    fault.behind = filled(std::move(fault.behind), names);
  }
}

std::optional<DialogueFault> DialoguePlay::upcoming(Step step) const {
  const auto counted = counted_.find(step);
  const int turn = counted == counted_.end() ? 1 : counted->second + 1;
  for (const DialogueFault& fault : faults_) {
    if (fault.at == step && (fault.nth == 0 || fault.nth == turn)) return fault;
  }
  return std::nullopt;
}

std::optional<DialogueFault> DialoguePlay::next(Step step) {
  if (faults_.empty()) return std::nullopt;
  std::optional<DialogueFault> fault = upcoming(step);
  ++counted_[step];
  return fault;
}

bool DialoguePlay::has_any_at(Step step) const {
  return std::any_of(faults_.begin(), faults_.end(),
                     [step](const DialogueFault& fault) { return fault.at == step; });
}

std::string octets_of(const DialogueFault& fault, std::string_view right) {
  return fault.before + (fault.instead ? *fault.instead : std::string(right)) + fault.behind;
}

std::optional<smtp::Reply> first_reply(std::string_view octets) {
  return read_first(octets).reply;
}

std::optional<smtp::Reply> one_reply(std::string_view octets) {
  ReadReply read = read_first(octets);
  return read.octets == octets.size() ? std::move(read.reply) : std::nullopt;
}

std::optional<std::vector<std::string>> command_lines(std::string_view octets) {
  if (octets.empty()) return std::nullopt;
  std::vector<std::string> lines;
  while (!octets.empty()) {
    const std::size_t end = octets.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = octets.substr(0, end);
    const bool printable = std::all_of(line.begin(), line.end(),
                                       [](unsigned char octet) { return octet >= 0x20 && octet < 0x7f; });
    if (!printable) return std::nullopt;
    lines.emplace_back(line);
    octets.remove_prefix(end + 2);
  }
  return lines;
}

std::size_t whole_lines(std::string_view octets) {
  std::size_t lines = 0;
  for (std::size_t at = octets.find("\r\n"); at != std::string_view::npos; at = octets.find("\r\n", at + 2))
    ++lines;
  return lines;
}

void join(DialogueFault& group, const DialogueFault& another) {
  group.delay = std::max(group.delay, another.delay);
  if (another.piece != 0) {
    group.piece = another.piece;
    group.pause = another.pause;
  }
  group.then = another.then;
  group.alert = another.alert;
}

std::vector<std::string> manner_of(const DialogueFault& fault) {
  std::vector<std::string> manner;
  if (fault.delay.count() > 0) manner.push_back("held back for " + milliseconds(fault.delay));
  if (fault.piece > 0) {
    std::string pieces =
        "in pieces of " + std::to_string(fault.piece) + (fault.piece == 1 ? " octet" : " octets");
    if (fault.pause.count() > 0) pieces += ", " + milliseconds(fault.pause) + " apart";
    manner.push_back(std::move(pieces));
  }
  return manner;
}

std::string ending_of(const DialogueFault& fault) {
  switch (fault.then) {
    case Then::go_on:
      return {};
    case Then::close:
      return "the connection is closed";
    case Then::cut:
      return "the connection is closed without close_notify";
    case Then::reset:
      return "the connection is reset";
    case Then::silence:
      return "nothing more is said";
    case Then::alert:
      return "alert " + std::to_string(fault.alert) + " " + std::string(pki::alert_name(fault.alert)) +
             " is sent, then the connection is closed";
  }
  return {};
}

}  // namespace domsec::session
