#include "domsec/session/send_session.h"

#include <algorithm>

#include "acting.h"
#include "domsec/smtp/capabilities.h"
#include "domsec/smtp/data.h"

namespace domsec::session {
namespace {

using policy::Step;
using transcript::Direction;

/// Where one session is and what its peer offers. The story itself is in the functions below.
struct Sending {
  const SendPlan& plan;
  transcript::Transcript& transcript;
  std::string host;                  // its name, empty for an address
  Step step = Step::connect;
  smtp::Capabilities offered;
  bool tls = false;
  bool confirmed = false;            // the first reply inside TLS has arrived
  SendResult result;
  std::optional<finding::Code> decided;   // what the last recorded judgement says
  policy::TlsRequirement requirement;
  std::optional<pki::ReferenceId> reference;   // what the certificate is compared with
  DialoguePlay play;
  bool masked_greeting = false;

  void begin(Step next) {
    step = next;
    transcript.append(transcript::StepBegun{next});
  }
  void confirm() {
    if (confirmed || !tls) return;
    confirmed = true;
    transcript.append(transcript::TlsConfirmed{});
  }
  /// A host instead of the domain: also where something is demanded.
  void refer_to(const std::string& name) {
    const auto domain = smtp::Domain::parse(name);
    reference = pki::ReferenceId{domain ? domain->text() : "a host that has no name", false};
    if (requirement.reference) requirement.reference = reference;
  }
  [[nodiscard]] bool demands_tls() const { return plan.requirement.requirement >= policy::Requirement::encryption; }
  [[nodiscard]] bool wants_tls() const { return plan.requirement.requirement != policy::Requirement::none && plan.tls; }
  [[nodiscard]] bool own_certificate_missing() const {
    return plan.requirement.requirement == policy::Requirement::domain_secured &&
           plan.own.trouble != policy::OwnTrouble::none;
  }
  void judge() {
    result.verdict = policy::judge_send(requirement, transcript::evidence_of(transcript), plan.rules, plan.now());
  }
  /// Judges what is known now, and records the judgement unless the last one recorded says the same.
  void decide() {
    judge();
    if (decided == result.verdict.headline.code) return;
    decided = result.verdict.headline.code;
    transcript.append(transcript::PolicyDecided{partner(), plan.requirement.list, result.verdict});
  }
  [[nodiscard]] std::string partner() const {
    const auto& named = plan.requirement.reference ? plan.requirement.reference : plan.reference;
    return named ? named->text : std::string();
  }
};

/// A fault's silence lasts no longer: the patience of receivers, RFC 5321 4.5.3.2.7, twice.
constexpr net::Milliseconds longest_silence{600'000};
/// Replies behind the first one, to several commands that a fault said at once.
constexpr std::size_t most_replies_more = 100;
constexpr net::Milliseconds for_replies_more{1000};

/// What a fault makes of a command line; the transcript tells what leaves.
void tell_altered(Sending& sending, const DialogueFault& fault, const std::string& line, const std::string& octets) {
  if (fault.instead) tell_purpose(sending.transcript, "in place of \"" + line + "\"");
  if (!fault.before.empty()) tell_purpose(sending.transcript, "\"" + fault.before + "\" is said before the command");
  if (!fault.behind.empty()) tell_purpose(sending.transcript, "\"" + fault.behind + "\" is said behind the command");
  if (const auto lines = command_lines(octets)) {
    for (const std::string& each : *lines) sending.transcript.append(transcript::CommandLine{Direction::sent, each});
  } else if (fault.instead) {
    tell_purpose(sending.transcript, octets.empty() ? "nothing is said" : "\"" + octets + "\" is said");
  } else {
    sending.transcript.append(transcript::CommandLine{Direction::sent, line});
  }
}

/// A command line, or what a fault makes of it. Returns how many replies it should get.
net::task<std::size_t> say(net::Channel& channel, Sending& sending, std::string line, net::Milliseconds limit) {
  const std::string right = line + "\r\n";
  const std::optional<DialogueFault> fault = sending.play.next(sending.step);
  if (!fault) {
    sending.transcript.append(transcript::CommandLine{Direction::sent, line});
    co_await channel.write(right, in(limit));
    co_return 1;
  }
  const std::string octets = octets_of(*fault, right);
  tell_altered(sending, *fault, line, octets);
  co_await act(channel, sending.transcript, *fault, octets, limit, in(longest_silence));
  co_return std::max<std::size_t>(whole_lines(octets), 1);
}

/// The reply, and as many more as were called for by a fault and come soon. The session goes by the first one; a handshake
/// that it lets begin, or a 421, is not waited behind.
net::task<smtp::Reply> hear(net::Channel& channel, Sending& sending, std::size_t replies, net::Milliseconds limit) {
  const smtp::Reply first = co_await read_reply(channel, sending.transcript, limit);
  if (first.code() == 421 || (sending.step == Step::starttls && first.code() == 220)) co_return first;
  const std::size_t more = std::min(replies - 1, most_replies_more);
  try {
    for (std::size_t i = 0; i < more; ++i) {
      co_await read_reply(channel, sending.transcript, std::min(limit, for_replies_more));
    }
  } catch (const net::ChannelError& error) {
    if (error.fault != net::ChannelFault::timed_out) throw;
  }
  co_return first;
}

net::task<smtp::Reply> ask(net::Channel& channel, Sending& sending, smtp::Command what, net::Milliseconds limit) {
  std::string line = smtp::command_line(what);
  const std::size_t replies = co_await say(channel, sending, std::move(line), limit);
  co_return co_await hear(channel, sending, replies, limit);
}

/// RFC 5321 4.2: the server's name stands first in its greeting.
std::string first_word(const smtp::Reply& greeting) {
  const std::string line = greeting.lines().empty() ? std::string() : greeting.lines().front();
  return line.substr(0, line.find(' '));
}

/// RFC 5321 4.1.1.1: EHLO first; HELO for a server that does not know EHLO, unless extensions are demanded.
net::task<bool> greet(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  sending.offered = smtp::Capabilities{};
  if (plan.hello == Hello::ehlo) {
    const smtp::Command ehlo = smtp::Ehlo{plan.helo};
    const smtp::Reply reply = co_await ask(channel, sending, ehlo, plan.timeouts.command);
    sending.confirm();
    if (reply.code() == 250) {
      sending.offered = smtp::read_capabilities(reply);
      co_return true;
    }
    if (!reply.permanent_failure() || sending.demands_tls()) co_return false;
  }
  const smtp::Command helo = smtp::Helo{plan.helo};
  const smtp::Reply reply = co_await ask(channel, sending, helo, plan.timeouts.command);
  sending.confirm();
  co_return reply.code() == 250;
}

/// The handshake and everything that it shows: name, chain, revocation, in Exchange's order.
net::task<void> handshake(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  sending.begin(Step::handshake);
  sending.transcript.append(plan.own);
  net::TlsStart start;
  start.role = net::TlsRole::client;
  start.context = plan.tls;
  start.fault = plan.handshake_fault;
  start.sni = plan.sni ? *plan.sni : sending.host;
  const net::TlsSession tls = co_await channel.start_tls(start, in(plan.timeouts.handshake));
  sending.tls = true;
  record_tls(sending.transcript, tls);

  sending.begin(Step::examination);
  const pki::Instant at = plan.now();
  const auto chain = examine_chain(plan.examination, tls.presented, pki::Purpose::server, at);
  if (!chain) co_return;
  if (sending.reference) compare_name(tls.presented, chain, *sending.reference, plan.rules.name, sending.transcript);
  record_staple(*chain, tls.ocsp_response, at, sending.transcript);
  co_await record_chain(plan.examination, *chain, tls.presented, at, sending.transcript);
}

/// STARTTLS in clear; afterwards sending.tls says whether TLS is up.
net::task<void> start_tls(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  if (sending.own_certificate_missing()) sending.transcript.append(plan.own);
  if (!sending.offered.starttls || !sending.wants_tls() || sending.own_certificate_missing()) co_return;

  sending.begin(Step::starttls);
  const smtp::Command starttls = smtp::StartTls{};
  const smtp::Reply ready = co_await ask(channel, sending, starttls, plan.timeouts.command);
  if (ready.code() != 220 || plan.until <= Step::starttls) co_return;
  // RFC 3207 6: octets behind the 220 would be taken as if they had come inside TLS (response injection).
  if (channel.buffered() != 0) {
    sending.transcript.append(transcript::Irregularity{"the server sent more text in clear behind its 220 to STARTTLS"});
    transcript::TlsFailed failed;
    failed.reason = "text in clear behind the 220 to STARTTLS";
    failed.clear_text = true;
    sending.transcript.append(std::move(failed));
    throw ProtocolError("the server sent more text in clear behind its 220 to STARTTLS");
  }
  co_await handshake(channel, sending);
}

[[nodiscard]] bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char octet) { return octet >= 0x80; });
}

[[nodiscard]] bool needs_smtputf8(const Message& message) {
  if (message.reverse_path && has_eight_bit(message.reverse_path->local_part)) return true;
  return std::any_of(message.recipients.begin(), message.recipients.end(), [](const smtp::ForwardPath& path) {
    return path.mailbox && has_eight_bit(path.mailbox->local_part);
  });
}

/// What the message needs and the server does not offer: a sentence, or nothing.
[[nodiscard]] std::optional<std::string> cannot_carry(const Message& message, const smtp::Capabilities& offered) {
  if (needs_smtputf8(message) && !offered.smtputf8) return "an address needs SMTPUTF8 and the server does not offer it";
  if (has_eight_bit(message.content) && !offered.eight_bit_mime) {
    return "the message holds 8-bit text and the server does not offer 8BITMIME";
  }
  if (offered.size_limit && *offered.size_limit != 0 && message.content.size() > *offered.size_limit) {
    return "the message has " + std::to_string(message.content.size()) + " octets and the server takes " +
           std::to_string(*offered.size_limit);
  }
  return std::nullopt;
}

[[nodiscard]] std::string mail_line(const Message& message, const smtp::Capabilities& offered) {
  smtp::Mail mail;
  mail.reverse_path = message.reverse_path;
  if (offered.size) mail.size = smtp::with_crlf_line_ends(message.content).size();
  if (has_eight_bit(message.content)) mail.body = smtp::Body::eight_bit_mime;
  mail.smtputf8 = needs_smtputf8(message);
  return smtp::command_line(smtp::Command(mail));
}

[[nodiscard]] std::string rcpt_line(const smtp::ForwardPath& recipient) {
  smtp::Rcpt rcpt;
  rcpt.forward_path = recipient;
  return smtp::command_line(smtp::Command(rcpt));
}

/// Sends lines in one write and tells the transcript each of them.
net::task<void> send_lines(net::Channel& channel, Sending& sending, std::vector<std::string> lines) {
  std::string octets;
  for (const std::string& line : lines) {
    sending.transcript.append(transcript::CommandLine{Direction::sent, line});
    octets += line + "\r\n";
  }
  co_await channel.write(octets, in(sending.plan.timeouts.command));
}

/// PIPELINING (RFC 2920 3.1). Around a fault each command waits for its reply.
[[nodiscard]] bool may_pipeline(const Sending& sending) {
  return sending.offered.pipelining && sending.plan.until >= Step::rcpt && !sending.play.has_any_at(Step::mail) &&
         !sending.play.has_any_at(Step::rcpt);
}

/// The replies to MAIL and RCPT; the recipients' commands go out one by one unless they were `sent_ahead`.
enum class SentAhead { no, yes };
net::task<bool> give_recipients(net::Channel& channel, Sending& sending, SentAhead sent_ahead) {
  const SendPlan& plan = sending.plan;
  sending.begin(Step::rcpt);
  bool any = false;
  for (const smtp::ForwardPath& recipient : plan.message->recipients) {
    std::size_t replies = 1;
    if (sent_ahead == SentAhead::no) {
      std::string line = rcpt_line(recipient);
      replies = co_await say(channel, sending, std::move(line), plan.timeouts.command);
    }
    const smtp::Reply reply = co_await hear(channel, sending, replies, plan.timeouts.command);
    const bool taken = reply.code() == 250 || reply.code() == 251;
    any = any || taken;
    if (!taken) sending.result.final_reply = reply;
    sending.result.recipients.push_back(RecipientResult{recipient, reply});
  }
  co_return any;
}

/// MAIL and RCPT, in one write when the server takes PIPELINING (RFC 2920 3.1). True when a recipient was taken.
net::task<bool> give_envelope(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  const Message& message = *plan.message;
  sending.begin(Step::mail);
  if (const auto trouble = cannot_carry(message, sending.offered)) {
    sending.transcript.append(transcript::Broken{Step::mail, policy::BreakKind::local_error, *trouble});
    co_return false;
  }
  const SentAhead ahead = may_pipeline(sending) ? SentAhead::yes : SentAhead::no;
  std::string line = mail_line(message, sending.offered);
  std::size_t replies = 1;
  if (ahead == SentAhead::yes) {
    std::vector<std::string> lines(1, line);
    for (const smtp::ForwardPath& recipient : message.recipients) lines.push_back(rcpt_line(recipient));
    co_await send_lines(channel, sending, std::move(lines));
  } else {
    replies = co_await say(channel, sending, std::move(line), plan.timeouts.command);
  }
  const smtp::Reply sender = co_await hear(channel, sending, replies, plan.timeouts.command);
  const bool sender_taken = sender.code() == 250;
  if (sender_taken && plan.until < Step::rcpt) co_return false;
  bool any = false;
  if (sender_taken || ahead == SentAhead::yes) any = co_await give_recipients(channel, sending, ahead);
  if (!sender_taken) {
    sending.result.final_reply = sender;
    sending.result.recipients.clear();
  }
  co_return sender_taken && any;
}

/// From here on the peer may have the message.
void content_leaves(Sending& sending) {
  if (sending.plan.end_of_data.leaves) sending.plan.end_of_data.leaves(sending.result, sending.host);
  sending.result.unanswered = true;
}

/// The octets of the content with its end, or what a fault makes of them.
net::task<void> write_content(net::Channel& channel, Sending& sending, std::string octets) {
  const Timeouts& timeouts = sending.plan.timeouts;
  sending.begin(Step::end_of_data);
  if (const auto fault = sending.play.next(Step::end_of_data)) {
    octets = octets_of(*fault, octets);
    content_leaves(sending);
    if (fault->instead) tell_purpose(sending.transcript, "in place of the content \"" + octets + "\"");
    sending.transcript.append(transcript::DataPassed{Direction::sent, octets.size()});
    co_await act(channel, sending.transcript, *fault, std::move(octets), timeouts.data_block, in(longest_silence));
    co_return;
  }
  constexpr std::size_t block = 64U << 10;
  constexpr std::size_t dot = 5;   // CRLF "." CRLF; a chunk is complete with its last octet
  for (std::size_t at = 0; at < octets.size(); at += block) {
    if (!sending.result.unanswered && at + block + dot > octets.size()) content_leaves(sending);
    co_await channel.write(std::string_view(octets).substr(at, block), in(timeouts.data_block));
  }
  sending.transcript.append(transcript::DataPassed{Direction::sent, octets.size()});
}

/// BDAT where the server takes CHUNKING (RFC 3030). A fault at DATA or at the end of data needs DATA.
[[nodiscard]] bool goes_in_chunks(const Sending& sending) {
  return sending.offered.chunking && !sending.play.has_any_at(Step::data) && !sending.play.has_any_at(Step::end_of_data);
}

/// The content, and what the server says to it.
net::task<void> give_content(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  sending.begin(Step::data);
  std::string octets;
  if (goes_in_chunks(sending)) {
    const std::string content = smtp::with_crlf_line_ends(plan.message->content);
    smtp::Bdat bdat;
    bdat.octets = content.size();
    bdat.last = true;
    const std::string line = smtp::command_line(smtp::Command(bdat));
    sending.transcript.append(transcript::CommandLine{Direction::sent, line});
    octets = line + "\r\n" + content;
  } else {
    const smtp::Command data = smtp::DataCommand{};
    const smtp::Reply start = co_await ask(channel, sending, data, plan.timeouts.data_start);
    if (start.code() != 354) {
      sending.result.final_reply = start;
      sending.result.content_reply = start;
      co_return;
    }
    octets = smtp::encode_data(plan.message->content);
  }
  co_await write_content(channel, sending, std::move(octets));
  const smtp::Reply taken = co_await read_reply(channel, sending.transcript, plan.timeouts.data_end);
  sending.result.unanswered = false;
  sending.result.final_reply = taken;
  sending.result.content_reply = taken;
  sending.result.delivered = taken.code() == 250;
  if (plan.end_of_data.answered) plan.end_of_data.answered(sending.result, sending.host);
}

void record_delivery(Sending& sending) {
  transcript::MessageAccepted accepted;
  accepted.id = sending.result.final_reply->text();
  accepted.octets = sending.plan.message->content.size();
  accepted.partner = sending.partner();
  accepted.domain_secured = sending.result.verdict.treatment == policy::Treatment::domain_secured;
  sending.transcript.append(std::move(accepted));
}

/// The mail, when the verdict so far allows it.
net::task<void> send_mail(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  sending.decide();
  const bool allowed = sending.result.verdict.result == policy::Result::pass &&
                       sending.result.verdict.treatment != policy::Treatment::refuse &&
                       (sending.tls || !sending.demands_tls());
  if (!allowed || !plan.message || plan.until < Step::mail) co_return;
  if (!co_await give_envelope(channel, sending) || plan.until < Step::data) co_return;
  co_await give_content(channel, sending);
  if (sending.result.delivered) record_delivery(sending);
}

/// The dialogue: greeting, EHLO, STARTTLS, handshake, examination, EHLO again, mail. Returns at the first thing that ends it.
net::task<void> converse(net::Channel& channel, Sending& sending) {
  const SendPlan& plan = sending.plan;
  if (plan.tls_startup == TlsStartup::implicit) co_await handshake(channel, sending);

  sending.begin(Step::greeting);
  const smtp::Reply greeting = co_await read_reply(channel, sending.transcript, plan.timeouts.greeting);
  sending.confirm();
  sending.masked_greeting = smtp::is_masked_greeting(greeting);
  if (greeting.code() != 220 || plan.until <= Step::greeting) co_return;
  if (plan.reference_name == ReferenceName::greeting) sending.refer_to(first_word(greeting));

  sending.begin(sending.tls ? Step::ehlo_inside_tls : Step::ehlo);
  bool greeted = co_await greet(channel, sending);
  if (greeted && !sending.tls) {
    const bool masked = sending.offered.masked || sending.masked_greeting;
    sending.transcript.append(transcript::StarttlsOffer{sending.offered.starttls, masked});
  }
  if (!greeted || plan.until <= Step::ehlo) co_return;

  if (!sending.tls) {
    co_await start_tls(channel, sending);
    if (plan.until <= Step::examination) co_return;
    if (sending.tls) {
      sending.begin(Step::ehlo_inside_tls);
      greeted = co_await greet(channel, sending);
    }
  }
  if (greeted) co_await send_mail(channel, sending);
}

/// RFC 5321 4.1.1.10. Its reply confirms the handshake when no other came; a peer that is gone only matters then.
net::task<void> quit(net::Channel& channel, Sending& sending) {
  const Step left_at = sending.step;
  const bool unconfirmed = sending.tls && !sending.confirmed;
  sending.begin(Step::quit);
  try {
    const smtp::Command goodbye = smtp::Quit{};
    co_await ask(channel, sending, goodbye, sending.plan.timeouts.quit);
    sending.confirm();
  } catch (const net::ChannelError& error) {
    if (unconfirmed) record_break(sending.transcript, left_at, error);
  } catch (const EndedOnPurpose&) {  // the transcript has it already
  } catch (const ProtocolError&) {
    // Nothing was lost: what mattered was said before QUIT.
  }
  sending.decide();
  sending.transcript.append(transcript::Disconnected{transcript::DisconnectReason::local});
}

}  // namespace

net::task<SendResult> send_session(const SendPlan& plan, net::Endpoint to, std::string host, transcript::Transcript& transcript) {
  Sending sending{plan, transcript, net::read_endpoint(host + ":0") ? std::string() : host, Step::connect, {}, false, false, {}, {},
                  plan.requirement, plan.requirement.reference ? plan.requirement.reference : plan.reference, {}};
  sending.play = DialoguePlay(plan.dialogue_faults, DialogueNames{plan.helo, plan.helo, host});
  if (plan.reference_name != ReferenceName::domain) {
    sending.refer_to(plan.reference_name == ReferenceName::mx_host ? sending.host : std::string());
  }
  sending.begin(Step::connect);
  transcript.append(transcript::Connecting{host, to.text()});
  std::optional<net::Channel> channel;
  std::optional<transcript::DisconnectReason> broken;
  try {
    channel.emplace(co_await net::Channel::connect(to, in(plan.timeouts.connect)));
    transcript.append(transcript::Connected{channel->local().text(), channel->remote().text()});
    co_await converse(*channel, sending);
  } catch (const net::ChannelError& error) {
    record_break(transcript, sending.step, error);
    broken = disconnect_reason(error.fault);
  } catch (const EndedOnPurpose& ended) {
    record_end_on_purpose(transcript, sending.step, ended);
    broken = transcript::DisconnectReason::local;
  } catch (const ProtocolError& error) {
    transcript.append(transcript::Broken{sending.step, policy::BreakKind::protocol_error, error.what()});
    broken = transcript::DisconnectReason::local;
  }
  if (channel && !broken) {
    co_await quit(*channel, sending);
    co_await channel->shutdown();
  } else {
    sending.decide();
    if (channel) transcript.append(transcript::Disconnected{*broken});
    if (channel) channel->close();
  }
  co_return std::move(sending.result);
}

}  // namespace domsec::session
