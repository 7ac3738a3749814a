#include "message_content.h"

#include <algorithm>
#include <utility>

#include "acting.h"
#include "domsec/smtp/data.h"
#include "domsec/smtp/header_section.h"
#include "domsec/smtp/received.h"
#include "domsec/smtp/replies.h"
#include "sender_judgement.h"

namespace domsec::session {
namespace {

using policy::Step;
using transcript::Direction;

/// MaxLocalHopCount: the fields in which this server says that it had the message already. 0 = never too many.
bool too_many_local_hops(const ReceivePlan& plan, std::string_view content) {
  const int limit = plan.connector.max_local_hop_count;
  if (limit == 0) return false;
  const std::vector<std::string> hosts = smtp::received_by(content);
  const auto local = std::count_if(hosts.begin(), hosts.end(), [&plan](const std::string& host) {
    return std::find(plan.own_names.begin(), plan.own_names.end(), host) != plan.own_names.end();
  });
  return local > limit;
}

/// What the connector does not take, of a message that is whole: MaxHeaderSize, MaxHopCount, MaxLocalHopCount (spec
/// exchange 3.2).
std::optional<smtp::Reply> refusal_of(const ReceivePlan& plan, std::string_view content) {
  const exchange::ReceiveConnector& connector = plan.connector;
  const smtp::HeaderSection header = smtp::measure_header_section(content);
  if (header.octets > connector.max_header_size) return smtp::replies::header_too_large();
  if (header.received > static_cast<std::size_t>(connector.max_hop_count))
    return smtp::replies::too_many_hops();
  if (too_many_local_hops(plan, content)) return smtp::replies::too_many_hops();
  return std::nullopt;
}

/// The message is whole: keep it, and only then acknowledge it.
void keep(Receiving& receiving, std::string content) {
  Transaction transaction = std::move(*receiving.transaction);
  receiving.transaction.reset();
  if (const auto refusal = refusal_of(receiving.plan, content)) return give(receiving, *refusal);
  if (const auto refusal = heed_header_from(receiving, transaction, content)) return give(receiving, *refusal);
  if (!will_acknowledge(receiving)) {
    tell_purpose(receiving.transcript, "the message is not kept: its end is answered with no 2xx");
    return give(receiving, smtp::replies::ok());
  }
  const std::optional<smtp::Domain> sender =
      transaction.author ? transaction.author : smtp::domain_of(transaction.reverse_path);
  ReceivedMessage message;
  message.session = transcript::session_id_text(receiving.transcript.session_id());
  message.remote = receiving.channel.remote().text();
  message.helo = receiving.helo;
  message.reverse_path = std::move(transaction.reverse_path);
  message.recipients = std::move(transaction.recipients);
  message.content = std::move(content);
  message.verdict = std::move(transaction.verdict);
  message.partner = sender ? sender->text() : std::string();
  message.esmtp = receiving.esmtp;
  message.tls = receiving.tls;
  const std::variant<Kept, NotKept> kept = receiving.plan.keep(message, receiving.transcript);
  if (const auto* failed = std::get_if<NotKept>(&kept)) {
    receiving.transcript.append(transcript::Irregularity{failed->what});
    return give(receiving, smtp::replies::local_error());
  }
  receiving.said = 0;
  const std::string& id = std::get<Kept>(kept).id;
  const bool secured = message.verdict.treatment == policy::Treatment::domain_secured;
  receiving.transcript.append(
      transcript::MessageAccepted{id, message.content.size(), message.partner, secured});
  give(receiving, smtp::replies::queued(id, message.session, receiving.plan.fqdn, message.content.size()));
}

/// RFC 3030 2: the chunk is read whatever the answer will be. At most the connector's limit is kept.
net::task<void> read_chunk(Receiving& receiving, std::uint64_t octets, std::string* into, std::size_t limit) {
  std::uint64_t left = octets;
  while (left > 0) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left, 16U << 10));
    const std::string part = co_await receiving.channel.read_some(most, idle_limit(receiving));
    left -= part.size();
    if (into && into->size() + part.size() <= limit) *into += part;
  }
}

/// What an end of data other than CRLF "." CRLF might have been taken for. A bare LF is refused with
/// BareLinefeedRejectionEnabled, and without it kept as the text it is; a bare CR, of which Exchange's parameter does
/// not speak, is refused always (RFC 5321 2.3.8).
bool refuse_bare_line_ends(Receiving& receiving, const smtp::DataReader& reader) {
  if (!reader.bare_line_end()) return false;
  receiving.transcript.append(transcript::Irregularity{"the message holds a bare CR or LF"});
  return reader.bare_carriage_return() || receiving.plan.connector.bare_linefeed_rejection_enabled;
}

}  // namespace

/// RFC 5321 4.1.1.4. Only CRLF "." CRLF ends the data, whatever is made of bare line ends.
net::task<Next> on_data(Receiving& receiving) {
  if (!receiving.transaction) {
    give(receiving, smtp::replies::bad_sequence("send MAIL FROM first"));
    co_return Next::go_on;
  }
  if (receiving.transaction->chunking) {
    give(receiving, smtp::replies::bad_sequence("BDAT has begun"));
    co_return Next::go_on;
  }
  if (receiving.transaction->recipients.empty()) {
    give(receiving, smtp::replies::no_valid_recipients());
    co_return Next::go_on;
  }
  receiving.begin(Step::data);
  give(receiving, smtp::replies::start_mail_input());
  co_await flush(receiving);
  if (!receiving.answered(354)) co_return Next::go_on;
  receiving.begin(Step::end_of_data);
  smtp::DataReader reader(receiving.plan.connector.max_message_size);
  while (!reader.ended()) {
    const std::string octets = co_await receiving.channel.read_some(16U << 10, idle_limit(receiving));
    const std::size_t used = reader.add(octets);
    if (used < octets.size()) receiving.channel.unread(std::string_view(octets).substr(used));
    // Far beyond what any message may have: the end of the data is not worth waiting for, the connection ends
    // instead.
    if (reader.octets() > receiving.plan.connector.max_message_size + skip_limit) {
      receiving.transcript.append(transcript::DataPassed{Direction::received, reader.octets()});
      give(receiving, smtp::replies::too_much_mail_data());
      co_return Next::close;
    }
  }
  receiving.transcript.append(transcript::DataPassed{Direction::received, reader.octets()});
  if (reader.too_large()) {
    receiving.transaction.reset();
    give(receiving, smtp::replies::too_much_mail_data());
  } else if (refuse_bare_line_ends(receiving, reader)) {
    receiving.transaction.reset();
    give(receiving, smtp::replies::bare_line_feed());
  } else {
    keep(receiving, reader.take());
  }
  co_return Next::go_on;
}

net::task<Next> on_bdat(Receiving& receiving, smtp::Bdat bdat, std::optional<smtp::Reply> refusal) {
  const std::uint64_t limit = receiving.plan.connector.max_message_size;
  if (!refusal && !receiving.transaction) refusal = smtp::replies::bad_sequence("send MAIL FROM first");
  if (!refusal && receiving.transaction->recipients.empty()) refusal = smtp::replies::no_valid_recipients();
  co_await flush(receiving);
  // A chunk far beyond what any message may have is not worth reading: the connection ends instead.
  if (bdat.octets > limit + skip_limit) {
    give(receiving, smtp::replies::too_much_mail_data());
    co_return Next::close;
  }
  if (refusal) {
    co_await read_chunk(receiving, bdat.octets, nullptr, 0);
    give(receiving, *refusal);
    co_return Next::go_on;
  }
  receiving.begin(Step::end_of_data);
  Transaction& transaction = *receiving.transaction;
  transaction.chunking = true;
  transaction.chunks_too_large =
      transaction.chunks_too_large || transaction.chunks.size() + bdat.octets > limit;
  co_await read_chunk(receiving, bdat.octets, transaction.chunks_too_large ? nullptr : &transaction.chunks,
                      limit);
  receiving.transcript.append(transcript::DataPassed{Direction::received, bdat.octets});
  if (transaction.chunks_too_large) {
    give(receiving, smtp::replies::too_much_mail_data());
    if (bdat.last) receiving.transaction.reset();
  } else if (!bdat.last) {
    give(receiving, smtp::replies::chunk_received(bdat.octets));
  } else {
    std::string content = std::move(transaction.chunks);
    keep(receiving, std::move(content));
  }
  co_return Next::go_on;
}

}  // namespace domsec::session
