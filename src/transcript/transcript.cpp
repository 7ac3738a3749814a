// The transcript keeps events in order and tells its sinks. It judges nothing and renders nothing.
#include "domsec/transcript/transcript.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace domsec::transcript {

namespace {

/// 1970-01-01 in ticks of 100 ns since 0001-01-01, the zero of .NET's DateTime.
constexpr std::uint64_t unix_epoch_ticks = 621'355'968'000'000'000ULL;
constexpr std::uint64_t ticks_per_millisecond = 10'000;

constexpr std::array<std::string_view, 13> verbs{"EHLO", "HELO", "STARTTLS", "MAIL", "RCPT", "DATA", "BDAT",
                                                 "RSET", "NOOP", "VRFY",     "EXPN", "HELP", "QUIT"};

bool is_verb(std::string_view line, std::string_view verb) {
  if (line.size() < verb.size() || (line.size() > verb.size() && line[verb.size()] != ' ')) return false;
  return std::equal(verb.begin(), verb.end(), line.begin(), [](char expected, char octet) {
    return expected == (octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A' : octet);  // RFC 5321 2.4
  });
}

}  // namespace

SessionIds::SessionIds(Time process_start)
    : next_(unix_epoch_ticks +
            static_cast<std::uint64_t>(process_start.time_since_epoch().count()) * ticks_per_millisecond) {}

std::uint64_t SessionIds::next() { return next_.fetch_add(1, std::memory_order_relaxed); }

std::string session_id_text(std::uint64_t id) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, id >>= 4) *digit = digits[id & 0xF];
  return text;
}

Transcript::Transcript(policy::Role role, std::string connector, std::uint64_t session_id, Clock clock)
    : role_(role), connector_(std::move(connector)), session_id_(session_id), clock_(std::move(clock)) {}

/// Credentials never enter a transcript, so that no log, document or report can show them: neither the
/// argument of AUTH nor the lines behind it, refused or not (RFC 4954 4), until a command of RFC 5321 comes.
void Transcript::hide_credentials(CommandLine& command) {
  const bool auth = is_verb(command.line, "AUTH");
  if (!auth &&
      std::any_of(verbs.begin(), verbs.end(), [&](auto verb) { return is_verb(command.line, verb); })) {
    authenticating_ = false;
  } else if (auth || authenticating_) {
    const std::size_t octets =
        auth ? command.line.size() - std::min<std::size_t>(command.line.size(), 5) : command.line.size();
    command.line =
        std::string(auth ? "AUTH " : "") + "<authentication, " + std::to_string(octets) + " octets>";
    authenticating_ = true;
  }
}

void Transcript::append_body(Body body) {
  if (const auto* connecting = body.as<Connecting>()) {
    local_.clear();
    remote_ = connecting->remote;
  } else if (const auto* connected = body.as<Connected>()) {
    local_ = connected->local;
    remote_ = connected->remote;
  }
  events_.push_back(Event{clock_(), std::move(body)});
  // A sink sees a const transcript and cannot append: the reference holds.
  for (const Sink& sink : sinks_) sink(*this, events_.back());
}

}  // namespace domsec::transcript
