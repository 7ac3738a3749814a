#include "domsec/session/receive_session.h"

#include <algorithm>
#include <utility>

#include "domsec/policy/tls_requirement.h"
#include "domsec/smtp/capabilities.h"
#include "domsec/smtp/command.h"
#include "domsec/smtp/date.h"
#include "domsec/smtp/replies.h"
#include "domsec/smtp/unoffered.h"
#include "acting.h"
#include "envelope.h"
#include "message_content.h"
#include "receiving.h"

namespace domsec::session {
namespace {

using policy::Step;
using transcript::Direction;

/// Longest command line that is read: RFC 5321 4.5.3.1.4 says 512, the extensions add to it, and long addresses need 8000
/// (LongAddressesEnabled).
constexpr std::size_t command_line_limit = 4096;
constexpr std::size_t long_command_line_limit = 8192;
/// A transcript keeps every command. What a client may say without delivering a message is bounded by so many octets, each
/// command counted with what the transcript adds to it.
constexpr std::size_t said_limit = 8U << 20;
constexpr std::size_t said_per_command = 1024;

smtp::Capabilities offered(const Receiving& receiving) {
  const exchange::ReceiveConnector& connector = receiving.plan.connector;
  smtp::Capabilities offer;
  offer.server = receiving.plan.fqdn;
  offer.size = connector.size_enabled != exchange::SizeEnabled::disabled;
  if (connector.size_enabled == exchange::SizeEnabled::enabled) offer.size_limit = connector.max_message_size;
  offer.pipelining = connector.pipelining_enabled;
  offer.dsn = connector.delivery_status_notification_enabled;
  offer.enhanced_status_codes = connector.enhanced_status_codes_enabled;
  offer.starttls = !receiving.tls && receiving.plan.tls;
  offer.eight_bit_mime = connector.eight_bit_mime_enabled;
  offer.binary_mime = connector.binary_mime_enabled && connector.chunking_enabled;
  offer.chunking = connector.chunking_enabled;
  offer.smtputf8 = connector.smtputf8_enabled;
  if (connector.orar_enabled) offer.keywords.emplace_back("XORAR");
  if (connector.long_addresses_enabled) offer.keywords.emplace_back("XLONGADDR");
  return offer;
}

std::string client_address(const Receiving& receiving) { return receiving.channel.remote().address; }

/// Chain, revocation and usage of the client's certificate, once, before the first EHLO inside TLS is answered.
net::task<void> examine_client(Receiving& receiving) {
  if (!receiving.tls || receiving.examined) co_return;
  receiving.examined = true;
  receiving.begin(Step::examination);
  const pki::Instant at = receiving.plan.now();
  receiving.chain = examine_chain(receiving.plan.examination, receiving.presented, pki::Purpose::client, at);
  if (!receiving.chain) co_return;
  co_await record_chain(receiving.plan.examination, *receiving.chain, receiving.presented, at,
                        receiving.transcript);
}

/// TlsDomainCapabilities: in clear at the first EHLO, inside TLS at the first one there.
void decide_capabilities(Receiving& receiving) {
  const ReceivePlan& plan = receiving.plan;
  const auto protection = receiving.tls ? policy::Protection::tls : policy::Protection::clear;
  if (plan.connector.tls_domain_capabilities.empty() || receiving.measured == protection) return;
  receiving.measured = protection;
  const policy::Evidence evidence = transcript::evidence_of(receiving.transcript);
  auto decided = policy::domain_capabilities(plan.connector, protection, evidence.peer, plan.rules);
  if (decided) receiving.transcript.append(transcript::CapabilitiesDecided{*std::move(decided)});
}

/// RequireEHLODomain: does the client say a domain, or the address literal that RFC 5321 4.1.4 has in its place? An IPv4 address
/// without brackets fits the grammar of a domain (4.1.2), and clients say it.
bool names_itself(const std::string& client) {
  return smtp::parse_mailbox("postmaster@" + client).has_value() || smtp::parse_mailbox("postmaster@[" + client + "]").has_value();
}

net::task<Next> on_hello(Receiving& receiving, std::string client, bool esmtp) {
  co_await examine_client(receiving);
  receiving.begin(receiving.tls ? Step::ehlo_inside_tls : Step::ehlo);
  if (receiving.plan.connector.require_ehlo_domain && !names_itself(client)) {
    give(receiving, smtp::replies::invalid_domain_name());
    co_return Next::close;
  }
  decide_capabilities(receiving);
  receiving.greeted = true;
  receiving.helo = std::move(client);
  receiving.esmtp = esmtp;
  receiving.transaction.reset();
  if (!esmtp) {
    give(receiving, smtp::replies::hello(receiving.plan.fqdn, client_address(receiving)));
    co_return Next::go_on;
  }
  const smtp::Capabilities offer = offered(receiving);
  give(receiving, smtp::ehlo_reply(offer, client_address(receiving)));
  const bool seen = receiving.answered(250) && smtp::read_capabilities(*receiving.as_read).starttls;
  if (!receiving.tls) receiving.transcript.append(transcript::StarttlsOffer{seen, false});
  co_return Next::go_on;
}

/// Why a client that must show a good certificate at once may not go on: the text of the 421, or nothing.
std::optional<std::string> client_certificate_trouble(const Receiving& receiving) {
  const policy::Evidence evidence = transcript::evidence_of(receiving.transcript);
  if (evidence.peer.presented.empty()) return "No client certificate presented";
  policy::PeerEvidence without_name = evidence.peer;
  without_name.name.reset();
  const std::string status = policy::certificate_validation_status(without_name, receiving.plan.rules);
  if (status.empty() || status == "Valid" || status == "ValidSelfSigned") return std::nullopt;
  return "Client certificate not trusted (" + status + ")";
}

net::task<void> handshake(Receiving& receiving) {
  const ReceivePlan& plan = receiving.plan;
  receiving.begin(Step::handshake);
  receiving.transcript.append(plan.own);
  net::TlsStart start;
  start.role = net::TlsRole::server;
  start.context = plan.tls;
  start.fault = plan.handshake_fault;
  if (plan.client_certificate == ClientCertificateMode::require_alert) {
    const pki::Instant at = plan.now();
    const ExaminationPlan* examination = &plan.examination;
    start.judge = [examination, at](const pki::Chain& presented) {
      return alert_for(*examination, presented, pki::Purpose::client, at);
    };
  }
  const net::TlsSession session = co_await receiving.channel.start_tls(start, std::min(in(plan.timeouts.handshake), receiving.end));
  record_tls(receiving.transcript, session);
  receiving.presented = session.presented;
  receiving.tls = transcript::TlsEstablished{session.version, session.cipher, session.group, session.sni,
                                             session.client_certificate_requested, session.own_certificate_sent,
                                             {}, session.bindings};
}

/// RFC 3207 4.2: after the handshake nothing that the client said before counts.
void forget_what_was_said_in_clear(Receiving& receiving) {
  receiving.greeted = false;
  receiving.helo.clear();
  receiving.esmtp = false;
  receiving.transaction.reset();
}

/// The judgement of a client that is refused for its certificate alone: no MAIL FROM has said whose it should be.
void decide_by_certificate(Receiving& receiving, const smtp::Reply& refusal) {
  const ReceivePlan& plan = receiving.plan;
  policy::TlsRequirement requirement;
  requirement.requirement = policy::Requirement::certificate_validation;
  policy::Verdict verdict =
      policy::judge_receive(requirement, transcript::evidence_of(receiving.transcript), plan.rules, plan.now());
  verdict.reply = refusal;
  receiving.judged = true;
  receiving.transcript.append(transcript::PolicyDecided{std::string(), std::string(), std::move(verdict)});
}

net::task<Next> refuse_without_good_certificate(Receiving& receiving) {
  if (receiving.plan.client_certificate != ClientCertificateMode::require_421) co_return Next::go_on;
  co_await examine_client(receiving);
  const auto trouble = client_certificate_trouble(receiving);
  if (!trouble) co_return Next::go_on;
  const smtp::Reply refusal = smtp::replies::client_certificate_refused(receiving.plan.fqdn, *trouble);
  decide_by_certificate(receiving, refusal);
  give(receiving, refusal);
  co_return Next::close;
}

net::task<Next> on_starttls(Receiving& receiving) {
  receiving.begin(Step::starttls);
  receiving.asked_for_tls = true;
  if (receiving.tls) {
    give(receiving, smtp::replies::tls_already_active());
    co_return Next::go_on;
  }
  if (!receiving.plan.tls) {
    give(receiving, smtp::replies::not_implemented());
    co_return Next::go_on;
  }
  // RFC 3207 6: what came in the same group was said in clear; it must not be taken as if said inside TLS.
  if (receiving.channel.buffered() != 0) {
    receiving.transcript.append(transcript::Irregularity{"the client sent more text in clear behind its STARTTLS"});
    give(receiving, smtp::replies::pipelined_after_starttls());
    co_return Next::close;
  }
  give(receiving, smtp::replies::ready_to_start_tls());
  co_await flush(receiving);
  if (!receiving.answered(220)) co_return Next::go_on;
  co_await handshake(receiving);
  forget_what_was_said_in_clear(receiving);
  co_return co_await refuse_without_good_certificate(receiving);
}

Next on_quit(Receiving& receiving) {
  receiving.begin(Step::quit);
  give(receiving, smtp::replies::service_closing());
  return Next::close;
}

net::task<Next> on_command(Receiving& receiving, smtp::Command command) {
  if (const auto* ehlo = std::get_if<smtp::Ehlo>(&command)) co_return co_await on_hello(receiving, ehlo->client, true);
  if (const auto* helo = std::get_if<smtp::Helo>(&command)) co_return co_await on_hello(receiving, helo->client, false);
  if (std::holds_alternative<smtp::StartTls>(command)) co_return co_await on_starttls(receiving);
  const std::optional<smtp::Reply> unoffered = smtp::refuse_unoffered(command, offered(receiving));
  if (const auto* bdat = std::get_if<smtp::Bdat>(&command)) co_return co_await on_bdat(receiving, *bdat, unoffered);
  if (unoffered) {
    give(receiving, *unoffered);
    co_return Next::go_on;
  }
  if (std::holds_alternative<smtp::DataCommand>(command)) co_return co_await on_data(receiving);
  if (const auto* mail = std::get_if<smtp::Mail>(&command)) co_return on_mail(receiving, *mail);
  if (const auto* rcpt = std::get_if<smtp::Rcpt>(&command)) on_rcpt(receiving, *rcpt);
  if (std::holds_alternative<smtp::Rset>(command)) {
    receiving.transaction.reset();
    give(receiving, smtp::replies::reset());
  }
  if (std::holds_alternative<smtp::Noop>(command)) give(receiving, smtp::replies::ok());
  if (std::holds_alternative<smtp::Vrfy>(command)) give(receiving, smtp::replies::cannot_verify());
  if (std::holds_alternative<smtp::Expn>(command)) give(receiving, smtp::replies::not_implemented());
  if (std::holds_alternative<smtp::Help>(command)) give(receiving, smtp::replies::help());
  if (std::holds_alternative<smtp::Quit>(command)) co_return on_quit(receiving);
  co_return Next::go_on;
}

/// A line that is no command. After MaxProtocolErrors of them the connection ends.
Next on_error(Receiving& receiving, const smtp::CommandError& error) {
  give(receiving, error.reply);
  const bool nameless = error.reply == smtp::replies::invalid_domain_name();
  if (nameless && receiving.plan.connector.require_ehlo_domain) return Next::close;
  if (++receiving.protocol_errors <= receiving.plan.connector.max_protocol_errors) return Next::go_on;
  give(receiving, smtp::replies::too_many_errors());
  return Next::close;
}

/// One command line, or nothing when it was too long (it is skipped and answered).
net::task<std::optional<std::string>> read_command(Receiving& receiving) {
  if (!receiving.channel.has_line() || receiving.ends_on_purpose()) co_await flush(receiving);
  const bool long_lines = receiving.plan.connector.long_addresses_enabled;
  const std::size_t limit = long_lines ? long_command_line_limit : command_line_limit;
  try {
    std::string line = co_await receiving.channel.read_line(limit, idle_limit(receiving));
    co_return std::optional<std::string>(std::move(line));
  } catch (const net::ChannelError& error) {
    if (error.fault != net::ChannelFault::line_too_long) throw;
  }
  co_await receiving.channel.skip_line(skip_limit, idle_limit(receiving));
  co_return std::nullopt;
}

/// May the client go on? Not after so much talk without a message.
bool has_patience(Receiving& receiving, std::size_t octets) {
  const auto recipients = static_cast<std::size_t>(receiving.plan.connector.max_recipients_per_message);
  receiving.said += octets + said_per_command;
  return receiving.said <= said_limit + recipients * said_per_command;
}

/// The connector's Banner (RC-9), or Exchange's own.
smtp::Reply greeting(const ReceivePlan& plan) {
  if (const auto banner = exchange::read_banner(plan.connector.banner)) return smtp::Reply(220, *banner);
  return smtp::replies::greeting(plan.fqdn, smtp::rfc5322_date(plan.now()));
}

net::task<void> converse(Receiving& receiving) {
  const ReceivePlan& plan = receiving.plan;
  Next next = Next::go_on;
  if (plan.tls_startup == TlsStartup::implicit) {
    co_await handshake(receiving);
    next = co_await refuse_without_good_certificate(receiving);
  }
  receiving.begin(Step::greeting);
  if (next == Next::go_on) give(receiving, greeting(plan));
  while (next == Next::go_on) {
    const std::optional<std::string> line = co_await read_command(receiving);
    if (receiving.tls && !receiving.confirmed) {
      receiving.confirmed = true;
      receiving.transcript.append(transcript::TlsConfirmed{});
    }
    if (!line) {
      const smtp::CommandError too_long{smtp::replies::line_too_long(), "the line is too long"};
      next = on_error(receiving, too_long);
      continue;
    }
    if (!has_patience(receiving, line->size())) {
      give(receiving, smtp::replies::too_many_errors());
      break;
    }
    receiving.transcript.append(transcript::CommandLine{Direction::received, *line});
    const smtp::AllowUtf8 utf8 = receiving.transaction ? receiving.transaction->utf8 : smtp::AllowUtf8::no;
    const smtp::AddressLength length = address_length(plan.connector);
    std::variant<smtp::Command, smtp::CommandError> parsed = smtp::parse_command(*line, utf8, length);
    if (const auto* error = std::get_if<smtp::CommandError>(&parsed)) {
      next = on_error(receiving, *error);
    } else {
      smtp::Command command = std::get<smtp::Command>(std::move(parsed));
      next = co_await on_command(receiving, std::move(command));
    }
  }
  co_await flush(receiving);
}

/// What the failed handshake had shown, examined as after a good one: our alert says that we refused, not for which fault.
net::task<void> examine_what_was_shown(Receiving& receiving, std::shared_ptr<const net::TlsSession> seen) {
  if (!seen) co_return;
  const ReceivePlan& plan = receiving.plan;
  co_await examine_peer(plan.examination, seen->presented, pki::Purpose::client, plan.now(), receiving.transcript);
}

/// No MAIL FROM was judged: the session itself is, by what its handshake demanded. Where nobody asked for TLS there is
/// nothing to judge.
void decide_without_sender(Receiving& receiving) {
  const ReceivePlan& plan = receiving.plan;
  policy::TlsRequirement requirement;
  if (plan.client_certificate == ClientCertificateMode::require_alert) {
    requirement.requirement = policy::Requirement::certificate_validation;
  }
  const policy::Verdict verdict =
      policy::judge_without_mail(requirement, transcript::evidence_of(receiving.transcript), plan.rules, plan.now());
  receiving.transcript.append(transcript::PolicyDecided{std::string(), std::string(), verdict});
}

/// 421 when the client was silent too long (RFC 5321 4.5.3.2.7); a channel that cannot take it any more is left alone.
net::task<void> say_timed_out(Receiving& receiving) {
  try {
    receiving.play = DialoguePlay{};
    give(receiving, smtp::replies::idle_too_long(receiving.plan.fqdn));
    const std::string octets = std::exchange(receiving.pending, std::string());
    co_await receiving.channel.write(octets, in(receiving.plan.timeouts.quit));
  } catch (const net::ChannelError&) {
  }
}

}  // namespace

net::task<void> receive_session(std::shared_ptr<const ReceivePlan> plan, net::Channel channel,
                                transcript::Transcript& transcript) {
  Receiving receiving{*plan, channel, transcript, in(plan->connector.connection_timeout)};
  const DialogueNames names{plan->fqdn, channel.remote().address, plan->fqdn};
  receiving.play = DialoguePlay(plan->dialogue_faults, names);
  transcript.append(transcript::Connected{channel.local().text(), channel.remote().text()});
  transcript.append(transcript::PermissionsSet{
      "SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders"});
  transcript::DisconnectReason reason = transcript::DisconnectReason::local;
  bool silent = false;
  bool failed_handshake = false;
  std::shared_ptr<const net::TlsSession> shown;
  try {
    co_await converse(receiving);
  } catch (const net::ChannelError& error) {
    record_break(transcript, receiving.step, error);
    reason = disconnect_reason(error.fault);
    silent = error.fault == net::ChannelFault::timed_out && !error.during_handshake;
    failed_handshake = error.during_handshake;
    shown = error.seen;
  } catch (const EndedOnPurpose& ended) {
    record_end_on_purpose(transcript, receiving.step, ended);
  }
  if (silent) co_await say_timed_out(receiving);
  if (reason == transcript::DisconnectReason::local || silent) {
    co_await channel.shutdown();
  } else {
    channel.close();
  }
  if (failed_handshake) co_await examine_what_was_shown(receiving, shown);
  if (!receiving.judged && (receiving.tls || failed_handshake || receiving.asked_for_tls)) decide_without_sender(receiving);
  transcript.append(transcript::Disconnected{reason});
}

}  // namespace domsec::session
