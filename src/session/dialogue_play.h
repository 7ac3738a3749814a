// The faults of one dialogue at their turn: which stands at which reply or command, and what is said then.
// Pure; how it is done on the channel is in acting.h.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/session/dialogue_fault.h"
#include "domsec/smtp/reply.h"

namespace domsec::session {

/// What the places `{fqdn}`, `{client}` and `{server}` in a fault's texts stand for.
struct DialogueNames {
  std::string fqdn;
  std::string client;
  std::string server;
};

class DialoguePlay {
 public:
  /// Nothing is played.
  DialoguePlay() = default;
  DialoguePlay(std::vector<DialogueFault> faults, const DialogueNames& names);

  /// The fault at the next reply or command of `step`, which is counted; nothing when that one is sound.
  [[nodiscard]] std::optional<DialogueFault> next(policy::Step step);
  /// The same, not counted.
  [[nodiscard]] std::optional<DialogueFault> upcoming(policy::Step step) const;
  [[nodiscard]] bool has_any_at(policy::Step step) const;

 private:
  std::vector<DialogueFault> faults_;
  std::map<policy::Step, int> counted_;
};

/// What leaves in place of `right`.
[[nodiscard]] std::string octets_of(const DialogueFault& fault, std::string_view right);
/// The reply that a client reads first from these octets; nothing when they begin with no whole one.
[[nodiscard]] std::optional<smtp::Reply> first_reply(std::string_view octets);
/// The one reply that the octets are, to their end.
[[nodiscard]] std::optional<smtp::Reply> one_reply(std::string_view octets);
/// The command lines that the octets are, each ended by CRLF and printable; nothing for other octets and for
/// none.
[[nodiscard]] std::optional<std::vector<std::string>> command_lines(std::string_view octets);
/// How many lines are ended by CRLF.
[[nodiscard]] std::size_t whole_lines(std::string_view octets);
/// One write for several replies: they are held back for the longest delay, and the last word on pieces and
/// on what follows holds.
void join(DialogueFault& group, const DialogueFault& another);

/// For the transcript: the ways in which something is said, and how the session ends then.
[[nodiscard]] std::vector<std::string> manner_of(const DialogueFault& fault);
[[nodiscard]] std::string ending_of(const DialogueFault& fault);

}  // namespace domsec::session
