// Two transcripts become one sequence: by time, and where times are equal or clocks coarse, nothing is heard
// before it is said.
#include "domsec/report/timeline.h"

#include <algorithm>

#include "both_ends.h"
#include "disagreement.h"
#include "session_events.h"

namespace domsec::report {

namespace {

const transcript::TlsEstablished* tls_of(const transcript::Transcript& of) {
  const transcript::TlsEstablished* found = nullptr;
  for (const transcript::Event& event : of.events()) {
    if (event.body.is<transcript::Connecting>()) found = nullptr;
    if (const auto* tls = event.body.as<transcript::TlsEstablished>()) found = tls;
  }
  return found;
}

const transcript::MessageAccepted* accepted_in(const transcript::Transcript& of) {
  const transcript::MessageAccepted* found = nullptr;
  for (const transcript::Event& event : of.events()) {
    if (const auto* accepted = event.body.as<transcript::MessageAccepted>()) found = accepted;
  }
  return found;
}

/// The receiver's reply to the end of the data: `250 2.6.0 <id> [InternalId=…, …`, with the session's id
/// inside.
bool names_message(const transcript::Transcript& sender, const transcript::Transcript& receiver) {
  const transcript::MessageAccepted* delivered = accepted_in(sender);
  const transcript::MessageAccepted* taken = accepted_in(receiver);
  if (delivered == nullptr || taken == nullptr || taken->id.empty()) return false;
  const std::string session = "[InternalId=" + transcript::session_id_text(receiver.session_id()) + ",";
  return delivered->id.find(" " + taken->id + " ") != std::string::npos &&
         delivered->id.find(session) != std::string::npos;
}

/// For each event of one end, how many events of the other come before it at least.
struct Order {
  std::vector<std::size_t> senders;
  std::vector<std::size_t> receivers;
};

template <typename Kind, typename Wanted>
std::optional<std::size_t> first(const OneEnd& end, Wanted wanted) {
  const std::vector<transcript::Event>& events = end.transcript.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Kind* facts = events[i].body.as<Kind>();
    if (facts != nullptr && wanted(*facts)) return i;
  }
  return std::nullopt;
}

template <typename Kind>
std::optional<std::size_t> first(const OneEnd& end) {
  return first<Kind>(end, [](const Kind&) { return true; });
}

void let_follow(std::vector<std::size_t>& order, std::optional<std::size_t> later,
                std::optional<std::size_t> earlier) {
  if (later && earlier) order[*later] = std::max(order[*later], *earlier + 1);
}

/// RFC 8446 2: the client is done first. RFC 5246 7.3: the server is.
void order_handshake(Order& order, const BothEnds& ends) {
  const auto senders = first<transcript::TlsEstablished>(ends.sender);
  const auto receivers = first<transcript::TlsEstablished>(ends.receiver);
  if (ends.sender.evidence.tls.version == "TLSv1.3") {
    let_follow(order.receivers, receivers, senders);
    let_follow(order.receivers, first<transcript::TlsFailed>(ends.receiver), senders);
  } else {
    let_follow(order.senders, senders, receivers);
  }
  const auto chosen = first<transcript::OwnCertificateChosen>(ends.receiver);
  let_follow(order.senders, senders, chosen);
  let_follow(order.senders, first<transcript::TlsFailed>(ends.sender), chosen);
  using transcript::AlertSeen;
  const auto sent = [](const AlertSeen& alert) { return alert.direction == transcript::Direction::sent; };
  const auto got = [](const AlertSeen& alert) { return alert.direction == transcript::Direction::received; };
  let_follow(order.senders, first<AlertSeen>(ends.sender, got), first<AlertSeen>(ends.receiver, sent));
  let_follow(order.receivers, first<AlertSeen>(ends.receiver, got), first<AlertSeen>(ends.sender, sent));
}

Order order_of(const BothEnds& ends) {
  Order order{std::vector<std::size_t>(ends.sender.transcript.events().size(), 0),
              std::vector<std::size_t>(ends.receiver.transcript.events().size(), 0)};
  let_follow(order.receivers, first<transcript::Connected>(ends.receiver),
             first<transcript::Connecting>(ends.sender));
  order_handshake(order, ends);
  for (const Arrival& arrival : ends.commands) {
    if (!arrival.said || !arrival.heard) continue;
    let_follow(order.receivers, ends.receiver.commands[*arrival.heard].event,
               ends.sender.commands[*arrival.said].event);
  }
  for (const Arrival& arrival : ends.replies) {
    if (!arrival.said || !arrival.heard) continue;
    let_follow(order.senders, ends.sender.replies[*arrival.heard].event,
               ends.receiver.replies[*arrival.said].event);
  }
  return order;
}

/// Whose event comes next. When each waits for the other, which no true pair of transcripts does, time
/// decides.
End next_end(const BothEnds& ends, const Order& order, std::size_t senders, std::size_t receivers) {
  if (senders == order.senders.size()) return End::receiver;
  if (receivers == order.receivers.size()) return End::sender;
  const bool sender_waits = order.senders[senders] > receivers;
  const bool receiver_waits = order.receivers[receivers] > senders;
  if (sender_waits != receiver_waits) return sender_waits ? End::receiver : End::sender;
  return ends.receivers_time(receivers) < ends.senders_time(senders) ? End::receiver : End::sender;
}

std::vector<TimelineEntry> merged(const BothEnds& ends) {
  const Order order = order_of(ends);
  std::vector<TimelineEntry> entries;
  std::size_t senders = 0;
  std::size_t receivers = 0;
  while (senders < order.senders.size() || receivers < order.receivers.size()) {
    const End end = next_end(ends, order, senders, receivers);
    const bool of_sender = end == End::sender;
    const std::size_t at = of_sender ? senders++ : receivers++;
    const transcript::Transcript& of = of_sender ? ends.sender.transcript : ends.receiver.transcript;
    std::string words = event_text(of.events()[at], of.role());
    if (words.empty()) continue;
    entries.push_back({of_sender ? ends.senders_time(at) : ends.receivers_time(at), end, std::move(words)});
  }
  return entries;
}

}  // namespace

std::string_view text(JoinedBy joined) {
  switch (joined) {
    case JoinedBy::exporter:
      return "TLS exporter";
    case JoinedBy::addresses:
      return "addresses";
    case JoinedBy::message:
      return "message id";
    case JoinedBy::nothing:
      return "nothing";
  }
  return "nothing";
}

std::string_view text(End end) {
  switch (end) {
    case End::sender:
      return "sender";
    case End::receiver:
      return "receiver";
  }
  return "sender";
}

JoinedBy joined_by(const transcript::Transcript& sender, const transcript::Transcript& receiver) {
  const transcript::TlsEstablished* ours = tls_of(sender);
  const transcript::TlsEstablished* theirs = tls_of(receiver);
  if (ours != nullptr && theirs != nullptr && ours->bindings.exporter &&
      ours->bindings.exporter == theirs->bindings.exporter)
    return JoinedBy::exporter;
  if (!sender.local().empty() && sender.local() == receiver.remote() && sender.remote() == receiver.local())
    return JoinedBy::addresses;
  return names_message(sender, receiver) ? JoinedBy::message : JoinedBy::nothing;
}

Timeline timeline(const transcript::Transcript& sender, const transcript::Transcript& receiver) {
  const BothEnds ends(sender, receiver);
  return Timeline{joined_by(sender, receiver), ends.ahead, merged(ends), disagreements(ends)};
}

}  // namespace domsec::report
