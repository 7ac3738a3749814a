// Disagreements about the connection and what was said on it.
#include <algorithm>
#include <string_view>

#include "disagreement.h"
#include "session_events.h"

namespace domsec::report {

namespace {

constexpr std::size_t words_shown = 400;  // of one utterance

std::string quoted(const std::string& words) {
  if (words.size() <= words_shown) return "\"" + words + "\"";
  return "\"" + words.substr(0, words_shown) + "\" and " + std::to_string(words.size() - words_shown) +
         " octets more";
}

/// What devices leave of a keyword that they do not let pass.
bool is_mask(std::string_view line) {
  return line.size() > 3 && std::all_of(line.begin(), line.end(), [](char octet) {
           return octet == 'X' || octet == 'A' || octet == '*';
         });
}

/// One direction of the dialogue.
struct Way {
  const OneEnd& sayer;
  const OneEnd& hearer;
  const std::vector<Utterance>& said;
  const std::vector<Utterance>& heard;
  const std::vector<Arrival>& arrivals;
  End from;
};

std::string words(const Utterance& one) {
  return one.kind == Utterance::Kind::content ? "the content" : quoted(one.text);
}

std::string why_not_heard(const OneEnd& hearer) {
  std::string why = "heard nothing of it";
  if (hearer.evidence.broken) {
    const policy::Break& broken = *hearer.evidence.broken;
    why += ": " + (broken.what.empty() ? std::string(policy::text(broken.kind)) : broken.what);
  }
  return why;
}

Disagreement between(const Way& way, std::string subject, std::string saying, std::string hearing) {
  Disagreement found;
  found.subject = std::move(subject);
  found.sender = way.from == End::sender ? saying : hearing;
  found.receiver = way.from == End::sender ? std::move(hearing) : std::move(saying);
  return found;
}

std::chrono::milliseconds time_of(const BothEnds& ends, const Way& way, const Arrival& arrival) {
  const bool senders = (way.from == End::sender) == arrival.said.has_value();
  const std::size_t event = arrival.said ? way.said[*arrival.said].event : way.heard[*arrival.heard].event;
  return senders ? ends.senders_time(event) : ends.receivers_time(event);
}

/// Nothing is lost with QUIT or its reply; RFC 5321 4.1.1.10 lets both ends go then.
bool matters(const Utterance& one) {
  return one.subject != "command QUIT" && one.subject != "reply to QUIT";
}

/// Inside TLS there is nothing to compare when it stands at one end only, which is told already.
bool comparable(const BothEnds& ends, const Utterance& one) {
  return !one.inside_tls || ends.sender.evidence.tls.established == ends.receiver.evidence.tls.established;
}

Disagreement changed(const Way& way, const Utterance& said, const Utterance& heard) {
  Disagreement found = between(way, said.subject, "said " + words(said), "heard " + words(heard));
  found.meaning = said.inside_tls ? "Inside TLS: something in between ends TLS and rewrites what passes."
                                  : "Something in between rewrites what is said in clear.";
  return found;
}

Disagreement lost(const Way& way, const Utterance& first, std::size_t more) {
  const std::string rest = more == 0 ? std::string() : " and " + std::to_string(more) + " more behind it";
  Disagreement found = between(way, first.subject, "said " + words(first) + rest, why_not_heard(way.hearer));
  const std::string hearer(text(way.from == End::sender ? End::receiver : End::sender));
  found.meaning = "The " + hearer + " had gone or given up when it was said, or it was lost on its way.";
  return found;
}

Disagreement unsaid(const Way& way, const Utterance& heard) {
  Disagreement found = between(way, heard.subject, "said nothing of it", "heard " + words(heard));
  found.meaning = "Something in between speaks in the name of the " + std::string(text(way.from)) + ".";
  return found;
}

std::vector<Disagreement> changes(const BothEnds& ends, const Way& way) {
  std::vector<Disagreement> found;
  const Utterance* first_lost = nullptr;
  std::size_t lost_count = 0;
  std::chrono::milliseconds lost_at{0};
  const auto tell_lost = [&] {
    if (first_lost != nullptr) {
      found.push_back(lost(way, *first_lost, lost_count - 1));
      found.back().at = lost_at;
    }
    first_lost = nullptr;
    lost_count = 0;
  };
  for (const Arrival& arrival : way.arrivals) {
    const Utterance* said = arrival.said ? &way.said[*arrival.said] : nullptr;
    const Utterance* heard = arrival.heard ? &way.heard[*arrival.heard] : nullptr;
    if (!comparable(ends, said != nullptr ? *said : *heard)) continue;
    if (said != nullptr && heard == nullptr) {
      if (!matters(*said)) continue;
      if (first_lost == nullptr) {
        first_lost = said;
        lost_at = time_of(ends, way, arrival);
      }
      ++lost_count;
      continue;
    }
    tell_lost();
    if (said == nullptr) {
      found.push_back(unsaid(way, *heard));
    } else if (said->kind != heard->kind || said->text != heard->text) {
      found.push_back(changed(way, *said, *heard));
    } else {
      continue;
    }
    found.back().at = time_of(ends, way, arrival);
  }
  tell_lost();
  return found;
}

/// Does one reply differ from the other in nothing but STARTTLS? starttls_offer tells that.
bool alike_but_for_starttls(const OneEnd& sayer, const Utterance& said, const OneEnd& hearer,
                            const Utterance& heard) {
  const auto lines_of = [](const OneEnd& end, const Utterance& one) {
    const auto* given = end.transcript.events()[one.event].body.as<transcript::ReplyGiven>();
    std::vector<std::string> lines = given->reply.lines();
    std::erase_if(lines, [](const std::string& line) { return line == "STARTTLS" || is_mask(line); });
    return lines;
  };
  return lines_of(sayer, said) == lines_of(hearer, heard);
}

std::string offer_text(const policy::TlsEvidence& tls, const char* offered, const char* none) {
  return tls.masked ? "saw greeting or keywords rewritten" : tls.offered ? offered : none;
}

std::string closing_text(transcript::DisconnectReason reason) {
  switch (reason) {
    case transcript::DisconnectReason::local:
      return "closed the connection";
    case transcript::DisconnectReason::remote:
      return "was closed by the other end";
    case transcript::DisconnectReason::remote_socket_error:
      return "was reset by the other end";
    case transcript::DisconnectReason::timeout:
      return "waited too long";
  }
  return "closed the connection";
}

bool by_the_other(transcript::DisconnectReason reason) {
  return reason == transcript::DisconnectReason::remote ||
         reason == transcript::DisconnectReason::remote_socket_error;
}

}  // namespace

MaybeDisagreement addresses(const BothEnds& ends) {
  const transcript::Transcript& sender = ends.sender.transcript;
  const transcript::Transcript& receiver = ends.receiver.transcript;
  if (sender.local().empty() || receiver.local().empty()) return {};
  if (sender.local() == receiver.remote() && sender.remote() == receiver.local()) return {};
  Disagreement found;
  if (const auto at = ends.receiver.last<transcript::Connected>()) found.at = ends.receivers_time(*at);
  found.subject = "addresses";
  found.sender = "from " + sender.local() + " to " + sender.remote();
  found.receiver = "from " + receiver.remote() + " to " + receiver.local();
  found.meaning = joined_by(sender, receiver) == JoinedBy::exporter
                      ? "An address translator or a balancer is in between; TLS passes it untouched."
                      : "An address translator, a balancer or a relay is in between.";
  return found;
}

MaybeDisagreement starttls_offer(const BothEnds& ends) {
  const policy::TlsEvidence& sender = ends.sender.evidence.tls;
  const policy::TlsEvidence& receiver = ends.receiver.evidence.tls;
  const auto at = ends.sender.last<transcript::StarttlsOffer>();
  if (!at || !ends.receiver.last<transcript::StarttlsOffer>()) return {};
  if (sender.offered == receiver.offered && !sender.masked) return {};
  Disagreement found;
  found.at = ends.senders_time(*at);
  found.subject = "STARTTLS";
  found.sender = offer_text(sender, "saw it offered", "saw it not offered");
  found.receiver = offer_text(receiver, "offered it", "did not offer it");
  found.meaning =
      sender.offered && !sender.masked
          ? "Something in between offers TLS in the receiver's place."
          : "A device in between inspects SMTP and takes STARTTLS away: it is to be switched off there.";
  return found;
}

std::vector<Disagreement> commands_that_changed(const BothEnds& ends) {
  return changes(ends, {ends.sender, ends.receiver, ends.sender.commands, ends.receiver.commands,
                        ends.commands, End::sender});
}

std::vector<Disagreement> replies_that_changed(const BothEnds& ends) {
  const bool starttls_is_told = starttls_offer(ends).has_value();
  std::vector<Arrival> left;
  for (const Arrival& arrival : ends.replies) {
    if (starttls_is_told && arrival.said && arrival.heard &&
        alike_but_for_starttls(ends.receiver, ends.receiver.replies[*arrival.said], ends.sender,
                               ends.sender.replies[*arrival.heard]))
      continue;
    left.push_back(arrival);
  }
  return changes(
      ends, {ends.receiver, ends.sender, ends.receiver.replies, ends.sender.replies, left, End::receiver});
}

MaybeDisagreement end_of_connection(const BothEnds& ends) {
  using transcript::DisconnectReason;
  const auto* sender = ends.sender.last_facts<transcript::Disconnected>();
  const auto* receiver = ends.receiver.last_facts<transcript::Disconnected>();
  if (sender == nullptr || receiver == nullptr) return {};
  const bool nobody = by_the_other(sender->reason) && by_the_other(receiver->reason);
  const bool silence =
      sender->reason == DisconnectReason::timeout && receiver->reason == DisconnectReason::timeout;
  if (!nobody && !silence) return {};
  Disagreement found;
  found.at = ends.senders_time(*ends.sender.last<transcript::Disconnected>());
  found.subject = "end of the connection";
  found.sender = closing_text(sender->reason);
  found.receiver = closing_text(receiver->reason);
  found.meaning = nobody ? "Neither closed it: something in between did."
                         : "Each waited for the other: something in between swallows what is said.";
  return found;
}

}  // namespace domsec::report
